"""How the process of a submission is contained: the best of three levels that works on this machine.

- bubblewrap (Linux): its own namespaces, and a file system with nothing but Python and an empty folder;
- unshare (Linux): its own namespaces, but the file system of the machine;
- process (every system): an ordinary process.

At every level it is a new `python -I` in an empty folder, with the grader's packages (`find_packages`), with PATH,
LD_LIBRARY_PATH and SETTINGS in its environment, its own session, and limits. At the last two levels, if root grades, it
runs as the user "nobody" where that user can start this Python.
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

NOBODY = 65534
MAX_THREADS = 400  # and processes, which Linux counts together
TEST_CODE = "import sys; sys.path[:] = {packages}; import numpy; open('written', 'w').close()"
TEST_SECONDS = 60
UNSHARE = shlex.split("unshare --user --map-root-user --net --ipc --uts --pid --mount-proc --fork --kill-child")
BUBBLEWRAP = shlex.split(
    f"bwrap --unshare-all --die-with-parent --new-session --uid {NOBODY} --gid {NOBODY} --cap-drop ALL"
)
SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
GRADER = Path(__file__).absolute().parents[1]  # holds the right answers
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime")
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
LEVELS = {
    "bubblewrap": (
        "bubblewrap: the submission has no network, sees only its own processes, and of the file system only Python "
        "and the system's libraries, which it cannot change. The operating system limits its memory, its processor "
        "time, the number of its processes, and the size of its files. It can write only to its folder, whose size is "
        "monitored. Not prevented: using the processor during the time it may run, and exploiting a vulnerability of "
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


@dataclass(frozen=True)
class Containment:
    """A level, and whether the process gives up root's rights before anything else."""

    level: str
    drops_root: bool = False

    def command(self, code: Path, work: Path) -> list[str]:
        """The command in front of Python's. The process may read the folder `code` and change the folder `work`."""
        if self.level == "bubblewrap":
            return _bubblewrap(code, work)
        return UNSHARE if self.level == "unshare" else []

    def options(self, work: Path) -> dict:
        """Options of subprocess.Popen: folder, session, environment, and user."""
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if self.drops_root else {}
        return {"cwd": work, "start_new_session": True, "env": _environment(work), **user}

    def limits(self) -> dict[str, int]:
        """Further limits of the operating system. Without a user of its own, the account's other processes count."""
        return {} if self.level == "process" and not self.drops_root else {"RLIMIT_NPROC": MAX_THREADS}

    def give_ownership(self, folder: Path) -> None:
        """Make the user that the process runs as the owner of a folder."""
        if self.drops_root:
            folder.parent.chmod(0o711)
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)

    def describe(self) -> list[str]:
        """Paragraphs that say what it prevents and what it does not."""
        user = ""
        if self.drops_root:
            user = " It runs as the user nobody, although root grades."
        elif _is_root() and self.level != "bubblewrap":
            user = " It runs as root, the user that grades."
        return [EVERY_LEVEL, LEVELS[self.level] + user]


def describe_levels(levels: set[str]) -> list[str]:
    """Paragraphs for submissions that ran at these levels, here or on other machines; for this machine if none ran."""
    here = find_containment()
    others = sorted(levels - {here.level})
    own = here.describe() if here.level in levels or not others else [EVERY_LEVEL]
    return own + [LEVELS[level] for level in others]


@functools.cache
def find_containment() -> Containment:
    """The strongest level at which a test process succeeds on this machine."""
    candidates = [Containment("bubblewrap")] if shutil.which("bwrap") else []
    levels = ["unshare", "process"] if shutil.which("unshare") else ["process"]
    drops_root = (True, False) if _is_root() else (False,)
    candidates += [Containment(level, drops) for level in levels for drops in drops_root]
    return next((candidate for candidate in candidates if is_available(candidate)), candidates[-1])


def is_available(containment: Containment) -> bool:
    """Whether Python starts, imports a package and writes a file at this level."""
    with tempfile.TemporaryDirectory() as folder:
        code, work = Path(folder) / "code", Path(folder) / "work"
        code.mkdir()
        work.mkdir()
        containment.give_ownership(work)
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
        return (work / "written").exists()


def find_packages() -> list[str]:
    """The folders in which this Python finds packages. `python -I` hides those of PYTHONPATH and of the user account.

    Left out are the folder that the command was started in, whose files may be anybody's, and the course's folder,
    which contains right answers.
    """
    started = [] if getattr(sys.flags, "safe_path", False) else sys.path[:1]
    places = [Path(path).absolute() for path in sys.path if path and path not in started and Path(path).exists()]
    private = (Path.cwd(), GRADER.parent)
    return [str(place) for place in places if place not in private or any(place.glob("*.dist-info"))]


def _bubblewrap(code, work):
    command = list(BUBBLEWRAP)
    for folder in map(Path, SYSTEM_FOLDERS):
        if folder.is_symlink():
            command += ["--symlink", str(folder.readlink()), str(folder)]
        else:
            command += ["--ro-bind-try", str(folder), str(folder)]
    for file in SYSTEM_FILES:
        command += ["--ro-bind-try", file, file]
    command += ["--proc", "/proc", "--dev", "/dev"]
    for folder in sorted(_python_folders() | {str(code)}):
        command += ["--ro-bind", folder, folder]
    if _is_visible(GRADER):  # installed among Python's packages: an empty folder takes its place
        command += ["--tmpfs", str(GRADER), "--remount-ro", str(GRADER)]
    command += ["--bind", str(work), str(work), "--chdir", str(work)]
    # Everything else that bubblewrap creates is in memory, where files would not be limited.
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/"]


def _python_folders():
    """The folders of this Python and its packages, except those in the system's folders."""
    folders = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, *find_packages()}
    folders.add(str(Path(sys.executable).resolve().parent.parent))
    return {
        folder
        for folder in folders
        if Path(folder).exists() and not folder.startswith(SYSTEM_FOLDERS) and folder != "/"
    }


def _is_visible(folder):
    return any(folder.is_relative_to(visible) for visible in (*SYSTEM_FOLDERS, *_python_folders()))


def _environment(work):
    """Only what programs need to start; one thread, so that workers do not compete for the cores."""
    needed = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    places = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR", "KERAS_HOME"), str(work))
    return {**needed, **places, **SETTINGS}


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0
