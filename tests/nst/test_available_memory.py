"""What a process may use: the machine's memory, or less where a container, a job of a cluster or a shell says so."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from nst.engine.available_memory import JOB_MEMORY, available_bytes, total_bytes
from nst.paths import ROOT

MEGABYTE = 2**20
UNIFIED = "30 20 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"
VERSION_1 = "35 31 0:32 {mounted} /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory"
NO_LIMIT = 9223372036854771712  # what version 1 has in place of "max"
INTERPRETER = [sys.executable, "-c"]


@pytest.fixture
def machine(tmp_path):
    """A function that makes /proc and /sys of a machine: the groups of the process, the mounts, and files."""

    def make(groups, mounts, files):
        folder = tmp_path / "proc" / "self"
        folder.mkdir(parents=True)
        (folder / "cgroup").write_text(groups + "\n", encoding="utf-8")
        other = "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n25 20 0:22 / /sys rw shared:7 - sysfs sysfs rw\n"
        (folder / "mountinfo").write_text(f"{other}{mounts}\n", encoding="utf-8")
        for name, content in files.items():
            file = tmp_path / "sys/fs/cgroup" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{content}\n", encoding="utf-8")
        return tmp_path

    return make


def group(folder, limit, used=0, inactive=0):
    """The files of a group of version 2."""
    return {
        f"{folder}memory.max": limit,
        f"{folder}memory.current": used,
        f"{folder}memory.stat": f"anon {used}\nfile 4096\ninactive_file {inactive}\nactive_file 100",
    }


def group_1(folder, limit, used=0, inactive=0, outer=NO_LIMIT):
    """The files of a group of version 1."""
    return {
        f"memory/{folder}memory.limit_in_bytes": limit,
        f"memory/{folder}memory.usage_in_bytes": used,
        f"memory/{folder}memory.stat": f"cache 9\nhierarchical_memory_limit {min(limit, outer)}\n"
        f"inactive_file 7\ntotal_inactive_file {inactive}",
    }


def test_a_container_of_version_2_has_its_limit_at_the_top(machine):
    root = machine("0::/", UNIFIED, group("", 600 * MEGABYTE, 400 * MEGABYTE, 100 * MEGABYTE))
    assert available_bytes(root) == 300 * MEGABYTE  # inactive files make room
    assert total_bytes(root) == 600 * MEGABYTE


def test_the_smallest_limit_of_nested_groups_holds(machine):
    """A service of systemd inside a slice; a pod of Kubernetes inside its class of quality."""
    files = {
        "memory.stat": "anon 1",  # the machine's own group has no limit
        **group("user.slice/", 900 * MEGABYTE, 500 * MEGABYTE),
        **group("user.slice/session 1.scope/", "max", 300 * MEGABYTE),
    }
    root = machine("0::/user.slice/session 1.scope", UNIFIED, files)
    assert available_bytes(root) == 400 * MEGABYTE
    assert total_bytes(root) == 900 * MEGABYTE


def test_a_limit_that_only_slows_down_counts_too(machine):
    root = machine("0::/", UNIFIED, {**group("", 900 * MEGABYTE), "memory.high": 500 * MEGABYTE})
    assert available_bytes(root) == 500 * MEGABYTE


def test_version_1_is_read_with_all_groups_around_it(machine):
    """SLURM: a step inside a job inside a user."""
    files = {
        **group_1("", NO_LIMIT),
        **group_1("slurm/uid_7/", NO_LIMIT),
        **group_1("slurm/uid_7/job_3/", 700 * MEGABYTE, 300 * MEGABYTE, 50 * MEGABYTE),
        **group_1("slurm/uid_7/job_3/step_0/", NO_LIMIT, 200 * MEGABYTE),
    }
    groups = "9:name=systemd:/\n4:cpu,cpuacct:/other\n3:memory:/slurm/uid_7/job_3/step_0\n0::/"
    root = machine(groups, VERSION_1.format(mounted="/"), files)
    assert available_bytes(root) == 450 * MEGABYTE
    assert total_bytes(root) == 700 * MEGABYTE


def test_a_container_of_version_1_sees_its_own_group_at_the_top(machine):
    files = group_1("", 800 * MEGABYTE, 100 * MEGABYTE)
    root = machine("3:memory:/docker/4f2a", VERSION_1.format(mounted="/docker/4f2a"), files)
    assert available_bytes(root) == 700 * MEGABYTE


@pytest.mark.parametrize("path", ["/docker/4f2a", "/../../elsewhere"])
def test_a_path_that_is_known_only_outside_of_the_container_means_its_top(machine, path):
    root = machine(f"0::{path}", UNIFIED, group("", 800 * MEGABYTE))
    assert available_bytes(root) == 800 * MEGABYTE


def test_an_outer_limit_that_cannot_be_seen_is_in_the_statistics_of_version_1(machine):
    root = machine("3:memory:/", VERSION_1.format(mounted="/"), group_1("", NO_LIMIT, 0, outer=500 * MEGABYTE))
    assert total_bytes(root) == 500 * MEGABYTE


def test_where_both_versions_are_mounted_the_one_with_limits_is_read(machine):
    mounts = f"{VERSION_1.format(mounted='/')}\n40 31 0:40 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw"
    files = {"unified/cgroup.procs": "1", **group_1("job/", 500 * MEGABYTE)}
    assert total_bytes(machine("3:memory:/job\n0::/job", mounts, files)) == 500 * MEGABYTE


def test_spaces_in_a_mounted_folder_are_understood(machine):
    mounts = r"30 20 0:26 / /sys/fs/cgroup/my\040groups rw - cgroup2 cgroup2 rw"
    files = {f"my groups/{name}": content for name, content in group("", 500 * MEGABYTE).items()}
    assert total_bytes(machine("0::/", mounts, files)) == 500 * MEGABYTE


def test_a_group_that_has_used_all_leaves_nothing_and_not_less(machine):
    assert available_bytes(machine("0::/", UNIFIED, group("", 500 * MEGABYTE, 600 * MEGABYTE))) == 0


@pytest.mark.parametrize(
    ("groups", "mounts", "files"),
    [
        ("0::/", UNIFIED, {}),
        ("0::/", "", {}),
        ("", "", {}),
        ("0::/", UNIFIED, group("", "max")),
        ("0::/", UNIFIED, {"memory.max": "many", "memory.stat": "not numbers"}),
        ("3:memory:/", VERSION_1.format(mounted="/"), group_1("", NO_LIMIT)),
    ],
)
def test_without_a_limit_the_machine_has_what_it_has(machine, groups, mounts, files):
    root = machine(groups, mounts, files)
    assert total_bytes(root) == psutil.virtual_memory().total
    assert available_bytes(root) == pytest.approx(psutil.virtual_memory().available, rel=0.2)


def test_where_there_are_no_control_groups_the_machine_has_what_it_has(tmp_path):
    assert total_bytes(tmp_path) == psutil.virtual_memory().total


def test_a_job_of_a_batch_has_the_share_that_it_was_given(monkeypatch):
    monkeypatch.setenv(JOB_MEMORY, str(300 * MEGABYTE))
    assert available_bytes() == total_bytes() == 300 * MEGABYTE


def run_limited(code, kind, limit):
    """Run code in a process with a limit, as after `ulimit`."""
    resource = pytest.importorskip("resource")
    return subprocess.run(
        [*INTERPRETER, code],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        preexec_fn=lambda: resource.setrlimit(getattr(resource, kind), (limit, limit)),
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not enforce these limits")
@pytest.mark.parametrize("kind", ["RLIMIT_AS", "RLIMIT_DATA"])
def test_a_limit_of_the_process_is_seen(kind):
    code = "from nst.engine.available_memory import *; print([available_bytes(), total_bytes()])"
    free, total = json.loads(run_limited(code, kind, 1500 * MEGABYTE).stdout)
    assert total == 1500 * MEGABYTE
    assert 500 * MEGABYTE < free < 1500 * MEGABYTE


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not enforce these limits")
@pytest.mark.parametrize("limit", [1.2e9, 2.0e9])
def test_tensorflow_is_refused_in_words_where_it_would_end_the_process(limit):
    finished = run_limited("import nst.quiet_tensorflow", "RLIMIT_AS", int(limit))
    assert finished.returncode == 1
    told = finished.stderr.splitlines()[-1]
    assert "TensorFlow needs 2.0 GB of memory addresses, but the limit of this process leaves " in told
    assert told.endswith("Raise the limit: `ulimit -v unlimited` in a shell, or more memory for the job on a cluster.")


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not enforce these limits")
def test_a_limit_of_data_lets_tensorflow_be_imported():
    """Its libraries are not data. The grader's sandbox has such a limit."""
    assert run_limited("import nst.quiet_tensorflow", "RLIMIT_DATA", int(1.5e9)).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not enforce these limits")
