"""How far submissions are contained here, and what instructors are told about it."""

import os
import subprocess
import sys

import psutil
import pytest

from grading.runner import system_calls
from grading.sandbox import bubblewrap, containment, descriptions, memory_group
from grading.sandbox.containment import Containment
from grading.sandbox.resources import BLOCK_BYTES, count_in_memory, list_processes
from tests.support.levels import LEVELS, candidates

MEMORY = 2**30
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
# The worker refuses these calls before a line of the submission runs, at every level.
REFUSED = """
import ctypes, os, sys
sys.path.insert(0, {project!r})
from grading.runner import system_calls
refused = system_calls.refuse_system_calls()
library, machine = ctypes.CDLL(None, use_errno=True), list(system_calls.MACHINES).index(os.uname().machine)
zeros = [ctypes.c_ulong(0)] * 6
for name, numbers in system_calls.REFUSED.items():
    ctypes.set_errno(0)
    print(name, library.syscall(numbers[machine], *zeros), ctypes.get_errno() == 38)
print("namespace", library.syscall(system_calls.CLONE[machine], ctypes.c_ulong(0x10000011), *zeros))
print("hidden", library.prctl(4, *zeros), "named", library.prctl(15, b"name", *zeros))
pid = os.fork()
if not pid:
    os._exit(7)
print("fork", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.uname().machine not in system_calls.MACHINES, reason="another kernel"
)
def test_system_calls_for_memory_of_no_process_and_for_namespaces_are_refused():
    code = REFUSED.format(project=str(containment.GRADER.parent))
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    expected = [f"{name} -1 True" for name in system_calls.REFUSED] + ["namespace -1", "hidden -1 named 0", "fork 7"]
    assert done.stdout.splitlines() == expected


@pytest.fixture
def group(tmp_path, monkeypatch):
    """A stand-in for systemd: it runs the command in no group, and this folder says what is in the group's files."""
    programs, group = tmp_path / "programs", tmp_path / "group"
    programs.mkdir()
    group.mkdir()
    (group / "memory.max").write_text(f"{memory_group.TEST_BYTES}\n", encoding="utf-8")
    (group / "memory.events").write_text("max 3\noom 0\noom_kill 0\n", encoding="utf-8")
    run = programs / "systemd-run"
    run.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n')
    run.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    for name in ("REPORT", "OWN_GROUP"):
        text = getattr(memory_group, name).replace(memory_group.OWN_GROUP, str(group))
        monkeypatch.setattr(memory_group, name, text)
    return group


@LINUX
def test_a_control_group_is_used_if_the_kernel_knows_its_limit(group):
    assert memory_group.has_memory_group.__wrapped__()
    (group / "memory.max").write_text("max\n", encoding="utf-8")
    assert not memory_group.has_memory_group.__wrapped__()


@LINUX
@pytest.mark.parametrize("level", LEVELS)
def test_in_a_control_group_a_kill_for_memory_is_told_from_other_ends(level, group, tmp_path):
    contained, code = (
        Containment(level, has_group=True),
        "import os; print('XDG_RUNTIME_DIR' in os.environ); raise SystemExit(3)",
    )
    with start_python(contained, code, tmp_path) as process:
        assert process.communicate()[0] == "False\n"
    assert process.returncode == 3
    size = MEMORY + containment.MAX_DISK * (level == "bubblewrap")
    assert f"MemoryMax={size} " in (tmp_path / "asked").read_text(encoding="utf-8")
    (group / "memory.events").write_text("oom_kill 2\n", encoding="utf-8")
    command = memory_group.limit_memory(["sh", "-c", "kill -9 $$"], 1)
    assert subprocess.run(command, check=False).returncode == memory_group.OUT_OF_MEMORY


@pytest.mark.parametrize("contained", [one for one in candidates() if one.level == "bubblewrap"], ids=str)
def test_empty_files_in_memory_count_too(contained, tmp_path):
    code = "for number in range(5000): open(str(number), 'w').close()\nprint(flush=True)\ninput()"
    with start_python(contained, code, tmp_path, stdin=subprocess.PIPE) as process:
        process.stdout.readline()
        counted = count_in_memory(list_processes(process.pid), tmp_path / "place" / "work")
        process.communicate("\n")
    assert 5000 * BLOCK_BYTES <= counted < 6000 * BLOCK_BYTES


