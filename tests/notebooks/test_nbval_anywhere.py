"""The instructor's line, `pytest --nbval`, does not depend on the home folder or on Matplotlib's cache of fonts."""

import os
import subprocess
import sys

import nbformat
import pytest

from nst.paths import ROOT


@pytest.fixture
def notebook(tmp_path):
    """A notebook with one cell, which imports Matplotlib and prints a line."""
    cell = nbformat.v4.new_code_cell("import matplotlib.pyplot as plt\nprint('ready')", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="ready\n")]
    made = nbformat.v4.new_notebook(cells=[cell])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, tmp_path / "one.ipynb")
    return tmp_path / "one.ipynb"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows finds the home folder otherwise")
@pytest.mark.parametrize("home", ["/proc/nothing", "fresh"])
def test_matplotlib_prints_nothing_into_the_first_cell(notebook, tmp_path, home):
    """Neither where the home folder cannot be written to, nor where the fonts have not been looked for yet."""
    names = ("MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "PYTEST_XDIST_WORKER")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment |= {"HOME": str(tmp_path / home), "JUPYTER_RUNTIME_DIR": str(tmp_path), "IPYTHONDIR": str(tmp_path)}
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "--nbval", notebook, "-q"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
