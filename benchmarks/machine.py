"""The machine that figures were measured on, and the memory of this process."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path


def count_cores():
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def describe_machine():
    """The processor's name, the number of cores that this process may use, and TensorFlow's version."""
    name = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), name)
    return f"{name}, {count_cores()} cores, TensorFlow {version('tensorflow')}"


def peak_memory():
    """The peak memory of this process in bytes; on Linux from a source that does not start at the parent's peak."""
    if sys.platform == "darwin":
        import resource  # Windows has no such module

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
