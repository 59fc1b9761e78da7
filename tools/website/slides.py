"""Slides of the six ideas, from the text and the figures of the executed chapter 1.

Each section gives a slide with its points and formulas, and one for each figure, question, exercise and recap. Replies
and code are left out: they are said, or shown in the notebook.
"""

import re
from itertools import pairwise

import nbformat

IDEAS = ("4.1", "4.2", "4.3", "4.4", "4.5", "5")  # sections of chapter 1
HEADING = re.compile(r"#{2,3} (\d[\d.]*) (.+)")
EXERCISE = re.compile(r"#### (Exercise .+)")
OPTION = re.compile(r"<summary>(.*?)</summary>")
INTRODUCTION = """\
# Six ideas of neural style transfer

From chapter 1 of the course. The keys → and ← turn the slides. Printed, each has a page."""


def make_slides(notebook):
    """Return a notebook with a heading of the second level for each slide. notebook: the executed chapter 1."""
    slides = nbformat.from_dict({**notebook, "cells": []})
    _add(slides, INTRODUCTION)
    for title, cells in split_into_ideas(notebook):
        paragraphs = [part for cell in cells if cell.cell_type == "markdown" for part in cell.source.split("\n\n")]
        _add(slides, f"## {title}", *_find_points(paragraphs), *(part for part in paragraphs if part.startswith("$$")))
        for cell, following in zip(cells, [*cells[1:], None], strict=True):
            if cell.cell_type == "code":
                _add_figure(slides, title, cell, following)
            else:
                _add_parts(slides, title, cell.source.split("\n\n"))
    return slides


def split_into_ideas(notebook):
    """Return [(title, cells)] of the sections IDEAS; the subsections of a section belong to it."""
    ideas, current = [], None
    for cell in notebook.cells:
        for number, title in HEADING.findall(cell.source) if cell.cell_type == "markdown" else ():
            if number in IDEAS:
                ideas.append((title, current := []))
            elif number.split(".")[0] not in IDEAS:
                current = None
        if current is not None:
            current.append(cell)
    return ideas


def _find_points(paragraphs):
    """The list that follows 'This section shows'."""
    return [after for before, after in pairwise(paragraphs) if before == "This section shows"]


def _add_parts(slides, title, paragraphs):
    """The slides of a text cell: an exercise, a question with its options, a recap."""
    for number, part in enumerate(paragraphs):
        if match := EXERCISE.match(part):
            statement = [text for text in paragraphs[number + 1 : number + 3] if "hint" not in text]
            _add(slides, f"## {match[1]}", *statement)
        elif part.startswith("**Predict.**"):
            question = part.partition("\n<details>")[0]
            options = "\n".join(f"- {option}" for option in OPTION.findall("\n".join(paragraphs)))
            _add(slides, f"## {title}: predict", question, options)
        elif part.startswith("> **Recap.**"):
            points = re.sub("^> ?", "", part, flags=re.MULTILINE).partition("\n")[2]
            _add(slides, f"## {title}: recap", points)


def _add_figure(slides, title, cell, following):
    """The slide of a code cell that shows a figure, with its caption."""
    if "figures." not in cell.source or "<img" not in str(cell.outputs):
        return
    caption = following.source.split("\n\n")[0] if following.cell_type == "markdown" else ""
    _add(slides, f"## {title}: look", caption if caption.startswith("*") else "")
    figure = nbformat.from_dict({**cell, "id": f"slide-{len(slides.cells)}", "metadata": {"tags": ["remove-input"]}})
    slides.cells.append(figure)


def _add(slides, *parts):
    text = "\n\n".join(filter(None, parts))
    slides.cells.append(nbformat.v4.new_markdown_cell(text, id=f"slide-{len(slides.cells)}"))
