"""The command nst: the first word selects what to do."""

import difflib
import sys
from pathlib import Path

from foundation.console import run_on_console
from nst.cli.fetch import run_fetch

COMMANDS = ("batch", "fast", "fetch")


@run_on_console
def main(words=None):
    """Run one command line (a list of words, default sys.argv); return the exit code."""
    words = sys.argv[1:] if words is None else words
    try:
        return _run(words or ["--help"])
    except KeyboardInterrupt:
        print("Interrupted. Complete files were kept; no partial file was left.", file=sys.stderr)
        return 130


def _run(words):
    command, *rest = words
    if command == "fetch":
        return run_fetch(rest)
    if command == "batch":
        from nst.cli.batch import run_batch

        return run_batch(rest)
    if command == "fast":
        from nst.cli.fast import run_fast

        return run_fast(rest)
    if not command.startswith("-") and not _exists(command) and (not rest or _find_similar(command)):
        return _report_unknown(command)
    from nst.cli.stylize import run_stylize

    return run_stylize(words)


def _exists(word):
    try:
        return Path(word).exists()
    except OSError:  # too long for a name
        return False


def _find_similar(word):
    """The commands that a word may be a misspelling of, unless it looks like a picture file."""
    return [] if Path(word).suffix else difflib.get_close_matches(word, COMMANDS, cutoff=0.7)


def _report_unknown(word):
    similar = _find_similar(word)
    suggestion = f" Did you mean {similar[0]!r}?" if similar else ""
    print(
        f"nst: {word!r} is neither a command nor a picture file.{suggestion}\n"
        "All commands and options: python -m nst --help",
        file=sys.stderr,
    )
    return 2
