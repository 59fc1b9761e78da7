"""How long our recipe takes to what other recipes reach, on one network and one machine.

    python -m benchmarks.time_to_quality --pictures FOLDER --weights VGG19.npz [--only NAME ...] [--pairs N]

FOLDER holds content/ and style/; the first styles by name, with the contents in turn, make six pairs at 400 pixels.
With a file of VGG-19's first three blocks everybody paints towards the same J, and with a whole file each towards its
own (benchmarks/peers.py says what is kept of each recipe; ours weighs content 1.35 times, since from small to large
style comes sooner than content, and 2.5 times that at its smaller sizes). Peers compute in float32, ours as
`nst.stylize` does: in bfloat16 where the processor has it. The 8-bit picture is judged by benchmarks/score.py. Clocks
count loading, tracing, targets and every evaluation, and stand while others compute and while pictures are judged. The
contestants of a pair take turns of five seconds, with as many threads as there are cores. A race ends with the
recipe's own steps or after 300 seconds of its own.

Style gain: the share of the content picture's distance from the style that is gone, on layers that nobody optimises.
Seconds to a peer's style: until a contestant has its final gain (or 0.9 of it) at a content error no larger.

Prints the machines and a table, and writes benchmarks/time_to_quality.json and .png. A pair that is judged stays: the
same command goes on with the next. A pair that lacks contestants on another machine than this is raced anew, all of it.
"""

import argparse
import hashlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks import peers
from benchmarks.machine import cores, machine
from benchmarks.pocket_frontier import FrontierError, chosen_pairs
from benchmarks.quality_report import as_markdown, plot, summary
from benchmarks.score import ScoreError, Scorer
from benchmarks.turns import Contestant, each_call
from foundation.atomic_write import write_atomically
from nst import images
from nst.cli.stylize import REFUSALS
from nst.engine.precision import fastest_precision
from nst.engine.settings import Settings
from nst.engine.stylize import stylize
from nst.quiet_tensorflow import tensorflow as tf

SIZE = 400
LONGEST_RACE = 300.0
TURN = 5.0
CONTENT_COUNTS = 1.35  # ours
JUDGED_EVERY = 1.12  # times the seconds of the last judgement
FIRST_JUDGED = 0.5
JUDGED = ("style_held_out", "content_error", "content_ssim", "high_frequency")
SIX_PAIRS = {
    "the course": peers.course,
    "TensorFlow's tutorial": peers.tensorflow_tutorial,
    "crowsonkb": peers.crowsonkb,
    "L-BFGS (SciPy)": peers.scipy_lbfgs,
}
TWO_PAIRS = {
    "keras.io": peers.keras_example,
    "PyTorch's tutorial": peers.pytorch_tutorial,
    "jcjohnson": peers.jcjohnson,
}
RESULTS = Path(__file__).with_suffix(".json")
PLOT = Path(__file__).with_suffix(".png")
STEPS, CLOCK, LOST = "its steps", f"{LONGEST_RACE:.0f} s", "a picture that is no longer finite"


class RaceError(ValueError):
    """Results that cannot be gone on with; the message says what differs."""


def ours(scene, **settings):
    """nst.stylize on the objective of the race, as a generator of its pictures."""
    common = scene.settings
    shared = {name: getattr(common, name) for name in ("style_weight", "tv_weight", "style_layers", "content_layer")}

    def run(seen):
        result = stylize(
            scene.content,
            scene.style,
            size=max(scene.size),
            **shared,
            content_weight=CONTENT_COUNTS * common.content_weight,
            **settings,
            on_progress=lambda progress: seen(progress.image),
        )
        seen(result.picture)

    yield from each_call(run)


OURS = {
    "ours: Pocket alone": lambda scene: ours(scene, weights="pocket"),
    "ours: Pocket, then VGG-19": lambda scene: ours(scene, weights=scene.weights),
    "ours: VGG-19 alone": lambda scene: ours(scene, weights=scene.weights, warm_start=False),
}


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        pairs = chosen_pairs(options.pictures)[: options.pairs]
        results = raced(pairs, options.weights, options.only)
    except (RaceError, FrontierError, *REFUSALS, ScoreError) as error:
        sys.exit(f"time_to_quality: {error}")
    except KeyboardInterrupt:
        sys.exit("time_to_quality: stopped. The same command goes on with the pair that was under way.")
    races = {pair: raced["contestants"] for pair, raced in results["races"].items()}
    print(*sorted({raced["machine"] for raced in results["races"].values()}), as_markdown(summary(races)), sep="\n")
    plot(races, PLOT)


