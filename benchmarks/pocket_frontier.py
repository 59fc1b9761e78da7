"""File size, time and quality of Pockets of several widths, compared with a full-size network of the same layers.

    python -m benchmarks.pocket_frontier --pictures FOLDER --weights VGG19.npz --pockets WIDTH.npz ...

FOLDER holds content/ and style/. Six pairs are made of them: the first six styles, with the contents in turn. Each
network paints each pair at 400 pixels by `nst.stylize` with its default settings. The deep style gain and the deep
content error are those of benchmarks/score.py, by the network of --weights, which is also the baseline and holds all
five blocks. The bundled Pocket is included.

Prints a table and writes benchmarks/results/pocket_frontier.json and .png, and no painting. It can be stopped at any
time: the same command continues after the last network that was scored.
"""

import argparse
import contextlib
import hashlib
import statistics
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import nst
from benchmarks import results
from benchmarks.interleaved import median_seconds
from benchmarks.picture_pairs import PairsError, choose_pairs, load_pair
from benchmarks.scored_paintings import deep_content_error, deep_style_gain, score_paintings
from benchmarks.scorer import ScoreError
from foundation.atomic_write import write_atomically
from nst import images
from nst.engine.losses import Style
from nst.engine.networks import Networks
from nst.engine.pyramid import Stage
from nst.engine.settings import Settings
from nst.network.weights import POCKET_FILE, WeightsError, find_weights, read_weights

NAME = "pocket_frontier"
SIZE = 400
STEPS = 40
TIMED_ROUNDS = 9
BASELINE, BUNDLED = "full network", "bundled Pocket"


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        pairs = choose_pairs(options.pictures)
        baseline, *pockets = (find_weights(path).path for path in (options.weights, *options.pockets))
        networks = {BASELINE: baseline, BUNDLED: POCKET_FILE, **{name_widths(path): path for path in pockets}}
        scores = score_paintings(NAME, pairs, list_methods(networks), baseline, SIZE)
        table = summarize(scores, measure_costs(networks, pairs[0]))
    except (PairsError, ScoreError, WeightsError, images.PictureError) as error:
        sys.exit(f"pocket_frontier: {error}")
    except KeyboardInterrupt:
        sys.exit("pocket_frontier: stopped. The same command continues after the last network that was scored.")
    results.write_results(NAME, {"summary": table, "scores": scores})
    print(as_markdown(table))
    plot(table, results.FOLDER / f"{NAME}.png")


def name_widths(path):
    """The name of a Pocket: its channels block by block, such as 32/64/128/96/96."""
    kernels = read_weights(path)
    return "/".join(str(kernels[name][0].shape[-1]) for name in kernels if name.endswith("_conv1"))


def list_methods(networks):
    """For score_paintings: {network: (its version, the function that paints with it)}."""
    return {
        name: (
            hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12],
            lambda content, style, path=path: paint(path, content, style),
        )
        for name, path in networks.items()
    }


def paint(path, content, style):
    """The picture that the engine paints with the network of a file: (1, H, W, 3) in [0, 1]."""
    with contextlib.redirect_stdout(sys.stderr):
        return nst.stylize(content, style, size=SIZE, steps=STEPS, warm_start=False, weights=path).picture


def measure_costs(networks, pair):
    """(bytes of the file, seconds of J and its gradient at 400 pixels) of each network, all timed in turns."""
    content, style = load_pair(*pair, SIZE)

    def make_evaluation(path):
        with contextlib.redirect_stdout(sys.stderr):
            networks = Networks(path, Settings(size=SIZE, warm_start=False))
        (name,) = networks.costs
        objective = networks.get_objective(Stage(*content.shape[1:3], 1, name, 0.0), content, [Style(style)])
        objective.set_targets(content, [Style(style)])
        return lambda: objective(content)

    print("Timing the networks.", file=sys.stderr)
    seconds = median_seconds([make_evaluation(path) for path in networks.values()], TIMED_ROUNDS)
    sizes = [Path(path).stat().st_size for path in networks.values()]
    return dict(zip(networks, zip(sizes, seconds, strict=True), strict=True))


def summarize(records, costs):
    """One row for each network, compared with the baseline pair by pair: a list of dicts.

    style: the deep style gain; content: the deep content error; both divided by the baseline's value on the same pair;
    the median over the pairs, and the worst of them. frame: the largest.
    """
    by_network = {(record["method"], record["pair"]): record for record in records}
    pairs = sorted({pair for _, pair in by_network})
    rows = []
    for name in dict.fromkeys(network for network, _ in by_network):
        style, content = (
            [measure(by_network[name, pair]) / measure(by_network[BASELINE, pair]) for pair in pairs]
            for measure in (deep_style_gain, deep_content_error)
        )
        rows.append(
            {
                "network": name,
                "bytes": costs[name][0],
                "seconds": round(costs[name][1], 4),
                "gain": round(statistics.median(deep_style_gain(by_network[name, pair]) for pair in pairs), 4),
                "style": round(statistics.median(style), 4),
                "style_worst": round(min(style), 4),
                "content": round(statistics.median(content), 4),
                "content_worst": round(max(content), 4),
                "frame": round(max(by_network[name, pair]["values"]["frame"] for pair in pairs), 4),
            }
        )
    return rows


def as_markdown(rows):
    """The table of the model card."""
    lines = [
        "| network | megabytes | milliseconds | deep style gain | its share of the full network's | content error, "
        "as a multiple | frame |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        lines.append(
            f"| {row['network']} | {row['bytes'] / 1e6:.2f} | {1000 * row['seconds']:.0f} | "
            f"{row['gain']:.2f} | {row['style']:.2f} ({row['style_worst']:.2f}) | "
            f"{row['content']:.2f} ({row['content_worst']:.2f}) | {row['frame']:.2f} |"
        )
    return "\n".join(lines)


def plot(rows, path):
    """Each network's style and content relative to the baseline, by time; readable on light and on dark pages."""
    gray = "#808080"
    rows = sorted(rows, key=lambda row: row["seconds"], reverse=True)
    figure, axis = plt.subplots(figsize=(9, 4.2), layout="constrained")
    for kind, label, marker, color, offset in (
        ("style", "deep style gain", "o", "#1f8fd6", 0.15),
        ("content", "content error", "s", "#d6761f", -0.15),
    ):
        positions = np.arange(len(rows)) + offset
        medians, worst = ([row[column] for row in rows] for column in (kind, f"{kind}_worst"))
        axis.hlines(positions, worst, medians, color=color)
        axis.plot(medians, positions, marker, color=color, label=f"{label}, median; its line ends at the worst pair")
    axis.axvline(1, color=gray, linestyle="--", linewidth=1)
    axis.set_yticks(
        range(len(rows)),
        [f"{row['network']}\n{row['bytes'] / 1e6:.1f} MB, {1000 * row['seconds']:.0f} ms" for row in rows],
    )
    axis.set_xlabel("relative to the full network", color=gray)
    axis.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=2, frameon=False, labelcolor=gray)
    axis.tick_params(colors=gray)
    axis.spines[:].set_color(gray)
    axis.patch.set_alpha(0)
    figure.patch.set_alpha(0)
    with write_atomically(path) as partial:
        figure.savefig(partial, dpi=120)
    plt.close(figure)


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pictures", type=Path, required=True, help="folder with content/ and style/")
    parser.add_argument("--weights", type=Path, required=True, help="a full-size network of all five blocks")
    parser.add_argument("--pockets", type=Path, nargs="*", default=[], help="Pockets of other widths (.npz)")
    return parser


if __name__ == "__main__":
    main()
