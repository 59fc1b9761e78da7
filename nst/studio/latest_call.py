"""Calls in a thread of which only the newest counts: a preview that follows its settings."""

import threading


class LatestCall:
    """Runs a function in a thread. Arguments that come while it runs replace those that are still waiting."""

    def __init__(self, run, on_result, on_error):
        """on_result, on_error: are called from the thread, with what run(*arguments) returns or raises."""
        self._run, self._on_result, self._on_error = run, on_result, on_error
        self._lock = threading.Lock()
        self._waiting, self._thread = None, None

    def submit(self, *arguments):
        """Run the function with these arguments as soon as the current call has ended."""
        with self._lock:
            self._waiting = arguments
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def wait(self):
        """Wait until nothing is left to run."""
        while (thread := self._thread) is not None:
            thread.join()

    def _work(self):
        while True:
            with self._lock:
                arguments, self._waiting = self._waiting, None
                if arguments is None:
                    self._thread = None
                    return
            try:
                result = self._run(*arguments)
            except Exception as error:
                self._on_error(error)
            else:
                if self._waiting is None:  # otherwise a newer one follows
                    self._on_result(result)
