"""Write the quiz bank for learning systems, from docs/teach/quiz.yaml.

    python -m tools.export_quiz quiz             write the folder quiz: moodle.xml, qti.zip, questions.md
    python -m tools.export_quiz --check          only say whether docs/teach/prerequisites.md is up to date

Without --check, docs/teach/prerequisites.md is written as well.
"""

import argparse
import sys
from pathlib import Path

from foundation.atomic_write import open_atomically, write_atomically
from nst.paths import ROOT
from tools.quiz.moodle import to_moodle
from tools.quiz.pages import make_page_with_answers, make_prerequisites_page
from tools.quiz.qti import to_qti
from tools.quiz.questions import PREREQUISITES, QuizError, read_questions

PAGE = ROOT / "docs" / "teach" / "prerequisites.md"


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Write the quiz bank for learning systems.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("quiz"), help="where to (default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if prerequisites.md is out of date")
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
    """Raise QuizError if docs/teach/prerequisites.md does not have the questions of the bank."""
    if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != make_prerequisites_page(questions):
        raise QuizError(f"{PAGE} is out of date. Run: python -m tools.export_quiz")


def write(questions, folder):
    """Write moodle.xml, qti.zip and questions.md into a folder, and the page of prerequisites."""
    bank = [question for question in questions if question.topic != PREREQUISITES]
    for name, content in (
        ("moodle.xml", to_moodle(questions)),
        ("qti.zip", to_qti(questions)),
        ("questions.md", make_page_with_answers(questions).encode()),
    ):
        with write_atomically(folder / name) as partial:
            partial.write_bytes(content)
    with open_atomically(PAGE) as file:
        file.write(make_prerequisites_page(questions))
    print(f"wrote {folder}: {len(bank)} questions, and {len(questions) - len(bank)} on prerequisites")


if __name__ == "__main__":
    main()
