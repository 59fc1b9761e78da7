"""A submission runs in a process of its own: it answers, it is stopped at its limits, and another takes its place."""

import ast
import os
import signal
import sys
import threading
from pathlib import Path

import psutil
import pytest

from grading.judge import judge
from grading.runner import protocol
from grading.runner.system_calls import MACHINES
from grading.sandbox import containment, process
from grading.sandbox.containment import Containment
from grading.sandbox.process import Limits, Sandbox, SandboxError, SandboxKilled, Stopped
from grading.submissions.cells import read_cells
from grading.submissions.extract import Cell, extract_code
from tests.support.hostile_submissions import CLOSES, DEEP, FAKE, FILLS_UNNAMED, FORGED, gram, script
from tests.support.in_process import InProcessSandbox
from tests.support.levels import candidates

LIMITS = Limits(timeout=10, memory=2048)


def contained(source, limits=LIMITS, level=None):
    cells = extract_code(read_cells("work.py", source.encode())).cells
    return Sandbox(cells, limits, level or containment.find_containment())


def passes(running, name="gram_matrix"):
    return judge(name, running.run(name, 7), 7).state == "passed"


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


HARM = {  # an exercise for each kind of harm
    "compute_content_cost": ("time", ["while True: pass"]),
    "gram_matrix": ("ended", ["import os", "os._exit(3)"]),
    "compute_layer_style_cost": ("ended", ["raise KeyboardInterrupt"]),
    "compute_style_cost": ("garbled", FAKE),
    "total_cost": ("garbled", FORGED),
    "train_step": ("disk", FILLS_UNNAMED),
}


@pytest.mark.slow
def test_a_process_at_its_limits_is_stopped_and_another_takes_its_place(places):
    bodies = {name: "".join(f"    {line}\n" for line in lines) for name, (_, lines) in HARM.items()}
    source = script(**{name: f"def {name}(*A):\n{body}    return A\n" for name, body in bodies.items()})
    stopped = {}
    with contained(source) as running:
        for name in HARM:
            with pytest.raises(Stopped) as caught:
                running.run(name, 7)
            stopped[name] = caught.value.kind
            assert not places[-1].exists()
    assert stopped == {name: kind for name, (kind, _) in HARM.items()}
    assert len(set(places)) == len(HARM)
    commands = [" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])]
    assert not any(str(place) in command for place in places for command in commands)


@pytest.mark.slow
def test_a_process_that_takes_too_much_memory_is_stopped_too_where_the_system_does_not_refuse_it():
    class Unlimited(Limits):
        def for_system(self):
            return {}

    lines = ["kept = [b'x' * 10 ** 8 for _ in range(60)]", "import time", "time.sleep(60)"]
    limits = Unlimited(timeout=30, memory=1024)
    with contained(gram(*lines), limits, Containment("process")) as running, pytest.raises(Stopped) as caught:
        running.run("gram_matrix", 7)
    assert caught.value.kind == "memory"


def test_who_closes_the_pipe_and_goes_on_is_not_waited_for():
    with contained(gram(*CLOSES), Limits(timeout=20), level=Containment("process")) as running:
        running.load()
        first = running._process.pid
        with pytest.raises(Stopped, match="closed the grader's pipe") as caught:
            running.run("gram_matrix", 7)
        assert caught.value.kind == "ended"
        assert not psutil.pid_exists(first)


UNIX = pytest.mark.skipif(os.name == "nt", reason="Windows knows no signals")


@UNIX
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGHUP"])
def test_a_process_that_somebody_else_kills_is_nobodys_fault(name, places):
    with contained(gram("import time", "time.sleep(60)"), Limits(timeout=60)) as running:
        running.load()
        [*_, innermost] = process.resources.list_processes(running._process.pid)
        threading.Timer(1, innermost.send_signal, [getattr(signal, name)]).start()
        with pytest.raises(SandboxKilled, match=rf"was killed \({name}\), but not by the grader"):
            running.run("gram_matrix", 7)
    assert not any(place.exists() for place in places)


@UNIX
@pytest.mark.parametrize("written", [b"\0\0\0", protocol.HEADER.pack(1000) + b"half of an ans"])
def test_a_process_that_is_killed_in_the_middle_of_an_answer_is_nobodys_fault(written):
    lines = [
        "import os, signal",
        "for fd in range(3, 64):",
        "    try:",
        f"        os.write(fd, {written!r})",
        "    except OSError:",
        "        pass",
        "os.kill(os.getpid(), signal.SIGKILL)",
    ]
    with contained(gram(*lines), Limits(timeout=60)) as running, pytest.raises(SandboxKilled):
        running.run("gram_matrix", 7)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody go so deep")
def test_folders_that_lie_deep_in_each_other_are_removed_too(places):
    with contained(gram(*DEEP)) as running:
        running.run("gram_matrix", 7)
    assert not any(place.exists() for place in places)


@pytest.mark.slow
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
                "give_ownership": lambda self, *folders: None,
                "limits": lambda self: {},
                "options": lambda self, work: {},
                "command": lambda self, contents, work, memory: ["/no/such"],
            },
        )()
        with pytest.raises(SandboxError, match=r"could not be started: .* must work in a terminal"):
            running.load()


