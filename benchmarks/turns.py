"""Things that take turns, so that whatever slows the machine for a while slows all of them alike.

A contestant is a generator. Its clock runs while it computes and stands while the others do, or while its picture is
being judged.
"""

import threading
import time
from queue import Queue


class Contestant:
    """A generator with a clock. latest: what it yielded last; over: whether it has ended."""

    def __init__(self, name, generator):
        self.name, self._generator = name, generator
        self.seconds, self.count, self.latest, self.over = 0.0, 0, None, False

    def take_turn(self, seconds):
        """Let it compute for at least that long, or until it ends."""
        until = self.seconds + seconds
        while self.seconds < until and not self.over:
            began = time.perf_counter()
            try:
                self.latest = next(self._generator)
                self.count += 1
            except StopIteration:
                self.over = True
            self.seconds += time.perf_counter() - began

    def stop(self):
        self._generator.close()
        self.over = True


class _Stopped(Exception):
    """Whoever listened has gone."""


def each_call(run):
    """What `run(seen)` hands to `seen`, as a generator: `run` computes in a thread, only while it is waited for.

    Closing the generator ends `run` at its next call of `seen`; what `run` raises is raised here.
    """
    seen, go_on = Queue(), Queue()

    def hand_over(thing):
        seen.put(("thing", thing))
        if go_on.get() == "stop":
            raise _Stopped

    def work():
        if go_on.get() == "stop":
            return
        try:
            run(hand_over)
            seen.put(("end", None))
        except _Stopped:
            seen.put(("end", None))
        except BaseException as error:
            seen.put(("error", error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        go_on.put("go")
        while (item := seen.get())[0] == "thing":
            yield item[1]
            go_on.put("go")
        if item[0] == "error":
            raise item[1]
    finally:
        if thread.is_alive():
            go_on.put("stop")
            thread.join()
