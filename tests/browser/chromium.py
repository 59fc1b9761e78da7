"""Chromium, as the tests of this folder drive it, and where their screenshots go.

CHROMIUM names the browser's executable; without it, the usual names are looked for.
"""

import os
import shutil
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from nst.paths import OUTPUT

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SCREENSHOTS = OUTPUT / "browser"
SERIOUS = {"serious", "critical"}


@contextmanager
def new_page(*switches):
    """An empty page, 1280 pixels wide. switches: more words of Chromium's command line."""
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert executable, f"no browser found: install Chromium, or set CHROMIUM to its path (tried {', '.join(NAMES)})"
    switches = ["--disable-quic", "--disable-background-networking", *switches]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        switches.append("--no-sandbox")  # Chromium has no sandbox for the superuser
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=switches)
        yield browser.new_page(viewport={"width": 1280, "height": 1000})
        browser.close()


def photograph(page, title, **options):
    """Save what the browser shows."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{title}.png", **options)


def find_serious_faults(page):
    """Return [(rule, [HTML])] of what axe finds in the page that hinders people who use keyboards or screen readers."""
    faults = [fault for fault in Axe().run(page).response["violations"] if fault["impact"] in SERIOUS]
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in faults]
