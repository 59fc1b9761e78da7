"""An independent score of a stylized picture: VGG-19's activations for the saved 8-bit file.

    python -m benchmarks.score RESULT --content C --style S --weights VGG19.h5 [--json]

The content and the style picture are scaled and cropped to RESULT's size. Every metric is the mean over three
scales of all three pictures, 1, 1/2 and 1/4 (areas averaged), except `frame`, `clipped` and the deep ones:

    style_in            |Gram - Gram_S| / |Gram_S| on blockX_conv1, mean over layers       0 for the style, no limit
    style_held_out      the same on block1_conv2, block2_conv2, block3_conv3, which no method optimizes
    style_wasserstein   sliced Wasserstein distance on the same layers, relative to the style's spread
    content_error       |a - a_C| / |a_C| on block3_conv4                                  0 for the content
    content_ssim        structural similarity of the luminances to the content's           1 for the content
    high_frequency      mean squared Laplacian of the luminance / that of the style        1: as rough as the style
    frame               the edge's saturation or roughness, relative to the inside         about 1: no frame
    clipped             share of color values at 0 or 255, at full size                    0 to 1
    style_deep          as style_in, on block4_conv2, 4_conv3, 5_conv2, 5_conv3, which no method optimizes;
                        at full size and at half of it; for a file of all five blocks only
    content_deep        as content_error, on block4_conv2; at the same two scales

Beside its value each metric has a place on a line: (value - content's) / (reference's - content's), so 0 is the
content picture and 1 a long L-BFGS run with the same weights, both measured in the same call. Where the two agree,
there is no line, and the place is none. A file of more than three blocks adds their layers to style_in.
"""

import argparse
import json
import sys
from dataclasses import asdict

from benchmarks.scorer import ScoreError, Scorer, crop_to_cover, read_pixels
from nst import images
from nst.network.weights import WeightsError


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        result = read_pixels(options.result)
        scorer = Scorer(options.weights, crop_to_cover(options.content, result), options.style)
        metrics = scorer.score(result)
    except (ScoreError, WeightsError, images.PictureError) as error:
        sys.exit(f"score: {error}")
    print(as_json(metrics) if options.json else as_table(metrics))


def as_json(metrics):
    """{name: {"value", "content", "reference", "place"}} as text."""
    figures = {name: {**asdict(metric), "place": metric.place} for name, metric in metrics.items()}
    return json.dumps(figures, indent=2)


def as_table(metrics):
    """A line for each metric."""
    lines = [f"{'metric':18}{'value':>8}{'content':>9}{'reference':>11}{'place':>8}"]
    for name, metric in metrics.items():
        place = "none" if metric.place is None else f"{metric.place:.3f}"
        lines.append(f"{name:18}{metric.value:8.3f}{metric.content:9.3f}{metric.reference:11.3f}{place:>8}")
    return "\n".join(lines)


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("result", help="the stylized picture")
    parser.add_argument("--content", required=True, help="the content picture")
    parser.add_argument("--style", required=True, help="the style picture")
    parser.add_argument("--weights", required=True, help="VGG-19's weights: the published .h5, or a .npz of blocks 1-3")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser


if __name__ == "__main__":
    main()
