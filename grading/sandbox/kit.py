"""What enters the process of a submission: the probe and what it imports, and nothing that knows a right answer."""

import shutil
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
MODULES = ("__init__", "call", "callables", "cases", "given", "one_optimizer", "picture_cases", "probe",
           "stand_ins", "step_probe", "watched", "exercises/__init__", "exercises/chapter_1", "exercises/chapter_2",
           "exercises/exercise", "sandbox/__init__", "sandbox/supplies", "sandbox/wire")


def fill(folder):
    """Make `python -I folder` run `grading.sandbox.child`."""
    package = folder / PACKAGE.name
    for name in MODULES:
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PACKAGE / f"{name}.py", package / f"{name}.py")
    shutil.copyfile(PACKAGE / "sandbox" / "child.py", folder / "__main__.py")
