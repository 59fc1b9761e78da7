"""Download one file and verify it; an error says what was received instead."""

import errno
import queue
import threading
import time

import pooch
import requests
import urllib3
from tqdm import tqdm

from foundation.atomic_write import require_room, write_atomically
from foundation.printable import printable_line
from nst.assets.network_errors import DownloadError, explain_network_error, is_about_certificates
from nst.assets.sniffing import identify_wrong_file

TRIES = 3
PAUSE = 1.0  # seconds before the second try, twice that before the third
# Without the time left: the speed of the first seconds tells too little.
BAR = "{desc}: {percentage:3.0f}% |{bar}| {n_fmt} of {total_fmt}, {elapsed}, {rate_fmt}"
TIMEOUT = (10.0, 30.0)  # seconds to connect, seconds without data
SLOWEST, LEAST_SECONDS = 20_000, 120  # bytes in a second on average, and seconds that any file may take
CHUNK = 2**16  # bytes


def download(work):
    """Download a catalog.Work to work.path, with a progress bar, and up to TRIES tries for temporary failures.

    The file is written to a temporary path and verified before it replaces an existing file; a failed or interrupted
    try leaves nothing behind. Raises DownloadError.
    """
    for attempt in range(1, TRIES):
        try:
            return _one_try(work)
        except DownloadError as error:
            if not error.temporary:
                raise
            wait = PAUSE * attempt
            print(f"{work.name}: {error.what}; trying again in {wait:g} s (try {attempt + 1} of {TRIES})")
            time.sleep(wait)
    return _one_try(work)


def is_right(work, path):
    """Return whether the file at `path` has the length and the checksum of a catalog.Work."""
    algorithm, digest = work.hash.split(":")
    return path.stat().st_size == work.size and pooch.file_hash(str(path), algorithm) == digest


def _one_try(work):
    try:
        with write_atomically(work.path) as partial:
            require_room(work.path.parent, work.size)
            _stream(work, partial)
            if not is_right(work, partial):
                raise _wrong_file(work, partial)
    except OSError as error:
        raise _disk_error(error) from error


def _stream(work, partial):
    # Compressed transfer would make the announced length differ from the file's.
    headers = {"Accept-Encoding": "identity"}
    end = time.monotonic() + max(LEAST_SECONDS, work.size / SLOWEST)
    try:
        with (
            partial.open("wb") as file,
            _bar(work) as bar,
            _request(work.url, headers, LEAST_SECONDS) as response,
        ):
            response.raise_for_status()
            encoding = response.headers.get("Content-Encoding", "identity")
            if encoding.strip().lower() not in ("", "identity"):
                raise DownloadError(
                    f"the server sent the file in a compressed form ({printable_line(encoding[:20])})",
                    "the server, or a proxy between, ignores what is asked of it",
                )
            received = 0
            # read1 returns what has arrived, so that a server that sends byte by byte cannot hold the loop.
            while chunk := response.raw.read1(CHUNK):
                received += len(chunk)
                if received > work.size:
                    raise DownloadError(
                        f"received more than {work.size:,} bytes, the size of the file",
                        "the file at this address has changed, or was changed on its way here",
                    )
                if time.monotonic() > end:
                    raise DownloadError(
                        f"only {received:,} of {work.size:,} bytes were received in "
                        f"{max(LEAST_SECONDS, work.size / SLOWEST):.0f} s",
                        "the server or the network is overloaded",
                        temporary=True,
                    )
                file.write(chunk)
                bar.update(len(chunk))
    except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
        raise explain_network_error(error, work.url, work.size, TIMEOUT) from error
    except OSError as error:
        if is_about_certificates(error):
            raise explain_network_error(error, work.url, work.size, TIMEOUT) from error
        raise  # of the disk


def _request(url, headers, seconds):
    """The response of the server. Its header may arrive byte by byte, which no limit of requests stops."""
    answers = queue.SimpleQueue()

    def ask():
        try:
            answers.put((requests.get(url, stream=True, timeout=TIMEOUT, headers=headers), None))
        except Exception as error:
            answers.put((None, error))

    threading.Thread(target=ask, daemon=True).start()
    try:
        response, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise DownloadError(
            f"the server did not begin to send the file within {seconds} s",
            "the server or the network is overloaded",
            temporary=True,
        ) from None
    if error is not None:
        raise error
    return response


def _bar(work):
    # ASCII, since some consoles cannot print block characters.
    return tqdm(desc=work.name, total=work.size, unit="B", unit_scale=True, ascii=True, leave=False, bar_format=BAR)


def _wrong_file(work, partial):
    size = partial.stat().st_size
    wrong = identify_wrong_file(partial)
    if wrong:
        return DownloadError(f"received {wrong[0]} of {size:,} bytes", wrong[1])
    if size < work.size:
        return DownloadError(
            f"received only {size:,} of {work.size:,} bytes", "the connection ended too early", temporary=True
        )
    algorithm = work.hash.split(":")[0]
    digest = pooch.file_hash(str(partial), algorithm)
    return DownloadError(
        f"received a different file ({size:,} bytes, {algorithm} {digest})",
        "the file at this address has changed, or was changed on its way here",
    )


def _disk_error(error):
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DownloadError("the disk is full", "there is no space for the file: free some")
    return DownloadError(
        f"the file could not be written ({error.strerror}: {error.filename})",
        "you do not have permission to write there, or something else has that name",
    )
