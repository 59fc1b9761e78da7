"""Say in words why a download failed: which part between here and the server, and what to do."""

import os
import re
import time
from http.client import responses
from urllib.parse import urlsplit

import requests
import urllib3

OFFLINE = "this computer is offline, or a firewall or proxy blocks that address"
INSPECTED = "this computer's clock is wrong, or its network inspects encrypted traffic"
TEMPORARY_STATUS = (408, 425, 429, 500, 502, 503, 504)  # a later try may do better
BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # in the order in which requests reads them
PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
ASK_ADMINISTRATOR = "set REQUESTS_CA_BUNDLE to the certificate file of its administrator"
UPDATE_CERTIFI = "python -m pip install --upgrade certifi"


class DownloadError(Exception):
    """A download that failed. what: what happened; why: the likely cause; temporary: a later try may succeed."""

    def __init__(self, what, why, temporary=False):
        super().__init__(f"{what} (likely cause: {why})")
        self.what, self.why, self.temporary = what, why, temporary


def explain_network_error(error, url, size, timeout):
    """The DownloadError of an error of requests, or of the OSError that it raises for a missing list of certificates.

    size: the bytes that were expected. timeout: seconds to connect, and without data.
    """
    request = getattr(error, "request", None)
    host = urlsplit(request.url if request else url).hostname
    text = str(error)
    if isinstance(error, requests.HTTPError):
        return _explain_status(error.response.status_code, host)
    if isinstance(error, requests.ConnectTimeout):
        return DownloadError(f"no answer from {host} within {timeout[0]:g} s", OFFLINE, temporary=True)
    if "Read timed out" in text:  # once the file has begun, requests has no exception type for it
        return DownloadError(
            f"{host} sent nothing for {timeout[1]:g} s", "the server or the network is overloaded", temporary=True
        )
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.ProtocolError)):
        return DownloadError(
            f"the connection broke before all {size:,} bytes were received",
            "the network or the server failed",
            temporary=True,
        )
    if is_about_certificates(error) or isinstance(error, requests.exceptions.SSLError):
        return _explain_certificates(text, host)
    proxy = _find_proxy(url)
    if (
        "SOCKS" in text
        or isinstance(error, requests.exceptions.ProxyError)
        or (proxy and re.search("proxy|parse", text, re.IGNORECASE))
    ):
        return _explain_proxy(text, *(proxy or ("the proxy", "the proxy settings of this computer")))
    if isinstance(error, requests.ConnectionError):
        if proxy is not None and proxy[0].lower().startswith("socks"):
            return _explain_proxy(text, *proxy)
        return DownloadError(f"no connection to {host}", OFFLINE, temporary=True)
    return DownloadError(f"the request failed ({error})", "this address no longer works")


def is_about_certificates(error):
    """Whether an OSError is that of requests about a missing list of trusted certificates."""
    return "CA certificate bundle" in str(error)


def _explain_status(status, host):
    what = f"{host} answered {status} {responses.get(status, '')}".rstrip()
    if status in TEMPORARY_STATUS:
        return DownloadError(what, "the server is overloaded; it may work in a few minutes", temporary=True)
    if status in (404, 410):
        return DownloadError(what, "the file is no longer at this address")
    if status == 407:
        return DownloadError(what, "the proxy of this network asks for a user name and a password")
    return DownloadError(what, "the server, or a proxy between, refuses to send the file")


def _explain_certificates(text, host):
    what, variable = f"no secure connection to {host}", _find_bundle_variable()
    source = f"the file that {variable} names" if variable else "the package certifi"
    remedy = f"correct or unset {variable}" if variable else f"run {UPDATE_CERTIFI}"
    lowered = text.lower()
    if is_about_certificates(text):
        path = text.rsplit(": ", 1)[-1]
        return DownloadError(
            f"{what}: the list of trusted certificates, {path}, does not exist", f"{source} is missing: {remedy}"
        )
    if "no_certificate_or_crl_found" in lowered or "x509" in lowered or "pem" in lowered.split():
        return DownloadError(
            f"{what}: the list of trusted certificates cannot be read", f"{source} is damaged: {remedy}"
        )
    if "not yet valid" in lowered or "has expired" in lowered:
        today = time.strftime("%Y-%m-%d")
        return DownloadError(
            f"{what}: its certificate is not valid today",
            f"this computer's clock is wrong (it says {today}), or the list of trusted certificates is out of date: "
            f"{remedy}",
        )
    if "self-signed" in lowered or "self signed" in lowered:
        return DownloadError(
            f"{what}: its certificate is not from a known authority",
            f"this network inspects encrypted traffic: {ASK_ADMINISTRATOR}",
        )
    if "unable to get local issuer" in lowered or "unknown ca" in lowered:
        return DownloadError(
            f"{what}: its certificate is not from an authority in the list of trusted ones",
            f"that list ({source}) is out of date: {remedy}; or this network inspects encrypted traffic: "
            f"{ASK_ADMINISTRATOR}",
        )
    if "hostname mismatch" in lowered or "doesn't match" in lowered or "not valid for" in lowered:
        return DownloadError(
            f"{what}: the certificate is that of another server",
            "this network wants a login first (open any web page in a browser), or it redirects that address",
        )
    return DownloadError(what, INSPECTED)


def _explain_proxy(text, proxy, variable):
    lowered = text.lower()
    if "missing dependencies for socks" in lowered:
        return DownloadError(
            f"the SOCKS proxy {proxy} cannot be used: the package PySocks is not installed",
            f"{variable} names that proxy: run python -m pip install pysocks, or unset it",
        )
    if "407" in text or "authentication" in lowered:
        return DownloadError(
            f"the proxy {proxy} asks for a user name and a password",
            f"{variable} lacks them: write it as http://USER:PASSWORD@HOST:PORT",
        )
    if "malformed" in lowered or "unknown scheme" in lowered or "scheme" in lowered or "parse" in lowered:
        return DownloadError(
            f"the address of the proxy, {proxy}, is not one",
            f"{variable} is wrong: write it as http://HOST:PORT, or unset it",
        )
    return DownloadError(
        f"no connection to the proxy {proxy}",
        f"the proxy does not answer, or {variable} is wrong: correct or unset it",
        temporary=True,
    )


def _find_bundle_variable():
    return next((name for name in BUNDLE_VARIABLES if os.environ.get(name)), None)


def _find_proxy(url):
    """(the proxy for an address, without its password, and the environment variable that names it), or None."""
    proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
    if not proxy:
        return None
    variable = next((name for name in PROXY_VARIABLES if os.environ.get(name) == proxy), None)
    shown = re.sub(r"//[^/@]*@", "//", proxy)
    return shown, f"the environment variable {variable}" if variable else "the proxy settings of this computer"
