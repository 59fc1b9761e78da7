"""Download one file and verify it; an error says what was received instead."""

import errno
import time
from http.client import responses
from urllib.parse import urlsplit

import pooch
import requests
from tqdm import tqdm

from foundation.atomic_write import write_atomically
from nst.assets.sniffing import identify_wrong_file

TRIES = 3
PAUSE = 1.0  # seconds before the second try, twice that before the third
TIMEOUT = (10.0, 30.0)  # seconds to connect, seconds without data
TEMPORARY_STATUS = (408, 425, 429, 500, 502, 503, 504)  # a later try may do better
OFFLINE = "this computer is offline, or a firewall or proxy blocks that address"


class DownloadError(Exception):
    """A download that failed. what: what happened; why: the likely cause; temporary: a later try may succeed."""

    def __init__(self, what, why, temporary=False):
        super().__init__(f"{what} (likely cause: {why})")
        self.what, self.why, self.temporary = what, why, temporary


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
            _stream(work, partial)
            if not is_right(work, partial):
                raise _wrong_file(work, partial)
    except OSError as error:
        raise _disk_error(error) from error


def _stream(work, partial):
    # Compressed transfer would make the announced length differ from the file's.
    headers = {"Accept-Encoding": "identity"}
    with partial.open("wb") as file, _bar(work) as bar:
        fetcher = pooch.HTTPDownloader(progressbar=bar, chunk_size=2**16, timeout=TIMEOUT, headers=headers)
        try:
            fetcher(work.url, file, None)
        except requests.RequestException as error:
            if error.response is not None:  # pooch leaves it open
                error.response.close()
            raise _network_error(error, work) from error


def _bar(work):
    # ASCII, since some consoles cannot print block characters.
    return tqdm(desc=work.name, total=work.size, unit="B", unit_scale=True, ascii=True, leave=False)


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


def _network_error(error, work):
    host = urlsplit(error.request.url if error.request else work.url).hostname
    if isinstance(error, requests.HTTPError):
        return _bad_status(error.response.status_code, host)
    if isinstance(error, requests.ConnectTimeout):
        return DownloadError(f"no answer from {host} within {TIMEOUT[0]:g} s", OFFLINE, temporary=True)
    if "Read timed out" in str(error):  # once the file has begun, requests has no exception type for it
        return DownloadError(
            f"{host} sent nothing for {TIMEOUT[1]:g} s", "the server or the network is overloaded", temporary=True
        )
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return DownloadError(
            f"the connection broke before all {work.size:,} bytes were received",
            "the network or the server failed",
            temporary=True,
        )
    if isinstance(error, requests.exceptions.SSLError):
        return DownloadError(
            f"no secure connection to {host}",
            "this computer's clock is wrong, or its network inspects encrypted traffic",
        )
    if isinstance(error, requests.ConnectionError):
        return DownloadError(f"no connection to {host}", OFFLINE, temporary=True)
    return DownloadError(f"the request failed ({error})", "this address no longer works")


def _bad_status(status, host):
    what = f"{host} answered {status} {responses.get(status, '')}".rstrip()
    if status in TEMPORARY_STATUS:
        return DownloadError(what, "the server is overloaded; it may work in a few minutes", temporary=True)
    if status in (404, 410):
        return DownloadError(what, "the file is no longer at this address")
    return DownloadError(what, "the server, or a proxy between, refuses to send the file")


def _disk_error(error):
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DownloadError("the disk is full", "there is no space for the file: free some")
    return DownloadError(
        f"the file could not be written ({error.strerror}: {error.filename})",
        "you do not have permission to write there, or something else has that name",
    )
