"""How much memory this process may use: the machine's, or less where something sets a limit.

Limits are set by containers and by the jobs of a cluster (Docker, Kubernetes, SLURM, systemd: control groups of Linux,
versions 1 and 2, nested), and by `ulimit -v` and `ulimit -d`. A limit of an outer group holds for all inside it.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from foundation.workers import count_cores

GIGABYTE = 1e9
THREAD = 64 * 2**20  # bytes of addresses that each thread of TensorFlow reserves when it computes: measured
IMPORT = 2.0 * GIGABYTE  # of addresses to import TensorFlow: it takes 1.5; with fewer, it ends the process
JOB_MEMORY = "NST_JOB_MEMORY"  # the bytes that `nst batch` gives to each of its jobs, which run at the same time
# Files of a control group: its limits, what it uses, and the part of its statistics that is released when needed.
FILES = {
    "cgroup2": (("memory.max", "memory.high"), "memory.current", "inactive_file"),
    "cgroup": (("memory.limit_in_bytes",), "memory.usage_in_bytes", "total_inactive_file"),
}
OUTER_LIMIT = "hierarchical_memory_limit"  # in version 1's statistics: also of outer groups that cannot be seen


class NotEnoughMemoryError(MemoryError):
    """More memory is needed than is available; the message says how much, and what to do."""


def available_bytes(root: Path = Path("/")) -> int:
    """Return the bytes that this process can still get. root: the folder that contains /proc and /sys."""
    free = [limit - used for limit, used in (*_group_limits(root), *_process_limits())]
    return max(0, min(psutil.virtual_memory().available, *free, _job_memory()))


def total_bytes(root: Path = Path("/")) -> int:
    """Return the bytes that this process could get if nothing else needed memory. root: see available_bytes."""
    limits = [limit for limit, _ in (*_group_limits(root), *_process_limits())]
    return min(psutil.virtual_memory().total, *limits, _job_memory())


def require_address_space() -> None:
    """Raise NotEnoughMemoryError if a limit such as `ulimit -v` does not let TensorFlow be imported.

    TensorFlow itself would end the process without a message.
    """
    free = min((limit - used for limit, used in _process_limits("RLIMIT_AS")), default=sys.maxsize)
    if free < IMPORT and "tensorflow" not in sys.modules:
        raise NotEnoughMemoryError(
            f"TensorFlow needs {IMPORT / GIGABYTE:.1f} GB of memory addresses, but the limit of this process leaves "
            f"{max(0, free) / GIGABYTE:.1f} GB. Raise the limit: `ulimit -v unlimited` in a shell, or more memory for "
            "the job on a cluster."
        )


def _job_memory():
    return int(os.environ.get(JOB_MEMORY) or sys.maxsize)


def _process_limits(*kinds):
    """(limit, used) of this process's address space and data, or of the `kinds` given, where they are limited."""
    try:
        import resource
    except ImportError:  # Windows
        return []
    memory = psutil.Process().memory_info()
    used = {"RLIMIT_AS": memory.vms + THREAD * count_cores(), "RLIMIT_DATA": getattr(memory, "data", 0)}
    limits = [(resource.getrlimit(getattr(resource, kind))[0], used[kind]) for kind in kinds or used]
    return [(limit, bytes_used) for limit, bytes_used in limits if limit != resource.RLIM_INFINITY]


def _group_limits(root: Path) -> Iterator[tuple[int, int]]:
    """(limit, used) of this process's control groups, from its own to the outermost one that can be seen.

    Used memory includes files that were read; their inactive part is released when memory is needed.
    """
    for kind, top, group in _find_groups(root):
        limits, usage, released = FILES[kind]
        for folder in (group, *group.parents):
            statistics = _read_statistics(folder / "memory.stat")
            used = _read_number(folder / usage) or 0
            found = [_read_number(folder / name) for name in limits]
            for limit in (*found, statistics.get(OUTER_LIMIT)):
                if limit is not None:
                    yield limit, used - statistics.get(released, 0)
            if folder == top:
                break


def _find_groups(root):
    """(kind of file system, its folder, this process's group in it) for each version of control groups."""
    try:
        groups = dict(_own_groups((root / "proc/self/cgroup").read_text(encoding="utf-8")))
        mounts = [*_mounts((root / "proc/self/mountinfo").read_text(encoding="utf-8"))]
    except (OSError, ValueError):  # not Linux, or unlike it
        return
    for kind, own in groups.items():
        candidates = [(mounted, folder) for found, mounted, folder in mounts if found == kind]
        containing = [pair for pair in candidates if f"{own}/".startswith(f"{pair[0].rstrip('/')}/")]
        for mounted, folder in (containing or candidates)[:1]:
            top = root / folder.lstrip("/")
            inside = own[len(mounted.rstrip("/")) :] if containing else ""
            group = top / inside.strip("/")
            # In a container the group may have its path outside: then the top is the container's own group.
            yield kind, top, group if ".." not in inside and group.is_dir() else top


def _own_groups(text):
    """(kind of file system, path) of the groups that limit memory."""
    for line in text.splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0":
            yield "cgroup2", path
        elif "memory" in controllers.split(","):
            yield "cgroup", path


def _mounts(text):
    """(kind of file system, its part that is mounted, folder) of the mounts that can have limits of memory."""
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        mounted, folder = (_unescape(word) for word in before.split()[3:5])
        kind, _, options = after.split()[:3]
        if kind == "cgroup2" or (kind == "cgroup" and "memory" in options.split(",")):
            yield kind, mounted, folder


def _unescape(word):
    """A path of mountinfo, where spaces and other characters are written as octal numbers, such as \\040."""
    return word.encode().decode("unicode_escape").encode("latin-1").decode()


def _read_number(file):
    """The number in a file; None if there is no such file, or no limit ("max")."""
    with suppress(OSError, ValueError):
        return int(file.read_text(encoding="utf-8"))
    return None


def _read_statistics(file):
    """{name: number} of lines such as "inactive_file 4096"; {} if there is no such file."""
    with suppress(OSError, ValueError):
        return {name: int(number) for name, number in map(str.split, file.read_text(encoding="utf-8").splitlines())}
    return {}
