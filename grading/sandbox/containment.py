"""How the process of a submission is contained: the best of three levels that works on this machine.

- bubblewrap (Linux): its own namespaces, and a file system with nothing but Python and an empty folder;
- unshare (Linux): its own namespaces, but the file system of the machine;
- process (every system): an ordinary process.

At every level it is a new `python -I` in an empty folder, with the grader's packages (`find_packages`), with PATH,
LD_LIBRARY_PATH and SETTINGS in its environment, its own session, and limits. If root grades, the process runs as the
user "nobody". Inside a user namespace, another name for root would not suffice: root's files in /proc/sys stay open to
it.
"""

import functools
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grading.sandbox.bubblewrap import GRADER, NOBODY, isolate, isolate_as_nobody

MAX_THREADS = 400  # and processes, which Linux counts together
MAX_DISK = 1000 * 2**20  # bytes in the folder of a submission
TEST_CODE = "import sys; sys.path[:] = {packages}; import numpy; open('written', 'w').close()"
TEST_SECONDS = 60
# As the current user, not as root of the namespace: with none of root's rights in it.
UNSHARE = shlex.split("unshare --user --map-current-user --net --ipc --uts --pid --mount-proc --fork --kill-child")
AS_ROOT = " as root"
ROOT = (
    " It runs as root, because the command was given --allow-root: a submission can change everything that root can "
    "change, also outside of its namespaces."
)
SETTINGS = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}  # oneDNN compiles a kernel for each shape, which takes longer than the small cases
EVERY_LEVEL = (
    "Every submission runs in a new Python process, in an empty temporary folder, with an environment and session of "
    "its own. Its output is discarded. It is killed, with all processes that it started, if an exercise takes too "
    "long, if it uses too much memory, writes too much to its folder, or starts too many processes. The process "
    "contains no right answers: results are judged outside of it, from plain arrays."
)
PROGRAMS = {"bubblewrap": "bwrap", "unshare": "unshare", "process": ""}
PREPARES = {"bubblewrap": (False, True), "unshare": (False,), "process": (False,)}
LEVELS = {
    "bubblewrap": (
        "bubblewrap: the submission has no network, sees only its own processes, and of the file system only Python "
        "and the system's libraries, which it cannot change. The operating system limits its memory, its processor "
        "time, the number of its processes, and the size of its files. It can write only to its folder, whose size is "
        "limited. Not prevented: using the processor during the time it may run, and exploiting a vulnerability of "
        "the operating system."
    ),
    "unshare": (
        "unshare: the submission has no network and sees only its own processes. The operating system limits its "
        "memory, its processor time, the number of its processes, and the size of its files. It can still read the "
        "files that its user account may read, possibly other submissions, and change the files that this account may "
        "change. What it writes outside of its folder is not monitored, so it can fill the disk. Install bubblewrap to "
        "prevent all of this."
    ),
    "process": (
        "process: the submission is not contained further. It can use the network, and read and change the files that "
        "its user account may. What it writes outside of its folder is not monitored, so it can fill the disk. A "
        "process that detaches from its parent can keep running. If you do not trust your students, grade on Linux "
        "with bubblewrap installed, or in a container or virtual machine."
    ),
}


class RootError(Exception):
    """Submissions would have to run as root; the message says what to do."""


