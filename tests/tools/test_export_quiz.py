"""The command that writes the quiz bank."""

import pytest

from tools import export_quiz


def test_it_writes_a_file_for_each_system_and_the_check_of_prerequisites(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(export_quiz, "TEACH", tmp_path)
    export_quiz.main([str(tmp_path / "quiz")])
    assert sorted(path.name for path in (tmp_path / "quiz").iterdir()) == ["moodle.xml", "qti.zip", "questions.md"]
    assert sorted(path.name for path in tmp_path.glob("prerequisites.*")) == ["prerequisites.ipynb", "prerequisites.md"]
    assert capsys.readouterr().out == f"wrote {tmp_path / 'quiz'}: 48 questions, and 10 on prerequisites\n"


def test_the_check_of_prerequisites_is_up_to_date():
    export_quiz.main(["--check"])


def test_a_page_that_is_out_of_date_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(export_quiz, "TEACH", tmp_path)
    with pytest.raises(SystemExit, match=r"prerequisites\.md is out of date\. Run: python -m tools\.export_quiz"):
        export_quiz.main(["--check"])
