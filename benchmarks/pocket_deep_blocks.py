"""What blocks 4 and 5 of the Pocket should be, where VGG-19's own are not at hand: four answers, painted and judged.

    python -m benchmarks.pocket_deep_blocks --pictures FOLDER --weights VGG19.npz --photos PHOTOS --out FOLDER

The networks have the bundled Pocket's blocks 1 to 3 in common. Behind them stand

    none               no block 4 or 5; three style layers
    random             filters of zero mean, each layer's mean activation 1; five style layers, as below
    which photograph   those, taught to tell which photograph a crop comes from (tools/distil/recognition.py)
    block 3, smaller   the bundled ones, which imitate VGG-19's block 3 looking at a smaller copy of the picture

Pairs, recipe and judge are pocket_frontier's. Prints a table, writes benchmarks/pocket_deep_blocks.json, and leaves
the weight files and the paintings in --out, to be looked at. The same command goes on with what it finds there.
"""

import argparse
import hashlib
import json
import statistics
import sys
from pathlib import Path

from tqdm import tqdm

from benchmarks.pocket_frontier import NOISE, STEPS, FrontierError, chosen_pairs, opened, style_gain
from benchmarks.recipe import Objective, adam, first_blocks, noisy
from benchmarks.score import Scorer
from foundation.atomic_write import write_atomically
from nst import images
from nst.network.weights import POCKET_FILE, WeightsError, find_weights, read_weights
from tools.distil.artefact import write_weights
from tools.distil.network import for_grey_levels, for_units
from tools.distil.photographs import PhotographsError, read_photographs, split
from tools.distil.recognition import Recognition, recognised

TAUGHT_STEPS = 800
RECOGNISED_BATCHES = 20
RESULTS = Path(__file__).with_suffix(".json")
NONE, RANDOM, PHOTOGRAPH, SMALLER = "none", "random", "which photograph", "block 3, smaller"


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        pairs = chosen_pairs(options.pictures)
        yardstick = find_weights(options.weights).path
        photographs, held_out = split(read_photographs(options.photos))
        options.out.mkdir(parents=True, exist_ok=True)
        files = made(options.out, photographs, options.precision)
        judged = [
            record
            for pair in tqdm(pairs, desc="painting", unit="pair")
            for record in painted_and_judged(pair, files, yardstick, options.out)
        ]
        shares = {
            name: recognised(_in_units(path), held_out, RECOGNISED_BATCHES)
            for name, path in files.items()
            if name != NONE
        }
    except (FrontierError, PhotographsError, WeightsError, images.PictureError) as error:
        sys.exit(f"pocket_deep_blocks: {error}")
    rows = summary(judged, shares)
    figures = {"pocket": _version(POCKET_FILE), "summary": rows, "judged": judged}
    with write_atomically(RESULTS) as partial:
        partial.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(as_markdown(rows))


def made(folder, photographs, precision):
    """The four networks' files by name; the two that are not bundled are written to the folder, named after it."""
    version = _version(POCKET_FILE)
    files = {
        NONE: POCKET_FILE,
        RANDOM: folder / f"{version}_random.npz",
        PHOTOGRAPH: folder / f"{version}_photograph.npz",
        SMALLER: POCKET_FILE,
    }
    for name, steps in ((RANDOM, 0), (PHOTOGRAPH, TAUGHT_STEPS)):
        if not files[name].exists():
            weights = Recognition(_in_units(POCKET_FILE), photographs, steps, precision=precision).run()
            write_weights(files[name], for_grey_levels(weights))
    return files


def painted_and_judged(pair, files, yardstick, folder):
    """Paint one pair with every network, unless the folder has the painting: a record of the figures for each."""
    content, style = opened(*pair)
    scorer = Scorer(yardstick, *(images.to_uint8(picture) for picture in (content, style)))
    unpainted, records = scorer.measure(scorer.content), []
    for name, path in files.items():
        version = _version(path)
        painting = folder / f"{pair[0].stem}_{pair[1].stem}_{name.replace(',', '').replace(' ', '_')}_{version}.png"
        if not painting.exists():
            network = first_blocks(path, 3 if name == NONE else 5)
            images.save(adam(Objective(network, content, style), noisy(content, amount=NOISE), STEPS), painting)
        records.append(
            {
                "pair": f"{pair[0].stem}, {pair[1].stem}",
                "network": name,
                "values": scorer.measure(painting),
                "content": unpainted,
            }
        )
    return records


def summary(records, shares):
    """One row for each network: a list of dicts.

    gain: 1 - style_held_out / the content picture's; error: content_error; the median over the pairs, and the worst
    of them. wasserstein: style_wasserstein / the content picture's, median. recognised: the share of crops of
    photographs it never saw that it finds the right one of 20 for, by block5_conv4; None without such a block.
    """
    rows = []
    for name in dict.fromkeys(record["network"] for record in records):
        own = [record for record in records if record["network"] == name]
        gains, errors = [style_gain(record) for record in own], [record["values"]["content_error"] for record in own]
        left = [record["values"]["style_wasserstein"] / record["content"]["style_wasserstein"] for record in own]
        rows.append(
            {
                "network": name,
                "gain": statistics.median(gains),
                "gain_worst": min(gains),
                "error": statistics.median(errors),
                "error_worst": max(errors),
                "wasserstein": statistics.median(left),
                "recognised": shares.get(name),
            }
        )
    return rows


def as_markdown(rows):
    """The table of the model card."""
    lines = [
        "| blocks 4 and 5 | style gain | Wasserstein left | content error | crops recognised |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        share = "none" if row["recognised"] is None else f"{row['recognised']:.2f}"
        lines.append(
            f"| {row['network']} | {row['gain']:.2f} ({row['gain_worst']:.2f}) | {row['wasserstein']:.2f} | "
            f"{row['error']:.2f} ({row['error_worst']:.2f}) | {share} |"
        )
    return "\n".join(lines)


def _version(path):
    """The first digits of a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _in_units(path):
    return for_units(list(read_weights(path).values()))


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pictures", type=Path, required=True, help="folder with content/ and style/")
    parser.add_argument("--weights", type=Path, required=True, help="VGG-19's weights, blocks 1-3 at least")
    parser.add_argument("--photos", type=Path, required=True, help="folder of photographs to tell apart")
    parser.add_argument("--out", type=Path, required=True, help="folder for weight files and paintings")
    parser.add_argument(
        "--precision",
        choices=("float32", "bfloat16"),
        default="float32",
        help="of the convolutions while teaching; bfloat16 is faster where the processor has it",
    )
    return parser


if __name__ == "__main__":
    main()
