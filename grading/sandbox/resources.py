"""What a process and its descendants use, and how to end them."""

import contextlib
import os
import signal
import stat
import subprocess
from pathlib import Path

import psutil

SECTOR_BYTES = 512  # of st_blocks
BLOCK_BYTES = 4096  # the smallest size of a file or folder on disk


def list_processes(pid: int) -> list[psutil.Process]:
    """A process and its descendants; empty if it has ended."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def use_more_memory(processes: list[psutil.Process], limit: int) -> bool:
    """Whether some processes together use more bytes of memory. Shared memory counts once, if the system can tell."""
    if _resident_memory(processes) <= limit:  # shared memory counts for each process, as after a fork; but it is fast
        return False
    exact = list(_ask_each(processes, psutil.Process.memory_full_info))
    used = sum(getattr(memory, "pss", memory.uss) for memory in exact) if exact else _resident_memory(processes)
    return used > limit


def _resident_memory(processes):
    return sum(memory.rss for memory in _ask_each(processes, psutil.Process.memory_info))


def _ask_each(processes, ask):
    for process in processes:
        with contextlib.suppress(psutil.Error):  # it has just ended
            yield ask(process)


def holds_more(folder: Path, limit: int) -> bool:
    """Whether the files and folders in a folder, at any depth, use more bytes. Stops counting as soon as they do."""
    used, folders = 0, [os.fspath(folder)]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:  # it has just been deleted
            for entry in entries:
                with contextlib.suppress(OSError):
                    used += max(BLOCK_BYTES, entry.stat(follow_symlinks=False).st_size)
                if used > limit:
                    return True
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return False


def count_unnamed(processes: list[psutil.Process]) -> int:
    """The bytes of open files that have no name any more, or never had one, as in memory. 0 where there is no /proc."""
    sizes = {}
    for process in processes:
        with contextlib.suppress(OSError), os.scandir(f"/proc/{process.pid}/fd") as entries:
            for entry in entries:
                with contextlib.suppress(OSError):  # it has just been closed
                    found = entry.stat()
                    if stat.S_ISREG(found.st_mode) and not found.st_nlink:
                        sizes[found.st_dev, found.st_ino] = found.st_blocks * SECTOR_BYTES
    return sum(sizes.values())


def count_in_memory(processes: list[psutil.Process], folder: Path) -> int:
    """The bytes of a folder in memory that only these processes see; an empty file takes some, too. Linux only."""
    for process in processes[-1:]:
        with contextlib.suppress(OSError):  # it has just ended
            seen = Path(f"/proc/{process.pid}/root{folder}")
            if seen.stat().st_dev != folder.stat().st_dev:  # not a process that is outside, as bubblewrap's first one
                size = os.statvfs(seen)
                return (size.f_blocks - size.f_bfree) * size.f_frsize + (size.f_files - size.f_ffree) * BLOCK_BYTES
    return 0


def kill_process(process: subprocess.Popen) -> None:
    """Kill a process, its group and its descendants, and wait until it has ended."""
    descendants = list_processes(process.pid)
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):  # the group has ended already
            os.killpg(process.pid, signal.SIGKILL)
    for member in descendants:
        with contextlib.suppress(psutil.Error):  # it has ended already
            member.kill()
    process.wait()
    if process.stdin:
        with contextlib.suppress(OSError):  # closing flushes, into a broken pipe
            process.stdin.close()