def raced(pairs, weights, only=()):
    """Race what is not raced yet.

    Returns {"of": what all races have in common, "races": {pair: {"machine", "contestants": {name: ...}}}}, the last
    as `race` returns it.
    """
    results = _known(weights)
    here = f"{machine()}, ours in {fastest_precision()}"
    for number, (content, style) in enumerate(pairs):
        pair = f"{content.stem}, {style.stem}"
        recipes = {**OURS, **SIX_PAIRS, **(TWO_PAIRS if number < 2 else {})}
        known = results["races"].get(pair, {"machine": here, "contestants": {}})
        wanted = {
            name: recipe
            for name, recipe in recipes.items()
            if name in known["contestants"] or not only or name.startswith(tuple(only))
        }
        missing = {name: recipe for name, recipe in wanted.items() if name not in known["contestants"]}
        if missing and known["machine"] != here:
            known, missing = {"machine": here, "contestants": {}}, wanted
        if missing:
            known["contestants"] |= race(pair, missing, content, style, weights)
            results["races"][pair] = known
            with write_atomically(RESULTS) as partial:
                partial.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return results


def _known(weights):
    """The results so far. Raises RaceError where they are of other weights or settings than these."""
    of = {
        "weights": hashlib.sha256(Path(weights).read_bytes()).hexdigest()[:12],
        "size": SIZE,
        "content counts": CONTENT_COUNTS,
        "settings": asdict(Settings()),
    }
    of = json.loads(json.dumps(of))
    if not RESULTS.exists():
        return {"of": of, "races": {}}
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    if differing := [name for name in of if results["of"][name] != of[name]]:
        raise RaceError(
            f"{RESULTS} holds races of other {' and '.join(differing)} than these. To race anew, move it away."
        )
    return results


def race(pair, recipes, content, style, weights):
    """Let some recipes paint one pair in turns.

    Returns {name: {"ended": STEPS, CLOCK or LOST, "judged": [{"seconds", "evaluations", "style", "content", ...}]}}.
    """
    content_image = images.load(content, SIZE)
    judge = Judge(weights, images.to_uint8(content_image), style)
    scene = peers.Scene(content_image, judge.style_image, Path(weights))
    contestants = [Contestant(name, recipe(scene)) for name, recipe in recipes.items()]
    results = {contestant.name: {"ended": STEPS, "judged": []} for contestant in contestants}
    marks = dict.fromkeys(results, FIRST_JUDGED)
    with tqdm(
        total=len(contestants) * LONGEST_RACE,
        desc=pair,
        unit="s",
        bar_format="{desc}: {percentage:3.0f}% |{bar}| {elapsed}, at most {remaining} to go",
    ) as bar:
        while running := [contestant for contestant in contestants if not contestant.over]:
            for contestant in running:
                turn_ends = min(contestant.seconds + TURN, LONGEST_RACE)
                result = results[contestant.name]
                while contestant.seconds < turn_ends and not contestant.over:
                    contestant.take_turn(min(turn_ends, marks[contestant.name]) - contestant.seconds)
                    if not np.isfinite(contestant.latest).all():
                        contestant.stop()
                        result["ended"] = LOST
                        break
                    if contestant.seconds >= LONGEST_RACE and not contestant.over:
                        contestant.stop()
                        result["ended"] = CLOCK
                    if contestant.seconds >= marks[contestant.name] or contestant.over:
                        result["judged"].append(judge(contestant))
                        marks[contestant.name] = contestant.seconds * JUDGED_EVERY
                bar.update(sum(LONGEST_RACE if one.over else one.seconds for one in contestants) - bar.n)
    return results


class Judge:
    """Style gain and content error of a contestant's latest picture, which is enlarged where it is small yet."""

    def __init__(self, weights, content, style):
        self._scorer = Scorer(weights, content, style)
        self._at_first = self._scorer.measure(content, JUDGED)["style_held_out"]
        self.style_image = self._scorer.style[None] / np.float32(255)

    def __call__(self, contestant):
        height, width = self._scorer.content.shape[:2]
        picture = images.to_uint8(images.resize(contestant.latest, height, width))
        figures = self._scorer.measure(picture, JUDGED)
        return {
            "seconds": round(contestant.seconds, 6),
            "evaluations": contestant.count,
            "style": round(1 - figures["style_held_out"] / self._at_first, 4),
            "content": round(figures["content_error"], 4),
            "ssim": round(figures["content_ssim"], 4),
            "high_frequency": round(figures["high_frequency"], 4),
        }


def _pin_threads():
    """As many threads as this process may use cores; to be called before TensorFlow has computed anything."""
    tf.config.threading.set_intra_op_parallelism_threads(cores())
    tf.config.threading.set_inter_op_parallelism_threads(cores())


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pictures", type=Path, required=True, help="a folder with content/ and style/")
    parser.add_argument("--weights", required=True, help="VGG-19's weights: the published .h5, or a .npz of blocks 1-3")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="contestants whose name begins so")
    parser.add_argument("--pairs", type=int, default=6, help="how many pairs (default %(default)s)")
    return parser


if __name__ == "__main__":
    _pin_threads()
    main()
