"""Paint an animation frame by frame, with the style's statistics computed once and the content's settling over time."""

import time

import numpy as np

from nst import images
from nst.engine.finishing import finish_picture
from nst.engine.inputs import read_inputs
from nst.engine.precision import fastest_precision
from nst.fast.flicker import Flicker
from nst.fast.memory import choose_rows, require_memory
from nst.fast.movie_files import write_movie
from nst.fast.movies import Frame
from nst.fast.paint import describe_settings, measure_styles, note_flat_styles
from nst.fast.painter import load_painter


def paint_animation(movie, style, out, settings, *, content_masks=None, style_masks=None, on_frame=None):
    """Paint all frames of a moving picture, and write them to a file, completely or not at all.

    movie: a nst.fast.movies.Movie. style, content_masks, style_masks: see nst.paint_fast; the masks hold for all
    frames. out: a Path with one of nst.fast.movie_files.SUFFIXES. settings: FastSettings. on_frame: called with the
    number of painted frames after each.
    Returns a dict for JSON with settings, timings, scores and notes. scores: "flicker", see nst.fast.flicker.
    Raises as nst.paint_fast does.
    """
    start = time.monotonic()
    first = next(movie.read_frames(settings.size))
    inputs = read_inputs(first.pixels, style, content_masks, style_masks, settings, settings.style_size)
    height, width = first.pixels.shape[:2]
    require_memory((height, width))
    precision = fastest_precision() if settings.precision == "auto" else settings.precision
    painter = load_painter(precision, settings.decoder)
    statistics, masks = measure_styles(painter, inputs.styles)
    flicker = Flicker()

    def paint_frames():
        settled = None
        for number, frame in enumerate(movie.read_frames(settings.size), 1):
            content_image = frame.pixels[None].astype(np.float32) / np.float32(255)
            picture, settled = painter.paint(
                content_image, statistics, settings.alpha, masks, previous=settled, rows=choose_rows(height, width)
            )
            picture = finish_picture(picture, content_image, inputs.styles, settings.preserve_color)
            flicker.add(content_image, picture)
            if on_frame is not None:
                on_frame(number)
            yield Frame(images.to_uint8(picture), frame.milliseconds)

    write_movie(paint_frames(), out, movie.count)
    return {
        "settings": describe_settings(settings, precision, {**inputs.files, "content": movie.path.name}),
        "timings": {"seconds": round(time.monotonic() - start, 2), "frames": movie.count},
        "scores": {"flicker": flicker.value},
        "notes": [*inputs.notes, *note_flat_styles(inputs)],
        "size": [width, height],
    }
