"""Where results go: to the course's folder, or to the current one where that cannot be written to."""

import os
import shutil
import subprocess
import sys

from nst.paths import PACKAGE, ROOT


def output_of(course, folder):
    command = [sys.executable, "-c", "from nst import paths; print(paths.OUTPUT)"]
    environment = {**os.environ, "PYTHONPATH": str(course)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def make_course(folder):
    (folder / "pretrained-model").mkdir(parents=True)
    (folder / "nst").mkdir()
    for name in ("__init__.py", "paths.py"):
        shutil.copyfile(PACKAGE / name, folder / "nst" / name)
    return folder


def test_results_go_to_the_course(tmp_path):
    assert output_of(make_course(tmp_path / "course"), tmp_path) == str(tmp_path / "course" / "output")
    assert (ROOT / "nst").is_dir()


def test_results_of_a_course_that_cannot_be_written_to_go_to_the_current_folder(unwritable, tmp_path):
    course = make_course(tmp_path / "course")
    (course / "output").symlink_to(unwritable)
    assert output_of(course, tmp_path) == "output"
