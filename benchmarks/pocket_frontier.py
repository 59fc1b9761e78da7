"""File size, time and quality of Pockets of several widths, compared with VGG-19's blocks 1-3.

    python -m benchmarks.pocket_frontier --pictures FOLDER --weights VGG19.npz --pockets WIDTH.npz ...

FOLDER holds content/ and style/. Six pairs are made of them: the first six styles, with the contents in turn. Each
network, cut after block 3, paints each pair at 256 pixels with the method of chapter 1: 300 steps of Adam at 0.03 with
cosine decay, from the content picture with noise of 0.05. The metrics are those of benchmarks/score.py, with the
network of --weights, which is also the baseline. The bundled Pocket and random weights of its shape are included.

Prints a table and writes benchmarks/results/pocket_frontier.json and .png, and no painting. It can be stopped at any
time: the same command continues after the last network that was scored.
"""

import argparse
import hashlib
import statistics
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from benchmarks import results
from benchmarks.course_objective import CourseObjective, add_noise, load_first_blocks, minimize_with_adam
from benchmarks.interleaved import median_seconds
from benchmarks.picture_pairs import PairsError, choose_pairs, load_pair, name_pair
from benchmarks.scorer import Scorer, style_gain
from foundation.atomic_write import write_atomically
from nst import images
from nst.network.vgg import build_vgg19
from nst.network.weights import POCKET_FILE, WeightsError, find_weights, read_weights
from nst.quiet_tensorflow import tensorflow as tf
from tools.distil.network import calibrate, for_gray_levels
from tools.distil.recognition import zero_mean_kernel

NAME = "pocket_frontier"
SIZE = 256
STEPS = 300
NOISE = 0.05
TIMED_ROUNDS = 15
BASELINE, BUNDLED, RANDOM = "VGG-19, blocks 1-3", "bundled Pocket", "random weights"
KEY = ("pair", "network", "version")
METRICS = ("style_held_out", "content_error")


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        pairs = choose_pairs(options.pictures)
        baseline, *pockets = (find_weights(path).path for path in (options.weights, *options.pockets))
        networks = {BASELINE: baseline, BUNDLED: POCKET_FILE, **{name_widths(path): path for path in pockets}}
        scores = score_paintings(pairs, networks, baseline)
        table = summarize(scores, measure_costs(networks, pairs[0]))
    except (PairsError, WeightsError, images.PictureError) as error:
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


def make_random_network(path, picture):
    """A network of the file's shape, blocks 1-3: He-normal kernels of zero mean, each layer's mean activation 1."""
    rng, layers = np.random.default_rng(19), {}
    for name, (kernel, bias) in read_weights(path).items():
        layers[name] = zero_mean_kernel(rng, kernel.shape), np.zeros_like(bias)
    calibrated = for_gray_levels(calibrate(list(layers.values()), [picture]))
    return build_vgg19({name: layer for name, layer in zip(layers, calibrated, strict=True) if name < "block4"})


def score_paintings(pairs, networks, baseline):
    """A record for each pair and network: a list of dicts. Records that the results already have are not made again."""
    versions = {name: hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12] for name, path in networks.items()}
    versions[RANDOM] = f"of {name_widths(POCKET_FILE)}"
    earlier = results.read_results(NAME) or {"scores": []}
    known = {tuple(record[part] for part in KEY): record for record in earlier["scores"]}
    bar = tqdm(total=len(pairs) * len(versions), desc="painting", unit="picture")
    records = []
    for content_path, style_path in pairs:
        content, style = load_pair(content_path, style_path, SIZE)
        scorer = Scorer(baseline, *(images.to_uint8(picture) for picture in (content, style)))
        content_values = scorer.measure(scorer.content, METRICS)
        for name, version in versions.items():
            key = (name_pair(content_path, style_path), name, version)
            if key not in known:
                objective = _objective(networks.get(name), content, style)
                painting = minimize_with_adam(objective, add_noise(content, NOISE), STEPS)
                values = scorer.measure(images.to_uint8(painting), METRICS)
                known[key] = dict(zip(KEY, key, strict=True), values=values, content=content_values)
                results.write_results(NAME, {"scores": list(known.values())})
            records.append(known[key])
            bar.update()
    bar.close()
    return records


