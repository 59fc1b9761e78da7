"""What enters the process of a submission: the probe and what it imports, and nothing that knows a right answer."""

import shutil
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
MODULES = ("__init__", "call", "callables", "cases", "exercises", "one_optimizer", "probe", "stand_ins", "step_probe",
           "watched", "sandbox/__init__", "sandbox/supplies", "sandbox/wire")


def fill(folder):
    """Make `python -I folder` run `grading.sandbox.child`."""
    package = folder / PACKAGE.name
    (package / "sandbox").mkdir(parents=True)
    for name in MODULES:
        shutil.copyfile(PACKAGE / f"{name}.py", package / f"{name}.py")
    shutil.copyfile(PACKAGE / "sandbox" / "child.py", folder / "__main__.py")
