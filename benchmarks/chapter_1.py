"""What chapter 1 costs: one train_step against the bare network, retraces, and the whole chapter.

    python -m benchmarks.chapter_1

Prints a table in Markdown with the machine's name, and writes benchmarks/chapter_1.json. The step and the bare
forward and backward pass of the same cut network are timed in turns, in one process, so that their ratio is fair;
the chapter is run from top to bottom in a kernel of its own, TensorFlow's import included.
"""

import io
import json
import statistics
import subprocess
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

from benchmarks.machine import machine
from foundation.atomic_write import write_atomically
from nst.network.weights import find_weights
from nst.paths import ROOT
from nst.quiet_tensorflow import tensorflow as tf
from tools import chapter

CHAPTER = "01_neural_style_transfer"
ROUNDS = 40


def main():
    figures = {
        "machine": machine(),
        "network": find_weights().name,
        **step_figures(),
        "chapter, seconds": round(chapter_seconds()),
    }
    with write_atomically(Path(__file__).with_suffix(".json")) as partial:
        partial.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("| what | figure |\n| --- | --- |")
    for what, figure in figures.items():
        print(f"| {what} | {figure} |")


def step_figures():
    """Median milliseconds of train_step and of the bare pass at 320 px, their ratio, and how often it was traced."""
    with redirect_stdout(io.StringIO()):
        course = chapter.names_after(ROOT / "notebooks" / "src" / f"{CHAPTER}.py", "def paint(")
    picture, network = course["generated_image"], course["vgg_model_outputs"]
    course["optimizer"] = course["new_optimizer"]()
    course["optimizer"].build([picture])
    step = course["fresh"](course["train_step"])

    @tf.function
    def bare(image):
        with tf.GradientTape() as tape:
            total = tf.add_n([tf.reduce_sum(activation) for activation in network(image)])
        return tape.gradient(total, image)

    seconds = {step: [], bare: []}
    for _ in range(ROUNDS):
        for function, times in seconds.items():
            start = time.perf_counter()
            function(picture)[..., 0].numpy() if function is bare else function(picture).numpy()
            times.append(time.perf_counter() - start)
    milliseconds = {
        name: 1000 * statistics.median(times[2:])
        for name, times in (("train_step", seconds[step]), ("bare", seconds[bare]))
    }
    return {
        "train_step at 320 px, milliseconds": round(milliseconds["train_step"], 1),
        "bare forward and backward, milliseconds": round(milliseconds["bare"], 1),
        "ratio": round(milliseconds["train_step"] / milliseconds["bare"], 2),
        "traces of train_step": step.experimental_get_tracing_count(),
    }


def chapter_seconds():
    """Seconds that the chapter takes from top to bottom, in a kernel of its own."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "tools.run_chapters", CHAPTER], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
