"""The project's own files, as git lists them."""

import subprocess

import pytest

from nst.paths import ROOT


def tracked():
    """The files that git knows, as paths from the root; the test is skipped outside a git checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a git checkout, so there is no list of the project's files")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
