"""One download: the right file arrives, everything else is named and leaves nothing behind."""

import _thread
import gzip
import hashlib
import socket
import sys
import time

import pytest

from nst import paths
from nst.assets import download as module
from nst.assets.catalog import Work
from nst.assets.download import DownloadError, download
from tests.support.local_server import body, interrupted, redirect, status

RIGHT = bytes(range(256)) * 1000
WRONG = RIGHT[::-1]
PAGE = b"<!DOCTYPE html><html><title>Sign in to the campus network</title></html>"
STUB = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 256000\n"


def tiny(url):
    checksum = f"sha256:{hashlib.sha256(RIGHT).hexdigest()}"
    return Work("tiny", "style", url, checksum, len(RIGHT), "tiny.jpg", "A tiny work", "public domain")


@pytest.fixture
def folder(sandbox):
    return sandbox / "images" / "downloaded"


def failure(url):
    """What a download of `url` says when it fails: (what happened, likely cause)."""
    with pytest.raises(DownloadError) as caught:
        download(tiny(url))
    return caught.value.what, caught.value.why


def left_in(folder):
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def test_the_right_file_arrives_whole(server, folder):
    download(tiny(server.put("/file", body(RIGHT))))
    assert (folder / "tiny.jpg").read_bytes() == RIGHT
    assert left_in(folder) == ["tiny.jpg"]


def test_progress_is_shown_in_ascii(server, folder, capsys):
    download(tiny(server.put("/file", body(RIGHT))))
    shown = capsys.readouterr().err
    assert shown.isascii()
    assert "tiny:" in shown
    assert "256k" in shown


def test_a_redirect_is_followed(server, folder):
    server.put("/there", body(RIGHT))
    download(tiny(server.put("/here", redirect("/there"))))
    assert (folder / "tiny.jpg").read_bytes() == RIGHT


def test_a_body_without_a_length_is_taken(server, folder):
    def unmeasured(request):
        request.send_response(200)
        request.end_headers()
        request.wfile.write(RIGHT)

    download(tiny(server.put("/file", unmeasured)))
    assert (folder / "tiny.jpg").read_bytes() == RIGHT


def test_an_overloaded_server_is_asked_again(server, folder, capsys):
    download(tiny(server.put("/file", status(503), body(RIGHT))))
    assert (folder / "tiny.jpg").read_bytes() == RIGHT
    assert capsys.readouterr().out == (
        "tiny: 127.0.0.1 answered 503 Service Unavailable; trying again in 0.01 s (try 2 of 3)\n"
    )


def test_a_cut_connection_is_tried_again(server, folder):
    download(tiny(server.put("/file", body(RIGHT[:1000], length=len(RIGHT)), body(RIGHT))))
    assert (folder / "tiny.jpg").read_bytes() == RIGHT


BROKEN = {
    "announced long, cut short": (
        body(RIGHT[:1000], length=len(RIGHT)),
        3,
        "the connection broke before all 256,000 bytes were received",
        "the network or the server failed",
    ),
    "announced short": (
        body(RIGHT[:1000]),
        3,
        "received only 1,000 of 256,000 bytes",
        "the connection ended too early",
    ),
    "another file of the same size": (
        body(WRONG),
        1,
        f"received a different file (256,000 bytes, sha256 {hashlib.sha256(WRONG).hexdigest()})",
        "the file at this address has changed, or was changed on its way here",
    ),
    "a longer file": (
        body(RIGHT * 2),
        1,
        "received more than 256,000 bytes, the size of the file",
        "the file at this address has changed, or was changed on its way here",
    ),
    "an HTML page": (
        body(PAGE, kind="text/html"),
        1,
        f"received an HTML page of {len(PAGE)} bytes",
        "a login page, a network filter or a server error page was sent instead",
    ),
    "a Git LFS pointer": (
        body(STUB),
        1,
        f"received a Git LFS pointer of {len(STUB)} bytes",
        "it comes from a copy of a repository without its Git LFS files",
    ),
    "nothing": (body(b""), 1, "received an empty file of 0 bytes", "the download stopped before it began"),
    "404": (status(404), 1, "127.0.0.1 answered 404 Not Found", "the file is no longer at this address"),
    "403": (
        status(403),
        1,
        "127.0.0.1 answered 403 Forbidden",
        "the server, or a proxy between, refuses to send the file",
    ),
    "503 for ever": (
        status(503),
        3,
        "127.0.0.1 answered 503 Service Unavailable",
        "the server is overloaded; it may work in a few minutes",
    ),
    "a status that has no name": (
        status(599),
        1,
        "127.0.0.1 answered 599",
        "the server, or a proxy between, refuses to send the file",
    ),
    "an endless redirect": (
        redirect("/file"),
        31,
        "the request failed (Exceeded 30 redirects.)",
        "this address no longer works",
    ),
}


