"""A copy of the project with an environment as `make run` alone makes it: without the maintainers' packages.

Nothing is downloaded: the packages that requirements.txt asks for are links to those of the environment that runs the
tests. The project itself gets what an editable installation leaves: a place on the path, and its commands.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from nst.paths import ROOT
from tests.support.project_files import tracked

COMMAND = """import sys
from {module} import {function}
if __name__ == "__main__":  # workers of the grader import the file
    sys.exit({function}())
"""
ALWAYS = ("pip", "setuptools")  # a new environment has pip; the project is built with setuptools


def make(folder):
    """Copy the project to `folder` and make its .venv; returns the copy."""
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    environment = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    for distribution in needed().values():
        _link(distribution, environment)
    (_packages(environment) / "course.pth").write_text(f"{folder}\n", encoding="utf-8")
    for command, module, function in commands():
        _write_script(environment / "bin" / command, COMMAND.format(module=module, function=function))
    return folder


def commands():
    """(name, module, function) of each command that the package installs."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = text.split("[project.scripts]\n")[1].split("\n[")[0]
    return re.findall(r'^([\w-]+) = "([\w.]+):(\w+)"$', section, re.MULTILINE)


def clean(**settings):
    """Environment variables for a command in the copy: nothing of the tests' own settings, and the small network."""
    ours = ("PYTHON", "PYTEST", "MAKE", "MFLAGS", "COV_", "COVERAGE", "VIRTUAL_ENV", "NST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "NST_WEIGHTS": "pocket", "CUDA_VISIBLE_DEVICES": "-1", **settings}


def needed():
    """The installed distributions that requirements.txt asks for, and all that these need: {name: distribution}."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    waiting = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    waiting += [Requirement(name) for name in ALWAYS]
    found, seen = {}, set()
    while waiting:
        requirement = waiting.pop()
        if (requirement.name, frozenset(requirement.extras)) in seen:
            continue
        seen.add((requirement.name, frozenset(requirement.extras)))
        distribution = metadata.distribution(requirement.name)
        found[canonical(requirement.name)] = distribution
        waiting += [
            other
            for other in map(Requirement, distribution.requires or ())
            if other.marker is None
            or any(other.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras))
        ]
    return found


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def _link(distribution, environment):
    """Link the files of a distribution into an environment, and give its scripts that environment's Python."""
    packages = _packages(environment)
    for file in distribution.files or ():
        if (packages / file.parts[0]).is_symlink():
            continue
        source, target = Path(distribution.locate_file(file)).resolve(), Path(os.path.normpath(packages / file))
        if "__pycache__" in file.parts or not source.exists():
            continue
        if file.parts[0] == "..":
            _link_or_rewrite(source, target, environment)
        else:
            _link_top(distribution, file, packages)


def _link_top(distribution, file, packages):
    """Link the whole top folder of a file if it is a package of one distribution, and otherwise the next below it."""
    for depth in range(1, len(file.parts) + 1):
        source = Path(distribution.locate_file(Path(*file.parts[:depth]))).resolve()
        target = packages.joinpath(*file.parts[:depth])
        if target.is_symlink():
            return
        if source.is_file() or (source / "__init__.py").is_file() or source.suffix in (".dist-info", ".libs"):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source)
            return


def _link_or_rewrite(source, target, environment):
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.parent != environment / "bin":
        target.symlink_to(source)
        return
    script = source.read_bytes()
    if script.startswith(b"#!") and b"python" in script.split(b"\n", 1)[0]:
        _write_script(target, script.split(b"\n", 1)[1].decode())


def _write_script(path, code):
    """Write a command that runs under the environment's Python; its path may hold spaces, which `#!` cannot."""
    path.write_text(
        f"""#!/bin/sh
'''exec' "{path.parent}/python" "$0" "$@"
' '''
{code}""",
        encoding="utf-8",
    )
    path.chmod(0o755)


def _packages(environment):
    return Path(sysconfig.get_path("purelib", vars={"base": environment, "platbase": environment}))
