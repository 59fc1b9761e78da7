"""Give students their own copies of the student notebooks, and open JupyterLab at the first, as `make learn` does.

    python -m tools.learn

Copies go to notebooks/mine/, which git ignores; where that folder cannot be written to, as in a course that many share,
they go to a folder in your home. An existing copy is never changed: it contains your work.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from foundation.atomic_write import require_writable, write_atomically
from nst.paths import ROOT

IN_HOME = "neural-style-transfer"  # the folder of the copies where the course cannot be written to
DEFAULTS = ROOT / "tools" / "jupyterlab"  # what the user's own settings do not say: no question about news


def main(arguments=None, root=ROOT):
    description = "Copy the student notebooks to notebooks/mine/ and open JupyterLab at the first."
    argparse.ArgumentParser(description=description).parse_args(arguments)
    try:
        top, mine = choose_folder(root)
        lines = copy_missing(root / "notebooks" / "student", mine)
    except OSError as error:
        sys.exit(f"{error.filename}: your copies cannot be written there ({error.strerror}). Free some disk space.")
    for line in lines:
        print(line)
    print("Opening JupyterLab. Press Ctrl-C here to end it; your copies stay.", flush=True)
    try:
        sys.exit(subprocess.run(jupyterlab_command(top, mine), cwd=top, env=_environment(root), check=False).returncode)
    except KeyboardInterrupt:
        sys.exit(0)


def choose_folder(root):
    """Return JupyterLab's folder, and that of the copies: the course and its notebooks/mine/, or one in the home."""
    mine = root / "notebooks" / "mine"
    try:
        require_writable(mine)
    except OSError as error:
        home = Path.home() / IN_HOME
        require_writable(home)
        print(f"{mine}: no file can be written there ({error.strerror or error}). Your copies are in {home} instead.")
        return home, home
    return root, mine


def jupyterlab_command(top, mine):
    """The command that starts JupyterLab at the folder `top`, with the first notebook of `mine` open.

    The workspace is the course's own, so that no tab of other work opens too. The user's settings stay as they are.
    """
    first = min(mine.glob("*.ipynb")).relative_to(top).as_posix()
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={top}",
        f"--LabApp.default_url=/lab/workspaces/neural-style-transfer/tree/{first}",
        f"--LabApp.app_settings_dir={DEFAULTS}",
    ]
    # Jupyter refuses to run as root, because on a shared machine every user's notebook would be root's. Root in a
    # container, or on a machine of one's own, serves only this machine, and with a token.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def _environment(root):
    """The environment of the kernels: they find the course from any folder."""
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


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
