"""Studio as `make studio` serves it, in a real browser: from an upload to a painted picture.

Screenshots: output/browser/.
"""

import io
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from tests.browser.chromium import new_page, photograph
from tools import studio

pytest.importorskip("voila")

MINUTE = 60_000  # milliseconds
HEIGHT = 2600  # pixels: the page scrolls inside, and a screenshot has only what is visible
TOKEN = "for-this-test"
SERIOUS = ("serious", "critical")
READY = re.compile("a preview appears here")


@pytest.fixture(scope="module")
def address(course, tmp_path_factory):
    """The address of a server for the course that students unpack; its pictures go to its own output/."""
    home = tmp_path_factory.mktemp("studio")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**studio.make_environment(course, TOKEN), "NST_WEIGHTS": "pocket"}
    environment |= {
        name: str(home / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    command = studio.make_command(course, port, TOKEN)
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
        try:
            wait_for(port, server, home / "log")
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(port, server, log):
    for _ in range(120):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(address):
    """The page, once its kernel is ready. It must load nothing from another host."""
    with new_page() as page:
        page.set_default_timeout(MINUTE)
        page.set_viewport_size({"width": 1280, "height": HEIGHT})
        expect.set_options(timeout=MINUTE)
        elsewhere = []
        page.on(
            "request", lambda request: elsewhere.append(request.url) if is_elsewhere(request.url, address) else None
        )
        page.elsewhere = elsewhere
        open_studio(page, address)
        yield page
        expect.set_options(timeout=5_000)  # Playwright's own


def is_elsewhere(url, address):
    return not url.startswith((address, "data:", "blob:", address.replace("http", "ws")))


def open_studio(page, address, query=""):
    page.goto(f"{address}?token={TOKEN}{query}", timeout=2 * MINUTE)
    expect(page.get_by_text(READY)).to_be_visible(timeout=2 * MINUTE)


def choice(page, label):
    return page.get_by_role("group", name=label)


def choose(page, label, title):
    choice(page, label).get_by_role("button", name=title, exact=True).click()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def make_photograph():
    rows, columns = np.mgrid[0:120, 0:160]
    pixels = np.stack([columns * 1.5, rows * 2.0, 255 - columns], -1)
    file = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file, format="jpeg")
    return file.getvalue()


def upload(page, label, name, content):
    field = page.get_by_label(label)
    field.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})


def test_without_the_token_nothing_is_served(address):
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            text, url = answer.read().decode(), answer.url
    except urllib.error.HTTPError as error:
        text, url = "", f"refused with {error.code}"
    assert "nst" not in text
    assert "login" in url or "refused" in url


# One visitor, one page: each test goes on where the one before it ended.


def test_a_large_file_and_a_text_are_refused_in_words(page, tmp_path):
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    page.get_by_label("Upload a photograph").set_input_files(large)
    expect(page.get_by_text("large.jpg: the file has 200 MB, and at most 30 MB can be uploaded.")).to_be_visible()
    upload(page, "Upload a photograph", "notes.jpg", b"These are my notes.")
    expect(page.get_by_text("notes.jpg: this is text, not a picture.")).to_be_visible()
    photograph(page, "studio_refused")


def test_from_an_upload_to_a_preview(page):
    upload(page, "Upload a photograph", "mine.jpg", make_photograph())
    expect(page.get_by_text("mine.jpg is uploaded and chosen.")).to_be_visible()
    choose(page, "Paintings (up to three)", "monet")
    expect(page.get_by_role("img", name=re.compile("^Preview: .*mine.jpg in the style of monet.jpg"))).to_be_visible()
    photograph(page, "studio_preview")


def test_a_region_is_drawn_with_the_mouse(page):
    page.get_by_label("Keep paintings inside regions that you draw").check()
    drawing = page.locator(".nst-regions svg")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    corners = [(0.1, 0.1), (0.6, 0.1), (0.6, 0.9), (0.1, 0.9)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=10)
    page.mouse.up()
    expect(drawing.locator("polygon")).to_have_count(1)
    photograph(page, "studio_region")


def test_it_paints_stops_and_continues(page):
    page.get_by_label("Size").select_option("512 pixels")
    page.get_by_label("Time", exact=True).select_option("until it is done (40 steps at each size)")
    press(page, "Paint it properly")
    expect(page.get_by_role("img", name="The picture so far.")).to_be_visible(timeout=2 * MINUTE)
    photograph(page, "studio_painting")
    press(page, "Stop")
    expect(
        page.get_by_text(re.compile("^Stopped: this is the picture so far. Continue paints on from here."))
    ).to_be_visible()
    photograph(page, "studio_stopped")
    press(page, "Continue")
    divider = page.get_by_role("slider", name=re.compile("^Divider"))
    expect(divider).to_have_count(0)
    expect(divider).to_be_visible(timeout=5 * MINUTE)
    photograph(page, "studio_done")


def test_the_gallery_has_it_with_a_download_and_deletes_it_after_a_question(page):
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Download .*mine_monet_")).click()
    with Image.open(download.value.path()) as picture:
        assert picture.size == (512, 384)
    runs = page.get_by_label("Runs").locator("option")
    before = runs.count()
    press(page, "Delete ...")
    press(page, "No, keep it")
    press(page, "Delete ...")
    press(page, "Yes, delete it")
    expect(runs).to_have_count(before - 1)
    expect(page.get_by_text("Nothing was painted yet.")).to_be_visible()


def check_page(page):
    """It is no wider than the window, and axe finds no serious fault."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    faults = [fault for fault in Axe().run(page).response["violations"] if fault["impact"] in SERIOUS]
    assert [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in faults] == []


@pytest.mark.parametrize("width", [1280, 800])
def test_it_is_legible_and_without_faults(page, width):
    page.set_viewport_size({"width": width, "height": HEIGHT})
    photograph(page, f"studio_light_{width}")
    check_page(page)


def test_nothing_is_loaded_from_another_host(page):
    assert page.elsewhere == []


def test_a_second_visitor_has_a_legible_page_of_their_own_in_dark_colors(page, address):
    other = page.context.browser.new_page(viewport={"width": 1280, "height": 1000})
    other.set_default_timeout(MINUTE)
    open_studio(other, address, "&theme=dark")
    choose(other, "Photograph", "louvre")
    choose(other, "Paintings (up to three)", "starry night")
    expect(other.get_by_role("img", name="Preview: louvre.jpg in the style of starry_night.jpg")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Preview: .*mine.jpg"))).to_be_visible()
    for width in (1280, 800):
        other.set_viewport_size({"width": width, "height": HEIGHT})
        photograph(other, f"studio_dark_{width}")
        check_page(other)
    other.close()
