"""A student's course in JupyterLab, as `make learn` opens it, in a real browser; and the built website."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile

import pytest

from nst.paths import ROOT
from tests.browser.chromium import new_page
from tests.browser.notebook_page import CHAPTER, MINUTE, NotebookPage
from tools import build_site, handout, learn

# Every cell stays in the page, also those that are scrolled out of sight. A student's own settings have no such line.
SETTINGS = {"notebook-extension/tracker": {"windowingMode": "none"}}
FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """What a student unpacks, with a working copy of the chapter."""
    folder = tmp_path_factory.mktemp("student")
    handout.pack(ROOT, folder / "course.zip")
    with zipfile.ZipFile(folder / "course.zip") as archive:
        archive.extractall(folder)
    course = folder / "neural-style-transfer"
    learn.copy_missing(course / "notebooks", course / "notebooks" / "mine")
    return course


@pytest.fixture(scope="module")
def address(course, tmp_path_factory):
    """The address of a JupyterLab server as `make learn` starts it, with a home of its own."""
    home = tmp_path_factory.mktemp("jupyter")
    for name, values in SETTINGS.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    environment = {**os.environ, **{name: str(home / folder) for name, folder in FOLDERS.items()}}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *learn.jupyterlab_command(course, course / "notebooks" / "mine"),
        "--no-browser",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=student",
    ]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=course, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/api/status?token=student", server, home / "log")
            yield f"http://127.0.0.1:{port}/?token=student"
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(url, server, log, seconds=120):
    for _ in range(seconds):
        assert server.poll() is None, f"JupyterLab ended: {log.read_text(encoding='utf-8')}"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(1)
    raise AssertionError(f"JupyterLab did not answer in {seconds} s: {log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def page(address):
    """The page that the server opens, with its kernel at rest."""
    with new_page() as page:
        page.set_default_timeout(MINUTE)
        page.goto(address)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=2 * MINUTE)
        yield page


@pytest.fixture(scope="module")
def notebook(page, course):
    return NotebookPage(page, course / "notebooks" / "mine" / CHAPTER)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the built website."""
    pytest.importorskip("sphinx", reason="the packages of the extra `site` are not installed")
    folder = tmp_path_factory.mktemp("build")
    assert build_site.build(ROOT, folder) == []
    return folder / "site"
