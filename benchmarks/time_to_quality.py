"""How long nst.stylize takes to reach what published methods reach, with one network on one machine.

    python -m benchmarks.time_to_quality --pictures FOLDER --weights VGG19.npz [--only NAME ...] [--pairs N]

FOLDER holds content/ and style/; the first styles by name, with the contents in turn, make six pairs at 400 pixels.
Each method minimizes its own loss, on the layers that it publishes (benchmarks/published_methods.py). Published methods
compute in float32, ours as `nst.stylize` does: in bfloat16 where the processor supports it. The metrics of the 8-bit
picture are those of benchmarks/score.py. Clocks include loading, tracing, targets and every evaluation, and stop while
others compute and while pictures are scored. The methods of a pair take turns of five seconds, with as many threads as
there are cores. A run ends after the method's own steps, or after 300 seconds of its own.

Style gain: the share of the content picture's distance from the style that is gone. Deep: style on block4_conv2 to
block5_conv3 and content on block4_conv2. Shallow: style on block1_conv2 to block3_conv3 and content on block3_conv4.
Seconds to a method's style: until ours has its final gain (or 0.9 of it) at a content error no larger. Methods differ
in how near they stay to the photograph. Ours therefore also runs with larger content weights, and each method is
compared with our run of the smallest content weight that ends as near to the photograph as the method does. "One pass"
is nst.paint_fast.

Prints the machines and, for each depth and share, a table, and writes benchmarks/results/time_to_quality.json and
.png. Finished pairs stay: the same command continues with the next. A pair that lacks methods and was run on another
machine is run again as a whole.
"""

import argparse
import hashlib
import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks import published_methods, results
from benchmarks.interleaved import TimedGenerator, iterate_callbacks
from benchmarks.machine import count_cores, describe_machine
from benchmarks.picture_pairs import PAIRS, PairsError, choose_pairs, name_pair
from benchmarks.scorer import ScoreError, Scorer, style_gain
from benchmarks.time_to_quality_report import CONTENT_WEIGHT, SHARES, as_markdown, plot, summarize
from nst import images
from nst.cli.stylize import INPUT_ERRORS
from nst.engine.precision import fastest_precision
from nst.engine.settings import Settings
from nst.engine.stylize import stylize
from nst.fast.paint import paint_fast
from nst.quiet_tensorflow import tensorflow as tf

NAME = "time_to_quality"
SIZE = 400
TIME_LIMIT = 300.0
TURN = 5.0
SCORING_INTERVAL = 1.12  # times the seconds of the last scored picture
FIRST_SCORED = 0.5
METRICS = {"deep": ("style_deep", "content_deep"), "shallow": ("style_held_out", "content_error")}
SIX_PAIRS = {
    "the course": published_methods.course,
    "TensorFlow's tutorial": published_methods.tensorflow_tutorial,
    "crowsonkb": published_methods.crowsonkb,
    "L-BFGS (SciPy)": published_methods.scipy_lbfgs,
}
TWO_PAIRS = {
    "keras.io": published_methods.keras_example,
    "PyTorch's tutorial": published_methods.pytorch_tutorial,
    "jcjohnson": published_methods.jcjohnson,
}
ALL_STEPS, OUT_OF_TIME, NOT_FINITE = "its steps", f"{TIME_LIMIT:.0f} s", "a picture that is no longer finite"


class ResultsError(ValueError):
    """Results that these runs cannot be added to; the message says what differs."""


def ours(task, **settings):
    """nst.stylize as a generator of its pictures."""

    def run(callback):
        result = stylize(
            task.content,
            task.style,
            size=max(task.size),
            **{"weights": task.weights, **settings},
            on_progress=lambda progress: callback(progress.image),
        )
        callback(result.picture)

    yield from iterate_callbacks(run)


def one_pass(task):
    """nst.paint_fast as a generator of its only picture."""
    yield paint_fast(task.content, task.style, size=max(task.size)).picture


