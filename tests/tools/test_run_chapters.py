"""`make run`: chapters run from top to bottom, and the last lines say how long each took and where its pictures are."""

import shutil

import nbformat
import pytest

from tests.support import toy_course
from tools import build_notebooks, run_chapters

PAINTING = (
    toy_course.TOY
    + """
# %%
from pathlib import Path
picture = Path("../output/01_toy/final.png")
picture.parent.mkdir(parents=True, exist_ok=True)
_ = picture.write_bytes(b"a picture")
"""
)
WEIGHTS = """
class WeightsError(ValueError): pass

def find_weights():
    class found:
        announcement = "Network: Pocket VGG-19, bundled."
    return found
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = toy_course.write(tmp_path_factory.mktemp("toy"), PAINTING)
    build_notebooks.main([], root)
    package = root / "nst" / "network"
    package.mkdir(parents=True)
    for folder in (package, package.parent):  # or else the course's own package, if it is installed, comes first
        (folder / "__init__.py").touch()
    (package / "weights.py").write_text(WEIGHTS, encoding="utf-8")
    shutil.rmtree(root / "output")
    return root


@pytest.fixture
def course(built, tmp_path):
    """A built course with one chapter that writes a picture, and an old picture from before."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    (tmp_path / "output" / "old").mkdir(parents=True)
    (tmp_path / "output" / "old" / "before.png").write_bytes(b"an old picture")
    return tmp_path


def test_a_run_says_which_network_how_long_and_where_the_pictures_are(course, capsys):
    run_chapters.main([], course)
    network, timing, *places = capsys.readouterr().out.splitlines()
    assert network == "Network: Pocket VGG-19, bundled."
    assert timing.startswith("01_toy: ")
    assert timing.endswith(" s, pictures: 1")
    folder = course / "output" / "01_toy"
    assert places == [f"  {folder}", f"  {folder / '01_toy.ipynb'} (the executed notebook)"]


def test_the_executed_copy_goes_to_output_and_the_committed_notebook_stays(course):
    committed = course / "notebooks" / "01_toy.ipynb"
    before = committed.read_bytes()
    run_chapters.main(["01_toy"], course)
    assert committed.read_bytes() == before
    copy = nbformat.read(course / "output" / "01_toy" / "01_toy.ipynb", as_version=4)
    assert [output.name for output in copy.cells[1].outputs] == ["stdout", "stderr"]


def test_a_failing_cell_ends_the_run_with_its_chapter_number_and_error(course):
    committed = course / "notebooks" / "01_toy.ipynb"
    committed.write_text(
        committed.read_text(encoding="utf-8").replace("double(21)", "double(nothing)"), encoding="utf-8"
    )
    with pytest.raises(SystemExit) as ended:
        run_chapters.main([], course)
    copy = course / "output" / "01_toy" / "01_toy.ipynb"
    assert ended.value.code == (
        "run_chapters: 01_toy, cell 5: NameError: name 'nothing' is not defined\n"
        f"The notebook, executed up to this cell: {copy}"
    )
    assert nbformat.read(copy, as_version=4).cells[4].outputs[0].ename == "NameError"


def test_a_kernel_that_dies_is_named(course):
    committed = course / "notebooks" / "01_toy.ipynb"
    committed.write_text(committed.read_text(encoding="utf-8").replace("double(21)", "os._exit(1)"), encoding="utf-8")
    with pytest.raises(SystemExit, match=r"01_toy, cell 5: the kernel died \(was there enough memory\?\)"):
        run_chapters.main([], course)


def test_an_unusable_network_is_named_before_anything_runs(course):
    weights = WEIGHTS + '    raise WeightsError("nowhere.h5: there is no such weight file.")\n'
    (course / "nst" / "network" / "weights.py").write_text(weights.replace("    return found\n", ""), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run_chapters.main([], course)
    assert ended.value.code == "run_chapters: nowhere.h5: there is no such weight file."
    assert not (course / "output" / "01_toy").exists()


def test_an_unknown_chapter_is_named_beside_the_known(course, capsys):
    with pytest.raises(SystemExit, match="2"):
        run_chapters.main(["02_other"], course)
    assert "there is no chapter 02_other: there are 01_toy" in capsys.readouterr().err
