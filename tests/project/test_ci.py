"""The workflows on GitHub: actions are pinned, no credentials stay, Windows runs the lines of CONTRIBUTING.md."""

import re

import pytest
import yaml

from nst.paths import ROOT

WORKFLOWS = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
}
JOBS = yaml.safe_load(WORKFLOWS["ci"])["jobs"]
STEPS = [step for text in WORKFLOWS.values() for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]


def test_every_action_is_pinned_by_its_commit_and_names_its_version():
    used = re.findall(r"uses: (.+)", "\n".join(WORKFLOWS.values()))
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)] == []


def test_a_checkout_leaves_no_credentials_and_pip_has_a_cache():
    for step in STEPS:
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False
        if step.get("uses", "").startswith("actions/setup-python"):
            assert step["with"]["cache"] == "pip"


def test_package_lists_are_renewed_before_a_package_is_installed():
    for step in STEPS:
        if "apt-get install" in step.get("run", ""):
            assert "apt-get update &&" in step["run"]


def test_every_job_has_a_time_limit():
    assert [name for name, job in JOBS.items() if "timeout-minutes" not in job] == []


def test_one_job_fails_without_bubblewrap_and_uses_the_constraints():
    environment = JOBS["everything"]["env"]
    assert environment == {
        "PIP_CONSTRAINT": "${{ github.workspace }}/constraints.txt",
        "REQUIRE_BUBBLEWRAP": "1",
    }


def test_the_jobs_call_what_the_makefile_has():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    called = {match[1] for step in STEPS if (match := re.match(r"make ([a-z-]+)", step.get("run", "")))}
    assert {"test", "test-all", "test-browser", "site"} <= called <= targets


@pytest.mark.parametrize("step", [step["run"] for step in JOBS["windows"]["steps"] if "run" in step])
def test_windows_runs_the_lines_of_contributing(step):
    documented = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").replace("--timeout=300 ", "")
    assert step == "python -m venv .venv" or step in documented


def test_only_the_job_that_publishes_the_site_may_write_and_no_pull_request_starts_it():
    site = yaml.safe_load(WORKFLOWS["site"])
    assert set(site[True]) == {"release", "workflow_dispatch"}  # YAML reads the key `on` as a truth value
    assert site["permissions"] == {"contents": "read"}
    assert [name for name, job in site["jobs"].items() if "permissions" in job] == ["publish"]