@pytest.mark.parametrize("limit", [2.3e9, 2.6e9])
def test_a_size_is_refused_in_words_under_a_limit_of_addresses(limit):
    """TensorFlow would end the process with a segmentation fault."""
    words = ["images/louvre.jpg", "images/monet.jpg", "--size", "768", "--steps", "3", "--weights", "pocket"]
    code = f"import sys; from nst.cli.main import main; sys.exit(main({words}))"
    finished = run_limited(code, "RLIMIT_AS", int(limit))
    assert finished.returncode == 2, finished.stderr
    assert "GB" in finished.stderr.splitlines()[-1]


@pytest.mark.skipif(not Path("/sys/fs/cgroup").is_dir(), reason="control groups belong to Linux")
def test_a_real_group_is_read():
    """In a group of its own, inside another, where root may make groups."""
    mounted = [Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")]
    top = next((folder for folder in mounted if (folder / "cgroup.procs").exists()), None)
    if top is None or os.geteuid() != 0:
        pytest.skip("this machine lets no control group be made")
    outer = top / f"nst-test-{os.getpid()}"
    inner = outer / "inner"
    try:
        inner.mkdir(parents=True)
        limit = next(outer / name for name in ("memory.limit_in_bytes", "memory.max") if (outer / name).exists())
        limit.write_text(str(400 * MEGABYTE), encoding="utf-8")
        code = f"open({str(inner / 'cgroup.procs')!r}, 'w').write('0'); from nst.engine.available_memory import *; "
        finished = subprocess.run(
            [*INTERPRETER, f"{code}print(total_bytes())"], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except (OSError, StopIteration) as error:
        pytest.skip(f"this machine lets no control group be made: {error}")
    finally:
        for folder in (inner, outer):
            if folder.is_dir():
                folder.rmdir()
    assert int(finished.stdout) == 400 * MEGABYTE, finished.stderr
