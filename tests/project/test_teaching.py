"""docs/teach: the minutes add up, every section of a chapter has its goals, the rubric has 100 points."""

import re

import pytest

from nst.paths import ROOT
from tools.learning_goals import read_goals
from tools.quiz.questions import PREREQUISITES, TOPICS, read_questions

TEACH = ROOT / "docs" / "teach"
CHAPTERS = sorted((ROOT / "notebooks" / "src").glob("*.py"))


def read(name):
    return (TEACH / name).read_text(encoding="utf-8")


def split_at_headings(text):
    """{heading: text below it} of the headings of the second level."""
    return dict(part.partition("\n")[::2] for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:])


def rows(text):
    """The cells of the rows of a table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize(("plan", "hours"), [("Two hours", 2), ("Four hours", 4), ("Six hours", 6)])
def test_the_minutes_of_a_plan_add_up(plan, hours):
    [text] = [text for heading, text in split_at_headings(read("syllabus.md")).items() if heading.startswith(plan)]
    assert sum(int(minutes) for minutes, *_ in rows(text)) == hours * 60


@pytest.mark.parametrize("number", range(1, len(CHAPTERS) + 1))
def test_every_section_of_a_chapter_has_minutes_and_a_goal(number):
    source = CHAPTERS[number - 1].read_text(encoding="utf-8")
    headings = re.findall(r"^# ##+ (\d[\d.]* .+)$", source, re.MULTILINE)
    divided = {heading.split(".")[0] for heading in headings if "." in heading.split(" ")[0]}
    described = read_goals(CHAPTERS[number - 1])
    assert list(described) == [heading for heading in headings if heading.split(" ")[0] not in divided]
    for section, (minutes, goals) in described.items():
        assert minutes > 0, section
        assert len(" ".join(goals).split()) > 4, section


def test_the_rubric_has_a_hundred_points():
    assert sum(int(row[-1]) for row in rows(split_at_headings(read("own-picture.md"))["Rubric"])) == 100


def test_the_page_of_the_quiz_counts_the_questions_of_each_topic():
    topics = [question.topic for question in read_questions()]
    counted = {
        topic: (int(number), place) for topic, number, place in rows("| topic" + read("quiz.md").split("| topic")[1])
    }
    assert counted == {topic: (topics.count(topic), TOPICS[topic]) for topic in TOPICS if topic != PREREQUISITES}
