"""The recipe: a picture in the style of another, from small to large.

Chapter 1 descends J at one size. Here J is descended at a small size first, where an evaluation costs little and large
strokes are few pixels long; the result, enlarged, is where the next size starts. What differs from Gatys et al. (2015)
besides: L-BFGS with exact bounds on the pixels, differences relative to their targets, a total variation in J, style
layers of unlike weights, a start from the content picture and at each larger size from its detail too, more weight for
content at the smaller sizes, and a cheap network before the dear one.
"""

import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from nst import images
from nst.engine import memory
from nst.engine.checkpoint import Checkpoint, fingerprint
from nst.engine.colour import matched_colours, with_colours_of
from nst.engine.losses import Style
from nst.engine.masks import load_mask
from nst.engine.painting import Painting, scaled
from nst.engine.settings import Settings, require
from nst.engine.sight import Sight

CHECKPOINT_SECONDS = 30.0


@dataclass(frozen=True)
class Result:
    """What a run made.

    picture: (1, H, W, 3), RGB in [0, 1]. curves: a dict for each evaluation of J, its terms. settings: what was asked
    for, networks and precision included. timings: seconds, in all and for each stage. scores: of the full size, as
    the run's network sees it: "style", the distance to the style's Gram matrices, 1 being the content picture's and 0
    the style's own; "content", |a_G - a_C| / |a_C|. notes: what was noticed on the way.
    """

    picture: np.ndarray
    curves: list
    settings: dict
    timings: dict
    scores: dict
    notes: list

    @property
    def record(self):
        """All but the picture and the curves, as JSON can hold it."""
        return {"settings": self.settings, "timings": self.timings, "scores": self.scores, "notes": self.notes}


def stylize(content, style, *, weights=None, content_masks=None, style_masks=None, on_progress=None,
            checkpoint=None, checkpoint_seconds=CHECKPOINT_SECONDS, resume=False, **settings):
    """Paint the content picture in the style of another.

    content: a file, or an array (1, H, W, 3), RGB in [0, 1].
    style: the same, or a list of them, mixed in equal parts, or a dict {picture file: share}.
    size: longest side of the result in pixels.
    content_weight, style_weight, tv_weight: alpha, beta, and the weight of the squared total variation in J, whose
        differences are relative (nst.engine.losses).
    steps: evaluations of J at each size. budget: seconds for everything, in their place.
    init: "content", whose detail each larger size starts with too, or "noise". seed: of the noise.
    preserve_color: None; "luminance" keeps the content picture's colours and takes the style's lights and darks;
        "statistics" first gives the style picture the content's mean and covariance of colours.
    content_masks: for each style where it paints, a picture as white as it should (a file, or (H, W) in [0, 1]);
        what no mask covers stays as it is. style_masks: for each style where it is taken from, or None.
    content_layer, style_layers: a layer's name; a dict {name: weight}. pooling: "max" or "average".
    weights: as nst.vgg.load_vgg19 takes it. warm_start: whether the bundled network paints the smaller sizes before
        another takes over. precision: "float32", "bfloat16", or "auto": the faster here.
    optimiser: "lbfgs", or "adam", chapter 1's.
    on_progress: called with a Progress after each evaluation.
    checkpoint: a .npz file that is written every `checkpoint_seconds` and when the run is interrupted, and removed at
        the end; with `resume`, the run goes on from it and ends as if it had never stopped.

    Returns a Result. The same arguments give the same picture on the same machine, but for a budget.
    Raises SettingsError, MemoryShort, DivergedError, nst.images.PictureError, nst.weights.WeightsError.
    """
    began, chosen = time.monotonic(), Settings(**settings)
    content_image = _picture(content, chosen.size)
    styles = _styles(style, chosen, content_image, content_masks, style_masks)
    sight = Sight(weights, chosen)
    memory.require_memory(*content_image.shape[1:3], sight.bytes_per_pixel)
    asked = {**asdict(chosen), "precision": sight.precision, "networks": sight.fingerprints,
             "content": fingerprint(content_image), "styles": [_fingerprints(style) for style in styles]}
    file = None if checkpoint is None else Checkpoint(Path(checkpoint), checkpoint_seconds, asked)
    painting = Painting(sight, content_image, styles, chosen, began, on_progress=on_progress, checkpoint=file)
    if resume:
        painting.resume()
    picture = painting.painted()
    scores = painting.scores(picture)
    picture = _finished(picture, content_image, styles, chosen)
    if file is not None:
        file.remove()
    timings = {"seconds": round(time.monotonic() - began + painting.seconds_before, 2), "stages": painting.stages}
    return Result(picture, painting.curves, asked, timings, scores, painting.notes)


def _finished(picture, content_image, styles, chosen):
    """The picture with the content's colours, and with the content where no style was to paint."""
    if chosen.preserve_color == "luminance":
        picture = with_colours_of(picture, content_image)
    if styles[0].content_mask is None:
        return picture
    painted = np.clip(sum(style.content_mask for style in styles), 0, 1)[None, ..., None]
    return painted * picture + (1 - painted) * content_image


def _styles(style, chosen, content_image, content_masks, style_masks):
    pairs = list(style.items()) if isinstance(style, dict) else [
        (picture, 1) for picture in (style if isinstance(style, (list, tuple)) else [style])]
    require(pairs, "style", style, "at least one picture")
    shares = [share for _, share in pairs]
    require(min(shares) > 0, "style", shares, "shares above 0")
    images_ = [_picture(picture, chosen.size) for picture, _ in pairs]
    where = _masks(content_masks, [content_image] * len(pairs), "content_masks")
    whence = _masks(style_masks, images_, "style_masks")
    require(all(mask is None for mask in where) or all(mask is not None for mask in where), "content_masks",
            f"{sum(mask is not None for mask in where)} masks for {len(pairs)} styles", "a mask for each style")
    if chosen.preserve_color == "statistics":
        images_ = [matched_colours(image, content_image) for image in images_]
    return [Style(image, share / sum(shares), inside, outside) for image, share, inside, outside in
            zip(images_, shares, where, whence, strict=True)]


def _masks(masks, pictures, name):
    if masks is None:
        return [None] * len(pictures)
    masks = masks if isinstance(masks, (list, tuple)) else [masks]
    require(len(masks) == len(pictures), name, f"{len(masks)} masks for {len(pictures)} styles",
            "a mask for each style")
    return [None if mask is None else load_mask(mask, picture, name)
            for mask, picture in zip(masks, pictures, strict=True)]


def _fingerprints(style):
    return [fingerprint(style.image), style.share, *(None if mask is None else fingerprint(mask) for mask in
                                                     (style.content_mask, style.style_mask))]


def _picture(picture, size):
    if isinstance(picture, np.ndarray):
        return scaled(images.to_uint8(picture)[None] / np.float32(255), size)
    return images.load(picture, size)
