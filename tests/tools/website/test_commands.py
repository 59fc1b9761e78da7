"""The reference of a command has everything that its --help has."""

import argparse
import re

import pytest

from nst.cli.main import COMMANDS
from tools.website.commands import PARSERS, describe_command


def test_every_command_is_in_the_reference():
    assert set(PARSERS) == {"nst", "nst-grade", *(f"nst {command}" for command in COMMANDS)}


@pytest.mark.parametrize("command", PARSERS)
def test_every_option_is_described_and_nothing_that_help_hides(command):
    parser = PARSERS[command]()
    page = describe_command(parser)
    assert page.startswith(f"# `{command}`\n")
    for action in parser._actions:
        for name in action.option_strings:
            assert (f"`{name}" in page) == (action.help != argparse.SUPPRESS), name


def test_an_option_shows_its_values_default_and_help():
    page = describe_command(PARSERS["nst"]())
    assert "`--size PIXELS`\n: longest side of the result in pixels (default: 512)\n" in page
    assert "`--preserve-color luminance|statistics`\n: keep the content's colors" in page
    assert "`CONTENT`\n: the picture to paint\n" in page


def test_what_follows_the_options_is_a_block_below_its_own_heading():
    assert "\n## Examples\n\n```text\n  nst fetch   " in describe_command(PARSERS["nst fetch"]())
    parser = argparse.ArgumentParser(prog="draw", epilog="It draws.")
    assert describe_command(parser).endswith("\n## Notes\n\n```text\nIt draws.\n```\n")


def test_a_default_of_this_machine_is_left_out():
    assert re.search(r"default: the number of cores\)", describe_command(PARSERS["nst-grade"]()))


def test_signs_of_markdown_in_a_help_text_stay_as_they_are():
    parser = argparse.ArgumentParser(prog="draw")
    parser.add_argument("--color", help="one of [a], *b*, c_d")
    assert "`--color COLOR`\n: one of \\[a\\], \\*b\\*, c\\_d\n" in describe_command(parser)
