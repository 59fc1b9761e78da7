"""The reference of a command, in Markdown, from its argparse parser."""

import argparse
import re

from grading.options import make_parser as make_grade_parser
from nst.cli.batch import make_parser as make_batch_parser
from nst.cli.fast import make_parser as make_fast_parser
from nst.cli.fetch import make_parser as make_fetch_parser
from nst.cli.stylize import make_parser as make_stylize_parser

PARSERS = {
    "nst": make_stylize_parser,
    "nst fast": make_fast_parser,
    "nst batch": make_batch_parser,
    "nst fetch": make_fetch_parser,
    "nst-grade": make_grade_parser,
}
HEADED = re.compile(r"(?:(\w+):\n)?(.*)", re.DOTALL)  # what follows the options: a heading of one word, and lines
THIS_MACHINE = re.compile(r", here \d+(?=\))")  # a default that is the number of cores


def describe_command(parser):
    """Return the page of a command: title, usage, description, a list of options for each group, examples."""
    parts = [f"# `{parser.prog}`", _make_block(_usage(parser)), *_format_description(parser.description or "")]
    for group in parser._action_groups:
        actions = [action for action in group._group_actions if action.help != argparse.SUPPRESS]
        if actions:
            parts.append(f"## {group.title[:1].upper()}{group.title[1:]}")
            parts += [_describe_option(action, parser.prog) for action in actions]
    if parser.epilog:
        title, text = HEADED.fullmatch(parser.epilog.strip()).groups()
        parts += [f"## {(title or 'notes').capitalize()}", _make_block(text)]
    return "\n\n".join(parts) + "\n"


def _usage(parser):
    text = parser.usage or parser.format_usage().removeprefix("usage: ")
    return re.sub(r"^ {7}", "", text.strip(), flags=re.MULTILINE)


def _format_description(text):
    """The paragraphs of a description; one with indented or aligned lines becomes a block."""
    for paragraph in text.strip().split("\n\n"):
        yield _make_block(paragraph) if re.search(r"^ ", paragraph, re.MULTILINE) else _escape(paragraph)


def _describe_option(action, prog):
    """An item of a definition list: the option with its values, and its help."""
    value = "" if action.nargs == 0 else _value(action)
    names = [f"`{name} {value}`" if value else f"`{name}`" for name in action.option_strings] or [f"`{value}`"]
    text = (action.help or "") % {"default": action.default, "prog": prog}
    return f"{', '.join(names)}\n: {_escape(THIS_MACHINE.sub('', text))}"


def _value(action):
    if action.metavar:
        return action.metavar
    return "|".join(map(str, action.choices)) if action.choices else action.dest.upper()


def _escape(text):
    return re.sub(r"([*_<>\[\]`$])", r"\\\1", text)


def _make_block(text):
    return f"```text\n{text.rstrip()}\n```"
