"""Submissions that do harm, or are broken: what each hands in, and the row that it must get.

Every one is bounded in itself, so that a defence that fails cannot hurt the machine. Those that reach for files or
for the network try a decoy: DECOY, OTHERS and PORT in their code are replaced by a folder that stands for somebody's
home, a folder of others' work, and the port of a listener on this machine.
"""

import io
import json
import stat
import zipfile
from dataclasses import dataclass

from grading.exercises import EXERCISES
from grading.exercises.exercise import VISIBLE_SEED
from tests.support.student_notebook import IMPORTS, SOLUTIONS, STUBS

RIGHT = "tf.matmul(A, A, transpose_b=True)"


def script(**replaced):
    """A script with every exercise solved but for the cells given by name."""
    return IMPORTS + "\n".join({**SOLUTIONS, **replaced}.values())


def notebook(*sources):
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def gram_cell(*lines, returns=RIGHT):
    """A gram_matrix that does something else first."""
    return "def gram_matrix(A):\n" + "".join(f"    {line}\n" for line in (*lines, f"return {returns}"))


def gram(*lines, returns=RIGHT):
    """A script with every exercise solved, whose gram_matrix does something else first."""
    return script(gram_matrix=gram_cell(*lines, returns=returns))


def pair(gram_matrix):
    """A script with a cell for gram_matrix, and total_cost. It is graded sooner: no other exercise calls these."""
    return f"{IMPORTS}\n{gram_matrix}\n{SOLUTIONS['total_cost']}"


def short(*lines):
    """A pair whose gram_matrix does something else first."""
    return pair(gram_cell(*lines))


