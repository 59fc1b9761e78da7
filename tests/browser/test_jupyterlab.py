"""A student's way through chapter 1, in JupyterLab in a real browser. `make test-browser` runs it; it needs Chromium.

Screenshots: output/browser/.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile

import nbformat
import pytest
from playwright.sync_api import expect

from nst.paths import ROOT
from tests.browser.chromium import new_page, photograph
from tools import handout, learn

CHAPTER = "01_neural_style_transfer.ipynb"
SETTINGS = {
    # Every cell stays in the page, also those that are scrolled out of sight.
    "notebook-extension/tracker": {"windowingMode": "none"},
    # No question about news in front of the notebook.
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
MINUTE = 60_000  # milliseconds


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
    """The address of a JupyterLab server with settings of its own, opened on the student's copies."""
    home = tmp_path_factory.mktemp("jupyter")
    for name, values in SETTINGS.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    environment = {**os.environ, **{name: str(home / folder) for name, folder in folders.items()}}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=student",
    ]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=course / "notebooks" / "mine", env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/api/status?token=student", server, home / "log")
            yield f"http://127.0.0.1:{port}/lab/tree/{CHAPTER}?token=student"
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
    """The working copy, open in the browser, its kernel at rest."""
    with new_page() as page:
        page.set_default_timeout(MINUTE)
        page.goto(address)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=2 * MINUTE)
        yield page


class Notebook:
    """The working copy in the page. Cells are named by their ids; JupyterLab shows them in the file's order."""

    def __init__(self, page, course):
        self.page = page
        self.cells = nbformat.read(course / "notebooks" / "mine" / CHAPTER, as_version=4).cells
        self.solved = nbformat.read(ROOT / "notebooks" / CHAPTER, as_version=4).cells

    def cell(self, name):
        """The cell of that id, scrolled into sight."""
        cell = self.page.locator(".jp-Notebook-cell").nth([cell.id for cell in self.cells].index(name))
        cell.scroll_into_view_if_needed()
        return cell

    def select(self, name):
        self.cell(name).locator(".jp-InputPrompt").click()

    def choose(self, menu, item):
        self.page.locator(".lm-MenuBar-itemLabel", has_text=menu).first.click()
        self.page.locator(".lm-Menu-itemLabel", has_text=item).first.click()

    def run(self, name):
        """Run one cell, wait for its end, and return what it printed."""
        before = self.cell(name).locator(".jp-InputPrompt").inner_text()
        self.select(name)
        self.page.keyboard.press("Control+Enter")
        expect(self.cell(name).locator(".jp-InputPrompt")).not_to_have_text(before)
        self.wait_for(name)
        return self.cell(name).locator(".jp-OutputArea").inner_text()

    def wait_for(self, name, minutes=2):
        """Wait until a cell has run: its prompt then holds a number."""
        expect(self.cell(name).locator(".jp-InputPrompt")).to_have_text(
            re.compile(r"\[\d+\]"), timeout=minutes * MINUTE
        )

    def editor(self, name):
        """Put the cursor at the end of a cell's text."""
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("Control+End")

    def photograph(self, name, title):
        """Save what the browser shows, with that cell in the middle."""
        self.cell(name).evaluate("cell => cell.scrollIntoView({block: 'center'})")
        photograph(self.page, title)


@pytest.fixture(scope="module")
def notebook(page, course):
    return Notebook(page, course)


# One student, one hour: each test goes on where the one before it ended.


def test_a_stub_is_told_that_it_was_not_attempted(notebook):
    notebook.select("compute_content_cost_test")
    notebook.choose("Run", "Run All Above Selected Cell")
    notebook.wait_for("compute_content_cost")
    told = notebook.run("compute_content_cost_test")
    notebook.photograph("compute_content_cost_test", "1_not_attempted")
    assert "compute_content_cost: not attempted" in told


def test_a_typed_solution_passes(notebook):
    notebook.editor("compute_content_cost")
    notebook.page.keyboard.press("Shift+Home")
    for line in ("a_C, a_G = content_output[-1], generated_output[-1]", "_, nH, nW, nC = a_G.shape"):
        notebook.page.keyboard.type(line)
        notebook.page.keyboard.press("Enter")
    notebook.page.keyboard.type("return tf.reduce_sum((a_C - a_G) ** 2) / (4 * nH * nW * nC)")
    notebook.run("compute_content_cost")
    told = notebook.run("compute_content_cost_test")
    notebook.photograph("compute_content_cost_test", "2_typed_solution")
    assert "compute_content_cost: visible tests passed" in told


def test_all_solutions_lead_to_full_points_and_a_painting(notebook):
    for solved in notebook.solved:
        if solved.metadata.get("nbgrader", {}).get("solution"):
            notebook.editor(solved.id)
            notebook.page.keyboard.press("Control+a")
            notebook.page.keyboard.insert_text(solved.source)
    notebook.choose("Run", "Restart Kernel and Run All Cells")
    notebook.page.locator(".jp-Dialog .jp-mod-accept").click()
    points = next(cell.id for cell in reversed(notebook.cells) if cell.source == "progress()")
    expect(notebook.cell(points).locator(".jp-OutputArea")).to_contain_text("100 of 100 points", timeout=8 * MINUTE)
    notebook.photograph(points, "4_points")
    painting = next(cell.id for cell in notebook.cells if '"triptych.jpg"' in cell.source)
    notebook.photograph(painting, "3_painting")
    assert notebook.page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0


def test_every_picture_of_the_chapter_is_seen(notebook):
    with_pictures = [
        cell.id
        for cell in notebook.solved
        for output in cell.get("outputs", [])
        if {"image/png", "image/jpeg"} & set(output.get("data", {}))
    ]
    assert with_pictures
    for name in with_pictures:
        picture = notebook.cell(name).locator(".jp-OutputArea img").first
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("picture => picture.naturalWidth") > 100


def test_the_students_copy_was_saved_with_their_work(notebook, course):
    notebook.choose("File", "Save Notebook")
    copy = course / "notebooks" / "mine" / CHAPTER
    expect(notebook.page.locator(".jp-mod-dirty")).to_have_count(0)
    saved = {cell.id: cell.source for cell in nbformat.read(copy, as_version=4).cells}
    assert saved == {cell.id: cell.source for cell in notebook.solved}
    assert "YOUR CODE HERE" in (course / "notebooks" / CHAPTER).read_text(encoding="utf-8")
