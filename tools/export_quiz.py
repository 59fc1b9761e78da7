"""Write the quiz bank for learning systems, from docs/teach/quiz.yaml.

    python -m tools.export_quiz quiz             write the folder quiz: moodle.xml, qti.zip, questions.md
    python -m tools.export_quiz --check          only say whether the check of prerequisites is up to date

Without --check, docs/teach/prerequisites.md and prerequisites.ipynb are written as well.
"""

import argparse
import sys
from pathlib import Path

import nbformat

from foundation.atomic_write import open_atomically, write_atomically
from nst.paths import ROOT
from tools.quiz.moodle import to_moodle
from tools.quiz.notebook import make_notebook
from tools.quiz.pages import make_page_with_answers, make_prerequisites_page
from tools.quiz.qti import to_qti
from tools.quiz.questions import PREREQUISITES, QuizError, read_questions

TEACH = ROOT / "docs" / "teach"


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Write the quiz bank for learning systems.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("quiz"), help="where to (default: %(default)s)")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if a file of docs/teach is out of date"
    )
    options = parser.parse_args(arguments)
    try:
        questions = read_questions()
        if options.check:
            check(questions)
        else:
            write(questions, options.folder)
    except (QuizError, OSError) as error:
        sys.exit(f"export_quiz: {error}")


def check(questions):
    """Raise QuizError if the check of prerequisites in docs/teach does not have the questions of the bank."""
    for name, text in make_prerequisites(questions).items():
        if not (TEACH / name).is_file() or (TEACH / name).read_text(encoding="utf-8") != text:
            raise QuizError(f"{TEACH / name} is out of date. Run: python -m tools.export_quiz")


def make_prerequisites(questions):
    """Return {name of a file in docs/teach: its text}: the check of prerequisites, as a page and as a notebook."""
    notebook = nbformat.writes(make_notebook(questions)) + "\n"
    return {"prerequisites.md": make_prerequisites_page(questions), "prerequisites.ipynb": notebook}


def write(questions, folder):
    """Write moodle.xml, qti.zip and questions.md into a folder, and the check of prerequisites into docs/teach."""
    bank = [question for question in questions if question.topic != PREREQUISITES]
    for name, content in (
        ("moodle.xml", to_moodle(questions)),
        ("qti.zip", to_qti(questions)),
        ("questions.md", make_page_with_answers(questions).encode()),
    ):
        with write_atomically(folder / name) as partial:
            partial.write_bytes(content)
    for name, text in make_prerequisites(questions).items():
        with open_atomically(TEACH / name) as file:
            file.write(text)
    print(f"wrote {folder}: {len(bank)} questions, and {len(questions) - len(bank)} on prerequisites")


if __name__ == "__main__":
    main()
