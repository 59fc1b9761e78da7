"""The check of prerequisites as a notebook that grades itself and needs no package."""

import base64
import inspect
import json

import nbformat

from tools.chapter import NOTEBOOK_METADATA
from tools.quiz import self_check
from tools.quiz.pages import mix_answers
from tools.quiz.questions import PREREQUISITES

BEFORE = """\
# Do you know enough to begin?

Ten questions, ten minutes. Run the next cell first. Then write each answer, a letter or a number, between
the quotes, and run its cell: it says whether the answer is right, and why. Only your first answers count."""
DECODED = """\
# The replies are encoded so that you do not read them by accident.
REPLIES.update(json.loads(base64.b64decode("{encoded}")))"""


def make_notebook(questions):
    """Return the notebook docs/teach/prerequisites.ipynb."""
    asked = [question for question in questions if question.topic == PREREQUISITES]
    replies = {str(number): _make_replies(question, number) for number, question in enumerate(asked, 1)}
    encoded = base64.b64encode(json.dumps(replies).encode()).decode()
    code = inspect.getsource(self_check).partition('"""\n\n')[2]
    cells = [
        ("markdown", BEFORE),
        ("code", f"import base64\nimport json\n\n{code}\n\n{DECODED.format(encoded=encoded)}"),
    ]
    for number, question in enumerate(asked, 1):
        options = [f"- **{name}** {answer.text}" for name, answer in _name_answers(question, number).items()]
        cells.append(("markdown", "\n".join([f"**{number}.** {question.text}", "", *options]).strip()))
        cells.append(("code", f'check({number}, "")'))
    cells += [("markdown", "**Your score**"), ("code", "show_score()")]
    notebook = nbformat.v4.new_notebook(metadata=NOTEBOOK_METADATA)
    makers = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    notebook.cells = [makers[kind](text, id=f"cell-{number}") for number, (kind, text) in enumerate(cells)]
    return notebook


def _make_replies(question, number):
    if not question.answers:
        return {f"{question.number:g}": f"Yes. {question.why}"}
    return {
        name: f"{'Yes' if answer.is_right else 'No'}. {answer.why}"
        for name, answer in _name_answers(question, number).items()
    }


def _name_answers(question, number):
    """{letter: answer} of a question with answers to choose from, empty for a number."""
    return dict(zip("abcd", mix_answers(question, number), strict=False)) if question.answers else {}
