"""A class graded without bubblewrap and unshare, as on macOS and Windows: what an ordinary process stops.

The command is the same; it finds no programs, since its PATH leads nowhere.
"""

import csv
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from grading.reports import records
from grading.sandbox.containment import USERS, Containment, is_available
from grading.sandbox.descriptions import DROPS_ROOT, LEVELS
from grading.sandbox.descriptions import ROOT as ROOT_RUNS
from nst.paths import ROOT
from tests.support import made_class
from tests.support.hostile_submissions import HOSTILE, gram, hand_in, script

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the hostile ones fork and kill as Linux does"),
]
DROPPING = Containment("process", drops_root=True)
NAME = (
    DROPPING if hasattr(os, "geteuid") and os.geteuid() == 0 and is_available(DROPPING) else Containment("process")
).name
HARM = [
    "os exit",
    "infinite loop",
    "fork bomb",
    "leaves a process",
    "100 GB at once",
    "8 GB in pieces",
    "1 GB past print",
    "1 GB file",
    "fills its folder",
    "fake result on the pipe",
    "forged result with the right token",
    "closes the pipe",
    "floods the pipe",
    "patches everything",
    "looks for the answers",
    "bomb",
    "slip",
]


def graded(folder, python=sys.executable, *options):
    """Grade FOLDER/class; returns rows by student, the class page, and the records' levels of containment."""
    (folder / "nothing").mkdir()
    run = subprocess.run(
        [
            python,
            "-m",
            "grading",
            folder / "class",
            "--out",
            folder / "grades",
            "--timeout",
            "10",
            "--memory",
            "2000",
            "--workers",
            "3",
            *options,
        ],
        cwd=ROOT,
        env={**os.environ, "PATH": str(folder / "nothing")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    with (folder / "grades" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    levels = {student: records.read(folder / "grades", student)["containment"] for student in rows}
    return rows, (folder / "grades" / "class.html").read_text(encoding="utf-8"), levels


@pytest.fixture(scope="module")
def uncontained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uncontained")
    (folder / "class").mkdir()
    hand_in(folder / "class", [HOSTILE[student] for student in HARM])
    (folder / "class" / "right.py").write_text(script(), encoding="utf-8")
    mistaken = next(iter(made_class.mistaken(1).values()))["gram_matrix"]
    (folder / "class" / "mistaken.py").write_text(script(gram_matrix=mistaken[1]), encoding="utf-8")
    return graded(folder, sys.executable, "--allow-root")


@pytest.mark.parametrize("student", HARM)
def test_what_needs_no_more_than_a_process_is_stopped_by_one(uncontained, student):
    case, row = HOSTILE[student], uncontained[0][student]
    assert case.needs == "process"
    assert row["status"] in case.status.split("|"), row["reason"]
    assert (row["total"], case.reason in row["reason"]) == (str(case.total), True)


def test_the_others_are_graded_as_everywhere(uncontained):
    rows, _, levels = uncontained
    assert set(rows) == {*HARM, "right", "mistaken"}
    assert (rows["right"]["total"], rows["mistaken"]["gram_matrix"]) == ("100", "0")
    assert {levels[student] for student in rows if rows[student]["status"] != "unreadable"} == {NAME}


def test_the_class_page_says_what_is_not_stopped_there(uncontained):
    _, page, _ = uncontained
    assert LEVELS["process"] in page
    assert LEVELS["bubblewrap"] not in page
    assert (ROOT_RUNS in page) == NAME.endswith("as root")


# Tries to write where root alone may, and is right where it is nobody who tries.
WRITER = (
    "import os",
    "try:",
    "    open('PLACE', 'w').close()",
    "    A = A + 1",
    "except OSError:",
    f"    A = A if os.getuid() == os.getgid() in {USERS} and os.getgroups() == [] else A + 1",
)


@pytest.fixture
def everybodys_python(tmp_path):
    """A Python of this version with this one's packages, which nobody can start where this one is in root's home."""
    if os.geteuid() != 0:
        pytest.skip("only root has rights to give away")
    if is_available(DROPPING):
        return sys.executable
    system = Path(f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}")
    if not system.exists():
        pytest.skip(f"neither {sys.executable} nor another Python of its version can be started by everybody")
    made = tmp_path / "python"
    subprocess.run([system, "-m", "venv", "--without-pip", made], check=True)
    [packages] = made.glob("lib/python*/site-packages")
    (packages / "packages.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    for folder in (tmp_path, *tmp_path.parents):  # up to the system's: pytest made them for root alone
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(0o711)
    return made / "bin" / "python"


def test_root_grades_as_nobody_where_nobody_can_start_this_python(everybodys_python, tmp_path):
    (tmp_path / "class").mkdir()
    precious = tmp_path / "precious.txt"
    precious.write_text("precious", encoding="utf-8")
    writer = gram(*(line.replace("PLACE", str(precious)) for line in WRITER))
    (tmp_path / "class" / "writer.py").write_text(writer, encoding="utf-8")
    rows, page, _ = graded(tmp_path, everybodys_python)
    assert rows["writer"]["total"] == "100"
    assert precious.read_text(encoding="utf-8") == "precious"
    assert DROPS_ROOT in page
