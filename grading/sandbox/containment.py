"""How the process of a submission is contained: the best of three levels that works on this machine.

- bubblewrap (Linux): its own namespaces, and a file system with nothing but Python and an empty folder;
- unshare (Linux): its own namespaces, but the file system of the machine;
- process (every system): an ordinary process.

At every level it is a new `python -I` in an empty folder, with the grader's packages (`find_packages`), with PATH,
LD_LIBRARY_PATH and SETTINGS in its environment, its own session, and limits. If root grades, the process runs as a
user that owns nothing and runs nothing else. Inside a user namespace, another name for root would not suffice: root's
files in /proc/sys stay open to it.
"""

import functools
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from grading.sandbox.bubblewrap import GRADER, isolate, isolate_as
from grading.sandbox.descriptions import DROPS_ROOT, EVERY_LEVEL, describe_level, name_level
from grading.sandbox.memory_group import find_bus, has_memory_group, limit_memory

MAX_THREADS = 400  # and processes, which Linux counts together
MAX_DISK = 1000 * 2**20  # bytes in the folder of a submission
TEST_CODE = "import sys; sys.path[:] = {packages}; import numpy; open('written', 'w').close()"
TEST_SECONDS = 60
USERS = range(61184, 65520)  # https://systemd.io/UIDS-GIDS: for processes, and nobody's account
# As the current user, not as root of the namespace: with none of root's rights in it. It ends with the grader.
UNSHARE = shlex.split(
    "setpriv --pdeathsig KILL unshare --user --map-current-user --net --ipc --uts --pid --mount-proc --fork "
    "--kill-child"
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
PROGRAMS = {"bubblewrap": "bwrap", "unshare": "unshare", "process": ""}
PREPARES = {"bubblewrap": (False, True), "unshare": (False,), "process": (False,)}


class RootError(Exception):
    """Submissions would have to run as root; the message says what to do."""


@dataclass(frozen=True)
class Containment:
    """A level, and who the process runs as.

    drops_root: whether it runs as another user instead of root. prepares: whether root first binds the folders that it
    needs, so that this user can enter them. has_group: whether the kernel limits the memory of all processes together.
    """

    level: str
    drops_root: bool = False
    prepares: bool = False
    has_group: bool = False

    @property
    def name(self) -> str:
        """The level, and what else decides how far it protects, in words."""
        return name_level(self.level, self.has_group, _is_root() and not self.drops_root)

    @property
    def user(self) -> int:
        """The user in place of root: another one for each process that runs at the same time."""
        return USERS[threading.get_native_id() % len(USERS)]

    @property
    def is_in_memory(self) -> bool:
        """Whether the process writes to a folder in memory in place of its own."""
        return self.level == "bubblewrap"

    def command(self, code: Path, work: Path, memory: int) -> list[str]:
        """The command in front of Python's. The process may read the folder `code` and change the folder `work`.

        memory: bytes for all processes together.
        """
        command = UNSHARE if self.level == "unshare" else []
        if self.is_in_memory:
            command = isolate(code, work, find_packages(), MAX_DISK)
            memory += MAX_DISK
        if self.prepares:
            command = isolate_as(self.user, code, work, find_packages(), MAX_DISK)
        return limit_memory(command, memory) if self.has_group else command

    def options(self, work: Path) -> dict:
        """Options of subprocess.Popen: folder, session, environment, and user."""
        options = {"cwd": work, "start_new_session": True, "env": _environment(work)}
        if self.has_group:
            options["env"] |= find_bus()
        if self.drops_root and not self.prepares:
            options |= {"user": self.user, "group": self.user, "extra_groups": []}
        return options

    def limits(self) -> dict[str, int]:
        """Further limits of the operating system. Without a user of its own, the account's other processes count."""
        return {} if self.level == "process" and not self.drops_root else {"RLIMIT_NPROC": MAX_THREADS}

    def give_ownership(self, *folders: Path) -> None:
        """Make the user that the process runs as the owner of some folders of one folder, and of everything in them."""
        if self.drops_root:
            folders[0].parent.chmod(0o711)
            for folder in folders:
                for path in (folder, *folder.rglob("*")):
                    os.chown(path, self.user, self.user, follow_symlinks=False)
                folder.chmod(0o700)

    def describe(self) -> list[str]:
        """Paragraphs that say what it prevents and what it does not."""
        return [EVERY_LEVEL, describe_level(self.name) + (DROPS_ROOT if self.drops_root else "")]


def describe_levels(levels: set[str], allow_root: bool = False) -> list[str]:
    """Paragraphs for submissions that ran at these levels (`Containment.name`), here or on other machines; for this
    machine if none ran."""
    here = find_containment(allow_root)
    others = sorted(levels - {here.name})
    own = here.describe() if here.name in levels or not others else [EVERY_LEVEL]
    return own + [describe_level(name) for name in others]


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
                f"you are root, and no other user can start {sys.executable}: submissions would run as root and "
                "could change this machine. Install bubblewrap 0.8 or newer, or use a Python that every user can "
                "start, or grade as another user. In a container or virtual machine that you delete afterwards, "
                "--allow-root lets submissions run as root."
            )
    found = next(filter(is_available, map(Containment, levels)), Containment("process"))
    return replace(found, has_group=not _is_root() and has_memory_group())


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
                [*containment.command(code, work, MAX_DISK), sys.executable, "-I", "-c", test],
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
