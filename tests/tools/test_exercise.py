"""A new exercise is written in all its places, and what an exercise lacks is named."""

import ast
import shutil

import pytest

from grading.exercises import CHAPTERS, EXERCISES
from nst.paths import ROOT
from tools import exercise
from tools.chapter_source import read_cells

CHANGED = ("grading/exercises/__init__.py", "public_tests.py", "notebooks/src/04_in_real_time.py")
WRITTEN = (
    "grading/exercises/softmax_pooling.py",
    "grading/judge/softmax_pooling.py",
    "tests/support/answers_to_softmax_pooling.py",
)


@pytest.fixture
def root(tmp_path):
    """A copy of the files that a new exercise changes."""
    for name in (*CHANGED, *WRITTEN):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    for name in CHANGED:
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def read(root, name):
    return (root / name).read_text(encoding="utf-8")


def test_a_new_exercise_is_written_in_all_its_places(root, capsys):
    exercise.main(["new", "softmax_pooling", "--points", "15"], root)
    printed = capsys.readouterr().out
    assert all(f"wrote {name}\n" in printed for name in (*CHANGED, *WRITTEN))
    for name in (*CHANGED, *WRITTEN):
        assert len(ast.parse(read(root, name)).body) > 1, name
    assert f"number={len(EXERCISES) + 1}," in read(root, "grading/exercises/softmax_pooling.py")
    registry = read(root, "grading/exercises/__init__.py")
    assert "    perceptual_step,\n    softmax_pooling,\n    total_cost,\n" in registry
    assert "    perceptual_step,\n    softmax_pooling,\n)\n" in registry


def test_its_test_function_and_its_cells_are_like_those_of_the_others(root):
    exercise.main(["new", "softmax_pooling"], root)
    tests = read(root, "public_tests.py")
    assert '    "progress",\n    "softmax_pooling_test",\n    "total_cost_test",\n' in tests
    assert tests.index("def match_colors_test") < tests.index("def softmax_pooling_test") < tests.index("def hint(")
    chapter = root / "notebooks" / "src" / "04_in_real_time.py"
    assert "    progress,\n    softmax_pooling_test,\n)\n" in chapter.read_text("utf-8")
    assert [cell.metadata.get("test") for cell in read_cells(chapter)][-1] == "softmax_pooling"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Softmax", "'Softmax' is not a name for a function: use small letters, digits and _"),
        ("gram_matrix", "there is an exercise gram_matrix already"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_and_nothing_is_written(root, name, words):
    with pytest.raises(SystemExit, match=words):
        exercise.main(["new", name], root)
    assert read(root, "public_tests.py") == read(ROOT, "public_tests.py")


def test_a_file_of_that_name_is_never_overwritten(root):
    (root / WRITTEN[1]).write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit, match="exists: delete it, or choose another name"):
        exercise.main(["new", "softmax_pooling"], root)
    assert read(root, WRITTEN[1]) == "mine"


def test_an_exercise_of_the_course_is_complete(capsys):
    with pytest.raises(SystemExit) as ended:
        exercise.main(["check", "total_cost"])
    assert (ended.value.code, capsys.readouterr().out) == (False, "total_cost: complete\n")


def test_what_is_missing_is_named(monkeypatch, root):
    monkeypatch.setattr(exercise, "_find_wrong_outcomes", lambda name, root: ["2 known mistakes: at least 5"])
    exercise.main(["new", "softmax_pooling"], root)
    unfinished = (root / CHANGED[2]).read_text(encoding="utf-8").replace("    adain_test,\n", "")
    (root / CHANGED[2]).write_text(unfinished.replace('test="adain" points=15', 'test="x" points=15'), "utf-8")
    assert exercise.find_missing("adain", root) == [
        "notebooks/src/04_in_real_time.py still contains TODO",
        '04_in_real_time.py has no cell with the header # %% test="adain" points=15',
        "04_in_real_time.py does not import adain_test from public_tests in its first cells",
        "its messages are not stored: " + exercise.templates.STORE_MESSAGES,
        "2 known mistakes: at least 5",
    ]


def test_an_exercise_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(
        SystemExit, match=r"there is no exercise gram\. The exercises are compute_content_cost, gram_matrix, "
    ):
        exercise.main(["check", "gram"])


def test_a_new_exercise_belongs_to_the_last_chapter_unless_another_is_named(root):
    (root / "notebooks" / "src" / "01_neural_style_transfer.py").write_text(
        read(ROOT, "notebooks/src/01_neural_style_transfer.py"), encoding="utf-8"
    )
    exercise.main(["new", "softmax_pooling", "--chapter", str(min(CHAPTERS))], root)
    assert "chapter=1," in read(root, "grading/exercises/softmax_pooling.py")
    assert read(root, CHANGED[2]) == read(ROOT, CHANGED[2])


def test_the_first_exercise_of_a_new_chapter_needs_its_source(root):
    with pytest.raises(SystemExit, match=r"chapter 7 has no source in notebooks/src, only 04_.*Write 07_NAME\.py"):
        exercise.main(["new", "softmax_pooling", "--chapter", "7"], root)
    folder = root / "notebooks" / "src"
    (folder / "07_pooling.py").write_text((folder / "04_in_real_time.py").read_text("utf-8"), "utf-8")
    exercise.main(["new", "softmax_pooling", "--chapter", "7"], root)
    assert "chapter=7," in read(root, "grading/exercises/softmax_pooling.py")
