"""A command ends in peace where nobody reads what it prints."""

import subprocess
import sys

import pytest

from nst.paths import ROOT

COMMAND = """
import sys
from foundation.console import run_on_console

@run_on_console
def main(words=None):
    for number in range(100_000):
        print(number, file=sys.stderr if "error" in sys.argv else sys.stdout)
    return 3

sys.exit(main())
"""


@pytest.mark.parametrize("module", [["-c", COMMAND], ["-m", "nst", "fetch"], ["-m", "grading", "--help"]])
def test_a_reader_that_stops_reading_is_no_error(module):
    process = subprocess.Popen(
        [sys.executable, *module], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the stream")
def test_a_closed_stream_is_no_error():
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" error 2>&-', sys.executable, COMMAND], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (3, b"")
