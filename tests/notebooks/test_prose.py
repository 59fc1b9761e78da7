"""What chapters say: predictions that can be answered without a kernel, and links that lead somewhere."""

import re

import nbformat
import pytest

from nst.paths import ROOT

NOTEBOOKS = [path for folder in ("", "student") for path in sorted((ROOT / "notebooks" / folder).glob("[0-9]*.ipynb"))]
ANSWER = re.compile(r"<details><summary>(.+?)</summary>\n\n(.+?)\n\n</details>", re.DOTALL)


def names(path):
    return path.relative_to(ROOT / "notebooks").as_posix()


def prose(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names)
def test_each_prediction_has_a_question_and_answers_that_open_replies(path):
    predictions = [text for text in prose(path) if "**Predict.**" in text]
    assert len(predictions) >= 4
    for text in predictions:
        question, *_ = text.split("\n\n")
        assert re.fullmatch(r"\*\*Predict\.\*\* .+\?", question, re.DOTALL), text
        answers = ANSWER.findall(text)
        assert len(answers) >= 2, text
        assert len(answers) == text.count("<details>") == text.count("</details>"), text
        assert any(reply.startswith("Yes") for _, reply in answers), text
        assert not all(reply.startswith("Yes") for _, reply in answers), text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names)
def test_nothing_is_predicted_without_a_place_to_answer(path):
    loose = [text for text in prose(path) if re.search(r"(?<!\*\*)\bPredict\b(?!\*\*)", text.split("**Predict.**")[0])]
    assert loose == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names)
def test_links_to_other_chapters_lead_to_notebooks_beside_it(path):
    targets = {target for text in prose(path) for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target}
    assert targets
    assert {target for target in targets if not (path.parent / target).is_file()} == set()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names)
def test_a_chapter_is_named_by_a_link_at_least_once(path):
    text = "\n".join(prose(path))
    for number in {*re.findall(r"[Cc]hapter (\d)", text)} - {path.name[1]}:
        assert re.search(rf"\[[Cc]hapter {number}\]\(0{number}_\w+\.ipynb\)", text), f"chapter {number}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names)
def test_sections_are_numbered_from_one(path):
    numbers = [int(number) for text in prose(path) for number in re.findall(r"^## (\d+) ", text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
