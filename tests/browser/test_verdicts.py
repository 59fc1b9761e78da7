"""What a student sees of the tests in JupyterLab: boxes, by keyboard alone, light and dark, wide and narrow.

axe finds no serious fault in them. Screenshots: output/browser/.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.chromium import photograph
from tests.browser.notebook_page import CHAPTER, MINUTE

SOLUTION = (
    "a_C, a_G = content_output[-1], generated_output[-1]",
    "_, nH, nW, nC = a_G.shape",
    "return tf.reduce_sum((a_C - a_G) ** 2) / (4 * nH * nW * nC)",
)
TRANSPOSED = "def gram_matrix(A):\n    return tf.matmul(A, A, transpose_a=True)"
SERIOUS = {"serious", "critical"}


def box(notebook, name):
    return notebook.cell(name).locator(".nst-verdict")


def test_it_opens_at_the_chapter_without_a_launcher_and_without_a_question(page):
    tabs = page.locator(".lm-DockPanel-tabBar .lm-TabBar-tabLabel")
    assert tabs.all_inner_texts() == [CHAPTER]
    page.wait_for_timeout(3000)  # the question about news came late
    assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    photograph(page, "5_opened")


def test_the_keyboard_alone_leads_from_opening_to_a_passed_exercise(page, notebook):
    names = [cell.id for cell in notebook.cells]
    keyboard = page.keyboard
    for name in names[: names.index("compute_content_cost")]:
        selected = page.locator(".jp-Notebook-cell.jp-mod-selected")
        expect(selected).to_have_count(1)
        keyboard.press("Shift+Enter")
        if notebook.is_code(name):
            notebook.wait_for(name)
    keyboard.press("Enter")
    keyboard.press("Control+End")
    keyboard.press("Shift+Home")
    for line in SOLUTION:
        keyboard.type(line)
        keyboard.press("Enter")
    keyboard.press("Shift+Enter")
    notebook.wait_for("compute_content_cost")
    keyboard.press("Shift+Enter")
    notebook.wait_for("compute_content_cost_test")
    expect(box(notebook, "compute_content_cost_test")).to_contain_text("Visible tests passed")
    expect(box(notebook, "compute_content_cost_test")).to_contain_text("10 of 10 points")


def test_a_wrong_answer_and_an_untouched_exercise_are_boxes_and_one_line(notebook):
    notebook.editor("gram_matrix")
    notebook.page.keyboard.press("Control+a")
    notebook.page.keyboard.insert_text(TRANSPOSED)
    notebook.run("gram_matrix")
    notebook.run("gram_matrix_test")
    expect(box(notebook, "gram_matrix_test")).to_contain_text("Wrong shape")
    error = notebook.cell("gram_matrix_test").locator("[data-mime-type='application/vnd.jupyter.stderr']")
    assert error.inner_text().splitlines() == ["gram_matrix: wrong shape. The run stops here."]
    notebook.run("total_cost")
    notebook.run("total_cost_test")
    expect(box(notebook, "total_cost_test")).to_contain_text("Not attempted")
    notebook.run(progress_cell(notebook))
    expect(box(notebook, progress_cell(notebook))).to_contain_text("Chapter 1: 10 of 100 points")


def progress_cell(notebook):
    return next(cell.id for cell in reversed(notebook.cells) if cell.source == "progress()")


def test_the_link_of_a_box_leads_to_its_section(notebook):
    heading = notebook.page.get_by_role("heading", name="4.2 The Gram matrix")
    box(notebook, "gram_matrix_test").evaluate("box => box.scrollIntoView({block: 'start'})")
    expect(heading).not_to_be_in_viewport()
    box(notebook, "gram_matrix_test").get_by_role("link", name="Section 4.2: The Gram matrix").click()
    expect(heading).to_be_in_viewport()
    expect(notebook.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tabLabel")).to_have_text([CHAPTER])


@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_boxes_are_legible_and_without_faults(notebook, theme, width):
    page = notebook.page
    page.set_viewport_size({"width": 1280, "height": 1000})
    choose_theme(page, theme)
    page.set_viewport_size({"width": width, "height": 1000})
    shown = {
        "passed": "compute_content_cost_test",
        "wrong": "gram_matrix_test",
        "untouched": "total_cost_test",
        "progress": progress_cell(notebook),
    }
    for state, name in shown.items():
        notebook.photograph(name, f"verdict_{state}_{theme.lower()}_{width}")
        assert box(notebook, name).evaluate("box => box.scrollWidth <= box.clientWidth"), state
        cut = box(notebook, name).evaluate("box => box.getBoundingClientRect().right > innerWidth")
        assert not cut, state
    faults = Axe().run(page, context=".jp-OutputArea-output").response["violations"]
    serious = [fault for fault in faults if fault["impact"] in SERIOUS]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in serious] == []


def choose_theme(page, theme):
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Settings$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Theme$")).hover()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^JupyterLab {theme}$")).click()
    light = str(theme == "Light").lower()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", light, timeout=MINUTE)
