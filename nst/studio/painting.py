"""Paint a request: a quick preview, or a run of the engine whose files go to output/studio/."""

import secrets
import time
from pathlib import Path

from nst import images
from nst.cli.output_files import checkpoint_path, fit_name, require_output, save_files, settings_path
from nst.paths import OUTPUT
from nst.studio.painting_request import RECORD_KEY
from nst.studio.regions import make_masks

PREVIEW_SIZE = 480  # pixels on the longest side


def choose_out(request, folder=None):
    """Return a path for a new picture, which no other visitor has at the same time."""
    stems = [Path(key).stem for key in (request.content, request.styles[0])]
    name = f"{'_'.join(stems)}_{time.strftime('%Y%m%d-%H%M%S')}_{secrets.token_hex(3)}"
    return Path(folder or OUTPUT / "studio") / f"{fit_name(name)}.png"


def announce_run(request, out):
    """Write the settings of a run that begins: the gallery can continue it even if this process is killed.

    Raises PictureError if the picture cannot be written to `out`.
    """
    require_output(out, request.size)
    images.save_settings({RECORD_KEY: request.to_record(), "done": 0.0}, settings_path(out))


def paint(request, shelf, out, on_progress, *, resume=False):
    """Paint with the engine, and save the picture and its settings; return the Result.

    An interruption saves the picture so far, and goes on as nst.Interrupted. For what else is raised see `nst.stylize`.
    """
    from nst.engine.result import Interrupted
    from nst.engine.stylize import stylize_until_saved  # TensorFlow takes seconds to import

    try:
        with stylize_until_saved(
            **_find_inputs(request, shelf, request.size),
            settings=request.settings,
            on_progress=on_progress,
            checkpoint=checkpoint_path(out),
            resume=resume,
        ) as result:
            save_files(result.picture, _make_record(request, result), out)
    except Interrupted as interruption:
        record = {**_make_record(request, interruption.result), "done": round(interruption.done, 3)}
        save_files(interruption.result.picture, record, out)
        raise
    except BaseException:
        if not out.exists() and not checkpoint_path(out).exists():  # nothing is left of what was announced
            settings_path(out).unlink(missing_ok=True)
        raise
    return result


def load_engine():
    """Import what paints, with TensorFlow, which takes seconds: for a thread that works while a visitor chooses."""
    import nst.engine.stylize
    import nst.fast.paint  # noqa: F401


def find_preview_parts(request):
    """Return the parts of a request that its preview depends on."""
    return request.content, request.styles, request.preserve_color, request.regions


def paint_preview(request, shelf):
    """Return the Result of nst.paint_fast at 480 pixels. Raises what it raises."""
    from nst.fast.paint import paint_fast

    inputs = _find_inputs(request, shelf, PREVIEW_SIZE)
    return paint_fast(**inputs, size=PREVIEW_SIZE, preserve_color=request.preserve_color)


def load_photograph(key, shelf, size):
    """Return a picture of the shelf, (1, H, W, 3) in [0, 1], with `size` pixels on its longest side."""
    return images.load_with_notes(shelf.find(key), size)[0]


def _find_inputs(request, shelf, size):
    masks = None
    if request.regions:
        masks = make_masks(request.regions, *load_photograph(request.content, shelf, size).shape[1:3])
    return {
        "content": shelf.find(request.content),
        "style": [shelf.find(key) for key in request.styles],
        "content_masks": masks,
    }


def _make_record(request, result):
    return {**result.record, RECORD_KEY: request.to_record()}
