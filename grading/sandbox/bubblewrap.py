"""The command that runs a process in bubblewrap: its own namespaces, and a file system of Python and an empty folder.

Needs bubblewrap 0.8, of Debian 12 and Ubuntu 24.04, or newer.
"""

import shlex
import sys
from pathlib import Path

NOBODY = 65534
ISOLATED = shlex.split(
    "bwrap --unshare-all --unshare-user --disable-userns --die-with-parent --new-session --cap-drop ALL "
    f"--uid {NOBODY} --gid {NOBODY}"
)
# Root can bind folders that nobody else can enter. It does so first, in a file system of its own, and then becomes the
# other user, who starts the isolated process in there. All of them end with the first one of a namespace of processes:
# by itself, root without its rights may not end a process of another user.
PREPARED = shlex.split("bwrap --unshare-pid --die-with-parent")
BECOME_USER = "setpriv --reuid {user} --regid {user} --clear-groups"
SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime")
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
GRADER = Path(__file__).absolute().parents[1]  # holds the right answers


def isolate(code: Path, work: Path, packages: list[str], size: int) -> list[str]:
    """The command in front of Python's. The process may read `code` and `packages`, and write `size` bytes to `work`.

    In there, `work` is an empty folder in memory, which ends with the process.
    """
    python = _find_python_folders(packages)
    command = [
        *ISOLATED,
        *_bind(python, code),
        "--size",
        str(size),
        "--tmpfs",
        str(work),
        "--proc",
        "/proc",
        "--ro-bind",
        "/proc/sys",
        "/proc/sys",
    ]
    if any(GRADER.is_relative_to(visible) for visible in (*SYSTEM_FOLDERS, *python)):
        command += ["--tmpfs", str(GRADER), "--remount-ro", str(GRADER)]
    # Everything else that bubblewrap creates is in memory, where files would not be limited.
    return [*command, "--chdir", str(work), "--remount-ro", "/"]


def isolate_as(user: int, code: Path, work: Path, packages: list[str], size: int) -> list[str]:
    """The same, started by root, who must not be the real user of the isolated process."""
    binds = _bind(_find_python_folders(packages), code)
    parents = {str(parent) for word in binds for parent in Path(word).parents if Path(word).is_absolute()} - {"/"}
    folders = [word for parent in sorted(parents) for word in ("--perms", "0755", "--dir", parent)]
    prepared = [*PREPARED, *folders, *binds, "--bind", "/proc", "/proc"]
    return [*prepared, *shlex.split(BECOME_USER.format(user=user)), *isolate(code, work, packages, size)]


def _bind(python, code):
    binds = []
    for folder in map(Path, SYSTEM_FOLDERS):
        if folder.is_symlink():
            binds += ["--symlink", str(folder.readlink()), str(folder)]
        else:
            binds += ["--ro-bind-try", str(folder), str(folder)]
    for file in SYSTEM_FILES:
        binds += ["--ro-bind-try", file, file]
    for device in DEVICES:
        binds += ["--dev-bind", device, device]
    for folder in sorted(python | {str(code)}):
        binds += ["--ro-bind", folder, folder]
    return binds


def _find_python_folders(packages):
    """The folders of this Python and its packages, except those in the system's folders; and what packages link to,
    since some installers put links in place of copies."""
    folders = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, *packages}
    folders |= {str(path.resolve()) for place in packages if Path(place).is_dir() for path in _find_links(place)}
    folders.add(str(Path(sys.executable).resolve().parent.parent))
    return {
        folder
        for folder in folders
        if Path(folder).exists() and not folder.startswith(SYSTEM_FOLDERS) and folder != "/"
    }


def _find_links(folder):
    """The links in a folder of packages, also in those packages that are mere folders, such as `google`."""
    for path in Path(folder).iterdir():
        if path.is_symlink():
            yield path
        elif path.is_dir() and path.name.isidentifier() and not (path / "__init__.py").exists():
            yield from _find_links(path)
