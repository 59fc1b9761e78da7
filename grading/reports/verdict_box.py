"""Verdicts as boxes in a notebook, beside their plain text: HTML from an `Outcome`, never from the text.

The boxes look the same in JupyterLab, VS Code and Colab, light or dark: all styles are inline, the text has the color
of the page, and tints are transparent. They contain no script. A sign and a word say what a color says. All text is
escaped: an error message of a student's function may contain HTML.
"""

import html
import re
from collections.abc import Iterable, Mapping

from foundation.notebook import in_notebook, show_html
from grading.exercises import CHAPTERS, EXERCISES
from grading.exercises.exercise import Exercise
from grading.judge.numbers import Comparison
from grading.judge.outcomes import PASSED, Outcome, status, visible_points

GREEN, RED, GRAY = "#1a7f37", "#c62828", "#5a6472"  # white text on each has a contrast of at least 5
CODE_FONT = "var(--jp-code-font-family,var(--vscode-editor-font-family,ui-monospace,Menlo,Consolas,monospace))"
WHOLE_WORDS = "overflow-wrap:break-word;word-break:normal;hyphens:none"
# A word breaks only where it is longer than a whole line.
VALUE = f"font-family:{CODE_FONT};font-size:.93em;white-space:pre-wrap;overflow-wrap:anywhere;word-break:normal"
IN_A_LINE = "display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center"
FOR_SCREEN_READERS = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
PLAIN = "background:none;border:0;color:inherit;text-align:left;vertical-align:top;line-height:1.5"
# MathJax would read $ in a student's text as the beginning of a formula.
NO_FORMULAS = "mathjax_ignore tex2jax_ignore"


def show(text: str, box: str) -> None:
    """Display `box` in a notebook, with `text` for those who show no HTML; print `text` where no notebook runs."""
    if in_notebook():
        show_html(box, text)
    else:
        print(text)


def verdict_box(outcome: Outcome) -> str:
    """The box of one exercise: its state, what was expected and returned, the reason, and one thing to try."""
    exercise = EXERCISES[outcome.exercise]
    reasons = [_paragraph(_prose(line)) for line in (*outcome.says, *outcome.notes)]
    return _box(
        _color(outcome),
        _title(exercise, outcome),
        _facts(outcome),
        *reasons,
        _paragraph(f"<strong>Try:</strong> {_prose(outcome.tries)}") if outcome.tries else "",
        _printed(outcome.printed),
        _paragraph(_section(exercise, outcome.section)) if outcome.section else "",
    )


def hint_box(exercise: Exercise, number: int) -> str:
    """The box of a hint, counted from 1."""
    title = f"Hint {number} of {len(exercise.hints)}: {_code(exercise.name)}"
    return _box(GRAY, _element("strong", "", title), _paragraph(_prose(exercise.hints[number - 1])))


def progress_box(exercises: Iterable[Exercise], outcomes: Mapping[str, Outcome]) -> str:
    """A table of exercises with their states and points. outcomes: {name: outcome} of those tested so far."""
    exercises = list(exercises)
    earned = sum(visible_points(exercise, outcomes.get(exercise.name)) for exercise in exercises)
    total = sum(exercise.points for exercise in exercises)
    head = _element(
        "div",
        f"{IN_A_LINE};margin:0 0 8px",
        _element("strong", "font-size:1.15em", f"{_chapters(exercises)}: {earned} of {total} points"),
        _bar(earned, total, "flex:1 1 120px;max-width:320px;height:10px"),
    )
    columns = (_element("span", "", name, role="columnheader") for name in ("Exercise", "Result", "Points"))
    rows = [_progress_row(exercise, outcomes.get(exercise.name)) for exercise in exercises]
    # Not a <table>: its rows could not break into two lines where the page is narrow.
    table = _element(
        "div", "position:relative", _element("div", FOR_SCREEN_READERS, *columns, role="row"), *rows, role="table"
    )
    return _box(GREEN if earned == total else GRAY, head, table)


def _chapters(exercises):
    numbers = list(dict.fromkeys(str(exercise.chapter) for exercise in exercises))
    return f"Chapter {numbers[0]}" if len(numbers) == 1 else f"Chapters {' and '.join(numbers)}"


def _progress_row(exercise, outcome):
    earned = visible_points(exercise, outcome)
    colors = f"color:#fff;background:{_color(outcome)}"
    sign = _sign(outcome, f"{colors};border-radius:4px;display:inline-block;width:1.4em;text-align:center")
    points = _element("span", "min-width:5.5em", f"{earned} of {exercise.points}")
    return "\n" + _element(
        "div",
        f"{IN_A_LINE};border-top:1px solid #80808040;padding:4px 0",
        _element("span", "flex:0 0 17em", f"{exercise.number}. {_code(exercise.name)}", role="rowheader"),
        _element("span", "flex:0 1 14em", sign, f" {_capitalized(status(outcome))}", role="cell"),
        _element("span", IN_A_LINE, points, _bar(earned, exercise.points, "width:100px;height:6px"), role="cell"),
        role="row",
    )


def _bar(earned, total, size):
    filled = _element("span", f"display:block;height:100%;width:{100 * earned / total:.0f}%;background:{GREEN}")
    track = f"display:block;{size};background:#80808040;border-radius:3px;overflow:hidden"
    return _element("span", track, filled, aria_hidden="true")


