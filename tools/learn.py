"""Give students their own copies of the student notebooks, and open JupyterLab there, as `make learn` does.

    python -m tools.learn

Copies go to notebooks/mine/, which git ignores. An existing copy is never changed: it contains your work.
"""

import argparse
import shutil
import subprocess
import sys

from foundation.atomic_write import write_atomically
from nst.paths import ROOT


def main(arguments=None, root=ROOT):
    description = "Copy the student notebooks to notebooks/mine/ and open JupyterLab there."
    argparse.ArgumentParser(description=description).parse_args(arguments)
    mine = root / "notebooks" / "mine"
    for line in copy_missing(root / "notebooks" / "student", mine):
        print(line)
    print("Opening JupyterLab. Press Ctrl-C here to end it; your copies stay.", flush=True)
    try:
        sys.exit(subprocess.run([sys.executable, "-m", "jupyterlab"], cwd=mine, check=False).returncode)
    except KeyboardInterrupt:
        sys.exit(0)


def copy_missing(student, mine):
    """Copy the notebooks that folder `mine` does not have yet from folder `student`; return a line about each."""
    mine.mkdir(parents=True, exist_ok=True)
    lines = []
    for notebook in sorted(student.glob("*.ipynb")):
        copy = mine / notebook.name
        if copy.exists():
            lines.append(f"kept  {copy} (rename it to get a fresh one)")
        else:
            with write_atomically(copy) as partial:
                shutil.copyfile(notebook, partial)
            lines.append(f"new   {copy}")
    return lines


if __name__ == "__main__":
    main()
