"""python -m nst COMMAND: the first word decides."""

import argparse
import difflib
import sys
from pathlib import Path

from foundation.console import run_on_console
from nst.assets.catalog import WORKS
from nst.assets.fetch import UnknownName, catalogue, fetch

HELP = """usage: python -m nst CONTENT STYLE [STYLE ...] [-o OUT]
       python -m nst batch JOBS.csv --out DIR
       python -m nst fetch [NAME ...] [--all]

commands:
  CONTENT STYLE   two pictures: paints the first in the style of the second
  batch           paints many, a row of a table each
  fetch           downloads real works of art, photographs and VGG-19, verified

python -m nst CONTENT STYLE --help   says more
python -m nst batch --help           says more
python -m nst fetch                  lists what can be had
python -m nst fetch --help           says more

A file that is called fetch is ./fetch."""
COMMANDS = ("batch", "fetch")

EXAMPLES = """examples:
  python -m nst fetch                                     list what can be had
  python -m nst fetch vgg19                               the published network, 80 MB
  python -m nst fetch hokusai_great_wave louvre_photo     a style and a content
  python -m nst fetch --all                               everything

Pictures go to images/downloaded/, weights to pretrained-model/. Every file is checked against its known
checksum before it takes its place; run again, the command keeps what is here and right.
Exit code: 0 all here, 1 a download failed, 2 a name is not known, 130 interrupted."""


@run_on_console
def main(words=None):
    """Run one command line (a list of words, default sys.argv); return the exit code."""
    words = sys.argv[1:] if words is None else words
    if not words or words[0] in ("-h", "--help"):
        print(HELP)
        return 0
    try:
        return _done(words)
    except KeyboardInterrupt:
        print("Interrupted. Files that were complete stay; nothing half-written was left.", file=sys.stderr)
        return 130


def _done(words):
    command, *rest = words
    if command == "fetch":
        try:
            return _fetch(rest)
        except UnknownName as error:
            return _refuse(f"{error}\npython -m nst fetch lists what can be had.")
    if command == "batch":
        from nst.cli.batch import batch

        return batch(rest)
    if not Path(command).exists() and (not rest or _near(command)):
        return _refuse(_unknown_command(command))
    from nst.cli.stylize import paint

    return paint(words)


def _fetch(words):
    parser = argparse.ArgumentParser(
        prog="python -m nst fetch",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Download real works of art, photographs and VGG-19, verified. Without names: list them.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a name from the list")
    parser.add_argument("--all", action="store_true", help="everything in the list")
    chosen = parser.parse_args(words)
    names = list(WORKS) if chosen.all else chosen.names
    if not names:
        print(catalogue())
        return 0
    return int(any(outcome.state == "failed" for outcome in fetch(names)))


def _near(word):
    """The commands that a word may be a slip for, if it is not the name of a picture."""
    return [] if Path(word).suffix else difflib.get_close_matches(word, COMMANDS, cutoff=0.7)


def _unknown_command(word):
    near = _near(word)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return f"python -m nst: {word!r} is not a command.{meant}\n\n{HELP}"


def _refuse(message):
    print(message, file=sys.stderr)
    return 2
