"""HTML of a cell's output, with its pictures inside: for JupyterLab, VS Code and Colab, in light and dark themes."""

import base64
import io
import sys
from html import escape

import numpy as np
from PIL import Image

from nst import images

QUALITY = 85
KEEP_KEYS = 'data-lm-suppress-shortcuts="true"'  # of an <input>: JupyterLab takes its arrow keys and Space otherwise
# The notebook's own colors where it names them: JupyterLab's, then VS Code's.
STYLE = """<style>
.nst{--nst-ink:var(--jp-ui-font-color1,var(--vscode-foreground,inherit));
--nst-accent:var(--jp-brand-color1,var(--vscode-progressBar-background,#1976d2));
--nst-line:var(--jp-border-color2,var(--vscode-widget-border,#8886));
color:var(--nst-ink);font:14px/1.45 system-ui,sans-serif;max-width:1200px;margin:4px 0}
.nst figure{margin:0;min-width:0}
.nst img{display:block;width:100%;height:auto;border-radius:3px;margin:0}
.nst figcaption{font-size:13px;margin:0 0 4px}
.nst .muted{opacity:.8;font-size:13px}
</style>"""


def count_cells():
    """The number of the cell that runs, in a notebook; otherwise None."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "execution_count", None)


def copy_array(picture):
    """Return a NumPy copy of a picture, which may be a TensorFlow variable."""
    return np.array(picture.numpy() if hasattr(picture, "numpy") else picture)


def encode_jpeg(picture, longest=None, quality=QUALITY):
    """Return a picture (1, H, W, 3) in [0, 1] as a JPEG file, and its (width, height); scaled down to `longest`."""
    pixels = copy_array(picture)
    if pixels.dtype.kind == "f":
        pixels = np.clip(np.nan_to_num(pixels), 0, 1)  # whatever a loop paints is shown
    encoded = Image.fromarray(images.to_uint8(pixels))
    if longest is not None:
        encoded.thumbnail((longest, longest))
    file = io.BytesIO()
    encoded.save(file, format="jpeg", quality=quality)
    return file.getvalue(), encoded.size


def make_image(data, alt, *, kind="jpeg", size=None, attributes=""):
    """Return the <img> of an encoded picture. alt: for readers who cannot see it. size: (width, height), if known."""
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
    shape = "" if size is None else f' width="{size[0]}" height="{size[1]}"'
    return f'<img alt="{escape(alt)}"{shape} {attributes}src="{source}">'
