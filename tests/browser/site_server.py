"""A server for a built site, as a static host has one."""

import functools
import http.server
import threading
from contextlib import contextmanager
from typing import ClassVar

# With these headers of a host, browsers allow a page's threads to share memory.
ISOLATION = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    more_headers: ClassVar[dict] = {}

    def end_headers(self):
        for name, value in self.more_headers.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def serve(site, more_headers=None):
    """Yield the address of a server for the folder `site`, which ends with a slash."""
    handler = type("Handler", (QuietHandler,), {"more_headers": more_headers or {}})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
