"""An HTTP server for tests: well-behaved, or broken in the ways that real ones are."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LocalServer:
    """Answers on 127.0.0.1: `put` says how each path is answered, `asked` lists the paths requested."""

    def __init__(self):
        self.answers, self.asked, self.closing = {}, [], threading.Event()
        self.http = _Server(("127.0.0.1", 0), _handler(self))
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()

    def put(self, path, *answers):
        """Answer requests for `path` with `answers` in turn, all later ones with the last; the URL."""
        self.answers[path] = list(answers)
        return self.url(path)

    def url(self, path):
        return f"http://127.0.0.1:{self.http.server_port}{path}"

    def hang(self, begin=b"", length=1000):
        """Send the beginning of a body and then nothing more."""

        def answer(request):
            if begin:
                _send(request, 200, {"Content-Length": length}, begin)
            self.closing.wait(10)

        return answer


def body(data, length=None, status=200, kind="application/octet-stream"):
    """A body; `length` announces another length than its own, None its own."""
    headers = {"Content-Type": kind, "Content-Length": len(data) if length is None else length}
    return lambda request: _send(request, status, headers, data)


def interrupted(data, interrupt):
    """Half of a body, then `interrupt()` is called, then the rest comes."""

    def answer(request):
        half = len(data) // 2
        _send(request, 200, {"Content-Length": len(data)}, data[:half])
        interrupt()
        request.wfile.write(data[half:])

    return answer


def redirect(url):
    return lambda request: _send(request, 302, {"Location": url, "Content-Length": 0}, b"")


def status(code):
    return body(b"no file here", status=code)


def _send(request, code, headers, data):
    request.send_response(code)
    for name, value in headers.items():
        request.send_header(name, str(value))
    request.end_headers()
    request.wfile.write(data)
    request.wfile.flush()


def _handler(server):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append(self.path)
            answers = server.answers[self.path]
            (answers.pop(0) if len(answers) > 1 else answers[0])(self)

        def log_message(self, *_):
            """Quiet."""

    return Handler


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that hangs up is what several tests are about."""