def _title(exercise, outcome):
    badge = _element(
        "strong",
        f"background:{_color(outcome)};color:#fff;border-radius:4px;padding:2px 10px;font-size:1.1em",
        _sign(outcome),
        f" {_capitalized(status(outcome))}",
    )
    points = f"{exercise.points} of {exercise.points} points" if outcome.state == PASSED else ""
    return _element(
        "div",
        IN_A_LINE,
        badge,
        " ",
        _element("strong", "font-size:1.1em", f"{exercise.number}.&nbsp;{_code(exercise.name)}"),
        " ",
        _element("strong", "font-size:1.1em;margin-left:auto", points) if points else "",
    )


def _facts(outcome):
    """The input, what was expected, what was returned, and what else was seen, as a table."""
    rows = [_fact("Input", outcome.case)] if outcome.case else []
    seen = []
    for line in outcome.found:
        if not isinstance(line, Comparison):
            seen.append(line)
            continue
        rows += _seen(outcome, seen)
        rows += [_fact("Expected", [_by_rows(line.expected)]), _fact("Got", [_by_rows(line.got)], line.note)]
    rows += _seen(outcome, seen)
    return _table(_element("tbody", "", *rows)) if rows else ""


def _seen(outcome, lines):
    """The row of lines that do not compare two values; `lines` is emptied."""
    raised = outcome.state in ("crashed", "wrong graph") and not any(
        isinstance(line, Comparison) for line in outcome.found
    )
    rows = [_fact("Error" if raised else "Check", lines)] if lines else []
    lines.clear()
    return rows


def _fact(name, lines, note=""):
    return _row(
        _element("th", f"{PLAIN};padding:2px 14px 2px 0;font-weight:600;white-space:nowrap", name, scope="row"),
        _element(
            "td",
            f"{PLAIN};padding:2px 0;width:100%",
            *(_element("div", VALUE, html.escape(line)) for line in lines),
            _element("div", "font-size:.93em", _capitalized(html.escape(note))) if note else "",
        ),
    )


def _by_rows(value):
    """A matrix with a line for each row and its columns aligned; any other value as it is."""
    if not value.startswith("[[") or value.startswith("[[["):
        return value
    rows = [row.split(", ") for row in value.strip("[]").split("], [")]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [", ".join(map(str.rjust, row, widths)) for row in rows]
    return "[[" + "],\n [".join(lines) + "]]"


def _section(exercise, number):
    """A link to the section of the same notebook, by the address that JupyterLab gives to its heading."""
    near = [other for other in CHAPTERS[exercise.chapter].values() if other.section == number and other.heading]
    words = f"Section&nbsp;{number}"
    if not near:
        return words
    address = html.escape(f"#{number}-{near[0].heading.replace(' ', '-')}")
    link = "color:inherit;text-decoration:underline;text-underline-offset:2px"
    return _element("a", link, f"{words}: {html.escape(near[0].heading)}", href=address)


def _printed(lines):
    if not lines:
        return ""
    block = f"margin:2px 0 0;padding:4px 8px;background:#80808026;color:inherit;{VALUE}"
    return _paragraph("Your function printed:") + _element("pre", block, html.escape("\n".join(lines)))


def _prose(line):
    """A sentence in HTML; what stands between backticks is code."""
    return re.sub("`([^`]+)`", lambda match: _code(match[1], escape=False), html.escape(line))


def _code(text, escape=True):
    style = f"font-family:{CODE_FONT};font-size:.95em;background:none;color:inherit;padding:0;white-space:nowrap"
    return _element("code", style, html.escape(text) if escape else text)


def _paragraph(inside):
    return _element("p", f"margin:8px 0 0;max-width:80ch;{WHOLE_WORDS}", inside)


def _table(*inside):
    style = "table-layout:auto;border-collapse:collapse;border:0;margin:8px 0 0;font-size:1em;color:inherit"
    return _element("table", style, *inside)


def _row(*cells):
    return _element("tr", "background:none;border:0", *cells)


def _box(color, *blocks):
    style = (
        f"border:1px solid {color};border-left-width:6px;border-radius:6px;background:{color}14;color:inherit;"
        f"padding:10px 14px 12px;margin:4px 0 8px;max-width:960px;font-size:1.05em;line-height:1.5;{WHOLE_WORDS}"
    )
    inside = "\n".join(["", *(block for block in blocks if block), ""])
    return _element("div", style, inside, class_=f"nst-verdict {NO_FORMULAS}", role="status")


def _color(outcome):
    if outcome is None or outcome.state == "not attempted":
        return GRAY
    return GREEN if outcome.state == PASSED else RED


def _sign(outcome, style=""):
    sign = {GREEN: "\u2713", RED: "\u2717", GRAY: "\u25cb"}[_color(outcome)]
    return _element("span", style, sign, aria_hidden="true")


def _capitalized(words):
    return words[:1].upper() + words[1:]


def _element(name, style, *inside, **attributes):
    """An HTML element. Names of attributes as Python writes them: class_, aria_hidden."""
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    if style:
        named["style"] = style
    opening = "".join(f' {key}="{value}"' for key, value in named.items())
    return f"<{name}{opening}>{''.join(inside)}</{name}>"
