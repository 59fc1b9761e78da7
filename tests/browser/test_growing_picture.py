"""What a cell shows while it paints and afterwards, in JupyterLab: light and dark, wide and narrow, by keyboard.

axe finds no serious fault in it. Screenshots: output/browser/.
"""

import re

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.chromium import new_page, photograph
from tests.browser.notebook_page import MINUTE
from tests.browser.test_verdicts import SERIOUS, choose_theme

NAME = "growing.ipynb"
CELLS = {
    "imports": """import sys
import time
sys.path.insert(0, "../..")
import numpy as np
from nst import figures, images, stylize
from nst.notebook import Live, compare, show_film
from nst.paths import IMAGES, OUTPUT
C = images.load(IMAGES / "louvre.jpg", 320)
S = images.cover(images.load(IMAGES / "monet.jpg"), 240, 320)
G = images.load(IMAGES / "gallery" / "louvre_monet.jpg", 640)
pictures = []""",
    "painting": """with Live("my picture", 600) as live:
    for step in range(600):
        time.sleep(0.1)
        pictures.append(C + min(1, step / 40) * (images.resize(G, 240, 320) - C))
        live.show_step(400 / (1 + step), pictures[-1])""",
    "after": 'print("steps:", live.step, "interrupted:", live.interrupted)',
    "triptych": "figures.triptych(C, S, G)",
    "film": 'show_film(pictures[::8], OUTPUT / "growing.gif", "A courtyard that becomes a painting.")',
    "comparison": 'compare(C, G, ["before", "after"], "The courtyard, as a photograph and as a painting.")',
    "result": 'stylize(IMAGES / "louvre.jpg", IMAGES / "monet.jpg", size=128, steps=6, weights="pocket")',
}


@pytest.fixture(scope="module")
def page(address, course):
    """A notebook with the cells above, in JupyterLab; its first cell has run."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), course / "notebooks" / "mine" / NAME)
    with new_page() as page:
        page.set_default_timeout(MINUTE)
        page.goto(address.replace("/?", f"/lab/tree/notebooks/mine/{NAME}?"))
        page.locator(".jp-Dialog .jp-mod-accept").click()  # which kernel
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=2 * MINUTE)
        run(page, "imports")
        yield page


def cell(page, name):
    return page.locator(".jp-Notebook-cell").nth([*CELLS].index(name))


def start(page, name):
    cell(page, name).locator(".jp-InputPrompt").click()
    page.keyboard.press("Control+Enter")


def wait(page, name):
    expect(cell(page, name).locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]"), timeout=2 * MINUTE)


def run(page, name):
    start(page, name)
    wait(page, name)
    return cell(page, name).locator(".jp-OutputArea")


def show(page, name, title):
    cell(page, name).evaluate("cell => cell.scrollIntoView({block: 'center'})")
    photograph(page, title)


# One student, one notebook: each test goes on where the one before it ended.


def test_while_it_paints_there_are_a_bar_the_cost_the_time_and_the_picture(page):
    start(page, "painting")
    live = cell(page, "painting").locator(".nst-live")
    expect(live).to_contain_text("my picture", timeout=3000)
    expect(live).to_contain_text(re.compile(r"J fell from 400 to .* about .* left\."))
    expect(live.get_by_role("progressbar", name=re.compile(r"my picture: \d+%"))).to_be_visible()
    expect(live.get_by_role("img", name=re.compile(r"The picture so far, step \d+ of 600\."))).to_be_visible()


@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_painting_halfway(page, theme, width):
    page.set_viewport_size({"width": 1280, "height": 1000})
    choose_theme(page, theme)
    page.set_viewport_size({"width": width, "height": 1000})
    show(page, "painting", f"growing_halfway_{theme.lower()}_{width}")
    assert_legible(page, "painting")


def test_interrupting_keeps_the_picture_and_the_cell_says_so(page):
    page.set_viewport_size({"width": 1280, "height": 1000})
    expect(cell(page, "painting").locator(".nst-live")).to_contain_text(re.compile(r"step (4[1-9]|[5-9]\d|\d{3}) of"))
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Kernel$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Interrupt Kernel$")).click()
    wait(page, "painting")
    live = cell(page, "painting").locator(".nst-live")
    expect(live).to_contain_text(re.compile(r"interrupted at step \d+ of 600\. The picture so far is kept\."))
    expect(live.get_by_role("img")).to_be_visible()
    assert cell(page, "painting").locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    show(page, "painting", "growing_interrupted")
    expect(run(page, "after")).to_contain_text("interrupted: True")


def test_the_film_plays_and_the_keyboard_stops_it(page):
    film = run(page, "film")
    playing = film.get_by_role("img", name="A courtyard that becomes a painting.", exact=True)
    expect(playing).to_be_visible()
    assert playing.evaluate("film => film.src.startsWith('data:image/webp') && film.naturalWidth > 300")
    film.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    expect(film.get_by_role("img", name=re.compile("^The last picture of the film"))).to_be_visible()
    expect(playing).not_to_be_visible()
    page.keyboard.press("Space")


def test_the_arrow_keys_move_the_divider(page):
    comparison = run(page, "comparison")
    slider = comparison.get_by_role("slider", name=re.compile("^Divider, in percent"))
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert slider.input_value() == "70"
    place = comparison.locator(".nst-two").evaluate("two => getComputedStyle(two).getPropertyValue('--nst-at')")
    assert place == "70%"
    before, after = (picture.bounding_box() for picture in comparison.get_by_role("img").all())
    assert before == pytest.approx(after)


def test_a_result_shows_itself(page):
    result = run(page, "result")
    expect(result.get_by_role("img", name="louvre.jpg in the style of monet.jpg, 128 x 96 pixels")).to_be_visible()
    expect(result.get_by_role("row", name=re.compile("network.*pocket_vgg19"))).to_be_visible()


@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_what_stays_is_legible_and_without_faults(page, theme, width):
    if cell(page, "triptych").locator("img").count() == 0:
        run(page, "triptych")
    page.set_viewport_size({"width": 1280, "height": 1000})
    choose_theme(page, theme)
    page.set_viewport_size({"width": width, "height": 1000})
    for name in ("triptych", "film", "comparison", "result"):
        show(page, name, f"growing_{name}_{theme.lower()}_{width}")
        assert_legible(page, name)


def assert_legible(page, name):
    output = cell(page, name).locator(".nst").first
    assert output.evaluate("shown => shown.scrollWidth <= shown.clientWidth + 1"), name
    assert not output.evaluate("shown => shown.getBoundingClientRect().right > innerWidth"), name
    faults = Axe().run(page, context={"include": [[".jp-OutputArea-output .nst"]]}).response["violations"]
    serious = [fault for fault in faults if fault["impact"] in SERIOUS]
    assert [(fault["id"], [node["html"][:300] for node in fault["nodes"]]) for fault in serious] == []
