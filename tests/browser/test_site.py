"""The website in a browser: light and dark, wide and narrow, with a search, and without a request to another host.

axe finds no serious fault in it. Screenshots: output/browser/.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import find_serious_faults, new_page, photograph
from tests.browser.site_server import serve

CHAPTER = "notebooks/01_neural_style_transfer.html"
SLIDES = "docs/teach/slides.html"
PAGES = {
    "home": "index.html",
    "chapter": CHAPTER,
    "guide": "docs/painting.html",
    "tables": "docs/benchmarks.html",
    "command": "commands/nst.html",
    "package": "api/nst.html",
    "architecture": "docs/architecture.html",
    "slides": SLIDES,
}
PHONE = 390  # pixels


@pytest.fixture(scope="module")
def address(site):
    with serve(site) as address:
        yield address


@pytest.fixture(scope="module")
def browser_page(address):
    """A page whose `problems` are requests to other hosts, requests that failed, and errors of scripts."""
    with new_page() as page:
        page.problems = []
        page.on("request", lambda request: _note_foreign(page, address, request))
        page.on("response", lambda response: _note_failed(page, response))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        yield page


@pytest.fixture
def page(browser_page):
    browser_page.problems.clear()
    return browser_page


def _note_foreign(page, address, request):
    if not request.url.startswith((address, "data:", "blob:")):
        page.problems.append(f"asks another host: {request.url}")


def _note_failed(page, response):
    if response.status >= 400:
        page.problems.append(f"{response.status}: {response.url}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1080, PHONE])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_is_legible(page, address, name, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 1000})
    page.goto(address + PAGES[name])
    photograph(page, f"site_{name}_{scheme}_{width}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert find_serious_faults(page) == []
    assert page.problems == []


def test_the_search_finds_a_word_of_a_chapter(page, address):
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(address)
    page.get_by_role("textbox", name="Search").fill("brushwork")
    page.keyboard.press("Enter")
    result = page.locator("#search-results").get_by_role("link", name="Neural style transfer")
    expect(result).to_be_visible()
    result.click()
    expect(page.locator("h1")).to_contain_text("Neural style transfer")
    assert page.problems == []


def test_the_search_works_without_a_server(page, site):
    page.goto((site / "search.html").as_uri() + "?q=bubblewrap")
    expect(page.locator("#search-results").get_by_role("link", name="For instructors").first).to_be_visible()


def test_a_solution_is_folded_until_it_is_asked_for(page, address):
    page.goto(address + CHAPTER)
    solution = page.locator("details", has_text="Show a solution of gram_matrix").first
    expect(solution.locator("pre")).to_be_hidden()
    solution.locator("summary").click()
    expect(solution.locator("pre")).to_contain_text("def gram_matrix(A):")


def test_the_doors_of_the_home_page_lead_to_learn_teach_and_paint(page, address):
    for title in ("Learn", "Teach", "Paint"):
        page.goto(address)
        page.locator(".sd-card", has_text=title).first.click()
        expect(page).not_to_have_url(f"{address}index.html")
        expect(page.locator("h1").first).to_be_visible()
    assert page.problems == []


def test_the_arrow_keys_turn_the_slides(page, address):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(address + SLIDES)
    title = page.get_by_role("heading", name="The content cost", exact=True)
    for key, visible in (("ArrowRight", True), ("ArrowRight", False), ("ArrowLeft", True)):
        page.keyboard.press(key)
        expect(title).to_be_in_viewport() if visible else expect(title).not_to_be_in_viewport()
    assert page.problems == []


def test_the_notebook_for_students_can_be_downloaded(page, address):
    page.goto(address + CHAPTER)
    with page.expect_download() as download:
        page.get_by_role("link", name="The notebook for students").click()
    assert download.value.suggested_filename == "01_neural_style_transfer.ipynb"


def test_every_picture_of_a_chapter_is_shown(page, address):
    page.goto(address + CHAPTER)
    pictures = page.locator("article img")
    assert pictures.count() > 10
    page.evaluate("document.querySelectorAll('img').forEach(picture => picture.loading = 'eager')")
    assert pictures.evaluate_all("pictures => Promise.all(pictures.map(picture => picture.decode())).then(() => true)")
    assert page.problems == []
    assert pictures.evaluate_all("pictures => pictures.every(picture => picture.alt)")
