"""What a Pocket costs and how it paints: file size, time and score of several widths, beside VGG-19's blocks 1-3.

    python -m benchmarks.pocket_frontier --pictures FOLDER --weights VGG19.npz --pockets WIDTH.npz ...

FOLDER holds content/ and style/. Six pairs are made of them: the first six styles, with the contents in turn. Each
network, cut after block 3, paints each pair at 256 pixels by chapter 1's recipe, 300 steps of Adam at 0.03 with cosine
decay from the content picture under noise of 0.05, and benchmarks.score judges. The bundled Pocket and random weights
of its shape take part; --weights is the yardstick.

Prints a table and writes benchmarks/pocket_frontier.json and pretrained-model/pocket_frontier.png, and no picture.
It can be stopped at any time: the same command goes on after the last network that was judged.
"""

import argparse
import hashlib
import json
import statistics
import sys
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from benchmarks.recipe import Objective, adam, first_blocks, noisy
from benchmarks.score import Scorer
from foundation.atomic_write import write_atomically
from nst import images
from nst.network.vgg import build_vgg19
from nst.network.weights import POCKET_FILE, WeightsError, find_weights, read_weights
from nst.paths import PRETRAINED
from nst.quiet_tensorflow import tensorflow as tf
from tools.distil.network import calibrate, for_grey_levels
from tools.distil.recognition import zero_mean_kernel

SIZE = 256
PAIRS = 6
STEPS = 300
NOISE = 0.05
TIMED_ROUNDS = 15
RESULTS = Path(__file__).with_suffix(".json")
PLOT = PRETRAINED / "pocket_frontier.png"
YARDSTICK, BUNDLED, RANDOM = "VGG-19, blocks 1-3", "bundled Pocket", "random weights"
KEY = ("pair", "network", "version")


class FrontierError(ValueError):
    """A folder of pictures that cannot be used; the message says what was expected."""


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        pairs = chosen_pairs(options.pictures)
        yardstick, *pockets = (find_weights(path).path for path in (options.weights, *options.pockets))
        networks = {YARDSTICK: yardstick, BUNDLED: POCKET_FILE, **{widths(path): path for path in pockets}}
        results = judged(pairs, networks, yardstick)
        table = summary(results, costs(networks, pairs[0]))
    except (FrontierError, WeightsError, images.PictureError) as error:
        sys.exit(f"pocket_frontier: {error}")
    except KeyboardInterrupt:
        sys.exit("pocket_frontier: stopped. The same command goes on after the last network that was judged.")
    save({"summary": table, "judged": results})
    print(as_markdown(table))
    plot(table, PLOT)


def chosen_pairs(folder):
    """Six pairs of files: the first six style pictures by name, with the content pictures in turn."""
    contents, styles = (
        sorted(path for path in (folder / kind).glob("*") if path.suffix.lower() in images.SUFFIXES)
        for kind in ("content", "style")
    )
    if not contents or not styles:
        raise FrontierError(
            f"{folder}: expected pictures in its folders content/ and style/, found {len(contents)} and {len(styles)}."
        )
    return [(contents[i % len(contents)], style) for i, style in enumerate(styles[:PAIRS])]


def widths(path):
    """The name of a Pocket: its channels block by block, such as 32/64/128/96/96."""
    kernels = read_weights(path)
    return "/".join(str(kernels[name][0].shape[-1]) for name in kernels if name.endswith("_conv1"))


def random_network(path, picture):
    """A network of the file's shape, blocks 1-3: He-normal kernels of zero mean, each layer's mean activation 1."""
    rng, layers = np.random.default_rng(19), {}
    for name, (kernel, bias) in read_weights(path).items():
        layers[name] = zero_mean_kernel(rng, kernel.shape), np.zeros_like(bias)
    calibrated = for_grey_levels(calibrate(list(layers.values()), [picture]))
    return build_vgg19({name: layer for name, layer in zip(layers, calibrated, strict=True) if name < "block4"})


def judged(pairs, networks, yardstick):
    """A record for each pair and network: a list of dicts. Those in RESULTS already are not made again."""
    versions = {name: hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12] for name, path in networks.items()}
    versions[RANDOM] = f"of {widths(POCKET_FILE)}"
    known = {_key(record): record for record in _saved()}
    bar = tqdm(total=len(pairs) * len(versions), desc="painting", unit="picture")
    records = []
    for content_path, style_path in pairs:
        pair = f"{content_path.stem}, {style_path.stem}"
        content, style = opened(content_path, style_path)
        scorer = Scorer(yardstick, *(images.to_uint8(picture) for picture in (content, style)))
        unpainted = scorer.measure(scorer.content)
        for name, version in versions.items():
            key = (pair, name, version)
            if key not in known:
                painting = adam(_objective(networks.get(name), content, style), noisy(content, amount=NOISE), STEPS)
                values = scorer.measure(images.to_uint8(painting))
                known[key] = dict(zip(KEY, key, strict=True), values=values, content=unpainted)
                save({"judged": list(known.values())})
            records.append(known[key])
            bar.update()
    bar.close()
    return records


