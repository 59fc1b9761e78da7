"""The pictures of a painting as a film: an animated file, and the film in the cell."""

import io
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image

from foundation.notebook import show_html
from nst import images
from nst.notebook.html import KEEP_KEYS, STYLE, encode_jpeg, make_image
from nst.paths import ROOT

LONGEST = 480  # pixels of the film in the cell
HIDDEN = 'style="display:none"'  # where <style> is not allowed, as in a notebook that the reader has not run
SECONDS, LAST = 4.0, 1.5  # of the film, and for which its last picture stays
# It stops by a box without a script, and does not start where the reader's system asks for less motion.
FILM_STYLE = f"""<style>
.nst-film{{max-width:{LONGEST}px;display:flex;flex-wrap:wrap;gap:4px 6px;align-items:center}}
.nst-film img{{order:-1}}
.nst-film input{{display:inline-block!important;margin:0}}
.nst-film .stop{{display:inline!important}}
.nst-film input:checked~.moving{{display:none}}
.nst-film input:checked~.still{{display:block!important}}
@media (prefers-reduced-motion:reduce){{
.nst-film .play{{display:inline!important}}
.nst-film .stop,.nst-film .moving,.nst-film input:checked~.still{{display:none!important}}
.nst-film .still,.nst-film input:checked~.moving{{display:block!important}}}}
</style>"""


def show_film(pictures, path, alt):
    """Play pictures in the cell, and write them as an endless GIF to `path`.

    pictures: a list of (1, H, W, 3) in [0, 1], all of one shape. alt: one sentence that describes the film.
    """
    path = Path(path).resolve()
    still, size = encode_jpeg(pictures[-1], LONGEST)
    moving = make_image(_encode_webp(pictures), alt, kind="webp", size=size, attributes='class="moving" ')
    still = make_image(still, f"The last picture of the film: {alt}", size=size, attributes=f'class="still" {HIDDEN} ')
    file = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    # the box stands before the pictures that it switches, and is shown below them
    show_html(
        f'<div class="nst">{STYLE}{FILM_STYLE}<div class="nst-film" role="group" aria-label="Film">'
        f'<input type="checkbox" {HIDDEN} {KEEP_KEYS} aria-label="Stop or play the film"><span class="muted">'
        f'<span class="stop" {HIDDEN}>stop the film. </span><span class="play" {HIDDEN}>play the film. </span>'
        f"The file: {escape(file)}</span>{moving}{still}</div></div>",
        alt,
    )
    images.save_gif(pictures, path)  # after the film is seen, since this takes longer


def _encode_webp(pictures):
    frames = [Image.fromarray(images.to_uint8(picture)) for picture in pictures]
    for frame in frames:
        frame.thumbnail((LONGEST, LONGEST))
    durations = [*np.full(len(frames) - 1, int(1000 * SECONDS / len(frames))).tolist(), int(1000 * LAST)]
    file = io.BytesIO()
    frames[0].save(
        file, format="webp", save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=70, method=2
    )
    return file.getvalue()
