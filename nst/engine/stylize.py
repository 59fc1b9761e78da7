"""Paint a content picture in the style of another, from small to large.

Chapter 1 minimizes J at one size. Here J is minimized at a small size first, where an evaluation is cheap and large
strokes are only a few pixels long; the enlarged result is the start of the next size. Other differences from Gatys et
al. (2015): L-BFGS with exact bounds on the pixels, differences relative to their targets, a total variation in J,
different weights for the style layers, a start from the content picture, whose detail is added at each larger size,
more weight for the content at the smaller sizes, and a cheap network for these sizes.
"""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, replace
from pathlib import Path

from foundation.notebook import in_notebook
from nst.engine import memory
from nst.engine.checkpoint import Checkpoint, lock_checkpoint, read_request, require_no_checkpoint
from nst.engine.finishing import finish_picture
from nst.engine.inputs import Picture, Pictures, WeightedPictures, read_inputs, title_pictures
from nst.engine.networks import Networks
from nst.engine.result import Interrupted, Result
from nst.engine.run import Progress, Run
from nst.engine.settings import STYLE_LAYERS, Settings, is_number, is_truth_value, require
from nst.quiet_tensorflow import tensorflow as tf


def stylize(
    content: Picture,
    style: WeightedPictures,
    *,
    size: int = 512,
    content_weight: float = 1.0,
    style_weight: float = 40.0,
    tv_weight: float = 15.0,
    steps: int = 40,
    budget: float | None = None,
    init: str = "content",
    preserve_color: str | None = None,
    content_layer: str = "block4_conv2",
    style_layers: Mapping[str, float] | tuple[tuple[str, float], ...] = STYLE_LAYERS,
    pooling: str = "max",
    optimizer: str = "lbfgs",
    warm_start: bool = True,
    precision: str = "auto",
    seed: int = 0,
    content_masks: Pictures | None = None,
    style_masks: Pictures | None = None,
    weights: str | os.PathLike | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    checkpoint: str | os.PathLike | None = None,
    checkpoint_seconds: float = 30.0,
    resume: bool = False,
) -> Result:
    """Paint the content picture in the style of another, by minimizing J over its pixels (see nst.engine.losses).

    content: a picture file, its bytes, a file opened in binary mode, a PIL image, or an array or tensor (1, H, W, 3)
        or (H, W, 3), RGB in [0, 1] or 8-bit: all that nst.images.load takes.
    style: one of these, or a list of them with equal shares, or a dict {picture file: share}.
    size: pixels on the longest side of the result, 16 to 8192.
    content_weight: alpha, the weight of the content in J.
    style_weight: beta, the weight of the style in J.
    tv_weight: the weight of the total variation in J; more makes the picture smoother.
    steps: evaluations of J at each size; the last line search may take a few more.
    budget: seconds for this call, including the scores, in place of `steps`. Each size gets at least 3 evaluations;
        a note says if that took longer.
    init: where to start: "content", "fast" (what nst.paint_fast paints), both also with the content's detail at each
        larger size, or "noise".
    preserve_color: None; "luminance" keeps the content's colors and takes only light and dark from the style;
        "statistics" first gives the style picture the mean and covariance of the content's colors.
    content_layer: the layer whose activations are compared with the content's.
    style_layers: {layer: weight}, the layers whose Gram matrices are compared with the style's.
    pooling: "max", or "average", which Gatys et al. (2015) preferred.
    optimizer: "lbfgs", or "adam" as in chapter 1.
    warm_start: whether the bundled network paints the smaller sizes before another network takes over.
    precision: of the convolutions: "float32", "bfloat16", or "auto", the faster of the two on this processor.
    seed: of the noise with init="noise".
    content_masks: for each style a mask, white where it paints: a picture as above, or (H, W) in [0, 1]. The content
        picture is not changed where no mask is white.
    style_masks: for each style a mask, white where it is taken from, or None.
    weights: "auto", "pocket", "vgg19" or a weight file, see nst.network.weights.find_weights.
    on_progress: a function that is called with a Progress, which has a copy of the picture, after each evaluation.
        Without one, a notebook's cell shows the picture so far, and an interruption returns it, with a note, in place
        of Interrupted.
    checkpoint: a .npz file for resuming. It is written every `checkpoint_seconds` (less often if writing would take a
        twentieth of the time) and when the run is interrupted, and deleted at the end. If it exists and `resume` is
        False, the call is refused, since it may contain hours of work.
    resume: continue from `checkpoint`; the result is the same as without the interruption.

    Returns a Result, which has
        picture: the generated picture, float32 (1, H, W, 3); nst.images.save(result.picture, "mine.png") writes it;
        scores: how near it is to the style and to the content;
        curves, timings, settings, notes, and record, which is all of these but the curves: see help(nst.Result).
    As the last line of a notebook's cell, a Result shows its picture and a table.
    The same arguments give the same picture on the same machine, unless there is a budget, or the picture is so large
    that tiles depend on the free memory: they change the rounding.
    Raises SettingsError for a wrong argument, NotEnoughMemoryError, DivergedError, nst.images.PictureError,
    nst.network.weights.WeightsError, nst.network.layers.LayerError; and on Ctrl-C Interrupted, which has the picture.

    >>> from nst.paths import IMAGES
    >>> result = stylize(IMAGES / "louvre.jpg", IMAGES / "monet.jpg", size=32, steps=2, weights="pocket")
    Network: Pocket VGG-19, bundled (chosen by name).
    >>> result.picture.shape
    (1, 24, 32, 3)
    """
    settings = Settings(
        size=size,
        content_weight=content_weight,
        style_weight=style_weight,
        tv_weight=tv_weight,
        steps=steps,
        budget=budget,
        init=init,
        preserve_color=preserve_color,
        content_layer=content_layer,
        style_layers=style_layers,  # type: ignore[arg-type]  # Settings converts it
        pooling=pooling,
        optimizer=optimizer,
        warm_start=warm_start,
        precision=precision,
        seed=seed,
    )

    def run(on_progress):
        with stylize_until_saved(
            content,
            style,
            settings,
            content_masks=content_masks,
            style_masks=style_masks,
            weights=weights,
            on_progress=on_progress,
            checkpoint=checkpoint,
            checkpoint_seconds=checkpoint_seconds,
            resume=resume,
        ) as result:
            return result

    if on_progress is not None or not in_notebook():
        return run(on_progress)
    from nst.notebook.stylizing import stylize_in_cell

    return stylize_in_cell(run, title_pictures(content, style))


