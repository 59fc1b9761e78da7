"""Read the quiz bank, and say which question is not complete."""

from dataclasses import dataclass

import yaml

from nst.paths import ROOT

BANK = ROOT / "docs" / "teach" / "quiz.yaml"
PREREQUISITES = "prerequisites"
TOPICS = {  # where the course covers each topic
    PREREQUISITES: "before chapter 1",
    "pictures and networks": "chapter 1, sections 2 and 3",
    "content cost": "chapter 1, section 4.1",
    "Gram matrix": "chapter 1, section 4.2",
    "style cost": "chapter 1, sections 4.3 and 4.4",
    "total cost and painting": "chapter 1, sections 4.5 and 5",
    "better and faster": "chapter 2",
    "colors and places": "chapter 3",
    "in real time": "chapter 4",
}
CHOICE_KEYS = {"id", "topic", "text", "answers"}
NUMBER_KEYS = {"id", "topic", "text", "number", "tolerance", "why"}


class QuizError(ValueError):
    """A question of the quiz bank is not complete; the message says which one and what to change."""


@dataclass(frozen=True)
class Answer:
    """An answer to choose. why: the explanation that a student reads after choosing it."""

    text: str
    is_right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """A question with answers to choose from, or with a number to enter (then why explains the number)."""

    id: str
    topic: str
    text: str
    answers: tuple[Answer, ...] = ()
    number: float | None = None
    tolerance: float = 0.0
    why: str = ""

    @property
    def right_answers(self):
        return [answer for answer in self.answers if answer.is_right]


def read_questions(path=BANK):
    """Return the questions of the file at `path`, in its order. Raises QuizError, OSError."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise QuizError(f"{path}: it is not valid YAML: {error}") from error
    questions = [_read_question(entry, path) for entry in entries]
    ids = [question.id for question in questions]
    if repeated := sorted({one for one in ids if ids.count(one) > 1}):
        raise QuizError(f"{path}: these ids are used twice: {', '.join(repeated)}. Give each question its own")
    return questions


def _read_question(entry, path):
    place = f"{path}, question {entry.get('id', entry)}"
    expected = NUMBER_KEYS if "number" in entry else CHOICE_KEYS
    missing = expected - {"tolerance"} - entry.keys()
    if missing or entry.keys() - expected:
        raise QuizError(f"{place}: expected the keys {', '.join(sorted(expected))}, found {', '.join(sorted(entry))}")
    if entry["topic"] not in TOPICS:
        raise QuizError(f"{place}: {entry['topic']!r} is not a topic. Choose one of {', '.join(TOPICS)}")
    answers = tuple(_read_answer(answer, place) for answer in entry.get("answers", ()))
    if answers and (all(answer.is_right for answer in answers) or not any(answer.is_right for answer in answers)):
        raise QuizError(f"{place}: expected at least one right answer and one wrong answer")
    return Question(**{**entry, "answers": answers})


def _read_answer(entry, place):
    if entry.keys() not in ({"right", "why"}, {"wrong", "why"}):
        raise QuizError(f"{place}: an answer has the keys right or wrong, and why; found {', '.join(sorted(entry))}")
    return Answer(entry.get("right", entry.get("wrong")), "right" in entry, entry["why"])
