"""What enters the process of a submission: the folders runner and exercises, which hold no right answer."""

import shutil
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
FOLDERS = ("exercises", "runner")
MAIN = "from grading.runner.worker import main\n\nmain()\n"


def fill(folder):
    """Make `python -I folder` run `grading.runner.worker`."""
    package = folder / PACKAGE.name
    for name in FOLDERS:
        shutil.copytree(PACKAGE / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(PACKAGE / "__init__.py", package / "__init__.py")
    (folder / "__main__.py").write_text(MAIN, encoding="utf-8")