@pytest.mark.parametrize(("answer", "tries", "what", "why"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_answer_is_named_and_leaves_nothing(server, folder, answer, tries, what, why):
    assert failure(server.put("/file", answer)) == (what, why)
    assert len(server.asked) == tries
    assert left_in(folder) == []


def test_no_more_than_the_size_of_the_file_is_received(server, folder):
    sent = []

    def endless(request):
        request.send_response(200)
        request.end_headers()
        while len(sent) < 2000:  # 131 MB
            request.wfile.write(bytes(65536))
            sent.append(1)

    assert failure(server.put("/file", endless))[0] == "received more than 256,000 bytes, the size of the file"
    assert len(sent) < 500
    assert left_in(folder) == []


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, gzip"])
def test_a_compressed_answer_is_refused_and_not_unpacked(server, folder, encoding):
    def compressed(request):
        content = gzip.compress(RIGHT)
        request.send_response(200)
        request.send_header("Content-Encoding", encoding)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    assert failure(server.put("/file", compressed)) == (
        f"the server sent the file in a compressed form ({encoding})",
        "the server, or a proxy between, ignores what is asked of it",
    )
    assert left_in(folder) == []


def test_a_server_that_sends_byte_by_byte_meets_a_deadline(server, folder, monkeypatch):
    monkeypatch.setattr(module, "LEAST_SECONDS", 0.5)
    monkeypatch.setattr(module, "SLOWEST", 10**9)
    monkeypatch.setattr(module, "TRIES", 1)

    def trickle(request):
        request.send_response(200)
        request.send_header("Content-Length", str(len(RIGHT)))
        request.end_headers()
        for _ in range(200):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.1)

    began = time.monotonic()
    what, why = failure(server.put("/file", trickle))
    assert time.monotonic() - began < 10
    assert what.endswith("of 256,000 bytes were received in 0 s")
    assert why == "the server or the network is overloaded"
    assert left_in(folder) == []


def test_a_server_that_sends_its_header_byte_by_byte_meets_a_deadline(server, folder, monkeypatch):
    monkeypatch.setattr(module, "LEAST_SECONDS", 0.5)
    monkeypatch.setattr(module, "TRIES", 1)

    def trickle(request):
        request.send_response(200)
        for number in range(20):
            request.send_header(f"X-{number}", "x")
            request.flush_headers()
            time.sleep(0.1)

    began = time.monotonic()
    what, why = failure(server.put("/file", trickle))
    assert time.monotonic() - began < 1.5
    assert what == "the server did not begin to send the file within 0.5 s"
    assert why == "the server or the network is overloaded"
    assert left_in(folder) == []


def test_a_server_that_never_answers_ends_in_an_error(server, folder):
    assert failure(server.put("/file", server.hang())) == (
        "127.0.0.1 sent nothing for 0.3 s",
        "the server or the network is overloaded",
    )
    assert left_in(folder) == []


def test_a_server_that_stops_midway_ends_in_an_error(server, folder):
    url = server.put("/file", server.hang(RIGHT[:70_000], len(RIGHT)))
    assert failure(url) == ("127.0.0.1 sent nothing for 0.3 s", "the server or the network is overloaded")
    assert left_in(folder) == []


def test_without_a_network_the_error_says_so(folder):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert failure(f"http://127.0.0.1:{port}/file") == (
        "no connection to 127.0.0.1",
        "this computer is offline, or a firewall or proxy blocks that address",
    )
    assert left_in(folder) == []


def test_an_address_that_does_not_take_the_call_ends_in_an_error(folder, monkeypatch):
    def never(*_, **__):
        raise module.requests.ConnectTimeout("timed out")

    monkeypatch.setattr(module.requests, "get", never)
    assert failure("http://127.0.0.1/file") == (
        "no answer from 127.0.0.1 within 2 s",
        "this computer is offline, or a firewall or proxy blocks that address",
    )


def test_a_server_without_encryption_behind_an_encrypted_address_is_refused(server, folder):
    assert failure(server.url("/file").replace("http:", "https:")) == (
        "no secure connection to 127.0.0.1",
        "this computer's clock is wrong, or its network inspects encrypted traffic",
    )


# --- certificates and proxies ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def usual_certificates(monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_list_of_certificates_that_does_not_exist_is_named(server, folder, monkeypatch, tmp_path, variable):
    monkeypatch.setenv(variable, str(tmp_path / "old.pem"))
    assert failure(server.url("/file").replace("http:", "https:")) == (
        f"no secure connection to 127.0.0.1: the list of trusted certificates, {tmp_path / 'old.pem'}, does not exist",
        f"the file that {variable} names is missing: correct or unset {variable}",
    )
    assert left_in(folder) == []


def test_a_list_of_certificates_that_holds_none_is_named(server, folder, monkeypatch, tmp_path):
    (tmp_path / "empty.pem").write_text("nothing")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "empty.pem"))
    assert failure(server.url("/file").replace("http:", "https:")) == (
        "no secure connection to 127.0.0.1: the list of trusted certificates cannot be read",
        "the file that REQUESTS_CA_BUNDLE names is damaged: correct or unset REQUESTS_CA_BUNDLE",
    )


