"""Paint the same pairs of pictures in several ways, and score each painting once."""

from tqdm import tqdm

from benchmarks import results
from benchmarks.picture_pairs import load_pair, name_pair
from benchmarks.scorer import DEEP_METRICS, Scorer, style_gain
from nst import images

KEY = ("pair", "method", "version")
METRICS = (*DEEP_METRICS, "frame")


def score_paintings(name, pairs, methods, weights, size):
    """A record for each pair and method: a list of dicts, KEY and the METRICS of the picture and of the content.

    name: of the benchmark, whose results keep the records: those that they have already are not made again.
    methods: {method: (version, function)}; the function paints (content, style), both (1, H, W, 3), the longest side of
    the content `size` pixels. weights: of the network that scores, a file of all five blocks.
    """
    earlier = results.read_results(name) or {"scores": []}
    known = {tuple(record[part] for part in KEY): record for record in earlier["scores"]}
    bar = tqdm(total=len(pairs) * len(methods), desc="painting", unit="picture")
    records = []
    for content_path, style_path in pairs:
        content, style = load_pair(content_path, style_path, size)
        scorer = Scorer(weights, *(images.to_uint8(picture) for picture in (content, style)))
        scorer.require_deep_metrics()
        content_values = scorer.measure(scorer.content, METRICS)
        for method, (version, paint) in methods.items():
            key = (name_pair(content_path, style_path), method, version)
            if key not in known:
                values = scorer.measure(images.to_uint8(paint(content, style)), METRICS)
                known[key] = dict(zip(KEY, key, strict=True), values=values, content=content_values)
                results.write_results(name, {**earlier, "scores": list(known.values())})
            records.append(known[key])
            bar.update()
    bar.close()
    return records


def deep_style_gain(record):
    """The deep style gain of a record: 1 for the style itself, 0 for the content."""
    return style_gain(record, "style_deep")


def deep_content_error(record):
    """The deep content error of a record."""
    return record["values"]["content_deep"]
