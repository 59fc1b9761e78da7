"""Draw the flowcharts of a page as SVG, so that a reader's browser needs no script.

A Git host draws a block ```mermaid by itself. This module draws the part of its language that docs/ uses:
`name["text<br>text"]` is a box, `a --> b` an arrow, `a -- "text" --> b` an arrow with a text, and chains of arrows.
"""

import re
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from html import escape
from itertools import pairwise

BLOCK = re.compile(r"^```mermaid\nflowchart \w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NODE = re.compile(r'(\w+)(?:\["([^"]*)"\])?')
ARROW = re.compile(r'\s*-- "([^"]*)" -->\s*|\s*-->\s*')
LETTER, LINE, MARGIN = 7.2, 19, 12  # width of a letter, height of a line, around the text of a box; in pixels
BETWEEN_BOXES, BETWEEN_ROWS = 24, 48
PASSAGE = 4, 40  # width and height of the place where a long arrow passes a row


class FlowchartError(ValueError):
    """A line of a flowchart is not in the part of the language that this module draws."""


@dataclass
class Flowchart:
    """texts: {name: lines of its box}. arrows: {(from, to): text}."""

    texts: dict = field(default_factory=dict)
    arrows: dict = field(default_factory=dict)


def replace_flowcharts(markdown):
    """Return a page with each block ```mermaid replaced by a drawing."""
    return BLOCK.sub(lambda match: f"```{{raw}} html\n{draw(parse(match[1]))}\n```", markdown)


def parse(text):
    """Return the Flowchart of the lines below `flowchart LR`. Raises FlowchartError.

    >>> parse('a["first<br>step"] -- "then" --> b')
    Flowchart(texts={'a': ['first', 'step'], 'b': ['b']}, arrows={('a', 'b'): 'then'})
    """
    chart = Flowchart()
    for line in filter(None, map(str.strip, text.splitlines())):
        position, before, label = 0, None, ""
        while position < len(line):
            node = NODE.match(line, position)
            if node is None:
                raise FlowchartError(f'{line!r}: expected a box such as name["text"] at {line[position:]!r}')
            name = node[1]
            if node[2] is not None or name not in chart.texts:
                chart.texts[name] = re.split("<br ?/?>", node[2] or name)
            if before is not None:
                chart.arrows[before, name] = label
            arrow = ARROW.match(line, node.end())
            if arrow is None and node.end() < len(line):
                raise FlowchartError(f"{line!r}: expected an arrow --> at {line[node.end() :]!r}")
            before, label, position = name, (arrow[1] or "") if arrow else "", arrow.end() if arrow else len(line)
    return chart


def draw(chart):
    """Return the SVG of a Flowchart, from top to bottom, inside a <div> that scrolls where the page is narrow."""
    rows = _arrange(chart)
    sizes = {name: _measure(chart.texts[name]) if name in chart.texts else PASSAGE for row in rows for name in row}
    places, width, height = _place(rows, sizes)
    inside = [_draw_arrow(*arrow, text, places, sizes) for arrow, text in chart.arrows.items()]
    inside += [_draw_box(chart.texts[name], places[name], sizes[name]) for name in chart.texts]
    return (
        f'<div class="flowchart" tabindex="0" role="img" aria-label="{escape(_describe(chart))}">'
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" aria-hidden="true">'
        f"{' '.join(inside)}</svg></div>"
    )


def _describe(chart):
    """The flowchart in words, for readers who cannot see it."""
    names = {name: lines[0] for name, lines in chart.texts.items()}
    arrows = [
        f"{names[start]} to {names[end]}{f' ({text})' if text else ''}" for (start, end), text in chart.arrows.items()
    ]
    return f"Flowchart. Arrows: {'; '.join(arrows)}."


def _arrange(chart):
    """The names in rows: every arrow points to a lower row. Where one passes a row, the row has (start, end, row)."""
    before = {name: {start for start, end in chart.arrows if end == name} for name in chart.texts}
    row_of = {}
    for name in TopologicalSorter(before).static_order():
        row_of[name] = max((row_of[start] + 1 for start in before[name]), default=0)
    rows = [[name for name in chart.texts if row_of[name] == row] for row in range(max(row_of.values()) + 1)]
    for start, end in chart.arrows:
        for row in range(row_of[start] + 1, row_of[end]):
            rows[row].append((start, end, row))
    return rows


def _place(rows, sizes):
    """{name: (left, top)} of all boxes, each row in the middle; and the width and height of the drawing."""
    widths = [sum(sizes[name][0] for name in row) + BETWEEN_BOXES * (len(row) - 1) for row in rows]
    places, top = {}, 1
    for row, row_width in zip(rows, widths, strict=True):
        left, height = (max(widths) - row_width) / 2 + 1, max(sizes[name][1] for name in row)
        for name in row:
            places[name] = left, top + (height - sizes[name][1]) / 2
            left += sizes[name][0] + BETWEEN_BOXES
        top += height + BETWEEN_ROWS
    return places, max(widths) + 2, top - BETWEEN_ROWS + 1


def _measure(lines):
    return max(map(len, lines)) * LETTER + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN


def _draw_box(lines, place, size):
    (left, top), (width, height) = place, size
    spans = " ".join(
        f'<tspan x="{left + width / 2:.0f}" y="{top + MARGIN + LINE * number + 14:.0f}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}" rx="6"/><text>{spans}</text>'


def _draw_arrow(start, end, text, places, sizes):
    """The arrow, its tip, and its text beside its first part."""
    passed = sorted((place for place in places if place[:2] == (start, end)), key=lambda place: place[2])
    stops = [(*_middle(name, places, sizes), sizes[name][1]) for name in (start, *passed, end)]
    curve = ""
    for (x1, y1, height), (x2, y2, _) in pairwise(stops):
        bottom = y1 + height
        bend = (y2 - bottom) / 2
        curve += f"{'L' if curve else 'M'}{x1:.0f} {bottom:.0f}"
        curve += f"C{x1:.0f} {bottom + bend:.0f} {x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2:.0f}"
    x, y, _ = stops[-1]
    drawn = f'<path class="arrow" d="{curve}"/><path class="tip" d="M{x - 4:.0f} {y - 8:.0f}h8L{x:.0f} {y:.0f}z"/>'
    if text:
        (x1, y1, height), (x2, y2, _) = stops[:2]
        label = f'x="{(x1 + x2) / 2 + 8:.0f}" y="{(y1 + height + y2) / 2 + 4:.0f}"'
        drawn += f'<text class="label" {label}>{escape(text)}</text>'
    return drawn


def _middle(name, places, sizes):
    """The middle of the upper edge of a box."""
    return places[name][0] + sizes[name][0] / 2, places[name][1]
