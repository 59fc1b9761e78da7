"""The speed and memory of the grader: one submission, many with one worker and with two, and very many small ones.

    python -m benchmarks.grading_speed [--submissions 100] [--light 1000]

Prints a table in Markdown with the machine's name, and writes benchmarks/results/grading_speed.json. TensorFlow's
import and the single submission are timed in turns. The many are solved notebooks that differ in a comment; first one
worker and then two grade half of them, then the other half, so that a slow phase of the machine affects both. The light
ones have no exercise, so that no process is started for them: they show the memory of the grader itself.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil

from benchmarks import results
from benchmarks.machine import describe_machine
from grading.sandbox import containment
from nst.paths import ROOT

SOLVED = ROOT / "notebooks" / "01_neural_style_transfer.ipynb"
ROUNDS = 5
MEGABYTE = 2**20


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--submissions", type=int, default=100, help="how many are graded by one worker and by two")
    parser.add_argument(
        "--light", type=int, default=1000, help="how many light submissions for the memory of the grader"
    )
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        figures = {
            "machine": describe_machine(),
            "containment": containment.find_containment().level,
            **measure_single(Path(folder)),
            **measure_many(Path(folder), options.submissions),
            **measure_memory(Path(folder), options.light),
        }
    results.write_results("grading_speed", figures)
    print("| what | figure |\n| --- | --- |")
    for what, figure in figures.items():
        print(f"| {what} | {figure} |")


def measure_single(folder):
    """Median seconds of TensorFlow's import and of grading one solved notebook, each in a process of its own."""
    submissions = write_submissions(folder / "single", 1)
    seconds = {"import": [], "one": []}
    for number in range(ROUNDS):
        seconds["import"].append(measure_seconds([sys.executable, "-I", "-c", "import tensorflow"]))
        seconds["one"].append(measure_seconds(grading_command(submissions, folder / f"grades {number}", workers=1)))
    imported, one = (statistics.median(times) for times in seconds.values())
    return {
        "TensorFlow's import, seconds": round(imported, 1),
        "one submission, seconds": round(one, 1),
        "one submission less 1.5 imports, seconds": round(one - 1.5 * imported, 1),
    }


def measure_many(folder, count):
    """Seconds for many submissions with one worker and with two, and their ratio."""
    seconds = {1: 0.0, 2: 0.0}
    for turn, share in enumerate((count // 2, count - count // 2)):
        submissions = write_submissions(folder / f"many {turn}", share)
        for workers in seconds:
            seconds[workers] += measure_seconds(
                grading_command(submissions, folder / f"grades {turn} of {workers}", workers)
            )
    serial, parallel = seconds.values()
    return {
        f"{count} submissions, one worker, seconds": round(serial),
        f"{count} submissions, two workers, seconds": round(parallel),
        "two workers, relative to one": round(parallel / serial, 2),
    }


def measure_memory(folder, count):
    """Highest memory of the grader's own process, in MB, for 10 light submissions and for many."""
    peaks = {}
    for number in (10, count):
        submissions = folder / f"light {number}"
        submissions.mkdir()
        for student in range(number):
            (submissions / f"student {student}.py").write_text("x = 1\n", encoding="utf-8")
        peaks[f"memory of the grader for {number} light submissions, MB"] = round(
            measure_peak(grading_command(submissions, folder / f"grades of light {number}", workers=2)) / MEGABYTE
        )
    return peaks


def write_submissions(folder, count):
    """Make a folder of solved notebooks that differ in a comment."""
    folder.mkdir()
    notebook = nbformat.read(SOLVED, as_version=4)
    for number in range(count):
        notebook.cells[-1].source = f"# {number}"
        nbformat.write(notebook, folder / f"student {number}.ipynb")
    return folder


def grading_command(submissions, grades, workers):
    return [sys.executable, "-m", "grading", submissions, "--out", grades, "--workers", str(workers), "--seed", "1"]


def measure_seconds(command):
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise RuntimeError(f"{command} ended with exit code {done.returncode}:\n{done.stderr}")
    return seconds


def measure_peak(command):
    """The highest resident memory of a command's own process, in bytes."""
    grader, highest = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), 0
    process, done = psutil.Process(grader.pid), threading.Event()

    def watch():
        nonlocal highest
        while not done.wait(0.05):
            try:
                highest = max(highest, process.memory_info().rss)
            except psutil.NoSuchProcess:
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = grader.wait()
    done.set()
    watcher.join()
    if code != 0:
        raise RuntimeError(f"the grader ended with exit code {code}")
    return highest


if __name__ == "__main__":
    main()
