"""Every imported package is declared, and constraints.txt has a version that fits each declared one."""

import ast
import re
import subprocess
import sys

import pytest
from packaging.requirements import Requirement

from nst.paths import ROOT
from tools.handout import ONLY_FOR_INSTRUCTORS

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

OURS = {"benchmarks", "conftest", "foundation", "grading", "nst", "public_tests", "tests", "tools"}
NAMES = {
    "PIL": "pillow",
    "IPython": "ipython",
    "dask": "distributed",
    "docutils": "sphinx",
    "fontTools": "fonttools",
    "imageio_ffmpeg": "imageio-ffmpeg",
    "yaml": "pyyaml",
    "keras": "tensorflow",
}  # the distribution of each
PACKAGED = ("foundation", "grading", "nst", "tools")


def read_declared():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def read_extras():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    words = [word for words in project["optional-dependencies"].values() for word in words]
    return [Requirement(word) for word in words if not word.startswith(project["name"])]


def find_imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (name.split(".")[0] for name in names)


def test_every_imported_package_is_declared():
    declared = {requirement.name for requirement in read_declared() + read_extras()}
    paths = [
        path for name in PACKAGED for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))
    ]
    imported = {name for path in paths for name in find_imported(path)} - OURS - sys.stdlib_module_names
    assert {NAMES.get(name, name) for name in imported} - declared == set()


def test_the_constraints_pin_one_version_that_fits_each_requirement():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pinned if not re.fullmatch(r"[a-z0-9-]+==[0-9][\w.+!]*", line)] == []
    versions = dict(line.split("==") for line in pinned)
    assert len(versions) == len(pinned)
    for requirement in read_declared() + read_extras():
        assert requirement.specifier.contains(versions[requirement.name.lower()])


def test_what_a_student_imports_is_declared_for_students():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    _, _, for_instructors = text.partition(ONLY_FOR_INSTRUCTORS)
    assert "jinja2" in for_instructors
    names = [Requirement(line).name for line in for_instructors.splitlines()[1:] if line]
    code = "import sys, public_tests, nst.engine.stylize, nst.notebook.stylizing, nst.cli.batch; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert set(names) & set(loaded.stdout.split()) == set()