CERTIFICATES = {
    "unable to get local issuer certificate": "its certificate is not from an authority in the list of trusted ones",
    "self-signed certificate in certificate chain": "its certificate is not from a known authority",
    "certificate has expired": "its certificate is not valid today",
    "certificate is not yet valid": "its certificate is not valid today",
    "Hostname mismatch, certificate is not valid for 'a'": "the certificate is that of another server",
}


@pytest.mark.parametrize(("reason", "what"), CERTIFICATES.items())
def test_what_is_wrong_with_a_certificate_is_said_with_what_to_do(folder, monkeypatch, reason, what):
    def refuse(*_, **__):
        raise module.requests.exceptions.SSLError(
            f"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {reason}"
        )

    monkeypatch.setattr(module.requests, "get", refuse)
    happened, why = failure("https://127.0.0.1/file")
    assert happened == f"no secure connection to 127.0.0.1: {what}"
    assert any(remedy in why for remedy in ("upgrade certifi", "REQUESTS_CA_BUNDLE", "open any web page"))


@pytest.fixture
def proxy(monkeypatch):
    """Set the proxy for all addresses."""
    for name in ("NO_PROXY", "no_proxy", "http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return lambda address, variable="ALL_PROXY": monkeypatch.setenv(variable, address)


@pytest.mark.parametrize("kind", ["socks5", "socks5h", "socks4"])
def test_a_socks_proxy_without_its_package_is_explained(folder, proxy, monkeypatch, kind):
    monkeypatch.setitem(sys.modules, "socks", None)
    monkeypatch.setattr("requests.adapters.SOCKSProxyManager", missing_socks)
    proxy(f"{kind}://me:secret@127.0.0.1:9")
    assert failure("http://example.org/file") == (
        f"the SOCKS proxy {kind}://127.0.0.1:9 cannot be used: the package PySocks is not installed",
        "the environment variable ALL_PROXY names that proxy: run python -m pip install pysocks, or unset it",
    )


def missing_socks(*_, **__):
    raise module.requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support.")


def test_a_proxy_that_does_not_answer_is_named_and_not_the_server(folder, proxy):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    proxy(f"http://me:secret@127.0.0.1:{port}", "HTTP_PROXY")
    what, why = failure("http://example.org/file")
    assert what == f"no connection to the proxy http://127.0.0.1:{port}"
    assert why.startswith("the proxy does not answer, or the environment variable HTTP_PROXY is wrong")
    assert "secret" not in what + why


def test_a_proxy_that_asks_for_a_password_is_named(server, folder, proxy):
    server.put("http://example.org/file", status(407))
    proxy(server.url(""), "HTTP_PROXY")
    assert failure("http://example.org/file")[1] == "the proxy of this network asks for a user name and a password"


@pytest.mark.parametrize("address", ["http://", "ftp://127.0.0.1:9", "http://[::1"])
def test_an_address_of_a_proxy_that_is_none_is_named(folder, proxy, address):
    proxy(address, "HTTP_PROXY")
    what, why = failure("http://example.org/file")
    assert "proxy" in what
    assert "HTTP_PROXY" in why


def test_the_old_file_stays_when_the_download_fails(server, folder):
    folder.mkdir(parents=True)
    (folder / "tiny.jpg").write_bytes(b"old")
    failure(server.put("/file", body(WRONG)))
    assert (folder / "tiny.jpg").read_bytes() == b"old"
    assert left_in(folder) == ["tiny.jpg"]


def test_an_interrupt_midway_leaves_nothing(server, folder, interruptible):
    url = server.put("/file", interrupted(RIGHT, _thread.interrupt_main))
    with pytest.raises(KeyboardInterrupt):
        download(tiny(url))
    assert left_in(folder) == []


def test_an_unwritable_folder_is_noticed_before_anything_is_asked(server, unwritable, folder, monkeypatch):
    monkeypatch.setattr(paths, "IMAGES", unwritable)
    reasons = [
        f"the file could not be written ({reason}: {unwritable / 'downloaded'})"
        for reason in ("Read-only file system", "Permission denied")
    ]
    what, why = failure(server.put("/file", body(RIGHT)))
    assert what in reasons
    assert why == "you do not have permission to write there, or something else has that name"
    assert server.asked == []


def test_a_file_in_the_place_of_the_folder_is_named(server, folder):
    folder.parent.mkdir()
    folder.write_bytes(b"in the way")
    with pytest.raises(FileExistsError) as trouble:
        folder.mkdir()
    assert failure(server.put("/file", body(RIGHT))) == (
        f"the file could not be written ({trouble.value.strerror}: {folder})",
        "you do not have permission to write there, or something else has that name",
    )
    assert folder.read_bytes() == b"in the way"


def test_a_full_disk_is_named_before_anything_is_asked_and_left_as_it_was(server, full_disk, folder, monkeypatch):
    monkeypatch.setattr(paths, "IMAGES", full_disk)
    assert failure(server.put("/file", body(RIGHT))) == (
        "the disk is full",
        "there is no space for the file: free some",
    )
    assert left_in(full_disk / "downloaded") == []
    assert server.asked == []


def test_the_bar_tells_no_time_left():
    assert "remaining" not in module.BAR
