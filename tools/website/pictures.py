"""The pictures of a built site: loaded when they come into view, and smaller for small screens.

A chapter holds its pictures inside the page. A reader would wait for all of them before the first word appears.
"""

import base64
import hashlib
import os
import re
from itertools import count

from PIL import Image

WIDTHS = 720, 1440  # pixels; a wider copy of a picture that is narrower has its own width
QUALITY = 80
FITTED = "(max-width: 58em) 100vw, 54em"  # the width at which a page shows a picture, see .content in site.css
PICTURE = re.compile(r"<img [^>]*>")
INSIDE = re.compile(r'src="data:image/(\w+);base64,([^"]+)"')
JPEG = re.compile(r'src="([^":]+\.jpg)"')


def prepare_pictures(site):
    """Rewrite the pages below the folder `site`: pictures become files, all but a page's first are loaded late."""
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        page.write_text(_prepare_page(text, page.parent, site / "_images"), encoding="utf-8")


def _prepare_page(text, folder, pictures):
    numbers = count()

    def prepare(match):
        tag = INSIDE.sub(lambda inside: _move_out(inside, folder, pictures), match[0])
        tag = JPEG.sub(lambda jpeg: _offer_widths(jpeg, folder), tag)
        return tag if next(numbers) == 0 else tag.replace("<img ", '<img loading="lazy" ')

    return PICTURE.sub(prepare, text)


def _move_out(inside, folder, pictures):
    """Write a picture that stands inside a page to a file; return the attribute that names it."""
    content = base64.b64decode(inside[2])
    file = pictures / f"{hashlib.sha256(content).hexdigest()[:16]}.{inside[1]}"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    return f'src="{_relative(file, folder)}"'


def _offer_widths(jpeg, folder):
    """Write copies of a photograph as WebP, one for each width; return the attributes that name them."""
    source, copies = (folder / jpeg[1]).resolve(), {}
    with Image.open(source) as picture:
        proportions = f'width="{picture.width}" height="{picture.height}"'  # of the place that a browser keeps free
        for width in sorted({min(width, picture.width) for width in WIDTHS}):
            copy = source.with_name(f"{source.stem}-{width}.webp")
            size = width, round(picture.height * width / picture.width)
            picture.resize(size, Image.Resampling.LANCZOS).save(copy, quality=QUALITY)
            copies[width] = _relative(copy, folder)
    offered = ", ".join(f"{name} {width}w" for width, name in copies.items())
    return f'src="{copies[max(copies)]}" srcset="{offered}" sizes="{FITTED}" {proportions}'


def _relative(file, folder):
    return os.path.relpath(file, folder).replace(os.sep, "/")