NETWORKS = {
    "ours: Pocket alone": {"weights": "pocket"},
    "ours: Pocket, then VGG-19": {},
    "ours: VGG-19 alone": {"warm_start": False},
}
CONTENT_WEIGHTS = (1.5, 2.0, 2.5, 3.0, 4.0, 8.0)  # the default is 1
OURS = {name: partial(ours, **settings) for name, settings in NETWORKS.items()}
OURS |= {
    f"{name}{CONTENT_WEIGHT}{weight:g}": partial(ours, content_weight=weight, **settings)
    for name, settings in NETWORKS.items()
    for weight in CONTENT_WEIGHTS
}
OURS["one pass"] = one_pass


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        pairs = choose_pairs(options.pictures, options.pairs)
        measured = run_missing(pairs, options.weights, options.only)
    except (ResultsError, PairsError, *INPUT_ERRORS, ScoreError) as error:
        sys.exit(f"time_to_quality: {error}")
    except KeyboardInterrupt:
        sys.exit("time_to_quality: stopped. The same command continues with the pair that was not finished.")
    runs = {pair: entry["runs"] for pair, entry in measured["pairs"].items()}
    machines = sorted({entry["machine"] for entry in measured["pairs"].values()})
    print(*machines, sep="\n")
    for depth in METRICS:
        rows = summarize(choose_depth(runs, depth))
        for share in SHARES:
            print(f"\n{depth} layers, to {share:.1f} of a method's final style gain\n\n{as_markdown(rows, share)}")
    plot(choose_depth(runs, "deep"), results.FOLDER / f"{NAME}.png")


def choose_depth(runs, depth):
    """The runs of each pair with the figures of one depth, "deep" or "shallow", as the report takes them."""
    return {
        pair: {name: {"ended": run["ended"], "seconds": run["seconds"], **run[depth]} for name, run in of_pair.items()}
        for pair, of_pair in runs.items()
    }


def run_missing(pairs, weights, only=()):
    """Run the methods that the results lack, and write the results after each pair.

    Returns {"settings": those of all runs, "pairs": {pair: {"machine", "runs": {name: ...}}}}, the runs as `run_pair`
    returns them.
    """
    measured = _read_results(weights)
    machine = f"{describe_machine()}, ours in {fastest_precision()}"
    for number, (content, style) in enumerate(pairs):
        pair = name_pair(content, style)
        methods = {**OURS, **SIX_PAIRS, **(TWO_PAIRS if number < 2 else {})}
        entry = measured["pairs"].get(pair, {"machine": machine, "runs": {}})
        chosen = {
            name: method
            for name, method in methods.items()
            if name in entry["runs"] or not only or name.startswith(tuple(only))
        }
        missing = {name: method for name, method in chosen.items() if name not in entry["runs"]}
        if missing and entry["machine"] != machine:
            entry, missing = {"machine": machine, "runs": {}}, chosen
        if missing:
            entry["runs"] |= run_pair(pair, missing, content, style, weights)
            measured["pairs"][pair] = entry
            results.write_results(NAME, measured)
    return measured


def _read_results(weights):
    """The results so far. Raises ResultsError where their weights or settings differ from these."""
    settings = {
        "weights": hashlib.sha256(Path(weights).read_bytes()).hexdigest()[:12],
        "size": SIZE,
        "stylize": asdict(Settings()),
    }
    settings = json.loads(json.dumps(settings))
    measured = results.read_results(NAME) or {"settings": settings, "pairs": {}}
    if differing := sorted(name for name in settings if measured["settings"].get(name) != settings[name]):
        raise ResultsError(
            f"{results.FOLDER / NAME}.json has runs with other values of: {', '.join(differing)}. "
            f"To run everything again, move that file away."
        )
    return measured


