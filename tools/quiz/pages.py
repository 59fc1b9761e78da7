"""The quiz bank as Markdown: a check for students before the course, and all questions with answers for instructors."""

from tools.quiz.questions import PREREQUISITES, TOPICS
from tools.quiz.texts import to_html

CHECK_BEFORE = """\
# Do you know enough to begin?

Ten questions, ten minutes. Choose an answer before you open it: a reply says whether it is right, and why. Count your
right first choices.

- **8 to 10:** begin with chapter 1.
- **5 to 7:** begin, and read up on what you missed when the chapter needs it.
- **Fewer:** first work through an introduction to convolutional networks, and NumPy's
  [beginner's guide](https://numpy.org/doc/stable/user/absolute_beginners.html). Then come back.

<!-- Written by python -m tools.export_quiz from docs/teach/quiz.yaml. -->
"""
ALL_BEFORE = """\
# The quiz bank, with answers

For instructors. A right answer has a check mark.
"""


def make_prerequisites_page(questions):
    """Return the page docs/teach/prerequisites.md: the questions on prerequisites, each answer with a folded reply."""
    asked = [question for question in questions if question.topic == PREREQUISITES]
    parts = [CHECK_BEFORE]
    for number, question in enumerate(asked, 1):
        parts.append(f"**{number}.** {question.text}\n")
        if question.answers:
            parts += [
                _fold(answer.text, answer.why, is_right=answer.is_right) for answer in mix_answers(question, number)
            ]
        else:
            parts.append(
                f"<details><summary>Show the number.</summary>\n\n{question.number:g}. {question.why}\n\n</details>"
            )
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def make_page_with_answers(questions):
    """Return a page with all questions by topic, their answers and explanations."""
    parts = [ALL_BEFORE]
    for topic, place in TOPICS.items():
        parts.append(f"## {topic[:1].upper()}{topic[1:]} ({place})\n")
        for question in questions:
            if question.topic == topic:
                parts.append(f"**{question.id}.** {question.text}\n")
                parts += [
                    f"- {'✓' if answer.is_right else '✗'} {answer.text} ({answer.why})" for answer in question.answers
                ]
                parts += [] if question.answers else [f"- ✓ {question.number:g} ({question.why})"]
                parts.append("")
    return "\n".join(parts)


def mix_answers(question, number):
    """Return the answers of a question, turned so that the right one is not always the first."""
    start = number % len(question.answers)
    return question.answers[start:] + question.answers[:start]


def _fold(text, why, *, is_right):
    reply = f"{'Yes' if is_right else 'No'}. {why}"
    return f"<details><summary>{to_html(text)}</summary>\n\n{reply}\n\n</details>"
