"""Four kinds of blocks 4 and 5 for the Pocket, for the case that VGG-19's own are not available: painted and scored.

    python -m benchmarks.pocket_deep_blocks --pictures FOLDER --weights VGG19.npz --photos PHOTOS --out FOLDER

All networks have the bundled Pocket's blocks 1 to 3, followed by

    none               no block 4 or 5; three style layers
    random             filters of zero mean, each layer's mean activation 1; five style layers, as below
    which photograph   the same, trained to recognize which photograph a crop comes from (tools/distil/recognition.py)
    block 3, smaller   the bundled ones, which imitate VGG-19's block 3 on a smaller copy of the picture

Pairs, method and metrics are those of benchmarks/pocket_frontier.py. Prints a table, writes
benchmarks/results/pocket_deep_blocks.json, and leaves the weight files and the paintings in --out. The same command
continues with the files that it finds there.
"""

import argparse
import hashlib
import statistics
import sys
from pathlib import Path

from tqdm import tqdm

from benchmarks import results
from benchmarks.course_objective import CourseObjective, add_noise, load_first_blocks, minimize_with_adam
from benchmarks.picture_pairs import PairsError, choose_pairs, load_pair, name_pair
from benchmarks.scorer import Scorer, style_gain
from nst import images
from nst.network.weights import POCKET_FILE, WeightsError, find_weights, read_weights
from tools.distil.artifact import write_weights
from tools.distil.network import for_gray_levels, for_units
from tools.distil.photographs import PhotographsError, read_photographs, split
from tools.distil.recognition import Recognition, recognized

SIZE = 256
STEPS = 300
NOISE = 0.05
TRAINING_STEPS = 800
RECOGNITION_BATCHES = 20
METRICS = ("style_held_out", "style_wasserstein", "content_error")
NONE, RANDOM, PHOTOGRAPH, SMALLER = "none", "random", "which photograph", "block 3, smaller"


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        pairs = choose_pairs(options.pictures)
        scorer_weights = find_weights(options.weights).path
        photographs, held_out = split(read_photographs(options.photos))
        options.out.mkdir(parents=True, exist_ok=True)
        files = make_networks(options.out, photographs, options.precision)
        scores = [
            record
            for pair in tqdm(pairs, desc="painting", unit="pair")
            for record in paint_and_score(pair, files, scorer_weights, options.out)
        ]
        shares = {
            name: recognized(_in_units(path), held_out, RECOGNITION_BATCHES)
            for name, path in files.items()
            if name != NONE
        }
    except (PairsError, PhotographsError, WeightsError, images.PictureError) as error:
        sys.exit(f"pocket_deep_blocks: {error}")
    table = summarize(scores, shares)
    results.write_results("pocket_deep_blocks", {"pocket": _version(POCKET_FILE), "summary": table, "scores": scores})
    print(as_markdown(table))


def make_networks(folder, photographs, precision):
    """The weight files of the four networks by name; the two that are not bundled are written to the folder."""
    version = _version(POCKET_FILE)
    files = {
        NONE: POCKET_FILE,
        RANDOM: folder / f"{version}_random.npz",
        PHOTOGRAPH: folder / f"{version}_photograph.npz",
        SMALLER: POCKET_FILE,
    }
    for name, steps in ((RANDOM, 0), (PHOTOGRAPH, TRAINING_STEPS)):
        if not files[name].exists():
            weights = Recognition(_in_units(POCKET_FILE), photographs, steps, precision=precision).run()
            write_weights(files[name], for_gray_levels(weights))
    return files


def paint_and_score(pair, files, scorer_weights, folder):
    """Paint one pair with every network, unless the folder has the painting; returns a record of metrics for each."""
    content, style = load_pair(*pair, SIZE)
    scorer = Scorer(scorer_weights, *(images.to_uint8(picture) for picture in (content, style)))
    content_values, records = scorer.measure(scorer.content, METRICS), []
    for name, path in files.items():
        version = _version(path)
        painting = folder / f"{pair[0].stem}_{pair[1].stem}_{name.replace(',', '').replace(' ', '_')}_{version}.png"
        if not painting.exists():
            objective = CourseObjective(load_first_blocks(path, 3 if name == NONE else 5), content, style)
            images.save(minimize_with_adam(objective, add_noise(content, NOISE), STEPS), painting)
        values = scorer.measure(painting, METRICS)
        records.append({"pair": name_pair(*pair), "network": name, "values": values, "content": content_values})
    return records


def summarize(records, shares):
    """One row for each network: a list of dicts.

    gain: 1 - style_held_out / the content picture's; error: content_error; the median over the pairs, and the worst
    of them. wasserstein: style_wasserstein / the content picture's, median. recognized: the share of crops of unseen
    photographs for which block5_conv4 finds the right one of 20 photographs; None without such a block.
    """
    rows = []
    for name in dict.fromkeys(record["network"] for record in records):
        own = [record for record in records if record["network"] == name]
        gains, errors = [style_gain(record) for record in own], [record["values"]["content_error"] for record in own]
        left = [record["values"]["style_wasserstein"] / record["content"]["style_wasserstein"] for record in own]
        rows.append(
            {
                "network": name,
                "gain": round(statistics.median(gains), 4),
                "gain_worst": round(min(gains), 4),
                "error": round(statistics.median(errors), 4),
                "error_worst": round(max(errors), 4),
                "wasserstein": round(statistics.median(left), 4),
                "recognized": shares.get(name),
            }
        )
    return rows


def as_markdown(rows):
    """The table of the model card."""
    lines = [
        "| blocks 4 and 5 | style gain | Wasserstein left | content error | crops recognized |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        share = "none" if row["recognized"] is None else f"{row['recognized']:.2f}"
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
    parser.add_argument("--photos", type=Path, required=True, help="folder of photographs to recognize")
    parser.add_argument("--out", type=Path, required=True, help="folder for weight files and paintings")
    parser.add_argument(
        "--precision",
        choices=("float32", "bfloat16"),
        default="float32",
        help="of the convolutions during training; bfloat16 is faster where the processor supports it",
    )
    return parser


if __name__ == "__main__":
    main()
