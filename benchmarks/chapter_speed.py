"""The speed of chapter 1: one train_step compared with the network alone, retraces, and the whole chapter.

    python -m benchmarks.chapter_speed

Prints a table in Markdown with the machine's name, and writes benchmarks/results/chapter_speed.json. The step and the
forward and backward pass of the same network alone are timed in turns, in one process, so that their ratio is fair.
The chapter is run from top to bottom in a new kernel, TensorFlow's import included.
"""

import argparse
import io
import subprocess
import sys
import time
from contextlib import redirect_stdout

from benchmarks import results
from benchmarks.interleaved import median_seconds
from benchmarks.machine import describe_machine
from nst.network.weights import find_weights
from nst.paths import ROOT
from nst.quiet_tensorflow import tensorflow as tf
from tools import chapter

CHAPTER = "01_neural_style_transfer"
ROUNDS = 40


def main(arguments=None):
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args(arguments)
    figures = {
        "machine": describe_machine(),
        "network": find_weights().name,
        **measure_step(),
        "chapter, seconds": round(measure_chapter()),
    }
    results.write_results("chapter_speed", figures)
    print("| what | figure |\n| --- | --- |")
    for what, figure in figures.items():
        print(f"| {what} | {figure} |")


def measure_step():
    """Median milliseconds of train_step and of the network alone at 400 px, their ratio, and the number of traces."""
    with redirect_stdout(io.StringIO()):
        course = chapter.run_until(ROOT / "notebooks" / "src" / f"{CHAPTER}.py", "def paint(")
    picture, network = course["generated_image"], course["vgg_model_outputs"]
    course["optimizer"] = course["new_optimizer"]()
    course["optimizer"].build([picture])
    step = course["fresh"](course["train_step"])

    @tf.function
    def network_alone(image):
        with tf.GradientTape() as tape:
            total = tf.add_n([tf.reduce_sum(activation) for activation in network(image)])
        return tape.gradient(total, image)

    functions = [lambda: step(picture).numpy(), lambda: network_alone(picture)[..., 0].numpy()]
    step_seconds, network_seconds = median_seconds(functions, ROUNDS)
    return {
        "train_step at 400 px, milliseconds": round(1000 * step_seconds, 1),
        "forward and backward pass of the network alone, milliseconds": round(1000 * network_seconds, 1),
        "ratio": round(step_seconds / network_seconds, 2),
        "traces of train_step": step.experimental_get_tracing_count(),
    }


def measure_chapter():
    """Seconds that the chapter takes from top to bottom, in a kernel of its own."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "tools.run_chapters", CHAPTER], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
