"""A painting that nobody watches, or that is ended from outside, leaves its picture."""

import os
import re
import signal
import subprocess
import sys
import threading

import psutil
import pytest

from foundation import end_with_input
from nst import images
from nst.paths import IMAGES, ROOT
from tests.support.parameters import mostly_slow

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals and shells")
LOUVRE, MONET = (str(IMAGES / f"{name}.jpg") for name in ("louvre", "monet"))
SMALL = ["--size", "48", "--steps", "3", "--weights", "pocket"]


@pytest.mark.parametrize("end", mostly_slow(["2>&1 | true", "| head -c 1", "2>&-", ">&- 2>&- 0<&-"]))
def test_a_picture_is_painted_whoever_reads(tmp_path, end):
    command = f'"$0" -m nst "$@" {end}; exit ${{PIPESTATUS[0]}}'
    words = [LOUVRE, MONET, *SMALL, "-o", str(tmp_path / "mine.png")]
    finished = subprocess.run(
        ["bash", "-c", command, sys.executable, *words], cwd=ROOT, check=False, capture_output=True
    )
    assert finished.returncode == 0, finished.stderr
    assert images.load(tmp_path / "mine.png").shape == (1, 36, 48, 3)


@pytest.mark.parametrize("stream", mostly_slow(["closed", "None"]))
def test_tensorflow_can_be_imported_where_there_is_no_error_stream(tmp_path, stream):
    """As in an application with a window, and where no folder takes temporary files."""
    code = (
        "import sys, tempfile\n"
        f"stream = {stream!r}\n"
        "if stream == 'closed': sys.stderr.close()\n"
        "else: sys.stderr = sys.stdout = None\n"
        f"tempfile.tempdir = {str(tmp_path / 'nothing')!r}\n"
        "import nst.quiet_tensorflow, nst.figures\n"
        f"open({str(tmp_path / 'done')!r}, 'w').write('done')"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True)
    assert (tmp_path / "done").exists()


@pytest.fixture
def painting(tmp_path):
    """A long painting to mine.png, started as from a terminal."""
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); signal.signal(signal.SIGHUP, "
        "signal.SIG_DFL); import runpy; runpy.run_module('nst', run_name='__main__', alter_sys=True)"
    )
    words = [LOUVRE, MONET, "-o", str(tmp_path / "mine.png"), "--size", "128", "--steps", "2000", "--weights", "pocket"]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    watch = threading.Timer(200, process.kill)
    watch.start()
    yield process
    watch.cancel()
    process.kill()
    process.wait()


@pytest.mark.parametrize("number", mostly_slow([signal.SIGTERM, signal.SIGHUP]))
def test_a_signal_saves_the_picture_and_the_run_as_ctrl_c_does(painting, number, tmp_path):
    told = b""
    while not re.search(rb" [1-9]\d?%", told):
        some = os.read(painting.stderr.fileno(), 1000)
        assert some, told.decode()
        told += some
    painting.send_signal(number)
    painting.send_signal(number)
    _, last = painting.communicate()
    assert painting.returncode == 130, last.decode()
    assert f"{tmp_path / 'mine.png'} has the last good picture." in last.decode()
    assert images.load(tmp_path / "mine.png").shape == (1, 96, 128, 3)
    assert (tmp_path / "mine.checkpoint.npz").exists()


@pytest.mark.slow
def test_a_signal_while_tensorflow_is_loaded_ends_in_words(painting):
    threading.Event().wait(2)
    painting.send_signal(signal.SIGTERM)
    _, last = painting.communicate()
    assert (painting.returncode, last.decode()) == (130, "Interrupted; no picture was written.\n")


# As a worker of `nst batch` does it: a job whose command never ends by itself.
BATCH = """
import subprocess, sys
from foundation import end_with_input

with end_with_input.open_input() as still_open:
    code = "import os, time; from nst.__main__ import end_with_input; end_with_input(); "
    code += "print(os.getpid(), flush=True); time.sleep(60)"
    subprocess.run([sys.executable, "-c", code], stdin=still_open, env={environment})
"""


def test_a_painter_ends_with_a_batch_that_is_killed():
    code = BATCH.format(environment={**os.environ, end_with_input.SETTING: "1"})
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as batch:
        painter = psutil.Process(int(batch.stdout.readline()))
        batch.kill()
    assert psutil.wait_procs([painter], timeout=20)[1] == []
