"""A student's way through chapter 1, in JupyterLab in a real browser. `make test-browser` runs it; it needs Chromium.

Screenshots: output/browser/.
"""

import nbformat
from playwright.sync_api import expect

from tests.browser.chromium import photograph
from tests.browser.notebook_page import CHAPTER, MINUTE

# One student, one hour: each test goes on where the one before it ended.


def test_a_stub_is_told_that_it_was_not_attempted(notebook):
    notebook.select("compute_content_cost_test")
    notebook.choose("Run", "Run All Above Selected Cell")
    notebook.wait_for("compute_content_cost")
    told = notebook.run("compute_content_cost_test")
    notebook.photograph("compute_content_cost_test", "1_not_attempted")
    assert "Not attempted" in told


def test_a_prediction_is_answered_by_keyboard_and_opens_a_reply(notebook):
    prediction = next(cell for cell in notebook.cells if cell.source.startswith("**Predict.**"))
    notebook.cell(prediction.id).locator("p").first.click()
    answers = notebook.cell(prediction.id).locator("details")
    while not answers.nth(1).locator("summary").evaluate("answer => answer === document.activeElement"):
        notebook.page.keyboard.press("Tab")
    for key, opened in (("Enter", True), ("Space", False), ("Space", True)):
        notebook.page.keyboard.press(key)
        assert answers.nth(1).evaluate("answer => answer.open") is opened, key
    assert answers.nth(0).evaluate("answer => answer.open") is False
    assert answers.nth(1).locator("p").first.is_visible()
    notebook.photograph(prediction.id, "0_prediction")


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
    assert "Visible tests passed" in told


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
        if "<img" in output.get("data", {}).get("text/html", "") and "nst-live" not in output.data["text/html"]
    ]
    assert with_pictures
    for name in with_pictures:
        picture = notebook.cell(name).locator(".jp-OutputArea img").first
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("picture => picture.naturalWidth") > 100
        assert all(image.get_attribute("alt") for image in notebook.cell(name).locator(".jp-OutputArea img").all())


def test_the_students_copy_was_saved_with_their_work(notebook, course):
    notebook.choose("File", "Save Notebook")
    copy = course / "notebooks" / "mine" / CHAPTER
    expect(notebook.page.locator(".jp-mod-dirty")).to_have_count(0)
    saved = {cell.id: cell.source for cell in nbformat.read(copy, as_version=4).cells}
    assert saved == {cell.id: cell.source for cell in notebook.solved}
    assert "YOUR CODE HERE" in (course / "notebooks" / CHAPTER).read_text(encoding="utf-8")


def test_a_link_to_the_next_chapter_opens_the_students_copy_of_it(notebook):
    notebook.page.get_by_role("link", name="Chapter 2").first.click()
    expect(notebook.page.locator(".lm-mod-current .lm-TabBar-tabLabel", has_text="02_better")).to_be_visible()
    expect(notebook.page.get_by_role("heading", name="Better and faster").first).to_be_visible(timeout=60_000)
    photograph(notebook.page, "5_next_chapter")
