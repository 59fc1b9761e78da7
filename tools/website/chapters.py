"""The executed chapters as pages: solutions folded, with downloads above them."""

import nbformat

from tools.chapter import make_student

DOWNLOADS = """\
:::{{admonition}} Work on this chapter yourself
:class: tip
{{download}}`The notebook for students <student/{name}.ipynb>` contains the exercises. It needs the files of the course:
download {{download}}`the whole course (zip, {megabytes:.0f} MB) <../course.zip>`, or see
[how to start](../README.md#start). This page shows the finished chapter; each solution is folded.
:::"""


def make_page(notebook, source, megabytes):
    """Return a chapter's notebook for the site.

    notebook: the executed one. source: its source in notebooks/src. megabytes: the size of the course's zip.
    Above each exercise's solution, which is folded, stands what a student finds there.
    """
    stubs = {cell.id: cell.source for cell in make_student(source).cells}
    page = nbformat.from_dict({**notebook, "cells": []})
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.source != stubs[cell.id]:
            page.cells.append(nbformat.v4.new_code_cell(stubs[cell.id], id=f"{cell.id}-stub"))
            cell = _fold(cell)
        page.cells.append(cell)
        if number == 0:
            downloads = DOWNLOADS.format(name=source.stem, megabytes=megabytes)
            page.cells.append(nbformat.v4.new_markdown_cell(downloads, id="downloads"))
    return page


def add_heading_anchors(doctree):
    """Let the headings of a chapter be reached as JupyterLab addresses them too, such as #4.2-The-Gram-matrix."""
    from docutils import nodes

    for section in doctree.findall(nodes.section):
        anchor = section.next_node(nodes.title).astext().replace(" ", "-")
        if anchor not in section["ids"]:
            section["ids"].append(anchor)


def _fold(cell):
    prompts = {
        "code_prompt_show": f"Show a solution of {cell.id}",
        "code_prompt_hide": f"Hide the solution of {cell.id}",
    }
    metadata = {**cell.metadata, "tags": [*cell.metadata.get("tags", []), "hide-input"], "mystnb": prompts}
    return nbformat.from_dict({**cell, "metadata": metadata})