def run_pair(pair, methods, content, style, weights):
    """Let some methods paint one pair in turns.

    Returns {name: {"ended": ALL_STEPS, OUT_OF_TIME or NOT_FINITE, "evaluations": of J, "seconds": [...], "deep":
    {"style_gain": [...], "content_error": [...]}, "shallow": the same}}, an entry for each scored picture.
    """
    content_image = images.load(content, SIZE)
    scorer = PairScorer(weights, images.to_uint8(content_image), style)
    task = published_methods.Task(content_image, scorer.style_image, Path(weights))
    runs = [Run(name, method(task), scorer) for name, method in methods.items()]
    with tqdm(
        total=len(runs) * TIME_LIMIT,
        desc=pair,
        unit="s",
        bar_format="{desc}: {percentage:3.0f}% |{bar}| {elapsed}, at most {remaining} to go",
    ) as bar:
        while running := [run for run in runs if not run.ended]:
            for run in running:
                run.take_turn()
                bar.update(sum(TIME_LIMIT if one.ended else one.seconds for one in runs) - bar.n)
    return {run.name: run.result | {"evaluations": run.count} for run in runs}


class Run(TimedGenerator):
    """One method's run on one pair: its clock, and the scores of its pictures at growing intervals."""

    def __init__(self, name, generator, scorer):
        super().__init__(name, generator)
        self._scorer, self._next_scored = scorer, FIRST_SCORED
        self.result = {"ended": ALL_STEPS, "seconds": []}
        self.result |= {depth: {"style_gain": [], "content_error": []} for depth in METRICS}

    def take_turn(self):
        """Compute for a turn, with its pictures scored when they are due."""
        turn_ends = min(self.seconds + TURN, TIME_LIMIT)
        while self.seconds < turn_ends and not self.ended:
            self.run_for(min(turn_ends, self._next_scored) - self.seconds)
            if not np.isfinite(self.latest).all():
                self._stop_because(NOT_FINITE)
                break
            if self.seconds >= TIME_LIMIT and not self.ended:
                self._stop_because(OUT_OF_TIME)
            if self.seconds >= self._next_scored or self.ended:
                self._score()

    def _stop_because(self, reason):
        self.stop()
        self.result["ended"] = reason

    def _score(self):
        self.result["seconds"].append(round(self.seconds, 4))
        for depth, figures in self._scorer.score(self.latest).items():
            for name, value in figures.items():
                self.result[depth][name].append(round(value, 4))
        self._next_scored = self.seconds * SCORING_INTERVAL


class PairScorer:
    """Style gains and content errors of pictures of one pair; a picture that is still small is enlarged first."""

    def __init__(self, weights, content, style):
        self._scorer = Scorer(weights, content, style)
        self._scorer.require_deep_metrics()
        self._names = [name for of_depth in METRICS.values() for name in of_depth]
        self._of_content = self._scorer.measure(content, self._names)
        self.style_image = self._scorer.style[None] / np.float32(255)

    def score(self, picture):
        """{depth: {"style_gain", "content_error"}} of a picture (1, H, W, 3)."""
        height, width = self._scorer.content.shape[:2]
        values = self._scorer.measure(images.to_uint8(images.resize(picture, height, width)), self._names)
        record = {"values": values, "content": self._of_content}
        return {
            depth: {"style_gain": style_gain(record, style), "content_error": values[content]}
            for depth, (style, content) in METRICS.items()
        }


def _use_every_core():
    """As many threads as this process may use cores; must be called before TensorFlow computes anything."""
    tf.config.threading.set_intra_op_parallelism_threads(count_cores())
    tf.config.threading.set_inter_op_parallelism_threads(count_cores())


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pictures", type=Path, required=True, help="a folder with content/ and style/")
    parser.add_argument("--weights", required=True, help="VGG-19's weights, all five blocks: .h5 or .npz")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="only methods whose name starts so")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="how many pairs (default %(default)s)")
    return parser


if __name__ == "__main__":
    _use_every_core()
    main()
