"""A command does its work whether or not anybody reads what it prints, and ends in peace."""

import os
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
    open(sys.argv[-1], "w").write("done")
    return 3

sys.exit(main())
"""
NO_SHELL = pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the stream")


@pytest.mark.parametrize(
    ("module", "code"), [(["nst", "fetch"], 0), (["nst", "--help"], 0), (["grading", "--help"], 0)]
)
def test_a_reader_that_stops_reading_is_no_error(module, code):
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 0


@NO_SHELL
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("stream", ["output", "error"])
@pytest.mark.parametrize("end", ["2>&1 | true", "2>&1 | head -n 1", ">&- 2>&-", "0<&- >&- 2>&-", "2>&-"])
def test_the_work_is_done_whoever_reads(tmp_path, stream, end, unbuffered):
    done = tmp_path / "done"
    subprocess.run(
        ["bash", "-c", f'"$0" -c "$1" {stream} "$2" {end}; exit ${{PIPESTATUS[0]}}', sys.executable, COMMAND, done],
        cwd=ROOT,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
    assert done.read_text(encoding="utf-8") == "done"


@NO_SHELL
def test_the_exit_code_is_that_of_the_work(tmp_path):
    script = f'"$0" -c "$1" output {tmp_path / "done"} | true; exit ${{PIPESTATUS[0]}}'
    finished = subprocess.run(
        ["bash", "-c", script, sys.executable, COMMAND], cwd=ROOT, capture_output=True, check=False
    )
    assert (finished.returncode, finished.stderr) == (3, b"")


@NO_SHELL
def test_a_file_that_cannot_take_what_is_printed_is_named():
    script = '"$0" -m nst --help > /dev/full'
    finished = subprocess.run(["bash", "-c", script, sys.executable], cwd=ROOT, capture_output=True, check=False)
    assert b"Traceback" not in finished.stderr


@NO_SHELL
def test_no_file_of_the_work_gets_the_number_of_a_closed_stream(tmp_path):
    """Libraries write to the number 2, whatever file that is."""
    command = (
        "import os, sys; from foundation.console import run_on_console\n"
        "@run_on_console\n"
        "def main(words=None):\n"
        "    with open(sys.argv[1], 'w') as file:\n"
        "        os.write(2, b'a log line')\n"
        "        file.write('mine')\n"
        "main()"
    )
    subprocess.run(
        ["sh", "-c", '"$0" -c "$1" "$2" 2>&-', sys.executable, command, tmp_path / "file"], cwd=ROOT, check=True
    )
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


ESCAPES = """
import sys
from foundation.console import run_on_console

@run_on_console
def main(words=None):
    text = "a" + chr(27) + "[31mred" + chr(7) + chr(0x9b) + "2J" + chr(0x202e) + " b" + chr(13) + "c"
    print(text)
    print(text, file=sys.stderr)
    sys.stdout.writelines([chr(13) + "50%", chr(13) + "100%", chr(10)])
    return 0

sys.exit(main())
"""


def test_no_text_can_control_the_terminal():
    finished = subprocess.run(
        [sys.executable, "-c", ESCAPES],
        cwd=ROOT,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    shown = r"a\x1b[31mred\x07\x9b2J\u202e b\rc"
    assert finished.stdout.decode().replace("\r\n", "\n") == f"{shown}\n\r50%\r100%\n"
    assert finished.stderr.decode().replace("\r\n", "\n") == f"{shown}\n"
