"""Downloads by name: what is here and right is kept, the rest fetched; a failure says what to do by hand."""

import difflib
import sys
from dataclasses import dataclass
from pathlib import Path

from nst.assets.catalog import WORKS, Work
from nst.assets.download import DownloadError, download, is_right
from nst.assets.sniffing import impostor


class UnknownName(ValueError):
    """A name that the registry does not hold; the message lists the nearest."""


@dataclass(frozen=True)
class Outcome:
    """What became of one work. state: 'fetched', 'kept' (it was here, and right) or 'failed'."""

    work: Work
    state: str


def fetch(names):
    """Download works by name, one after the other, say what became of each, and go on after a failure.

    names: keys of registry.WORKS. A file that is here and right is kept. One that is here and wrong is
    replaced, but only by a right one. Returns a list of Outcome, one for each different name, in order.
    Raises UnknownName before anything is downloaded.
    """
    works = [find(name) for name in dict.fromkeys(names)]
    outcomes = [Outcome(work, _settle(work)) for work in works]
    if len(outcomes) > 1:
        print(_summary(outcomes))
    return outcomes


def find(name):
    """The Work of that name. Raises UnknownName, with the nearest names, when there is none."""
    if name in WORKS:
        return WORKS[name]
    near = difflib.get_close_matches(name, WORKS, n=3, cutoff=0.4)
    hint = f"The nearest: {', '.join(near)}." if near else f"There are: {', '.join(WORKS)}."
    raise UnknownName(f"There is no work named {name!r}. {hint}")


def catalogue():
    """What can be had, as a table: name, kind, size, whether it is here, work and licence."""
    rows = [
        (work.name, work.kind, _size(work.size), _presence(work), f"{work.work} ({work.licence})")
        for work in WORKS.values()
    ]
    lines = [
        f"{name:<21}  {kind:<7}  {size:>7}  {here:<5}  {text}"
        for name, kind, size, here, text in [("name", "kind", "size", "here", "work (licence)"), *rows]
    ]
    return "\n".join(lines)


def _settle(work):
    stands = _presence(work)
    if stands == "yes":
        print(f"{work.name}: already here, checksum right: {_shown(work.path)}")
        return "kept"
    if stands == "wrong":
        print(f"{work.name}: the file here is not the right one ({_flaw(work)}); a right one will replace it")
    try:
        download(work)
    except DownloadError as error:
        print(_by_hand(work, error), file=sys.stderr)
        return "failed"
    print(f"{work.name}: fetched, checksum right: {_shown(work.path)}")
    return "fetched"


def _presence(work):
    if not work.path.is_file():
        return "no"
    return "yes" if is_right(work, work.path) else "wrong"


def _flaw(work):
    size = work.path.stat().st_size
    disguise = impostor(work.path)
    if disguise:
        return f"{disguise[0]} of {size:,} bytes"
    return f"{size:,} bytes instead of {work.size:,}" if size != work.size else "its checksum differs"


def _by_hand(work, error):
    kept = "\n  the file that was there stays as it was" if work.path.is_file() else ""
    return (
        f"{work.name}: not fetched\n"
        f"  what happened: {error.what}\n"
        f"  likely cause:  {error.why}\n"
        f"  expected:      {work.size:,} bytes, {work.checksum}\n"
        f"  by hand:       download {work.url}\n"
        f"                 save it as {_shown(work.path)}\n"
        f"                 check it with: python -m nst fetch {work.name}{kept}"
    )


def _summary(outcomes):
    names = {
        state: [outcome.work.name for outcome in outcomes if outcome.state == state]
        for state in ("fetched", "kept", "failed")
    }
    which = f": {', '.join(names['failed'])}" if names["failed"] else ""
    return f"{len(names['fetched'])} fetched, {len(names['kept'])} already here, {len(names['failed'])} failed{which}"


def _size(count):
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _shown(path):
    """The path as the person at the prompt would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
