"""How far submissions are contained here, and what instructors are told about it."""

import os
import subprocess
import sys

import pytest

from grading.sandbox import bubblewrap, containment
from grading.sandbox.containment import Containment
from grading.sandbox.resources import list_processes
from tests.support.levels import LEVELS, candidates

WRITABLE = 5  # files of /proc/sys, at most, are open to every user of a machine
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="this is a protection of Linux")
# Prints what a submission must not find. Each is only tried, so that nothing changes where it works: files are opened
# and closed, and devices get the mode that they have.
TRIES = """
import os

def can(call, *arguments):
    try:
        call(*arguments)
        return True
    except OSError:
        return False

def can_write(path):
    return can(lambda: os.close(os.open(path, os.O_WRONLY)))

def can_change_mode(path):
    return can(os.chmod, path, os.stat(path).st_mode & 0o7777)

def can_unshare(flags):
    import ctypes
    pid = os.fork()  # only a process with one thread may
    if not pid:
        os._exit(ctypes.CDLL(None).unshare(flags) == 0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1

files = [os.path.join(folder, name) for folder, _, names in os.walk("/proc/sys") for name in names]
print("uid", *sorted({*os.getresuid(), *os.getresgid()}))
print("settings", len(files) > 100, sum(map(can_write, files)))
print("other files of proc", [name for name in ("sysrq-trigger", "irq", "bus", "kcore") if can_write("/proc/" + name)])
print("devices", *sorted(os.listdir("/dev")))
print("changeable devices", [name for name in ("null", "zero", "urandom") if can_change_mode("/dev/" + name)])
print("namespaces", [name for name, flag in {
    "mount": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000,
    "user and network": 0x50000000}.items() if can_unshare(flag)])
print("groups", os.getgroups())
"""


