"""System calls that a submission does not need, refused by the kernel of Linux (seccomp) for the rest of the process.

With them a process could fill memory that belongs to no process and that no limit counts, make namespaces of its own,
or reach into other processes; and they are the parts of the kernel in which errors are found most often. Python's
library of seccomp is on few machines, and its program for this list is short.

Numbers: https://github.com/torvalds/linux, arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h; instructions: include/uapi/linux/bpf_common.h and seccomp.h.
"""

import ctypes
import platform
import struct
import sys

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH
REFUSED = {  # name: (number on x86_64, number on aarch64)
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "unshare": (272, 97),
    "setns": (308, 268),
    "clone3": (435, 435),  # whose arguments no filter can read; the C library then calls clone
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
CLONE, NAMESPACES = (56, 220), 0x7E020000  # CLONE_NEW...: of a new process, and not of a thread
PRCTL, SET_DUMPABLE = (157, 167), 4  # a process that may not be dumped hides its open files from the grader
OTHER_NUMBERS = 0x40000000  # of the same calls, on x86_64
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16  # where seccomp_data has them
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, NOT_IMPLEMENTED = 0x7FFF0000, 0x00050000 | 38
SET_NO_NEW_PRIVILEGES = 38  # of prctl
SECCOMP, SET_FILTER, SPECULATES = (317, 277), 1, 4  # as fast as without a filter, also on kernels before 5.16


def refuse_system_calls() -> bool:
    """Refuse them to this thread and all that it starts: the call fails as on a kernel without it. Returns whether
    this system can."""
    if not sys.platform.startswith("linux") or platform.machine() not in MACHINES:
        return False
    machine = list(MACHINES).index(platform.machine())
    program = _make_program(machine)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(buffer)))
    library, zero = ctypes.CDLL(None), ctypes.c_ulong(0)
    return (
        library.prctl(SET_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), zero, zero, zero) == 0
        and library.syscall(SECCOMP[machine], SET_FILTER, SPECULATES, ctypes.byref(header)) == 0
    )


def _make_program(machine):
    """The filter as bytes. machine: the index of its numbers."""
    tests = [(AT_LEAST, OTHER_NUMBERS), *((EQUAL, numbers[machine]) for numbers in REFUSED.values())]
    refused = len(tests) + 8  # instructions from the first test to the last instruction, which refuses
    program = [
        (LOAD, 0, 0, MACHINE),
        (EQUAL, 1, 0, list(MACHINES.values())[machine]),
        (RETURN, 0, 0, NOT_IMPLEMENTED),
        (LOAD, 0, 0, NUMBER),
        *((test, refused - place - 1, 0, number) for place, (test, number) in enumerate(tests)),
        (EQUAL, 0, 3, CLONE[machine]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (ANY_BIT, 5, 0, NAMESPACES),
        (RETURN, 0, 0, ALLOW),
        (EQUAL, 0, 2, PRCTL[machine]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (EQUAL, 1, 0, SET_DUMPABLE),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, NOT_IMPLEMENTED),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)