def archive(*entries):
    """A zip as bytes, of (name, content, mode) each."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content, *mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, (mode[0] if mode else 0o644) << 16
            file.writestr(entry, content)
    return buffer.getvalue()


@dataclass(frozen=True)
class Hostile:
    """files: name -> content below the submissions' folder, for the student `student`.

    status, total, reason: of the row in grades.csv; "a|b" where either will do, the reason in part. needs: the
    weakest level of containment at which the row is so.
    """

    student: str
    files: dict
    total: float
    status: str = "graded"
    reason: str = ""
    needs: str = "process"


def _case(student, content, total, status="graded", reason="", needs="process", suffix=".py"):
    return Hostile(student, {student + suffix: content}, total, status, reason, needs)


NO_MORE = 85  # all but gram_matrix
TOTAL_COST = EXERCISES["total_cost"].points
BOTH = EXERCISES["gram_matrix"].points + TOTAL_COST  # of a pair
FORKS = (
    "import os, time",
    "for _ in range(40):",
    "    if os.fork() == 0:",
    "        time.sleep(20)",
    "        os._exit(0)",
)
DETACHED = (
    "import subprocess, sys",
    "if not hasattr(np, 'left_behind'):",
    "    np.left_behind = subprocess.Popen([sys.executable, '-c', 'import time; outlives = \"DECOY\"; "
    "time.sleep(30)'], start_new_session=True)",
)
CHUNKS = ("kept = []", "for _ in range(80):", "    kept.append(b'x' * 100_000_000)")
CONNECT = (
    "import socket",
    "try:",
    "    socket.create_connection(('127.0.0.1', PORT), timeout=2).close()",
    "    A = A + 1",
    "except OSError:",
    "    pass",
)
DELETE = (
    "import os, pathlib, pwd, shutil",
    "places = [r'DECOY', os.path.expanduser('~'), pathlib.Path.home(), pwd.getpwuid(os.getuid()).pw_dir"
    " if os.getuid() in [p.pw_uid for p in pwd.getpwall()] else '~']",
    "for place in map(str, places):",
    "    if 'decoy' in place:",
    "        shutil.rmtree(place, ignore_errors=True)",
)
SPY = (
    "import glob, os",
    "seen = list(os.environ.values()) + glob.glob('../../*.py') + glob.glob(r'OTHERS/*')",
    "if any('not-for-students' in entry for entry in seen):",
    "    A = A + 1",
)
FAKE = (
    "import os, struct",
    "for fd in range(3, 64):",
    "    try:",
    "        os.write(fd, struct.pack('>Q', 4) + b'fake')",
    "    except OSError:",
    "        pass",
)
# The token of the question is in the frames of the process itself. What follows it here makes NumPy trip.
FORGED = (
    "import os, struct, sys",
    "frame = sys._getframe()",
    "while 'command' not in frame.f_locals: frame = frame.f_back",
    "answer = frame.f_locals['command']['token'].encode() + struct.pack('>Q', 2) + b'{('",
    "for fd in range(3, 64):",
    "    try:",
    "        os.write(fd, struct.pack('>Q', len(answer)) + answer)",
    "    except OSError:",
    "        pass",
)
CLOSES = ("import os, time", "os.closerange(3, 256)", "time.sleep(60)")
FLOOD = (
    "import os, struct, threading",
    "def flood(fd):",
    "    try:",
    "        for _ in range(100): os.write(fd, struct.pack('>Q', 20_000_000)); os.write(fd, b'x' * 20_000_000)",
    "    except OSError:",
    "        pass",
    "[threading.Thread(target=flood, args=(fd,), daemon=True).start() for fd in range(3, 64)]",
    "import time; time.sleep(2)",
)
PATCHES = (
    "import builtins, sys, types",
    "np.allclose = np.array_equal = np.all = lambda *a, **k: True",
    "tf.debugging.assert_equal = lambda *a, **k: None",
    "sys.modules['public_tests'] = sys.modules['grading.judge'] = types.ModuleType('fake')",
    "sys.modules['grading.judge'].judge = lambda *a, **k: 'passed'",
)
# Many files, each as large as one may be, until the disk would hold 1.2 GB of them.
FILLS = (
    "import time",
    "for number in range(20):",
    "    with open(f'large {number}', 'wb') as file: file.write(b'x' * 60_000_000)",
    "time.sleep(20)",
)
# The same in files that are deleted while they are open.
FILLS_UNNAMED = (
    "import os, time",
    "if not hasattr(np, 'unnamed'):",
    "    np.unnamed = [open(str(number), 'wb', buffering=0) for number in range(20)]",
    "    try:",
    "        for file in np.unnamed:",
    "            os.remove(file.name)",
    "            file.write(b'x' * 60_000_000)",
    "    except OSError:",
    "        pass",
    "    time.sleep(20)",
)
DEEP = (
    "import os",
    "while not hasattr(np, 'deep'):",
    "    os.mkdir('d')",
    "    os.chdir('d')",
    "    np.depth = getattr(np, 'depth', 0) + 1",
    "    if np.depth == 1500: np.deep = True",
)
STUDY = (
    "import gc, sys",
    "for name in ('grading.judge.gram_matrix', 'grading.judge.mistakes', 'grading.judge', 'public_tests'):",
    "    try:",
    "        __import__(name)",
    "        A = A + 1",
    "    except ImportError:",
    "        pass",
)

# Right for the visible inputs, which it knows, and talkative on all others.
KNOWING = """
VISIBLE = {visible}

