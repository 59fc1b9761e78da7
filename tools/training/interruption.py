"""Ctrl-C and SIGTERM that wait for the end of a step, so that a checkpoint is never half a step ahead."""

import signal
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def deferred_interrupts():
    """Within the block, Ctrl-C and SIGTERM only take a note; a second one stops at once.

    Yields a function that raises KeyboardInterrupt if a signal has arrived. For the main thread.
    """
    arrived = []

    def handle(number, frame):
        if arrived:
            raise KeyboardInterrupt
        arrived.append(number)

    def raise_if_interrupted():
        if arrived:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield raise_if_interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
