"""A limit of memory that the kernel keeps for all processes of a submission together: a control group (cgroup).

systemd makes one for ordinary users, on systems with control groups of version 2. Memory counts there that belongs to
no process, such as files in memory, too.
"""

import functools
import os
import shlex
import shutil
import subprocess
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
SCOPE = shlex.split("systemd-run --user --scope --quiet --collect --property MemorySwapMax=0")
END_WITH_GRADER = shlex.split("setpriv --pdeathsig KILL")
BUS = ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")  # what systemd-run needs, and the submission must not have
OWN_GROUP = f'"{GROUPS}$(sed -n s/^0:://p /proc/self/cgroup)"'
TEST_BYTES = 2**26
OUT_OF_MEMORY = 121  # exit code, if the kernel has killed a process of the group for its memory
REPORT = f"""
group={OWN_GROUP}
"$@"
code=$?
grep -q '^oom_kill [1-9]' "$group/memory.events" && exit {OUT_OF_MEMORY}
exit $code
"""


def limit_memory(command: list[str], size: int) -> list[str]:
    """The command, with a limit of bytes for all its processes together. It ends with the command's exit code, or with
    OUT_OF_MEMORY."""
    hidden = [word for name in BUS for word in ("-u", name)]
    return [*_in_group(size), *END_WITH_GRADER, "env", *hidden, "sh", "-c", REPORT, "sh", *command]


def find_bus() -> dict[str, str]:
    """The variables of the environment that the command of `limit_memory` needs."""
    return {name: os.environ[name] for name in BUS if name in os.environ}


@functools.cache
def has_memory_group() -> bool:
    """Whether the limit is really there for a process of a group."""
    if not shutil.which("systemd-run") or not find_bus():
        return False
    command = [*_in_group(TEST_BYTES), "sh", "-c", f"cat {OWN_GROUP}/memory.max"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.stdout.strip() == str(TEST_BYTES).encode()


def _in_group(size):
    return [*SCOPE, "--property", f"MemoryMax={size}", "--"]
