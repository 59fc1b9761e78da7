"""Let a command end in the same way for each signal that asks it to: as on Ctrl-C, with KeyboardInterrupt."""

import signal
import threading
from contextlib import contextmanager

# What `kill`, a cluster's job, a closed terminal, and Ctrl-Break of Windows send.
ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
_state = {"held": False, "pending": False, "ended": False}


@contextmanager
def interrupt_on_signals():
    """Raise KeyboardInterrupt on the signals of ENDING, once: they often come in pairs, and what is saved takes time.

    A signal that is ignored, as under nohup, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _state["ended"] = False
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *ENDING)}
    for number, handler in before.items():
        if handler not in (signal.SIG_IGN, None):
            signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)


@contextmanager
def hold_signals():
    """Hold the signals during a block that must not be interrupted, such as an import, and raise them at its end."""
    _state["held"] = True
    try:
        yield
    finally:
        _state["held"], pending, _state["pending"] = False, _state["pending"], False
    if pending:
        raise KeyboardInterrupt


def _interrupt(number, _):
    if number != signal.SIGINT:
        if _state["ended"]:
            return
        _state["ended"] = True
    if _state["held"]:
        _state["pending"] = True
    else:
        raise KeyboardInterrupt
