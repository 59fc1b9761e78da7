"""The class page of a small class in a real browser; `make test-browser` runs it. Screenshots: output/browser/."""

import pytest
from playwright.sync_api import expect

from grading import cli as command
from tests.browser.chromium import new_page, photograph
from tests.support.hostile_submissions import script

TRANSPOSED = "def gram_matrix(A):\n    return tf.matmul(A, A, transpose_a=True)\n"
NOTHING = "def total_cost(J_content, J_style, alpha=10, beta=40):\n    pass\n"
CLASS = {
    "Ada": script(),
    "Alan": script(gram_matrix=TRANSPOSED),
    "Emmy": script(gram_matrix=TRANSPOSED, total_cost=NOTHING),
    "Zoë <b>": "x = 1\n",
}


@pytest.fixture(scope="module")
def grades(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    for student, source in CLASS.items():
        (folder / f"{student}.py").write_text(source, encoding="utf-8")
    grades = tmp_path_factory.mktemp("grades")
    assert command.main([str(folder), "--out", str(grades)]) == 0
    return grades


@pytest.fixture(scope="module")
def page(grades):
    """The page, which has said nothing to the console."""
    with new_page() as page:
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.goto((grades / "class.html").as_uri())
        yield page
        assert said == []


def section(page, heading):
    """The first table under a heading, as rows of what is read in each cell."""
    table = page.locator(f"h2:text-is('{heading}') ~ table, h2:text-is('{heading}') ~ div table").first
    return [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]


def test_the_distribution_is_seen_as_bars_of_its_numbers(page):
    rows = section(page, "Totals")
    counts = {points: int(students) for points, students, _ in rows}
    assert {points: count for points, count in counts.items() if count} == {
        "0 to under 10": 1,
        "70 to under 80": 1,
        "80 to under 90": 1,
        "100": 1,
    }
    bars = page.locator("h2:text-is('Totals') ~ table").first.locator("td.bar span").all()
    widths = [bar.bounding_box()["width"] if bar.is_visible() else 0 for bar in bars]
    assert [width > 100 for width in widths] == [count > 0 for count in counts.values()]
    photograph(page, "class", full_page=True)


def test_the_commonest_mistake_comes_first_in_its_own_words(page):
    first, second = section(page, "Most common mistakes")
    assert (first[0].split(), first[1]) == (["transposed", "gram_matrix,", "4.2"], "2")
    assert first[2].startswith("This is A^T A, which compares positions with positions.")
    assert (second[0].split()[0], second[1]) == ("returns-nothing", "1")


def test_it_fits_the_window_and_leads_to_each_student(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for student in CLASS:
        page.get_by_role("link", name=student, exact=True).last.click()
        expect(page.locator("h1")).to_contain_text(student)
        page.go_back()


def names_shown(page):
    return [row.locator("th").inner_text() for row in page.locator("#students tbody tr:visible").all()]


def test_the_table_of_students_can_be_sorted_and_filtered(page):
    assert names_shown(page) == ["Ada", "Alan", "Emmy", "Zoë <b>"]
    page.get_by_role("button", name="Total", exact=True).click()
    assert names_shown(page) == ["Zoë <b>", "Emmy", "Alan", "Ada"]
    page.get_by_role("button", name="Total", exact=True).click()
    assert names_shown(page) == ["Ada", "Alan", "Emmy", "Zoë <b>"]
    page.get_by_label("Show only").fill("graded")
    assert names_shown(page) == ["Ada", "Alan", "Emmy"]  # the fourth is untouched
    page.get_by_label("Show only").fill("Em graded")
    assert names_shown(page) == ["Emmy"]
    expect(page.locator("#shown")).to_have_text("1 of 4")
    page.get_by_label("Show only").fill("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_fit_every_screen_in_both_schemes(page, grades, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    addresses = [grades / "class.html", *sorted((grades / "students").glob("*.html"))[1:3]]
    for number, address in enumerate(addresses):
        page.goto(address.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address.name
        photograph(page, f"grades-{scheme}-{width}-{number}", full_page=True)


def test_on_paper_the_filter_is_gone_and_the_table_is_whole(page, grades):
    page.emulate_media(media="print", color_scheme="light")
    page.goto((grades / "class.html").as_uri())
    expect(page.locator(".filter")).to_be_hidden()
    expect(page.locator("#students tbody tr")).to_have_count(4)
    photograph(page, "grades-print", full_page=True)