@dataclass(frozen=True)
class Containment:
    """A level, and who the process runs as.

    drops_root: whether it runs as nobody instead of root. prepares: whether root first binds the folders that it needs,
    so that nobody can enter them.
    """

    level: str
    drops_root: bool = False
    prepares: bool = False

    @property
    def name(self) -> str:
        """The level, and whether the process runs as root, in words."""
        return self.level + (AS_ROOT if _is_root() and not self.drops_root else "")

    def command(self, code: Path, work: Path) -> list[str]:
        """The command in front of Python's. The process may read the folder `code` and change the folder `work`."""
        if self.level == "bubblewrap":
            return (isolate_as_nobody if self.prepares else isolate)(code, work, find_packages(), MAX_DISK)
        return UNSHARE if self.level == "unshare" else []

    def options(self, work: Path) -> dict:
        """Options of subprocess.Popen: folder, session, environment, and user."""
        is_nobody = self.drops_root and not self.prepares
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_nobody else {}
        return {"cwd": work, "start_new_session": True, "env": _environment(work), **user}

    def limits(self) -> dict[str, int]:
        """Further limits of the operating system. Without a user of its own, the account's other processes count."""
        return {} if self.level == "process" and not self.drops_root else {"RLIMIT_NPROC": MAX_THREADS}

    def give_ownership(self, *folders: Path) -> None:
        """Make the user that the process runs as the owner of some folders of one folder, and of everything in them."""
        if self.drops_root:
            folders[0].parent.chmod(0o711)
            for path in (path for folder in folders for path in (folder, *folder.rglob("*"))):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    def describe(self) -> list[str]:
        """Paragraphs that say what it prevents and what it does not."""
        user = " It runs as the user nobody, although root grades." if self.drops_root else ""
        return [EVERY_LEVEL, _describe_level(self.name) + user]


def describe_levels(levels: set[str], allow_root: bool = False) -> list[str]:
    """Paragraphs for submissions that ran at these levels (`Containment.name`), here or on other machines; for this
    machine if none ran."""
    here = find_containment(allow_root)
    others = sorted(levels - {here.name})
    own = here.describe() if here.name in levels or not others else [EVERY_LEVEL]
    return own + [_describe_level(name) for name in others]


def _describe_level(name):
    return LEVELS[name.removesuffix(AS_ROOT)] + (ROOT if name.endswith(AS_ROOT) else "")


@functools.cache
def find_containment(allow_root: bool = False) -> Containment:
    """The strongest level at which a test process succeeds on this machine.

    As root, only levels at which the process runs as another user count. Raises RootError if there is none, unless
    allow_root.
    """
    levels = [level for level, program in PROGRAMS.items() if not program or shutil.which(program)]
    if _is_root():
        dropping = (
            Containment(level, drops_root=True, prepares=prepares) for level in levels for prepares in PREPARES[level]
        )
        if found := next(filter(is_available, dropping), None):
            return found
        if not allow_root:
            raise RootError(
                f"you are root, and the user nobody cannot start {sys.executable}: submissions would run as root and "
                "could change this machine. Install bubblewrap 0.8 or newer, or use a Python that every user can "
                "start, or grade as another user. In a container or virtual machine that you delete afterwards, "
                "--allow-root lets submissions run as root."
            )
    return next(filter(is_available, map(Containment, levels)), Containment("process"))


def is_available(containment: Containment) -> bool:
    """Whether Python starts, imports a package and writes a file at this level."""
    with tempfile.TemporaryDirectory() as folder:
        code, work = Path(folder) / "code", Path(folder) / "work"
        code.mkdir()
        work.mkdir()
        containment.give_ownership(code, work)
        test = TEST_CODE.format(packages=find_packages())
        try:
            subprocess.run(
                [*containment.command(code, work), sys.executable, "-I", "-c", test],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=True,
                timeout=TEST_SECONDS,
                **containment.options(work),
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return True


def find_packages() -> list[str]:
    """The folders in which this Python finds packages. `python -I` hides those of PYTHONPATH and of the user account.

    Left out are the folder that the command was started in, whose files may be anybody's, and the course's folder,
    which contains right answers.
    """
    started = [] if getattr(sys.flags, "safe_path", False) else sys.path[:1]
    places = [Path(path).absolute() for path in sys.path if path and path not in started and Path(path).exists()]
    private = (Path.cwd(), GRADER.parent)
    return [str(place) for place in places if place not in private or any(place.glob("*.dist-info"))]


def _environment(work):
    """Only what programs need to start; one thread, so that workers do not compete for the cores."""
    needed = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    places = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR", "KERAS_HOME"), str(work))
    return {**needed, **places, **SETTINGS}


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0
