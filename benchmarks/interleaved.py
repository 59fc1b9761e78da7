"""Interleaved timing: functions and generators run in turns, so that a slow phase of the machine affects all alike."""

import statistics
import threading
import time
from queue import Queue


def median_seconds(functions, rounds):
    """Median seconds of each function, called in turns; one round more, which traces, comes first and is left out."""
    seconds = [[] for _ in functions]
    for _ in range(rounds + 1):
        for function, times in zip(functions, seconds, strict=True):
            start = time.perf_counter()
            function()
            times.append(time.perf_counter() - start)
    return [statistics.median(times[1:]) for times in seconds]


class TimedGenerator:
    """A generator with a clock, which runs only while the generator computes.

    seconds: what the clock shows; count: how many items came; latest: the last of them; ended: whether no more come.
    """

    def __init__(self, name, generator):
        self.name, self._generator = name, generator
        self.seconds, self.count, self.latest, self.ended = 0.0, 0, None, False

    def run_for(self, seconds):
        """Let it compute for at least that long, or until it ends."""
        until = self.seconds + seconds
        while self.seconds < until and not self.ended:
            began = time.perf_counter()
            try:
                self.latest = next(self._generator)
                self.count += 1
            except StopIteration:
                self.ended = True
            self.seconds += time.perf_counter() - began

    def stop(self):
        """End it here."""
        self._generator.close()
        self.ended = True


class _Stopped(Exception):
    """The generator was closed."""


def iterate_callbacks(run):
    """A generator of what `run(callback)` passes to `callback`: `run` computes in a thread, one item at a time.

    Closing the generator ends `run` at its next callback; an exception of `run` is raised here.

    >>> list(iterate_callbacks(lambda callback: [callback(number) for number in range(3)]))
    [0, 1, 2]
    """
    items, replies = Queue(), Queue()

    def pass_on(item):
        items.put(("item", item))
        if replies.get() == "stop":
            raise _Stopped

    def work():
        if replies.get() == "stop":
            return
        try:
            run(pass_on)
            items.put(("end", None))
        except _Stopped:
            items.put(("end", None))
        except BaseException as error:
            items.put(("error", error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        replies.put("continue")
        while (entry := items.get())[0] == "item":
            yield entry[1]
            replies.put("continue")
        if entry[0] == "error":
            raise entry[1]
    finally:
        if thread.is_alive():
            replies.put("stop")
            thread.join()
