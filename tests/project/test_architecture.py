"""The rules of the house: who may import whom, how long a module may grow, and what stays small."""

import ast
import re
import subprocess
from graphlib import TopologicalSorter

import nbformat
import pytest

from grading.exercises import CHAPTERS, EXERCISES
from grading.sandbox.process import SANDBOXED
from nst.paths import ROOT
from tests.support.project_files import tracked

FOLDERS = ("foundation", "nst", "grading", "tools", "benchmarks", "tests")
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
}
MODULES["public_tests"] = ROOT / "public_tests.py"
TENSORFLOW = {"tensorflow", "keras"}
LONGEST = 300  # lines


def imported(name):
    """The names of all that a module imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = name.split(".")[: -node.level] if node.level else []
            module = ".".join([*package, *([node.module] if node.module else [])])
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def packages(name):
    """The top-level names that a module of ours imports."""
    return {imported_name.split(".")[0] for imported_name in imported(name)}


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("foundation", {"nst", "grading", "public_tests", "tools", "benchmarks", "tests"}),
        ("nst", {"grading", "public_tests", "tools", "benchmarks", "tests"}),
        ("grading", {"nst", "public_tests", "tools", "benchmarks", "tests"}),
        ("public_tests", {"nst", "tools", "benchmarks", "tests"}),
    ],
)
def test_arrows_point_one_way(folder, forbidden):
    wrong = {name: packages(name) & forbidden for name in MODULES if name.split(".")[0] == folder}
    assert {name: found for name, found in wrong.items() if found} == {}


def reachable(name):
    """The modules of ours that a module imports, and those that these import, and so on."""
    found, more = set(), {name}
    while more:
        found |= more
        imports = set().union(*(imported(other) for other in more))
        more = ({*imports, *(f"{other}.__init__" for other in imports)} & set(MODULES)) - found
    return found - {name}


def test_what_runs_beside_a_students_code_imports_no_right_answer():
    beside = [name for name in MODULES if name.startswith(tuple(f"grading.{folder}." for folder in SANDBOXED))]
    assert {name.split(".")[1] for name in beside} == {"exercises", "runner"}
    wrong = {
        name: {other for other in reachable(name) if other not in {*beside, "grading.__init__"}} for name in beside
    }
    assert {name: found for name, found in wrong.items() if found} == {}


def test_the_exercises_do_not_depend_on_what_runs_them():
    exercises = [name for name in MODULES if name.startswith("grading.exercises.")]
    wrong = {name: {other for other in reachable(name) if ".runner" in other} for name in exercises}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_each_exercise_has_one_home_on_each_side_and_its_name_stands_nowhere_else():
    patched = {"grading.runner.probe", "grading.runner.probe_train_step"}  # they run train_step, and what it calls
    for name, exercise in EXERCISES.items():
        homes = {
            f"grading.exercises.{name}",
            f"grading.judge.{name}",
            f"grading.judge.{name}.__init__",
        } & MODULES.keys()
        assert len(homes) == 2, name
        callers = {f"grading.exercises.{other.name}" for other in EXERCISES.values() if name in other.needs}
        naming = {module for module in MODULES if module.startswith("grading.") and name in string_constants(module)}
        assert naming - homes - callers - patched == set(), exercise.name


def string_constants(name):
    nodes = ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8")))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_the_judge_never_sees_tensorflow():
    judges = [name for name in MODULES if name.startswith("grading.judge.")]
    assert {name for name in judges if packages(name) & TENSORFLOW} == set()


def test_the_grader_touches_tensorflow_where_functions_are_run_and_only_then():
    allowed, more = set(), {"grading.runner.probe", "grading.runner.worker"}
    while more:
        allowed |= more
        found = {other for name in more for other in imported(name)}
        more = {*found, *(f"{name}.__init__" for name in found)} & set(MODULES) - allowed
    ours = {name: path for name, path in MODULES.items() if name.split(".")[0] == "grading"}
    assert {name for name in ours if packages(name) & TENSORFLOW} <= allowed
    for name, path in ours.items():
        for statement in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                assert not re.search(r"\b(tensorflow|keras)\b", ast.unparse(statement)), name


def test_no_module_imports_itself_in_a_circle():
    def ours(name):
        """Modules of ours that a module imports; a tool names its neighbors without the folder."""
        found = {
            f"tools.{other}" if f"tools.{other}" in MODULES and name.startswith("tools.") else other
            for other in imported(name)
        }
        found |= {f"{other}.__init__" for other in found if other.startswith("grading.")}
        return found & set(MODULES) - {name}

    TopologicalSorter({name: ours(name) for name in MODULES}).prepare()  # raises CycleError, which names the circle


def test_no_module_is_too_long():
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines())
        for name, path in MODULES.items()
        if not name.startswith("tests.")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_module_changes_the_path_of_imports():
    def changes(path):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func)
            elif isinstance(node, ast.Assign | ast.AugAssign | ast.Delete):
                yield from map(ast.unparse, getattr(node, "targets", None) or [node.target])

    assert [name for name, path in MODULES.items() if any(one.startswith("sys.path") for one in changes(path))] == []


def test_a_warning_from_any_module_of_ours_is_an_error(pytestconfig):
    ours = [line.removeprefix("error:::") for line in pytestconfig.getini("filterwarnings") if line.startswith("error")]
    names = {name for name in MODULES if not name.startswith("tests.")}
    assert [name for name in sorted(names) if not any(re.match(pattern, name) for pattern in ours)] == []


def test_no_module_is_a_drawer_for_odds_and_ends():
    assert {name.split(".")[-1] for name in MODULES} & {"common", "helpers", "misc", "utils", "tools"} == set()


def test_no_name_of_a_module_in_the_grader_needs_a_dictionary():
    needs = [
        "cell",
        "given",
        "impostor",
        "intact",
        "kit",
        "oracle",
        "shares",
        "sight",
        "spies",
        "supplies",
        "trial",
        "turns",
        "unit",
        "watched",
        "wire",
    ]
    words = {word for name in MODULES if name.startswith("grading.") for word in name.split(".")[-1].split("_")}
    assert words & set(needs) == set()


def test_nothing_looks_beside_the_clone():
    beside = "../" + "shared"
    assert [name for name in tracked() if beside.encode() in (ROOT / name).read_bytes()] == []


def test_the_tree_stays_small():
    assert sum((ROOT / name).stat().st_size for name in tracked()) < 20_000_000


def test_no_file_has_the_marks_of_a_merge_that_was_not_finished():
    marks = tuple(sign * 7 + " " for sign in "<>")
    texts = {name: (ROOT / name).read_text(encoding="utf-8", errors="replace") for name in tracked()}
    assert [name for name, text in texts.items() if any(line.startswith(marks) for line in text.splitlines())] == []


def test_text_files_end_their_lines_as_gitattributes_says():
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    listed = subprocess.run(["git", "ls-files", "--eol"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line for line in listed.stdout.splitlines() if line.startswith("i/crlf")] == []


def test_every_picture_in_a_notebook_has_a_text_for_those_who_do_not_see_it():
    mute = [
        f"{path.name}, cell {number}"
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells, 1)
        for output in cell.get("outputs", [])
        for kind, content in output.get("data", {}).items()
        # as JupyterLab shows it: the metadata of an image/png are not
        if kind.startswith("image/") or any('alt="' not in tag for tag in re.findall("<img[^>]*>", str(content)))
    ]
    assert mute == []


@pytest.mark.parametrize("source", sorted((ROOT / "notebooks" / "src").glob("*.py")), ids=lambda source: source.stem)
def test_points_in_a_chapter_are_those_of_the_graders_registry(source):
    found = re.findall(r'^# %% test="(\w+)" points=(\d+)', source.read_text(encoding="utf-8"), re.MULTILINE)
    registered = CHAPTERS[int(source.stem.split("_")[0])].values()
    assert {name: int(points) for name, points in found} == {exercise.name: exercise.points for exercise in registered}