def start_python(contained, code, tmp_path, **options):
    """A program at a level; skips the test where the machine does not have the level."""
    if not containment.is_available(contained):
        pytest.skip(f"{contained} is not possible here")
    place = tmp_path / "place"
    for folder in (place, place / "code", place / "work"):
        folder.mkdir()
    contained.give_ownership(place / "code", place / "work")
    return subprocess.Popen(
        [*contained.command(place / "code", place / "work"), sys.executable, "-I", "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        **contained.options(place / "work"),
        **options,
    )


def run_python(contained, code, tmp_path):
    """What a program prints at a level."""
    with start_python(contained, code, tmp_path) as process:
        output, _ = process.communicate()
    assert process.returncode == 0
    return output


@LINUX
@pytest.mark.parametrize("contained", candidates(), ids=str)
def test_a_submission_has_none_of_the_rights_of_the_user_that_grades(contained, tmp_path):
    found = dict(line.split(" ", 1) for line in run_python(contained, TRIES, tmp_path).splitlines())
    if contained.level == "bubblewrap":
        assert found["devices"] == "null urandom zero"
        assert found["namespaces"] == "[]"
        assert found["settings"] == "True 0"
    if contained.drops_root or not containment._is_root():
        exists, writable = found["settings"].split()
        assert exists == "True"
        assert int(writable) <= WRITABLE
        assert found["other"] == "files of proc []"
        assert found["changeable"] == "devices []"
    if contained.drops_root:
        assert found["uid"] == str(containment.NOBODY)
        assert found["groups"] in ("[]", f"[{containment.NOBODY}]")


@pytest.mark.skipif(os.name == "nt" or not containment._is_root(), reason="only root can look at the real user")
@pytest.mark.parametrize("contained", [one for one in candidates() if one.drops_root], ids=str)
def test_the_real_user_of_a_submission_is_not_root(contained, tmp_path):
    with start_python(contained, "print(flush=True); input()", tmp_path, stdin=subprocess.PIPE) as process:
        process.stdout.readline()
        [*_, innermost] = list_processes(process.pid)
        assert set(innermost.uids()) == {containment.NOBODY}
        process.communicate("\n")


@pytest.mark.parametrize("contained", [one for one in candidates() if one.level == "bubblewrap"], ids=str)
def test_the_kernel_limits_what_a_submission_writes(contained, tmp_path, monkeypatch):
    monkeypatch.setattr(containment, "MAX_DISK", 3 * 2**20)
    fill = """
import os
written, kept = 0, []
try:
    for number in range(20):
        kept.append(open(str(number), "wb", buffering=0))
        os.remove(str(number))
        written += kept[-1].write(b"x" * 2**20)
except OSError as error:
    print(written, error.strerror)
"""
    assert run_python(contained, fill, tmp_path) == f"{3 * 2**20} No space left on device\n"


@pytest.mark.parametrize("works", [LEVELS, LEVELS[1:], LEVELS[2:], ()])
def test_the_strongest_level_that_works_is_taken(works, monkeypatch):
    monkeypatch.setattr(containment, "_is_root", lambda: False)
    monkeypatch.setattr(containment.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(containment, "is_available", lambda candidate: candidate.level in works)
    assert containment.find_containment.__wrapped__() == Containment((works or ("process",))[0])


@pytest.mark.parametrize(
    ("works", "expected"),
    [
        (lambda one: True, Containment("bubblewrap", drops_root=True)),
        (lambda one: one.prepares or not one.drops_root, Containment("bubblewrap", drops_root=True, prepares=True)),
        (lambda one: one.level == "process" or not one.drops_root, Containment("process", drops_root=True)),
        (lambda one: not one.drops_root, None),
    ],
)
def test_for_root_a_level_that_drops_roots_rights_comes_before_every_other(works, expected, monkeypatch):
    monkeypatch.setattr(containment, "_is_root", lambda: True)
    monkeypatch.setattr(containment.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(containment, "is_available", works)
    find = containment.find_containment.__wrapped__
    if expected:
        assert find() == find(allow_root=True) == expected
    else:
        with pytest.raises(containment.RootError, match=r"would run as root .*--allow-root lets submissions"):
            find()
        assert find(allow_root=True) == Containment("bubblewrap")
        assert "It runs as root" in find(allow_root=True).describe()[1]


@pytest.mark.parametrize("level", ["bubblewrap", "unshare", "process"])
def test_each_level_says_what_it_stops_and_what_not(level, monkeypatch):
    monkeypatch.setattr(containment, "_is_root", lambda: False)
    text = " ".join(Containment(level).describe())
    assert "contains no right answer" in text
    assert level in text
    assert ("no network" in text) == (level != "process")
    assert ("can still read" in text) == (level == "unshare")


def test_the_class_page_tells_of_the_levels_that_held_wherever_submissions_ran(monkeypatch):
    monkeypatch.setattr(containment, "_is_root", lambda: False)
    monkeypatch.setattr(containment, "find_containment", lambda allow_root: Containment("bubblewrap"))
    assert (
        containment.describe_levels(set())
        == containment.describe_levels({"bubblewrap"})
        == Containment("bubblewrap").describe()
    )
    assert containment.describe_levels({"process"}) == [containment.EVERY_LEVEL, containment.LEVELS["process"]]
    assert containment.describe_levels({"process", "bubblewrap"}) == [
        *Containment("bubblewrap").describe(),
        containment.LEVELS["process"],
    ]
    assert containment.describe_levels({"process as root"}) == [
        containment.EVERY_LEVEL,
        containment.LEVELS["process"] + containment.ROOT,
    ]


@pytest.mark.parametrize("contained", [one for one in candidates() if one.level == "bubblewrap"], ids=str)
def test_bubblewrap_hides_a_grader_that_is_installed_among_pythons_packages(contained, tmp_path, monkeypatch):
    monkeypatch.setattr(
        bubblewrap,
        "_find_python_folders",
        lambda packages, seen=bubblewrap._find_python_folders: seen(packages) | {str(containment.GRADER.parent)},
    )
    look = f"import os; print(os.listdir({str(containment.GRADER)!r}))"
    assert run_python(contained, look, tmp_path) == "[]\n"