def measure_costs(networks, pair):
    """(bytes of the file, seconds of J and its gradient at 256 pixels) of each network, all timed in turns."""
    content, style = load_pair(*pair, SIZE)
    image = tf.constant(content)

    def make_evaluation(path):
        objective = _objective(path, content, style)
        return lambda: objective.value_and_gradient(image)[1].numpy()

    print("Timing the networks.", file=sys.stderr)
    seconds = median_seconds([make_evaluation(path) for path in networks.values()], TIMED_ROUNDS)
    sizes = [Path(path).stat().st_size for path in networks.values()]
    return dict(zip(networks, zip(sizes, seconds, strict=True), strict=True))


def summarize(records, costs):
    """One row for each network, compared with the baseline pair by pair: a list of dicts.

    style: 1 - style_held_out / the content picture's; content: 1 - content_error; both divided by the baseline's value
    on the same pair; the median over the pairs, and the worst of them.
    """
    costs = {**costs, RANDOM: costs[BUNDLED]}
    by_network = {(record["network"], record["pair"]): record for record in records}
    pairs = sorted({pair for _, pair in by_network})
    rows = []
    for name in dict.fromkeys(network for network, _ in by_network):
        style, content = (
            [measure(by_network[name, pair]) / measure(by_network[BASELINE, pair]) for pair in pairs]
            for measure in (style_gain, _content_accuracy)
        )
        rows.append(
            {
                "network": name,
                "bytes": costs[name][0],
                "seconds": round(costs[name][1], 4),
                "gain": round(statistics.median(style_gain(by_network[name, pair]) for pair in pairs), 4),
                "style": round(statistics.median(style), 4),
                "style_worst": round(min(style), 4),
                "content": round(statistics.median(content), 4),
                "content_worst": round(min(content), 4),
            }
        )
    return rows


def as_markdown(rows):
    """The table of the model card."""
    lines = [
        "| network | megabytes | milliseconds | style gain | style to VGG-19's | content to VGG-19's |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        lines.append(
            f"| {row['network']} | {row['bytes'] / 1e6:.2f} | {1000 * row['seconds']:.0f} | "
            f"{row['gain']:.2f} | {row['style']:.2f} ({row['style_worst']:.2f}) | "
            f"{row['content']:.2f} ({row['content_worst']:.2f}) |"
        )
    return "\n".join(lines)


def plot(rows, path):
    """Each network's style and content relative to the baseline, by time; readable on light and on dark pages."""
    gray = "#808080"
    rows = sorted(rows, key=lambda row: row["seconds"], reverse=True)
    figure, axis = plt.subplots(figsize=(9, 4.2), layout="constrained")
    for kind, marker, color, offset in (("style", "o", "#1f8fd6", 0.15), ("content", "s", "#d6761f", -0.15)):
        positions = np.arange(len(rows)) + offset
        medians, worst = ([row[column] for row in rows] for column in (kind, f"{kind}_worst"))
        axis.hlines(positions, worst, medians, color=color)
        axis.plot(medians, positions, marker, color=color, label=f"{kind}, median; its line ends at the worst pair")
    axis.axvline(0.9, color=gray, linestyle="--", linewidth=1)
    axis.set_yticks(
        range(len(rows)),
        [f"{row['network']}\n{row['bytes'] / 1e6:.1f} MB, {1000 * row['seconds']:.0f} ms" for row in rows],
    )
    axis.set_xlabel("relative to VGG-19's blocks 1-3; dashed: 0.9", color=gray)
    axis.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=2, frameon=False, labelcolor=gray)
    axis.tick_params(colors=gray)
    axis.spines[:].set_color(gray)
    axis.patch.set_alpha(0)
    figure.patch.set_alpha(0)
    with write_atomically(path) as partial:
        figure.savefig(partial, dpi=120)
    plt.close(figure)


def _objective(path, content, style):
    network = load_first_blocks(path) if path else make_random_network(POCKET_FILE, content)
    return CourseObjective(network, content, style)


def _content_accuracy(record):
    return 1 - record["values"]["content_error"]


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pictures", type=Path, required=True, help="folder with content/ and style/")
    parser.add_argument("--weights", type=Path, required=True, help="VGG-19's weights, blocks 1-3 at least")
    parser.add_argument("--pockets", type=Path, nargs="*", default=[], help="Pockets of other widths (.npz)")
    return parser


if __name__ == "__main__":
    main()