def start_python(contained, code, tmp_path, **options):
    """A program at a level; skips the test where the machine does not have the level."""
    if not containment.is_available(contained):
        pytest.skip(f"{contained} is not possible here")
    place = tmp_path / "place"
    for folder in (place, place / "code", place / "work"):
        folder.mkdir()
    contained.give_ownership(place / "code", place / "work")
    return subprocess.Popen(
        [*contained.command(place / "code", place / "work", MEMORY), sys.executable, "-I", "-c", code],
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
        seen = bubblewrap.NOBODY if contained.level == "bubblewrap" else contained.user
        assert found["uid"] == str(seen)
        assert found["groups"] in ("[]", f"[{seen}]")


@pytest.mark.skipif(os.name == "nt" or not containment._is_root(), reason="only root can look at the real user")
@pytest.mark.parametrize("contained", [one for one in candidates() if one.drops_root], ids=str)
def test_the_real_user_of_a_submission_is_not_root(contained, tmp_path):
    with start_python(contained, "print(flush=True); input()", tmp_path, stdin=subprocess.PIPE) as process:
        process.stdout.readline()
        [*_, innermost] = list_processes(process.pid)
        assert set(innermost.uids()) == {contained.user}
        process.communicate("\n")


PARENT = """
import subprocess, sys, time
from pathlib import Path
from grading.sandbox.containment import Containment
place = Path({place!r})
contained = {contained}
contained.give_ownership(place / "code", place / "work")
code = "import time; print(flush=True); time.sleep(60)"
command = [*contained.command(place / "code", place / "work", 2**30), sys.executable, "-I", "-c", code]
process = subprocess.Popen(command, stdout=subprocess.PIPE, **contained.options(place / "work"))
process.stdout.readline()
print(process.pid, flush=True)
time.sleep(60)
"""


@LINUX
@pytest.mark.parametrize(
    "contained",
    [
        *(one for one in candidates() if one.level != "process"),
        *(Containment(level, has_group=True) for level in LEVELS[:2]),
    ],
    ids=str,
)
def test_a_submission_ends_with_a_grader_that_is_killed(contained, group, tmp_path):
    if not containment.is_available(contained):
        pytest.skip(f"{contained} is not possible here")
    for name in ("code", "work"):
        (tmp_path / name).mkdir()
    code = PARENT.format(place=str(tmp_path), contained=contained)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=containment.GRADER.parent
    ) as parent:
        processes = list_processes(int(parent.stdout.readline()))
        assert len(processes) > 1
        parent.kill()
    _, alive = psutil.wait_procs(processes, timeout=20)
    assert alive == []


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
    for has_group in (False, True):
        monkeypatch.setattr(containment, "has_memory_group", lambda has_group=has_group: has_group)
        expected = Containment((works or ("process",))[0], has_group=has_group)
        assert containment.find_containment.__wrapped__() == expected


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
    assert all(f"({limit})" in text for limit in ("memory", "size of its folder", "number of processes"))
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
    every, plain = descriptions.EVERY_LEVEL, descriptions.describe_level("process")
    assert containment.describe_levels({"process"}) == [every, plain]
    assert containment.describe_levels({"process", "bubblewrap"}) == [
        *Containment("bubblewrap").describe(),
        plain,
    ]
    assert containment.describe_levels({"process as root"}) == [every, plain + descriptions.ROOT]
    assert "It can use the network" in descriptions.describe_level("process on Windows")
    assert "in a control group (memory)" in descriptions.describe_level("bubblewrap with a control group")


@pytest.mark.parametrize("contained", [one for one in candidates() if one.level == "bubblewrap"], ids=str)
def test_bubblewrap_hides_a_grader_that_is_installed_among_pythons_packages(contained, tmp_path, monkeypatch):
    monkeypatch.setattr(
        bubblewrap,
        "_find_python_folders",
        lambda packages, seen=bubblewrap._find_python_folders: seen(packages) | {str(containment.GRADER.parent)},
    )
    look = f"import os; print(os.listdir({str(containment.GRADER)!r}))"
    assert run_python(contained, look, tmp_path) == "[]\n"


def test_what_packages_link_to_is_shown_in_bubblewrap(tmp_path):
    for name in ("packages/namespace", "elsewhere/plain", "elsewhere/part"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "packages" / "plain").symlink_to(tmp_path / "elsewhere" / "plain")
    (tmp_path / "packages" / "namespace" / "part").symlink_to(tmp_path / "elsewhere" / "part")
    shown = bubblewrap._find_python_folders([str(tmp_path / "packages")])
    assert {str(tmp_path / name) for name in ("packages", "elsewhere/plain", "elsewhere/part")} <= shown
