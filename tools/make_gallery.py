"""Stylize the course's four pairs, and show each result next to its two pictures.

    python -m tools.make_gallery            into output/gallery/
    python -m tools.make_gallery --commit   and, smaller, into images/gallery/, which README.md shows

NST_WEIGHTS selects the network; the committed pictures are those of the bundled network. Each result file contains its
settings.
"""

import argparse
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from nst import images, stylize
from nst.cli.painting_bar import PaintingBar
from nst.cli.stylize import INPUT_ERRORS
from nst.paths import IMAGES, OUTPUT

SIZE = 768
PAIRS = (("louvre", "monet"), ("persepolis", "starry_night"), ("pasargadae", "kashi"), ("turbulence", "abstract_blue"))
TITLES = {
    "louvre": "the court of the Louvre",
    "monet": "a lagoon at dusk, after Monet",
    "persepolis": "columns of Persepolis",
    "starry_night": "a starry night, after Van Gogh",
    "pasargadae": "the tomb at Pasargadae",
    "kashi": "a tile mosaic, after those of Isfahan",
    "turbulence": "a flow around a cylinder",
    "abstract_blue": "poured paint",
}
RESULT = "the one in the style of the other"
GAP, BAND = 12, 34  # pixels between the pictures of a row, and for the words under it
PAPER, INK = "white", "#222222"
COMMITTED, COMMITTED_WIDTH = IMAGES / "gallery", 1280
LEAD = ("persepolis", "starry_night")  # the pair at the top of README.md


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Stylize the course's four pairs of pictures.")
    parser.add_argument("--size", type=int, default=SIZE, help="longest side in pixels (default %(default)s)")
    parser.add_argument("--commit", action="store_true", help="also write images/gallery/, which README.md shows")
    options = parser.parse_args(arguments)
    try:
        rows = [paint_row(content, style, options.size) for content, style in PAIRS]
    except INPUT_ERRORS as error:
        sys.exit(f"make_gallery: {error}")
    sheet = stack_rows(rows)
    save(sheet, OUTPUT / "gallery" / "contact_sheet.png")
    if options.commit:
        width, height = sheet.size
        smaller = sheet.resize((COMMITTED_WIDTH, round(height * COMMITTED_WIDTH / width)), Image.Resampling.LANCZOS)
        save(smaller, COMMITTED / "contact_sheet.jpg")
        content, style = (load_image(name) for name in LEAD)
        result = images.load(OUTPUT / "gallery" / f"{'_'.join(LEAD)}.png")
        save(arrange_lead(content, style, result), COMMITTED / f"{'_'.join(LEAD)}.jpg")
    print(f"The gallery is in {OUTPUT / 'gallery'}.")


def paint_row(content, style, size):
    """Paint one pair, save the result and the row; returns the row, an image: content | style | result."""
    name = f"{content}_{style}"
    print(f"{TITLES[content]}, {TITLES[style]}")
    with PaintingBar() as bar:
        result = stylize(
            IMAGES / f"{content}.jpg",
            IMAGES / f"{style}.jpg",
            size=size,
            on_progress=bar.show_progress,
        )
    images.save(result.picture, OUTPUT / "gallery" / f"{name}.png", settings=result.record)
    height, width = result.picture.shape[1:3]
    pictures = [images.cover(load_image(name), height, width) for name in (content, style)]
    laid_out = add_captions([*pictures, result.picture], [TITLES[content], TITLES[style], RESULT])
    save(laid_out, OUTPUT / "gallery" / f"{name}_row.png")
    return laid_out


def add_captions(pictures, words):
    """Pictures (1, H, W, 3) of one size side by side, each with a word under it; a Pillow image."""
    height, width = pictures[0].shape[1:3]
    paper = Image.new("RGB", (len(pictures) * (width + GAP) - GAP, height + BAND), PAPER)
    draw, font = ImageDraw.Draw(paper), ImageFont.load_default(size=20)
    for number, (picture, word) in enumerate(zip(pictures, words, strict=True)):
        paper.paste(Image.fromarray(images.to_uint8(picture)), (number * (width + GAP), 0))
        draw.text((number * (width + GAP) + width / 2, height + BAND / 2), word, INK, font, anchor="mm")
    return paper


def arrange_lead(content, style, result):
    """The result at its full size; to its right the content above the style, both of half its height. A Pillow image.

    All three are (1, H, W, 3); content and style are cropped to the proportions of the result.
    """
    height, width = result.shape[1:3]
    half = (height - GAP) // 2
    paper = Image.new("RGB", (width + GAP + width // 2, height), PAPER)
    paper.paste(Image.fromarray(images.to_uint8(result)), (0, 0))
    for picture, top in ((content, 0), (style, height - half)):
        small = images.cover(picture, half, width // 2)
        paper.paste(Image.fromarray(images.to_uint8(small)), (width + GAP, top))
    return paper


def load_image(name):
    """One of the pictures of the course, (1, H, W, 3)."""
    return images.load(IMAGES / f"{name}.jpg")


def stack_rows(rows):
    """Images of one width below each other."""
    paper = Image.new("RGB", (max(row.width for row in rows), sum(row.height + GAP for row in rows) - GAP), PAPER)
    top = 0
    for row in rows:
        paper.paste(row, (0, top))
        top += row.height + GAP
    return paper


def save(picture, path):
    images.save(np.asarray(picture, np.float32) / 255, path)


if __name__ == "__main__":
    main()
