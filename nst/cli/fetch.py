"""nst fetch: download works of art, photographs and VGG-19 by name, and verify them."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from nst.assets.catalog import WORKS, UnknownNameError, Work, find_work
from nst.assets.download import DownloadError, download, is_right
from nst.assets.sniffing import identify_wrong_file

EXAMPLES = """examples:
  nst fetch                                     list everything that can be downloaded
  nst fetch vgg19                               the published network, 80 MB
  nst fetch hokusai_great_wave louvre_photo     a style and a content picture
  nst fetch --all                               everything

Pictures are saved in images/downloaded/, weights in pretrained-model/, both in the course's folder, or in your cache
folder where only the package is installed. Every file is compared with its known checksum before it is put in place.
A correct file is not downloaded again.
Exit code: 0 all files are in place, 1 a download failed, 2 a name is not known, 130 interrupted."""


def run_fetch(words):
    """Run one command line (a list of words); return the exit code."""
    options = make_parser().parse_args(words)
    names = list(WORKS) if options.all else options.names
    if not names:
        print(list_works())
        return 0
    try:
        return int(any(outcome.state == "failed" for outcome in fetch_works(names)))
    except UnknownNameError as error:
        print(f"{error}\nTo list all names: python -m nst fetch", file=sys.stderr)
        return 2


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="nst fetch",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Download works of art, photographs and VGG-19, and verify them. Without names: list them.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a name from the list")
    parser.add_argument("--all", action="store_true", help="download everything in the list")
    return parser


@dataclass(frozen=True)
class Outcome:
    """The result for one work. state: 'fetched', 'kept' (it was there and correct) or 'failed'."""

    work: Work
    state: str


def fetch_works(names):
    """Download works one after the other and print a line for each; a failure does not stop the others.

    names: keys of nst.assets.catalog.WORKS. A correct file is kept; a wrong one is replaced, but only by a correct
    one. Returns a list of Outcome, one for each different name, in order. Raises UnknownNameError before anything is
    downloaded.
    """
    works = [find_work(name) for name in dict.fromkeys(names)]
    outcomes = [Outcome(work, _fetch_work(work)) for work in works]
    if len(outcomes) > 1:
        print(_summarize(outcomes))
    return outcomes


def list_works():
    """Return the catalog as a table: name, kind, size, whether the file is here, work and license."""
    rows = [
        (work.name, work.kind, _format_size(work.size), _check_file(work), f"{work.title} ({work.license})")
        for work in WORKS.values()
    ]
    lines = [
        f"{name:<21}  {kind:<7}  {size:>7}  {here:<5}  {text}"
        for name, kind, size, here, text in [("name", "kind", "size", "here", "work (license)"), *rows]
    ]
    return "\n".join(lines)


def _fetch_work(work):
    state = _check_file(work)
    if state == "yes":
        print(f"{work.name}: already here, checksum correct: {_shorten(work.path)}")
        return "kept"
    if state == "wrong":
        print(f"{work.name}: the file here is wrong ({_describe_flaw(work)}); a correct one will replace it")
    try:
        download(work)
    except DownloadError as error:
        print(_explain_failure(work, error), file=sys.stderr)
        return "failed"
    print(f"{work.name}: downloaded, checksum correct: {_shorten(work.path)}")
    return "fetched"


def _check_file(work):
    if not work.path.is_file():
        return "no"
    return "yes" if is_right(work, work.path) else "wrong"


def _describe_flaw(work):
    size = work.path.stat().st_size
    wrong = identify_wrong_file(work.path)
    if wrong:
        return f"{wrong[0]} of {size:,} bytes"
    return f"{size:,} bytes instead of {work.size:,}" if size != work.size else "its checksum differs"


def _explain_failure(work, error):
    kept = "\n  the existing file was not changed" if work.path.is_file() else ""
    return (
        f"{work.name}: not downloaded\n"
        f"  what happened: {error.what}\n"
        f"  likely cause:  {error.why}\n"
        f"  expected:      {work.size:,} bytes, {work.checksum}\n"
        f"  by hand:       download {work.url}\n"
        f"                 save it as {_shorten(work.path)}\n"
        f"                 check it with: python -m nst fetch {work.name}{kept}"
    )


def _summarize(outcomes):
    names = {
        state: [outcome.work.name for outcome in outcomes if outcome.state == state]
        for state in ("fetched", "kept", "failed")
    }
    which = f": {', '.join(names['failed'])}" if names["failed"] else ""
    return (
        f"{len(names['fetched'])} downloaded, {len(names['kept'])} already here, {len(names['failed'])} failed{which}"
    )


def _format_size(count):
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _shorten(path):
    """The path as it would be typed in the current folder."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
