"""Each signal that asks a command to end acts as Ctrl-C, once, and not in the middle of an import."""

import os
import signal
import subprocess
import sys

import pytest

from foundation.signals import ENDING, hold_signals, interrupt_on_signals
from nst.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")


def send(number):
    os.kill(os.getpid(), number)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, *ENDING])
def test_a_signal_is_a_keyboard_interrupt_and_afterwards_what_it_was(number):
    before = signal.getsignal(number)
    with interrupt_on_signals(), pytest.raises(KeyboardInterrupt):
        send(number)
    assert signal.getsignal(number) == before


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("pair", [(signal.SIGTERM, signal.SIGHUP), (signal.SIGTERM, signal.SIGTERM)])
def test_signals_that_come_in_pairs_do_not_interrupt_what_is_being_saved(pair):
    with interrupt_on_signals():
        with pytest.raises(KeyboardInterrupt):
            send(pair[0])
        send(pair[1])


@pytest.mark.usefixtures("interruptible")
def test_a_second_ctrl_c_interrupts_again():
    with interrupt_on_signals():
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                send(signal.SIGINT)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, *ENDING])
def test_a_signal_during_an_import_is_raised_after_it(number):
    done = []

    def load():
        with hold_signals():
            send(number)
            done.append("imported")
        done.append("too far")

    with interrupt_on_signals(), pytest.raises(KeyboardInterrupt):
        load()
    assert done == ["imported"]


def test_a_signal_that_is_ignored_stays_ignored():
    """As SIGHUP under nohup."""
    code = (
        "import os, signal; from foundation.signals import interrupt_on_signals\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "with interrupt_on_signals(): os.kill(os.getpid(), signal.SIGHUP)\n"
        "print('done')"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout == b"done\n"
