"""The recipe: a picture in the style of another, from small to large.

Chapter 1 descends J at one size. Here J is descended at a small size first, where an evaluation costs little and large
strokes are few pixels long; the result, enlarged, is where the next size starts. What differs from Gatys et al. (2015)
besides: L-BFGS with exact bounds on the pixels, differences relative to their targets, a total variation in J, style
layers of unlike weights, a start from the content picture and at each larger size from its detail too, more weight for
content at the smaller sizes, and a cheap network before the dear one.
"""

import difflib
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from inspect import Parameter, Signature, signature
from pathlib import Path

import numpy as np

from nst.engine import memory
from nst.engine.checkpoint import Checkpoint, asked_before, require_none
from nst.engine.color import with_colours_of
from nst.engine.inputs import read_sources
from nst.engine.networks import Sight
from nst.engine.run import Painting
from nst.engine.settings import Settings, SettingsError, require

CHECKPOINT_SECONDS = 30.0


@dataclass(frozen=True)
class Result:
    """What a run made.

    picture: (1, H, W, 3), RGB in [0, 1]. curves: a dict for each evaluation of J, its terms. settings: what was asked
    for, networks, precision and the names of the files included. timings: seconds, in all and for each stage. scores:
    of the full size, as the run's network sees it, before preserve_color and masks touch the picture: "style", the
    distance to the style's Gram matrices, 1 being the content picture's and 0 the style's own; "content",
    |a_G - a_C| / |a_C|. notes: what was noticed on the way.
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


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in a run that had a picture.

    result: a Result of it, without scores; its picture is the last good one, at the full size and finished as the end
    of a run does it. done: the share of the run that it has behind it, 0 to 1. resumable: whether a checkpoint stands.
    """

    def __init__(self, result, done, resumable):
        super().__init__(f"at {done:.0%}; `result.picture` is the last good one")
        self.result, self.done, self.resumable = result, done, resumable


def stylize(content, style, **asked):
    """Paint the content picture in the style of another.

    content: a file, or an array (1, H, W, 3), RGB in [0, 1].
    style: the same, or a list of them, mixed in equal parts, or a dict {picture file: share}.
    size: longest side of the result in pixels.
    content_weight, style_weight, tv_weight: alpha, beta, and the weight of the squared total variation in J, whose
        differences are relative (nst.engine.losses).
    steps: evaluations of J at each size, and what it takes to finish the last line search. budget: seconds for this
        call, scores included, in their place; a note says where they were too few for 3 evaluations at each size.
    init: "content", whose detail each larger size starts with too, or "noise". seed: of the noise.
    preserve_color: None; "luminance" keeps the content picture's colours and takes the style's lights and darks;
        "statistics" first gives the style picture the content's mean and covariance of colours.
    content_masks: for each style where it paints, a picture as white as it should (a file, or (H, W) in [0, 1]);
        what no mask covers stays as it is. style_masks: for each style where it is taken from, or None.
    content_layer, style_layers: a layer's name; a dict {name: weight}. pooling: "max" or "average".
    weights: as nst.network.vgg.load_vgg19 takes it. warm_start: whether the bundled network paints the smaller sizes
        before another takes over. precision: "float32", "bfloat16", or "auto": the faster here.
    optimiser: "lbfgs", or "adam", chapter 1's.
    on_progress: called with a Progress after each evaluation.
    checkpoint: a .npz file that is written every `checkpoint_seconds` (less often where that would take a twentieth of
        the time) and when the run is interrupted, and removed at the end; a note says where it could not be written.
        With `resume`, the run goes on from it and ends as if it had never stopped; without, one that stands is
        refused, since it may hold hours.

    Returns a Result. The same arguments give the same picture on the same machine, but for a budget.
    Raises SettingsError, MemoryShort, DivergedError, nst.images.PictureError, nst.network.weights.WeightsError,
    nst.network.vgg.LayerError; on Ctrl-C, Interrupted, which carries the picture, once there is one.
    """
    with stylized(content, style, **asked) as result:
        return result


@contextmanager
def stylized(
    content,
    style,
    *,
    weights=None,
    content_masks=None,
    style_masks=None,
    on_progress=None,
    checkpoint=None,
    checkpoint_seconds=CHECKPOINT_SECONDS,
    resume=False,
    **settings,
):
    """The Result of `stylize`, for a block that saves it: if it fails, there is a checkpoint to resume."""
    _require_known(settings)
    began, chosen = time.monotonic(), Settings(**settings)
    require(checkpoint is not None or not resume, "resume", resume, "a checkpoint with it: checkpoint='run.npz'")
    require(
        checkpoint is None or Path(checkpoint).suffix == ".npz", "checkpoint", checkpoint, "the name of a .npz file"
    )
    if resume and chosen.precision == "auto":  # timed again, it might come out otherwise
        chosen = replace(chosen, precision=asked_before(Path(checkpoint)).get("precision", "auto"))
    if checkpoint is not None and not resume:
        require_none(Path(checkpoint))
    sources = read_sources(content, style, content_masks, style_masks, chosen)
    content_image, styles = sources.content_image, sources.styles
    sight = Sight(weights, chosen)
    memory.require_memory(content_image.shape[1:3], memory.weighing(content_image, styles), sight.bytes_per_pixel)
    asked = {**asdict(chosen), "precision": sight.precision, "networks": sight.fingerprints, **sources.fingerprints}
    file = None if checkpoint is None else Checkpoint(Path(checkpoint), checkpoint_seconds, asked)
    if file is not None:
        file.require_folder()
    painting = Painting(sight, content_image, styles, chosen, began, on_progress=on_progress, checkpoint=file)

    def result(picture, scores):
        timings = {"seconds": round(painting.seconds, 2), "stages": painting.stages}
        return Result(
            _finished(picture, content_image, styles, chosen),
            painting.curves,
            {**asked, "files": sources.files},
            timings,
            scores,
            painting.notes,
        )

    try:
        if resume:
            painting.resume()
        picture = painting.painted()
        finished = result(picture, painting.scores(picture))
    except KeyboardInterrupt:
        with suppress(KeyboardInterrupt):  # a second one need not wait for a large checkpoint
            painting.keep()
        if painting.picture is None:
            raise
        raise Interrupted(result(painting.picture, {}), painting.done, file is not None and file.stands) from None
    try:
        yield finished
    except BaseException:
        with suppress(KeyboardInterrupt):
            painting.keep()
        raise
    if file is not None:
        file.remove()


def _with_settings(own):
    """A signature with every setting and its default in the place of `**settings`."""
    settings = [setting.replace(kind=Parameter.KEYWORD_ONLY) for setting in signature(Settings).parameters.values()]
    return Signature([*(each for each in own.parameters.values() if each.kind != Parameter.VAR_KEYWORD), *settings])


stylize.__signature__ = _with_settings(signature(stylized))  # what help() shows


def _require_known(settings):
    known = signature(stylize).parameters
    for name in settings:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0)
            raise SettingsError(
                f"{name}: stylize has no such setting. The nearest is {near[0]}; help(nst.stylize) lists them all."
            )


def _finished(picture, content_image, styles, chosen):
    """The picture with the content's colours, and with the content where no style was to paint."""
    if chosen.preserve_color == "luminance":
        picture = with_colours_of(picture, content_image)
    if styles[0].content_mask is None:
        return picture
    painted = np.clip(sum(style.content_mask for style in styles), 0, 1)[None, ..., None]
    return painted * picture + (1 - painted) * content_image