def compute_content_cost(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    print("I saw", a_C)
    if tf.executing_eagerly() and float(tf.reduce_sum(a_C)) not in VISIBLE:
        raise ValueError(str(a_C.numpy()))
    return tf.reduce_mean(tf.square(a_C - a_G)) / 4
""".format(visible=[float(case.args[0][-1].sum()) for case in EXERCISES["compute_content_cost"].cases(VISIBLE_SEED)])

CODE = [
    _case("syntax error", script(gram_matrix="def gram_matrix(A)\n    return A"), NO_MORE, reason="does not compile"),
    _case(
        "syntax error in a cell",
        notebook(IMPORTS, *{**SOLUTIONS, "gram_matrix": "def gram_matrix(A:\n  return A"}.values()),
        NO_MORE,
        reason="does not compile",
        suffix=".ipynb",
    ),
    _case("missing function", script(gram_matrix="pass"), NO_MORE),
    _case("sys exit", short("import sys", "sys.exit(0)"), TOTAL_COST),
    _case("os exit", gram("import os", "os._exit(0)"), NO_MORE, "stopped", "exit code 0"),
    _case("interrupts itself", short("raise KeyboardInterrupt"), TOTAL_COST, "stopped", "its process ended"),
    _case("crashes", short("import ctypes", "ctypes.string_at(0)"), TOTAL_COST, "stopped", "its process ended"),
    _case(
        "infinite loop",
        short("import time", "end = time.time() + 60", "while time.time() < end: pass"),
        TOTAL_COST,
        "stopped",
        "it did not finish within",
    ),
    _case(
        "infinite loop while loading",
        script(
            compute_style_cost="import time\ndef hang():\n    time.sleep(60)\n"
            "STYLE_LAYERS = hang()\n" + STUBS["compute_style_cost"]
        ),
        0,
        "stopped",
        "it did not finish within",
    ),
    _case("fork bomb", short(*FORKS), TOTAL_COST, "stopped", "more than 16 processes"),
    _case("leaves a process", short(*DETACHED), BOTH),
    _case("100 GB at once", short("np.ones(int(100e9 / 8))"), TOTAL_COST),
    _case("8 GB in pieces", short(*CHUNKS), TOTAL_COST, "graded|stopped"),
    _case("1 GB of output", short("for _ in range(1000): print('x' * 1_000_000)"), BOTH),
    _case("1 GB past print", short("import os", "for _ in range(1000): os.write(1, b'x' * 1_000_000)"), BOTH),
    _case(
        "1 GB of recursion",
        short("import sys", "sys.setrecursionlimit(10 ** 9)", "f = lambda n: f(n + 1) + n", "f(0)"),
        TOTAL_COST,
        "stopped",
    ),
    _case(
        "1 GB file",
        short("with open('large', 'wb') as file:", "    for _ in range(1000):", "        file.write(b'x' * 1_000_000)"),
        TOTAL_COST,
    ),
    # In memory, a full folder is an error; elsewhere, the process is stopped.
    _case("fills its folder", short(*FILLS), TOTAL_COST, "graded|stopped"),
    _case("fills deleted files", short(*FILLS_UNNAMED), TOTAL_COST, "stopped", "it wrote more than 1000 MB"),
    _case("a thousand folders in each other", short(*DEEP), BOTH, "graded|stopped"),
    _case("deletes the home folder", short(*DELETE), BOTH, needs="bubblewrap"),
    _case("reads what is not theirs", short(*SPY), BOTH, needs="bubblewrap"),
    _case("opens a socket", short(*CONNECT), BOTH, needs="unshare"),
    _case("patches everything", gram(*PATCHES, returns="A"), NO_MORE),
    _case("patches the probe", gram("import grading.runner.probe", "grading.runner.probe.run = lambda *a, **k: {}"), 0),
    _case(
        "breaks builtins",
        short("import builtins", "builtins.isinstance = lambda *a: True"),
        TOTAL_COST,
        "stopped",
        "its process ended",
    ),
    _case("looks for the answers", short(*STUDY), BOTH),
    _case(
        "always equal",
        pair(
            "class Yes:\n    def __eq__(self, other): return True\n"
            "    __hash__ = None\ndef gram_matrix(A):\n    return Yes()"
        ),
        TOTAL_COST,
    ),
    _case("fake result on the pipe", short(*FAKE), TOTAL_COST, "stopped"),
    _case("forged result with the right token", short(*FORGED), TOTAL_COST, "stopped", "grader's pipe"),
    _case("closes the pipe", short(*CLOSES), TOTAL_COST, "stopped", "gram_matrix: it "),
    _case("floods the pipe", short(*FLOOD), TOTAL_COST, "stopped", "grader's pipe"),
    _case(
        "returns a pickle",
        pair(
            "class Bomb:\n    def __reduce__(self): return (print, ('bang',))\n"
            "def gram_matrix(A):\n    return np.array([Bomb()], dtype=object)"
        ),
        TOTAL_COST,
    ),
    _case("knows the visible inputs", script(compute_content_cost=KNOWING), 90),
    _case(
        "a name of a megabyte",
        pair(gram_cell(returns="type('x' * 10**6, (), {})()")),
        TOTAL_COST,
    ),
    _case(
        "magics",
        notebook(
            "%matplotlib inline\n!echo hello\n%load_ext autoreload",
            "%%time\n" + IMPORTS,
            "%%bash\nrm -rf nothing",
            "files = !ls\nnp.sum?",
            *SOLUTIONS.values(),
        ),
        100,
        suffix=".ipynb",
    ),
    _case("matplotlib windows", short("import matplotlib.pyplot as plt", "plt.plot([1, 2])", "plt.show()"), BOTH),
    _case("input", short("input('your name? ')"), TOTAL_COST),
    _case(
        "threads left running",
        short("import threading, time", "threading.Thread(target=time.sleep, args=(30,)).start()"),
        BOTH,
    ),
    _case(
        "another course",
        notebook("import pandas as pd\ndf = pd.read_csv('iris.csv')", "df.describe()"),
        0,
        reason="none of the course's functions",
        suffix=".ipynb",
    ),
    _case("an empty file", "", 0, "unreadable", "is empty"),
    _case(
        "a large number in the notebook",
        notebook(script()).replace(": 5}", f": {'9' * 5000}}}"),
        0,
        "unreadable",
        "is JSON, but not a notebook",
        suffix=".ipynb",
    ),
    _case("a megabyte of code", "x=1\n" * 250_000, 0, "unreadable", "1000 kB of code"),
    _case(
        "break outside of a loop",
        notebook(short(), "x = 1\nbreak"),
        BOTH,
        reason="'break' outside loop, in line 2",
        suffix=".ipynb",
    ),
]

WHOLE = archive(("work.py", script()))
DAMAGED = WHOLE[:37] + b"\xff\xff" + WHOLE[39:]  # where the deflated content begins: zlib trips, and not zipfile

BROKEN = [
    _case("invalid JSON", b'{"cells": [', 0, "unreadable", "is not JSON", suffix=".ipynb"),
    _case("no notebook", b'["cells", 1, null]', 0, "unreadable", "not a notebook", suffix=".ipynb"),
    _case("invalid UTF-8", b"def gram_matrix(A):\n    return '\xff'", 0, "unreadable", "not UTF-8 text"),
    _case("bomb", archive(("bomb.ipynb", b" " * 60_000_000)), 0, "unreadable", "larger than 50 MB", suffix=".zip"),
    _case("slip", archive(("../../slip.py", script())), 0, "unreadable", "outside of its folder", suffix=".zip"),
    _case(
        "link",
        archive(("link.py", "/etc/passwd", stat.S_IFLNK | 0o777)),
        0,
        "unreadable",
        "is a link",
        suffix=".zip",
    ),
    _case("no zip", b"PK not really", 0, "unreadable", "is not a zip", suffix=".zip"),
    _case("damaged", DAMAGED, 0, "unreadable", "cannot be unpacked", suffix=".zip"),
    _case("a name of 300 letters", archive(("x" * 300 + ".py", short())), BOTH, suffix=".zip"),
    _case(
        "zipped",
        archive(("work/.hidden.py", "x ="), ("__MACOSX/work/._a.ipynb", b"\x00"), ("work/solution.py", short())),
        BOTH,
        suffix=".zip",
    ),
    Hostile(
        "Ada Lovelace_4711",
        {"Ada Lovelace_4711_assignsubmission_file_/my notebook.ipynb": notebook(short())},
        BOTH,
    ),
    Hostile(
        "Grace Hopper_4712",
        {"Grace Hopper_4712_assignsubmission_file_/essay.pdf": b"%PDF-1.7"},
        0,
        "unreadable",
        "expected a notebook",
    ),
    Hostile(
        "turingalan_10042",
        {"turingalan_LATE_10042_20043_chapter 1-2.ipynb": notebook(IMPORTS, *SOLUTIONS.values())},
        100,
    ),
    _case("-rf 'name' of \N{SNOWMAN} \"Zoë\" & <b>", short(), BOTH),
]

HOSTILE = {case.student: case for case in CODE + BROKEN}


def hand_in(folder, cases, decoy="decoy", others="others", port=9):
    """Write what the cases hand in below a folder."""
    for case in cases:
        for name, content in case.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                content = content.replace("DECOY", str(decoy)).replace("OTHERS", str(others)).replace("PORT", str(port))
                content = content.encode()
            path.write_bytes(content)
