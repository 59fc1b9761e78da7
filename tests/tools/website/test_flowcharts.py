"""Flowcharts of docs/ become drawings; a line that cannot be drawn is an error."""

import re
import xml.etree.ElementTree as ET

import pytest

from nst.paths import ROOT
from tests.support.documentation import PAGES
from tools.website.flowcharts import FlowchartError, draw, parse, replace_flowcharts

CHAIN = 'a["first<br>step"] --> b["second & last"]\na -- "at once" --> c\nb --> c\n'


def test_boxes_arrows_and_texts_are_read():
    chart = parse(CHAIN)
    assert chart.texts == {"a": ["first", "step"], "b": ["second & last"], "c": ["c"]}
    assert chart.arrows == {("a", "b"): "", ("a", "c"): "at once", ("b", "c"): ""}


def test_a_drawing_has_all_texts_an_arrow_each_and_words_for_those_who_do_not_see_it():
    drawing = ET.fromstring(draw(parse(CHAIN)))
    assert {"first", "step", "second & last", "c", "at once"} <= set(drawing.itertext())
    assert len([path for path in drawing.iter("path") if path.get("class") == "arrow"]) == 3
    assert drawing.get("aria-label") == (
        "Flowchart. Arrows: first to second & last; first to c (at once); second & last to c."
    )


def test_every_arrow_points_down_and_boxes_do_not_overlap():
    drawing = ET.fromstring(draw(parse(CHAIN)))
    tops = [float(box.get("y")) for box in drawing.iter("rect")]
    heights = [float(box.get("height")) for box in drawing.iter("rect")]
    assert tops[0] + heights[0] < tops[1]
    assert tops[1] + heights[1] < tops[2]


def test_a_line_that_cannot_be_drawn_is_an_error():
    with pytest.raises(FlowchartError, match=r"expected an arrow --> at '-\.-> b'"):
        parse("a-.-> b")
    with pytest.raises(FlowchartError, match="expected a box"):
        parse("a --> (b)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_flowchart_of_a_page_is_left_over(page):
    text = page.read_text(encoding="utf-8")
    replaced = replace_flowcharts(text)
    assert "```mermaid" not in replaced
    assert len(re.findall("<svg", replaced)) == len(re.findall("^```mermaid", text, re.MULTILINE))