def costs(networks, pair):
    """(bytes of the file, seconds of J and its gradient at 256 pixels) of each network, all timed in turns."""
    content, style = opened(*pair)
    timed = {name: (_objective(path, content, style), []) for name, path in networks.items()}
    image = tf.constant(content)
    for _ in tqdm(range(TIMED_ROUNDS + 1), desc="timing", unit="round"):
        for objective, seconds in timed.values():
            start = time.perf_counter()
            objective.value_and_gradient(image)[1].numpy()
            seconds.append(time.perf_counter() - start)
    return {
        name: (Path(networks[name]).stat().st_size, statistics.median(seconds[1:]))
        for name, (_, seconds) in timed.items()
    }


def summary(records, costs):
    """One row for each network, against the yardstick pair by pair: a list of dicts.

    style: 1 - style_held_out / the content picture's; content: 1 - content_error; both divided by what the yardstick
    reaches on the same pair; the median over the pairs, and the worst of them.
    """
    costs = {**costs, RANDOM: costs[BUNDLED]}
    reached = {(record["network"], record["pair"]): record for record in records}
    pairs = sorted({pair for _, pair in reached})
    rows = []
    for name in dict.fromkeys(network for network, _ in reached):
        style, content = (
            [measure(reached[name, pair]) / measure(reached[YARDSTICK, pair]) for pair in pairs]
            for measure in (style_gain, _fidelity)
        )
        rows.append(
            {
                "network": name,
                "bytes": costs[name][0],
                "seconds": costs[name][1],
                "gain": statistics.median(style_gain(reached[name, pair]) for pair in pairs),
                "style": statistics.median(style),
                "style_worst": min(style),
                "content": statistics.median(content),
                "content_worst": min(content),
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
    """Each network's style and content, relative to the yardstick's, by time: legible on light and on dark pages."""
    grey = "#808080"
    rows = sorted(rows, key=lambda row: row["seconds"], reverse=True)
    figure, axis = plt.subplots(figsize=(9, 4.2), layout="constrained")
    for kind, marker, colour, lift in (("style", "o", "#1f8fd6", 0.15), ("content", "s", "#d6761f", -0.15)):
        at = np.arange(len(rows)) + lift
        medians, worst = ([row[column] for row in rows] for column in (kind, f"{kind}_worst"))
        axis.hlines(at, worst, medians, color=colour)
        axis.plot(medians, at, marker, color=colour, label=f"{kind}, median; its line ends at the worst pair")
    axis.axvline(0.9, color=grey, linestyle="--", linewidth=1)
    axis.set_yticks(
        range(len(rows)),
        [f"{row['network']}\n{row['bytes'] / 1e6:.1f} MB, {1000 * row['seconds']:.0f} ms" for row in rows],
    )
    axis.set_xlabel("relative to VGG-19's blocks 1-3; dashed: 0.9", color=grey)
    axis.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=2, frameon=False, labelcolor=grey)
    axis.tick_params(colors=grey)
    axis.spines[:].set_color(grey)
    axis.patch.set_alpha(0)
    figure.patch.set_alpha(0)
    with write_atomically(path) as partial:
        figure.savefig(partial, dpi=120)
    plt.close(figure)


def save(results):
    """Write RESULTS, whole or not at all."""
    with write_atomically(RESULTS) as partial:
        partial.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _saved():
    return json.loads(RESULTS.read_text(encoding="utf-8"))["judged"] if RESULTS.exists() else []


def _key(record):
    return tuple(record[part] for part in KEY)


def opened(content_path, style_path):
    """A pair as it is painted: (1, H, W, 3) in [0, 1], 256 pixels, the style picture cropped to the content's size."""
    content = images.load(content_path, SIZE)
    return content, images.cover(images.load(style_path), *content.shape[1:3])


def _objective(path, content, style):
    network = first_blocks(path) if path else random_network(POCKET_FILE, content)
    return Objective(network, content, style)


def style_gain(record):
    """The part of the content picture's distance from the held-out style that is gone: 1 is the style's own."""
    return 1 - record["values"]["style_held_out"] / record["content"]["style_held_out"]


def _fidelity(record):
    return 1 - record["values"]["content_error"]


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pictures", type=Path, required=True, help="folder with content/ and style/")
    parser.add_argument("--weights", type=Path, required=True, help="VGG-19's weights, blocks 1-3 at least")
    parser.add_argument("--pockets", type=Path, nargs="*", default=[], help="Pockets of other widths (.npz)")
    return parser


if __name__ == "__main__":
    main()
