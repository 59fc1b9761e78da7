"""The course in containers: the same packages as anywhere else, no superuser, and nothing of this machine."""

import json
import re
from fnmatch import fnmatch

from nst.paths import ROOT
from tests.support.project_files import tracked

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SUPPORTED = re.findall(
    r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8")
)


def instructions(name):
    """What follows each instruction of this name in the Dockerfile, joined where a backslash ends its line."""
    return re.findall(rf"^{name} (.*)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)


def ignored_by_docker(name):
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith(("#", "!"))]
    kept = {line[1:] for line in lines if line.startswith("!")}
    folders = ["/".join(name.split("/")[: end + 1]) for end in range(name.count("/") + 1)]
    matches = any(fnmatch(folder, pattern.removeprefix("**/")) for folder in folders for pattern in patterns)
    return matches and name not in kept


def test_all_containers_have_a_python_that_the_course_supports():
    devcontainer = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    runtime = (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8")
    texts = (*instructions("FROM"), devcontainer["image"], runtime)
    versions = {re.search(r"python[:-](3\.\d+)", text)[1] for text in texts}
    assert versions <= set(SUPPORTED)


def test_all_containers_install_the_packages_of_the_course():
    assert "pip install --no-cache-dir -r requirements.txt" in instructions("RUN")
    assert (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8") == "-e .\n"
    devcontainer = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert devcontainer["postCreateCommand"].removeprefix("make ") in targets


def test_jupyterlab_does_not_run_as_the_superuser():
    assert instructions("USER") == ["student"]
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.index("\nCMD ")


def test_the_container_says_whether_it_works():
    assert "http://127.0.0.1:8888/api" in instructions("HEALTHCHECK")[0]
    assert instructions("EXPOSE") == ["8888"]


def test_the_image_has_what_students_need_and_nothing_that_was_made_here():
    needed = [name for name in tracked() if name.startswith(("nst/", "grading/", "notebooks/", "images/", "tools/"))]
    assert [name for name in [*needed, "output/README.md", "setup.py"] if ignored_by_docker(name)] == []
    made = (".venv/bin/python", "notebooks/mine/a.ipynb", "output/a.png", "build/site/index.html", ".git/HEAD")
    assert [name for name in made if not ignored_by_docker(name)] == []
