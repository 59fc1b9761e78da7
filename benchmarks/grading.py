"""What grading costs: one submission against TensorFlow's import, many on two cores against one by one, and memory.

    python -m benchmarks.grading [--submissions 100] [--light 1000]

Prints a table in Markdown with the machine's name, and writes benchmarks/grading.json. The import and the single
submission are timed in turns. The many are solved notebooks, each a little different; one worker and two grade half of
them, and then the other half, so that a machine that slows down does so for both. The light ones hold no exercise, so
that nothing is started for them: they show what the grader itself keeps in memory.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil

from benchmarks.machine import machine
from foundation.atomic_write import write_atomically
from grading.sandbox import containment
from nst.paths import ROOT

SOLVED = ROOT / "notebooks" / "01_neural_style_transfer.ipynb"
ROUNDS = 5
MEGABYTE = 2**20


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--submissions", type=int, default=100, help="how many are graded by one worker and by two")
    parser.add_argument("--light", type=int, default=1000, help="how many light ones the memory is watched over")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = {
            "machine": machine(),
            "containment": containment.detected().level,
            **single(Path(folder)),
            **many(Path(folder), options.submissions),
            **memory(Path(folder), options.light),
        }
    with write_atomically(Path(__file__).with_suffix(".json")) as partial:
        partial.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("| what | figure |\n| --- | --- |")
    for what, figure in figures.items():
        print(f"| {what} | {figure} |")


def single(folder):
    """Median seconds of TensorFlow's import and of grading one solved notebook, each in a process of its own."""
    submissions = fill(folder / "single", 1)
    seconds = {"import": [], "one": []}
    for number in range(ROUNDS):
        seconds["import"].append(timed([sys.executable, "-I", "-c", "import tensorflow"]))
        seconds["one"].append(timed(grading(submissions, folder / f"grades {number}", workers=1)))
    imported, one = (statistics.median(times) for times in seconds.values())
    return {
        "TensorFlow's import, seconds": round(imported, 1),
        "one submission, seconds": round(one, 1),
        "one submission less 1.5 imports, seconds": round(one - 1.5 * imported, 1),
    }


def many(folder, count):
    """Seconds for many submissions by one worker and by two, and their ratio."""
    seconds = {1: 0.0, 2: 0.0}
    for turn, share in enumerate((count // 2, count - count // 2)):
        submissions = fill(folder / f"many {turn}", share)
        for workers in seconds:
            seconds[workers] += timed(grading(submissions, folder / f"grades {turn} of {workers}", workers))
    serial, parallel = seconds.values()
    return {
        f"{count} submissions, one worker, seconds": round(serial),
        f"{count} submissions, two workers, seconds": round(parallel),
        "two workers against one": round(parallel / serial, 2),
    }


def memory(folder, most):
    """Highest memory of the grader's own process, in MB, over 10 light submissions and over many."""
    peaks = {}
    for count in (10, most):
        submissions = folder / f"light {count}"
        submissions.mkdir()
        for number in range(count):
            (submissions / f"student {number}.py").write_text("x = 1\n", encoding="utf-8")
        peaks[f"memory of the grader over {count} light submissions, MB"] = round(
            peak(grading(submissions, folder / f"grades of light {count}", workers=2)) / MEGABYTE
        )
    return peaks


def fill(folder, count):
    """A folder of solved notebooks that differ in a comment."""
    folder.mkdir()
    notebook = nbformat.read(SOLVED, as_version=4)
    for number in range(count):
        notebook.cells[-1].source = f"# {number}"
        nbformat.write(notebook, folder / f"student {number}.ipynb")
    return folder


def grading(submissions, grades, workers):
    return [sys.executable, "-m", "grading", submissions, "--out", grades, "--workers", str(workers), "--seed", "1"]


def timed(command):
    start = time.perf_counter()
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - start
    if ended.returncode != 0:
        raise RuntimeError(f"{command} ended with exit code {ended.returncode}:\n{ended.stderr}")
    return seconds


def peak(command):
    """The highest resident memory of a command's own process, in bytes."""
    running, highest = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), 0
    watched, done = psutil.Process(running.pid), threading.Event()

    def watch():
        nonlocal highest
        while not done.wait(0.05):
            try:
                highest = max(highest, watched.memory_info().rss)
            except psutil.NoSuchProcess:
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = running.wait()
    done.set()
    watcher.join()
    if code != 0:
        raise RuntimeError(f"the grader ended with exit code {code}")
    return highest


if __name__ == "__main__":
    main()
