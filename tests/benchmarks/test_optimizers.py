"""What optimisers compute besides J is told apart from J."""

import re

from benchmarks import optimizers


def test_a_clocked_function_counts_its_calls_and_their_seconds_alone(monkeypatch):
    clock = iter([0.0, 2.0, 10.0, 13.0])
    monkeypatch.setattr(optimizers.time, "perf_counter", lambda: next(clock))
    clocked = optimizers.Clocked(lambda number: number + 1)
    assert [clocked(1), clocked(2)] == [2, 3]
    assert (clocked.calls, clocked.seconds) == (2, 5.0)


def test_both_optimisers_are_told_with_their_evaluations(capsys):
    optimizers.main(["--size", "64", "--evaluations", "4"])
    rows = re.findall(
        r"\| (\S+) L-BFGS\S* \| (\d+) \| (\d\.\d+) \| (\d\.\d+) \|",
        capsys.readouterr().out.replace("the engine's", "engine's"),
    )
    assert [name for name, *_ in rows] == ["SciPy's", "engine's"]
    assert all(4 <= int(evaluations) <= 12 and float(seconds) > 0 for _, evaluations, seconds, _ in rows)
