"""The probe in a process of its own: it answers, it is stopped at its limits, and another takes its place."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from grading.judge.verdict import judge
from grading.runner import protocol
from grading.sandbox import containment, contents, process
from grading.sandbox.containment import Containment
from grading.sandbox.process import Limits, Sandbox, SandboxError, Stopped
from grading.submissions import cells
from grading.submissions.extract import Cell, extract
from tests.support.hostile_submissions import CLOSES, DEEP, FAKE, FILLS, FORGED, gram, script

LIMITS = Limits(timeout=10, memory=2048)
LEVELS = [Containment("bubblewrap"), Containment("unshare"), Containment("process")]


def contained(source, limits=LIMITS, level=None):
    return Sandbox(extract(cells.read("work.py", source.encode())).cells, limits, level or containment.detected())


def passes(running, name="gram_matrix"):
    return judge(name, running.run(name, 7), 7).state == "passed"


def available(level):
    if not containment.works(level):
        pytest.skip(f"this machine does not offer {level.level}")
    return level


@pytest.fixture
def places(monkeypatch):
    """Every temporary folder that a sandbox has made."""
    made, original = [], process.tempfile.mkdtemp

    def noted(*args, **options):
        made.append(Path(original(*args, **options)))
        return str(made[-1])

    monkeypatch.setattr(process.tempfile, "mkdtemp", noted)
    return made


def test_it_loads_and_runs_and_leaves_nothing_behind(places):
    with contained(script()) as running:
        kinds = {name: str(kind) for name, kind in running.load().items()}
        assert kinds["kind/gram_matrix"] == "function"
        assert passes(running)
        assert passes(running, "train_step")
        pid = running._process.pid
    assert places
    assert not any(place.exists() for place in places)
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["while True: pass"], "time"),
        (["kept = [b'x' * 10 ** 8 for _ in range(60)]", "import time", "time.sleep(60)"], "memory"),
        (["import os", "os._exit(3)"], "ended"),
        (["raise KeyboardInterrupt"], "ended"),
        (FAKE, "garbled"),
        (FORGED, "garbled"),
        (FILLS, "disk"),
    ],
)
def test_a_process_at_its_limits_is_stopped_and_another_takes_its_place(lines, kind):
    # The operating system would refuse the memory first, where it can: only the watching is tested here.
    level = Containment("process") if kind == "memory" else containment.detected()
    with contained(gram(*lines), level=level) as running:
        running.limits = Limits(timeout=5, memory=LIMITS.memory)
        if kind == "memory":
            running.limits = type("Unlimited", (Limits,), {"for_system": lambda self: {}})(timeout=30, memory=1024)
        running.load()
        first = running._process.pid
        with pytest.raises(Stopped) as caught:
            running.run("gram_matrix", 7)
        assert caught.value.kind == kind
        assert not psutil.pid_exists(first)
        assert passes(running, "total_cost")


def test_who_closes_the_pipe_and_goes_on_is_not_waited_for():
    with contained(gram(*CLOSES), Limits(timeout=20), level=Containment("process")) as running:
        running.load()
        first = running._process.pid
        with pytest.raises(Stopped, match="closed the grader's pipe") as caught:
            running.run("gram_matrix", 7)
        assert caught.value.kind == "ended"
        assert not psutil.pid_exists(first)


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody go so deep")
def test_folders_that_lie_deep_in_each_other_are_removed_too(places):
    with contained(gram(*DEEP)) as running:
        running.run("gram_matrix", 7)
    assert not any(place.exists() for place in places)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_memory_that_processes_share_counts_once():
    lines = [
        "import os, time",
        "kept, children = b'x' * 10 ** 9, [os.fork() for _ in range(3)]",
        "if 0 in children:",
        "    time.sleep(2)",
        "    os._exit(0)",
        "[os.waitpid(pid, 0) for pid in children]",
    ]
    once = ["if not hasattr(np, 'forked'):", "    np.forked = True", *(f"    {line}" for line in lines)]
    with contained(gram(*once), Limits(timeout=60, memory=3000), level=Containment("process")) as running:
        assert passes(running)


def test_a_process_that_cannot_be_started_is_nobodys_fault():
    broken = Containment("unshare")
    with contained(script(), level=broken) as running:
        running.containment = type(
            "Missing",
            (),
            {
                "own": lambda self, folder: None,
                "limits": lambda self: {},
                "options": lambda self, work: {},
                "command": lambda self, contents, work: ["/no/such"],
            },
        )()
        with pytest.raises(SandboxError, match=r"could be started: .* must work in a terminal"):
            running.load()


@pytest.mark.parametrize("name", ["x" * 300 + ".py", "no/such/folder.py"])
def test_a_folder_that_cannot_be_made_is_nobodys_fault_either(name):
    with (
        Sandbox((Cell(name, "x = 1", (0,)),), LIMITS, containment.detected()) as running,
        pytest.raises(SandboxError, match=r"could not be made: .* needs room, and you the right to write there"),
    ):
        running.load()


@pytest.mark.parametrize("said", [b"hello", protocol.HEADER.pack(5) + b"hello"])
def test_a_process_that_begins_with_something_else_is_nobodys_fault_either(said, monkeypatch):
    monkeypatch.setattr(
        process.contents,
        "fill",
        lambda folder: (
            (folder / "__main__.py").write_text(f"import os; os.write(1, {said!r})", encoding="utf-8")
            if not folder.mkdir()
            else None
        ),
    )
    with contained(script()) as running, pytest.raises(SandboxError, match=r"began with .*ready"):
        running.load()


def test_a_process_that_ends_before_it_begins_says_why(monkeypatch):
    monkeypatch.setattr(
        process.contents,
        "fill",
        lambda folder: (
            (folder / "__main__.py").write_text("import nothing_of_that_name", encoding="utf-8")
            if not folder.mkdir()
            else None
        ),
    )
    with (
        contained(script()) as running,
        pytest.raises(SandboxError, match=r"exit code 1: ModuleNotFoundError: No module named 'nothing_of_that"),
    ):
        running.load()


def test_the_streams_of_a_submission_lead_nowhere_and_garbage_is_collected_again():
    lines = [
        "import gc, os",
        "same = [os.fstat(fd).st_rdev == os.stat(os.devnull).st_rdev for fd in (0, 1, 2)]",
        "return tf.constant([float(found) for found in (*same, gc.isenabled(), gc.get_freeze_count() > 10 ** 5)])",
    ]
    with contained(script(gram_matrix="def gram_matrix(A):\n" + "".join(f"    {line}\n" for line in lines))) as running:
        assert running.run("gram_matrix", 7)["small/value"].tolist() == [1, 1, 1, 1, 1]


def sandboxed_modules():
    """The path of each module of ours that enters the process of a submission."""
    return [path for folder in contents.FOLDERS for path in sorted((contents.PACKAGE / folder).glob("**/*.py"))]


@pytest.mark.parametrize("path", sandboxed_modules(), ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_what_enters_the_sandbox_imports_nothing_of_ours_that_stays_outside(path):
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = [name.split(".") for name in imported if name.split(".")[0] in ("foundation", "grading", "nst")]
    assert all(name[0] == "grading" and name[1] in contents.FOLDERS for name in ours), imported


def test_statements_that_fail_are_told_and_the_others_run():
    source = script(
        compute_style_cost="STYLE_LAYERS = open('weights.txt').read()\n" + "def compute_style_cost(a, b, "
        "STYLE_LAYERS=STYLE_LAYERS):\n    return 0\n"
    )
    with contained(source) as running:
        notes = [str(note) for name, note in running.load().items() if name.startswith("note/")]
        assert "STYLE_LAYERS = open('weights.txt').read()" in notes[0]
        assert "FileNotFoundError" in notes[0]
        assert passes(running)


def test_a_statement_that_does_not_compile_is_told_too_and_the_others_run():
    with Sandbox(
        (Cell("work.py", "def f(a, a): pass\ngram_matrix = len\n", (0, 1)),), LIMITS, containment.detected()
    ) as running:
        answer = {name: str(value) for name, value in running.load().items()}
    assert answer["kind/gram_matrix"] == "function"
    assert "line 1 of work.py could not be run: def f(a, a): pass\nSyntaxError: duplicate arg" in answer["note/0"]


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.level)
def test_every_level_runs_a_submission(level):
    with contained(script(), level=available(level)) as running:
        assert passes(running)


def probed(level, *lines):
    """What a submission's gram_matrix finds out, as the numbers that it returns."""
    body = "".join(f"    {line}\n" for line in lines)
    source = script(gram_matrix=f"import os, resource, socket\ndef gram_matrix(A):\n{body}")
    with contained(source, level=available(level)) as running:
        return running.run("gram_matrix", 7)["small/value"]


LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these are limits of Linux")


@LINUX
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.level)
def test_the_system_limits_memory_time_and_files_at_every_level(level):
    names = ["RLIMIT_DATA", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE"]
    found = probed(level, f"return tf.constant([float(resource.getrlimit(getattr(resource, n))[1]) for n in {names}])")
    np.testing.assert_allclose(found, [LIMITS.for_system()[name] for name in names], rtol=1e-6)


@LINUX
@pytest.mark.parametrize("level", LEVELS[:2], ids=lambda level: level.level)
def test_the_system_limits_processes_where_no_others_count(level):
    assert probed(level, "return float(resource.getrlimit(resource.RLIMIT_NPROC)[1])") == containment.MOST_THREADS


@LINUX
@pytest.mark.parametrize("level", LEVELS[:2], ids=lambda level: level.level)
def test_there_is_no_network_and_no_process_of_others(level):
    found = probed(
        level,
        "names = [name for _, name in socket.if_nameindex()]",
        "pids = [int(name) for name in os.listdir('/proc') if name.isdigit()]",
        "return tf.constant([float(len(set(names) - {'lo'})), float(len(pids))])",
    )
    assert found[0] == 0
    assert found[1] < 5


@LINUX
def test_bubblewrap_shows_no_file_but_pythons_and_lets_nothing_be_changed_but_its_folder(tmp_path):
    hidden = [str(contents.PACKAGE / "judge" / "oracle.py"), str(tmp_path), "/etc/passwd"]
    assert all(map(os.path.exists, hidden))
    found = probed(
        LEVELS[0],
        f"found = [os.path.exists(place) for place in {hidden}]",
        "for folder in ('/usr', '/', '/tmp', '/dev', '/dev/shm', '.'):",
        "    try:",
        "        open(folder + '/mark', 'w')",
        "        found.append(True)",
        "    except OSError:",
        "        found.append(False)",
        "return tf.constant([float(f) for f in found])",
    )
    assert found.tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.level)
def test_the_environment_is_empty_at_every_level(level, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "1")
    source = script(
        gram_matrix="import os\ndef gram_matrix(A):\n    return float('SECRET_OF_THE_GRADER' in os.environ)\n"
    )
    with contained(source, level=available(level)) as running:
        assert running.run("gram_matrix", 7)["small/value"] == 0


ROOT_ONLY = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root has rights to give away"
)


@ROOT_ONLY
def test_roots_rights_are_given_away_before_anything_runs():
    options = Containment("process", drops=True).options("/")
    told = subprocess.run(["id", "-u"], capture_output=True, text=True, check=True, **options)
    assert int(told.stdout) == containment.NOBODY


@ROOT_ONLY
def test_where_root_grades_its_rights_are_given_away_if_nobody_can_start_python():
    dropping = Containment("process", drops=True)
    source = script(gram_matrix="import os\ndef gram_matrix(A):\n    return float(os.getuid())\n")
    with contained(source, level=available(dropping)) as running:
        assert running.run("gram_matrix", 7)["small/value"] == containment.NOBODY