@pytest.mark.parametrize("name", ["x" * 300 + ".py", "no/such/folder.py"])
def test_a_folder_that_cannot_be_made_is_nobodys_fault_either(name):
    with (
        Sandbox((Cell(name, "x = 1", (0,)),), LIMITS, containment.find_containment()) as running,
        pytest.raises(
            SandboxError, match=r"could not be created: .* needs free space, and you need permission to write"
        ),
    ):
        running.load()


@pytest.mark.parametrize("said", [b"hello", protocol.HEADER.pack(5) + b"hello"])
def test_a_process_that_begins_with_something_else_is_nobodys_fault_either(said, monkeypatch):
    monkeypatch.setattr(
        process,
        "copy_code",
        lambda folder: (
            (folder / "__main__.py").write_text(f"import os; os.write(1, {said!r})", encoding="utf-8")
            if not folder.mkdir()
            else None
        ),
    )
    with (
        contained(script()) as running,
        pytest.raises(SandboxError, match=r"its first message is .*hello|its process ended with exit code 0"),
    ):
        running.load()


def test_a_process_that_ends_before_it_begins_says_why(monkeypatch):
    monkeypatch.setattr(
        process,
        "copy_code",
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


def test_the_streams_of_a_submission_lead_nowhere_and_the_import_of_tensorflow_leaves_no_traces():
    """Garbage is collected again, and Matplotlib, which the import did without, can be imported."""
    lines = [
        "import gc, os, sys",
        "found = [os.fstat(fd).st_rdev == os.stat(os.devnull).st_rdev for fd in (0, 1, 2)]",
        "found += [gc.isenabled(), gc.get_freeze_count() > 10 ** 5, 'matplotlib' not in sys.modules]",
        "import matplotlib",
        "return tf.constant([float(each) for each in found])",
    ]
    with contained(script(gram_matrix="def gram_matrix(A):\n" + "".join(f"    {line}\n" for line in lines))) as running:
        assert running.run("gram_matrix", 7)["small/value"].tolist() == [1, 1, 1, 1, 1, 1]


def sandboxed_modules():
    """The path of each module of ours that enters the process of a submission."""
    return [path for folder in process.SANDBOXED for path in sorted((process.PACKAGE / folder).glob("**/*.py"))]


@pytest.mark.parametrize("path", sandboxed_modules(), ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_what_enters_the_sandbox_imports_nothing_of_ours_that_stays_outside(path):
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = [name.split(".") for name in imported if name.split(".")[0] in ("foundation", "grading", "nst")]
    assert all(name[0] == "grading" and name[1] in process.SANDBOXED for name in ours), imported


def test_statements_that_fail_are_reported_and_the_others_run():
    source = script(
        compute_style_cost="STYLE_LAYERS = open('weights.txt').read()\n" + "def compute_style_cost(a, b, "
        "STYLE_LAYERS=STYLE_LAYERS):\n    return 0\n"
    )
    with contained(source) as running:
        notes = [str(note) for name, note in running.load().items() if name.startswith("note/")]
        assert "STYLE_LAYERS = open('weights.txt').read()" in notes[0]
        assert "FileNotFoundError" in notes[0]
        assert passes(running)


def test_a_statement_that_does_not_compile_is_reported_too_and_the_others_run():
    cells = (Cell("work.py", "def f(a, a): pass\ngram_matrix = len\n", (0, 1)),)
    with InProcessSandbox(cells, LIMITS, containment.find_containment()) as running:
        answer = {name: str(value) for name, value in running.load().items()}
    assert answer["kind/gram_matrix"] == "function"
    assert answer["note/0"].startswith("line 1 of work.py could not be run (SyntaxError: duplicate arg")
    assert answer["note/0"].endswith("): def f(a, a): pass")


def available(level):
    if not containment.is_available(level):
        pytest.skip(f"this machine does not offer {level.level}")
    return level


SYSTEM_LIMITS = ["RLIMIT_DATA", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_NPROC"]
# What a submission can find out about its process, as numbers that gram_matrix returns; HIDDEN: paths.
OBSERVE = """
import os, socket, sys

def gram_matrix(A):
    try:
        import resource
        limits = [resource.getrlimit(getattr(resource, name))[1] for name in {limits}]
    except ImportError:
        limits = [0] * {count}
    networks = [name for _, name in socket.if_nameindex() if name != "lo"] if hasattr(socket, "if_nameindex") else []
    processes = [name for name in os.listdir("/proc") if name.isdigit()] if os.path.exists("/proc") else []
    written = []
    for folder in ("/usr", "/", "/tmp", "/dev", "/dev/shm", "."):
        try:
            open(folder + "/mark of a test", "w").close()
            os.remove(folder + "/mark of a test")
            written.append(True)
        except OSError:
            written.append(False)
    visible = [os.path.exists(path) for path in {hidden}]
    secret = "SECRET_OF_THE_GRADER" in os.environ
    try:
        os.close(os.memfd_create("memory of no process"))
        refused = 0
    except OSError:
        refused = 1
    found = (*limits, len(networks), len(processes), secret, refused, *visible, *written)
    return tf.constant([float(number) for number in found])
"""


@pytest.fixture(scope="module", params=candidates(), ids=str)
def observed(request, tmp_path_factory):
    """(level, what a submission finds out about its process), at each level that this machine offers."""
    level = available(request.param)
    hidden = [str(process.PACKAGE / "judge" / "outcomes.py"), str(tmp_path_factory.mktemp("hidden")), "/etc/passwd"]
    source = script(gram_matrix=OBSERVE.format(limits=SYSTEM_LIMITS, count=len(SYSTEM_LIMITS), hidden=hidden))
    with pytest.MonkeyPatch.context() as patch, contained(source, level=level) as running:
        patch.setenv("SECRET_OF_THE_GRADER", "1")
        numbers = running.run("gram_matrix", 7)["small/value"].tolist()
        right = passes(running, "total_cost")
    count = len(SYSTEM_LIMITS)
    return level, {
        "right": right,
        "limits": dict(zip(SYSTEM_LIMITS, numbers, strict=False)),
        "networks": numbers[count],
        "processes": numbers[count + 1],
        "secret": numbers[count + 2],
        "refused": numbers[count + 3],
        "visible": numbers[count + 4 : count + 7],
        "written": numbers[count + 7 :],
    }


LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these are limits of Linux")


def test_every_level_runs_a_submission_in_an_empty_environment(observed):
    _, found = observed
    assert (found["right"], found["secret"]) == (True, 0)


@LINUX
def test_the_system_limits_memory_time_and_files_at_every_level(observed):
    expected = LIMITS.for_system()
    assert {name: observed[1]["limits"][name] for name in expected} == pytest.approx(expected, rel=1e-6)


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.uname().machine not in MACHINES, reason="another kernel")
def test_memory_of_no_process_is_refused_at_every_level(observed):
    assert observed[1]["refused"]


@LINUX
def test_the_system_limits_processes_where_no_others_count(observed):
    level, found = observed
    assert (found["limits"]["RLIMIT_NPROC"] == containment.MAX_THREADS) == (
        level.level != "process" or level.drops_root
    )


@LINUX
def test_there_is_no_network_and_no_process_of_others_but_for_an_ordinary_process(observed):
    level, found = observed
    if level.level != "process":
        assert found["networks"] == 0
        assert found["processes"] < 5


@LINUX
def test_bubblewrap_shows_no_file_but_pythons_and_lets_nothing_be_changed_but_its_folder(observed):
    level, found = observed
    if level.level == "bubblewrap":
        assert found["visible"] == [0, 0, 0]
        assert found["written"] == [0, 0, 0, 0, 0, 1]
    else:
        assert found["visible"][0] == found["visible"][2] == 1


ROOT_ONLY = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root has rights to give away"
)


@ROOT_ONLY
def test_where_root_grades_its_rights_are_given_away_if_nobody_can_start_python():
    dropping = Containment("process", drops_root=True)
    source = script(gram_matrix="import os\ndef gram_matrix(A):\n    return float(os.getuid())\n")
    with contained(source, level=available(dropping)) as running:
        assert running.run("gram_matrix", 7)["small/value"] == dropping.user
