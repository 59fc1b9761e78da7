"""The time of J and the other time of an optimizer are measured separately."""

import re

import pytest

from benchmarks import optimizer_overhead


def test_a_timed_function_counts_its_calls_and_only_their_seconds(monkeypatch):
    clock = iter([0.0, 2.0, 10.0, 13.0])
    monkeypatch.setattr(optimizer_overhead.time, "perf_counter", lambda: next(clock))
    timed = optimizer_overhead.TimedFunction(lambda number: number + 1)
    assert [timed(1), timed(2)] == [2, 3]
    assert (timed.calls, timed.seconds) == (2, 5.0)


@pytest.mark.slow
def test_the_table_has_both_optimizers_with_their_evaluations(capsys):
    optimizer_overhead.main(["--size", "64", "--evaluations", "4"])
    rows = re.findall(
        r"\| (\S+) L-BFGS\S* \| (\d+) \| (\d\.\d+) \| (\d\.\d+) \|",
        capsys.readouterr().out.replace("the engine's", "engine's"),
    )
    assert [name for name, *_ in rows] == ["SciPy's", "engine's"]
    assert all(4 <= int(evaluations) <= 12 and float(seconds) > 0 for _, evaluations, seconds, _ in rows)
