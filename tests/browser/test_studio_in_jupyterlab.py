"""Studio's notebook in JupyterLab: it opens, takes two choices, and shows a preview."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import new_page, photograph
from tests.browser.notebook_page import MINUTE

pytest.importorskip("anywidget")


def test_run_all_cells_opens_the_page_and_two_clicks_give_a_preview(address):
    with new_page() as page:
        page.set_default_timeout(2 * MINUTE)
        page.goto(address.replace("/?", "/lab/tree/notebooks/studio.ipynb?"))
        page.get_by_role("button", name="Python 3 (ipykernel) | Idle").wait_for()
        page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        expect(page.get_by_text(re.compile("a preview appears here"))).to_be_visible(timeout=MINUTE)
        for group, picture in (("Photograph", "louvre"), ("Paintings (up to three)", "monet")):
            page.get_by_role("group", name=group).get_by_role("button", name=picture, exact=True).click()
        preview = page.get_by_role("img", name="Preview: louvre.jpg in the style of monet.jpg")
        expect(preview).to_be_visible(timeout=2 * MINUTE)
        preview.scroll_into_view_if_needed()
        photograph(page, "studio_jupyterlab")
