"""What each level of containment prevents, and what keeps each limit, in the words of the class page."""

import sys

SYSTEMS = {"darwin": " on macOS", "win32": " on Windows"}  # where the level "process" keeps fewer limits
WITH_GROUP = " with a control group"
AS_ROOT = " as root"
EVERY_LEVEL = (
    "Every submission runs in a new Python process, in an empty temporary folder, with an environment and session of "
    "its own. Its output is discarded. It is killed, with all processes that it started, if an exercise takes too "
    "long, if it uses too much memory, writes too much to its folder, or starts too many processes. The process "
    "contains no right answers: results are judged outside of it, from plain arrays."
)
LEVELS = {
    "bubblewrap": (
        "bubblewrap: the submission has no network, sees only its own processes, and of the file system only Python "
        "and the system's libraries, which it cannot change. Not prevented: using the processor during the time it may "
        "run, and exploiting a vulnerability of the operating system."
    ),
    "unshare": (
        "unshare: the submission has no network and sees only its own processes. It can still read the files that its "
        "user account may read, possibly other submissions, and change the files that this account may change. What it "
        "writes outside of its folder is not monitored, so it can fill the disk. Install bubblewrap to prevent all of "
        "this."
    ),
    "process": (
        "process: the submission is not contained further. It can use the network, and read and change the files that "
        "its user account may. What it writes outside of its folder is not monitored, so it can fill the disk. A "
        "process that detaches from its parent can keep running. If you do not trust your students, grade on Linux "
        "with bubblewrap installed, or in a container or virtual machine."
    ),
}
BY_GRADER = "the grader, which looks every tenth of a second"
BY_BOTH = "the operating system for each process, and the grader for all together, which looks every tenth of a second"
LIMITS = {  # of memory, of what is written, of processes, of processor time
    "bubblewrap": (BY_BOTH, "the operating system: the folder is in memory", BY_BOTH, "the operating system"),
    "unshare": (BY_BOTH, BY_BOTH, BY_BOTH, "the operating system"),
    "process": (BY_BOTH, BY_BOTH, BY_GRADER, "the operating system"),
    "process on macOS": (BY_GRADER, BY_BOTH, BY_GRADER, "the operating system"),
    "process on Windows": (BY_GRADER,) * 3 + ("the grader, which measures only the time that passes",),
}
BY_GROUP = "the operating system for all processes together, in a control group"
DROPS_ROOT = " It runs as a user without rights of its own, although root grades."
ROOT = (
    " It runs as root, because the command was given --allow-root: a submission can change everything that root can "
    "change, also outside of its namespaces."
)


def name_level(level: str, has_group: bool, as_root: bool) -> str:
    """A level, and what else decides how far it protects, in words.

    >>> name_level("bubblewrap", True, False)
    'bubblewrap with a control group'
    """
    system = SYSTEMS.get(sys.platform, "") if level == "process" else ""
    return level + system + WITH_GROUP * has_group + AS_ROOT * as_root


def describe_level(name: str) -> str:
    """What a level prevents, and what keeps each limit. name: see `name_level`."""
    plain = name.removesuffix(AS_ROOT)
    level = plain.removesuffix(WITH_GROUP)
    memory, disk, processes, time = LIMITS[level]
    memory = BY_GROUP if plain != level else memory
    limits = (
        f" Its limits are kept by: {memory} (memory); {disk} (size of its folder); {processes} (number of processes); "
        f"{time} (processor time)."
    )
    return LEVELS[level.split()[0]] + limits + (ROOT if name != plain else "")
