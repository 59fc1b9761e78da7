"""A student's working copy of chapter 1 in JupyterLab's page: find cells, run them, photograph them."""

import re

import nbformat
from playwright.sync_api import expect

from nst.paths import ROOT
from tests.browser.chromium import photograph

CHAPTER = "01_neural_style_transfer.ipynb"
MINUTE = 60_000  # milliseconds


class NotebookPage:
    """The working copy in the page. Cells are named by their ids; JupyterLab shows them in the file's order."""

    def __init__(self, page, path):
        self.page = page
        self.cells = nbformat.read(path, as_version=4).cells
        self.solved = nbformat.read(ROOT / "notebooks" / CHAPTER, as_version=4).cells

    def cell(self, name):
        """The cell of that id, scrolled into sight."""
        cell = self.page.locator(".jp-Notebook-cell").nth([cell.id for cell in self.cells].index(name))
        cell.scroll_into_view_if_needed()
        return cell

    def is_code(self, name):
        return next(cell.cell_type for cell in self.cells if cell.id == name) == "code"

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