@contextmanager
def stylize_until_saved(
    content,
    style,
    settings,
    *,
    content_masks=None,
    style_masks=None,
    weights=None,
    on_progress=None,
    checkpoint=None,
    checkpoint_seconds=30.0,
    resume=False,
):
    """The same as `stylize`, for a `with` block that saves the Result: the checkpoint is deleted only afterwards."""
    require_stylize_arguments(on_progress, checkpoint, checkpoint_seconds, resume)
    start, path = time.monotonic(), None if checkpoint is None else Path(checkpoint)
    require(path is not None or not resume, "resume", resume, "a checkpoint with it: checkpoint='run.npz'")
    require(path is None or path.suffix == ".npz", "checkpoint", checkpoint, "the name of a .npz file")
    with nullcontext() if path is None else lock_checkpoint(path):
        if path is not None and resume and settings.precision == "auto":  # a new measurement might differ
            settings = replace(settings, precision=read_request(path).get("precision", "auto"))
        if path is not None and not resume:
            require_no_checkpoint(path)
        with _explain_exhaustion(settings.size):
            inputs = read_inputs(content, style, content_masks, style_masks, settings)
            content_image, styles = inputs.content_image, inputs.styles
            networks = Networks(weights, settings)
        memory.require_memory(
            content_image.shape[1:3],
            memory.count_pixels(content_image, styles),
            networks.bytes_per_pixel,
            networks.memory_target,
        )
        request = {
            **asdict(settings),
            "precision": networks.precision,
            "networks": networks.fingerprints,
            **inputs.fingerprints,
        }
        file = None if path is None else Checkpoint(path, checkpoint_seconds, request)
        if file is not None:
            file.require_folder()
            if shortage := file.find_shortage(content_image.shape[1] * content_image.shape[2]):
                print(shortage)
        run = Run(networks, content_image, styles, settings, start, on_progress=on_progress, checkpoint=file)

        def make_result(picture, scores):
            timings = {"seconds": round(run.seconds, 2), "stages": run.stages}
            return Result(
                finish_picture(picture, content_image, styles, settings.preserve_color),
                run.curves,
                {**request, "files": inputs.files},
                timings,
                scores,
                [*inputs.notes, *run.notes],
            )

        try:
            with _explain_exhaustion(settings.size):
                if resume:
                    run.resume()
                picture = run.run_stages()
                result = make_result(picture, run.score(picture))
        except memory.NotEnoughMemoryError:
            with suppress(MemoryError):
                run.save_checkpoint()
            raise
        except KeyboardInterrupt:
            with suppress(KeyboardInterrupt):  # a second Ctrl-C does not wait for a large checkpoint
                run.save_checkpoint()
            if run.picture is None:
                raise
            raise Interrupted(make_result(run.picture, {}), run.done, file is not None and file.exists) from None
        try:
            yield result
        except BaseException:
            with suppress(KeyboardInterrupt):
                run.save_checkpoint()
            raise
        if file is not None:
            file.remove()


def require_stylize_arguments(on_progress, checkpoint, checkpoint_seconds, resume):
    """Raise SettingsError for an argument of `stylize` of a wrong type; Settings and read_inputs check the others."""
    require(on_progress is None or callable(on_progress), "on_progress", repr(on_progress), "a function")
    is_path = isinstance(checkpoint, (str, os.PathLike)) and "\0" not in str(checkpoint)
    require(checkpoint is None or is_path, "checkpoint", repr(checkpoint), "the name of a .npz file")
    seconds_fit = is_number(checkpoint_seconds) and checkpoint_seconds >= 0
    require(seconds_fit, "checkpoint_seconds", repr(checkpoint_seconds), "a number of at least 0")
    require(is_truth_value(resume), "resume", repr(resume), "True or False")


@contextmanager
def _explain_exhaustion(size):
    """Raise NotEnoughMemoryError where the memory ends in the middle: other programs may have taken it."""
    try:
        yield
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        if isinstance(error, memory.NotEnoughMemoryError):
            raise
        raise memory.NotEnoughMemoryError(
            f"size={size}: the memory was exhausted during the run. Use a smaller size. {memory.describe_remedy()}"
        ) from None
