"""How far a submission's process is shut in: the best of three levels that works on this machine, by trying.

- bubblewrap (Linux): namespaces of its own, a file system that holds Python and an empty folder and nothing else;
- unshare (Linux): namespaces of its own, but the file system of the machine;
- process (everywhere): an ordinary process.

At every level it is a fresh `python -I` in an empty folder, with PATH and SETTINGS for an environment, its own session
and limits; at the last two it runs as nobody where root grades and nobody can start this Python.
"""

import functools
import os
import shutil
import site
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
MOST_THREADS = 400  # and processes, which Linux counts alike
TRIAL = "import numpy; open('trial', 'w').close()"
TRIAL_SECONDS = 60
SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
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
}  # oneDNN compiles a kernel for each shape, which tiny cases do not repay
EVERYWHERE = (
    "Every submission runs in a fresh Python process, in an empty temporary folder, with an environment and a session "
    "of its own. What it prints goes nowhere. It is killed, with all processes it has started, when an exercise takes "
    "too long, when it takes too much memory, fills its folder or starts too many processes. It holds no right answer: "
    "the verdict is reached outside, from plain arrays."
)
TOLD = {
    "bubblewrap": (
        "bubblewrap: it has no network, sees no process but its own, and of the file system only Python and the "
        "system's libraries, which it cannot change. Limits of the operating system bound its memory, its processor "
        "time, its processes and the size of its files. It can write nowhere but to its folder, which is watched. It "
        "is not kept from using up processor time while it is allowed to run, nor from a fault in the operating system "
        "itself."
    ),
    "unshare": (
        "unshare: it has no network and sees no process but its own. Limits of the operating system bound its memory, "
        "its processor time, its processes and the size of its files. It can still read what the account that it runs "
        "under may read, the other submissions perhaps, and change what that account may change. What it writes "
        "outside of its folder is not watched, so that it can fill the disk. With bubblewrap installed it could do "
        "none of this."
    ),
    "process": (
        "process: nothing else keeps it in. It can use the network, and read and change what the account that it runs "
        "under may. What it writes outside of its folder is not watched, so that it can fill the disk. A process that "
        "cuts all ties to its parent can outlive it. Grade on Linux with bubblewrap installed, or in a container or "
        "virtual machine of its own, where students are not trusted."
    ),
}


@dataclass(frozen=True)
class Containment:
    """A level, and whether it gives root's rights away before anything else."""

    level: str
    drops: bool = False

    def command(self, kit, work):
        """What stands before Python's command line; it may read the folder `kit` and change the folder `work`."""
        if self.level == "bubblewrap":
            return _bubblewrap(kit, work)
        if self.level == "unshare":
            return [
                "unshare",
                "--user",
                "--map-root-user",
                "--net",
                "--ipc",
                "--uts",
                "--pid",
                "--mount-proc",
                "--fork",
                "--kill-child",
            ]
        return []

    def options(self, work):
        """Options of subprocess.Popen: where it runs, its own session, its environment, and whose rights it has."""
        rights = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if self.drops else {}
        return {"cwd": work, "start_new_session": True, "env": _environment(work), **rights}

    def limits(self):
        """Limits of the operating system that hold at this level only: an account's other processes would count."""
        return {} if self.level == "process" and not self.drops else {"RLIMIT_NPROC": MOST_THREADS}

    def own(self, folder):
        """Give a folder to the account that the process runs under."""
        if self.drops:
            folder.parent.chmod(0o711)
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)

    @property
    def told(self):
        """Paragraphs that say what it stops and what it does not."""
        dropped = (
            "The account is nobody's, though root grades."
            if self.drops
            else "It runs under the account that grades, root."
            if _is_root() and self.level != "bubblewrap"
            else ""
        )
        return [EVERYWHERE, f"{TOLD[self.level]} {dropped}".strip()]


def told(levels):
    """Paragraphs for submissions that ran at these levels, on this machine or on others; for this one where none."""
    here = detected()
    others = sorted(set(levels) - {here.level})
    return (here.told if here.level in levels or not others else [EVERYWHERE]) + [TOLD[level] for level in others]


@functools.cache
def detected():
    """The first level that a trial run succeeds at."""
    candidates = [Containment("bubblewrap")] if shutil.which("bwrap") else []
    levels = ["unshare", "process"] if shutil.which("unshare") else ["process"]
    rights = (True, False) if _is_root() else (False,)
    candidates += [Containment(level, drops) for level in levels for drops in rights]
    return next((candidate for candidate in candidates if works(candidate)), candidates[-1])


def works(containment):
    """Whether Python starts, imports a package and writes a file at this level."""
    with tempfile.TemporaryDirectory() as folder:
        kit, work = Path(folder) / "kit", Path(folder) / "work"
        kit.mkdir()
        work.mkdir()
        containment.own(work)
        command = [*containment.command(kit, work), sys.executable, "-I", "-c", TRIAL]
        try:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=True,
                timeout=TRIAL_SECONDS,
                **containment.options(work),
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return (work / "trial").exists()


def _bubblewrap(kit, work):
    command = [
        "bwrap",
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--uid",
        str(NOBODY),
        "--gid",
        str(NOBODY),
        "--cap-drop",
        "ALL",
    ]
    for folder in map(Path, SYSTEM_FOLDERS):
        if folder.is_symlink():
            command += ["--symlink", str(folder.readlink()), str(folder)]
        else:
            command += ["--ro-bind-try", str(folder), str(folder)]
    for file in SYSTEM_FILES:
        command += ["--ro-bind-try", file, file]
    command += ["--proc", "/proc", "--dev", "/dev"]
    for folder in sorted(_python_folders() | {str(kit)}):
        command += ["--ro-bind", folder, folder]
    command += ["--bind", str(work), str(work), "--chdir", str(work)]
    # What else bubblewrap makes lies in memory, where files would be counted as nobody's.
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/"]


def _python_folders():
    """Where this Python and its packages lie, outside of the system's folders."""
    found = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, *site.getsitepackages()}
    found.add(str(Path(sys.executable).resolve().parent.parent))
    return {
        folder for folder in found if Path(folder).is_dir() and not folder.startswith(SYSTEM_FOLDERS) and folder != "/"
    }


def _environment(work):
    """Nothing of the grader's but what programs need to start; one thread, so that workers do not crowd each other."""
    needed = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    places = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR", "KERAS_HOME"), str(work))
    return {**needed, **places, **SETTINGS}


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0
