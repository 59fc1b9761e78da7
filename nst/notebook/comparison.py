"""Two pictures of one place, with a divider to drag between them."""

from html import escape

from foundation.notebook import show_html
from nst.notebook.html import KEEP_KEYS, STYLE, encode_jpeg, make_image

LONGEST = 960  # pixels
# Without a script, the pictures stand side by side. A script lays one over the other. The styles in the tags are for
# notebooks that the reader has not run, where <style> is not allowed.
COMPARISON_STYLE = """<style>
.nst-two{--nst-at:50%;display:grid;grid-template-columns:1fr 1fr;gap:8px;position:relative}
.nst-two figure{display:block!important;width:auto!important}
.nst-two .divider{display:none}
.nst-two.live{display:block;max-width:880px}
.nst-two.live figure:nth-of-type(2){position:absolute;inset:0}
.nst-two.live figure:nth-of-type(2) figcaption{text-align:right}
.nst-two.live figure:nth-of-type(2) img{clip-path:inset(0 0 0 var(--nst-at))}
.nst-two.live figcaption{line-height:20px;height:20px;overflow:hidden;max-width:50%}
.nst-two.live figure:nth-of-type(2) figcaption{margin-left:auto}
.nst-two.live input{display:block!important;position:absolute;left:0;right:0;top:24px;bottom:0;width:100%;
height:calc(100% - 24px);margin:0;opacity:0;cursor:ew-resize;z-index:2}
.nst-two.live .divider{display:block;position:absolute;top:24px;bottom:0;left:var(--nst-at);width:2px;margin-left:-1px;
background:#fff;box-shadow:0 0 3px #000;pointer-events:none;z-index:1}
.nst-two.live .divider::after{content:"\\2194";position:absolute;top:50%;left:50%;width:32px;height:32px;
margin:-16px;border-radius:50%;background:#fff;color:#222;box-shadow:0 0 4px #000;
text-align:center;font:20px/30px sans-serif}
.nst-two.live input:focus-visible~.divider::after{outline:3px solid var(--nst-accent);outline-offset:2px}
</style>"""
START = "this.closest('.nst-two').classList.add('live')"
MOVE = "this.parentNode.style.setProperty('--nst-at',this.value+'%')"


def compare(before, after, titles, alt):
    """Show two pictures over each other, with a divider that the mouse and the arrow keys move.

    before, after: (1, H, W, 3) in [0, 1], of one ratio of height to width. titles: of both. alt: one sentence that
    describes both. Where scripts are not allowed, the two stand side by side.
    """
    show_html(render_comparison(before, after, titles, alt), alt)


def render_comparison(before, after, titles, alt):
    """Return the HTML of `compare`."""
    figures = "".join(
        f'<figure style="display:inline-block;margin:0;width:49%"><figcaption>{escape(title)}</figcaption>'
        f"{_make_image(picture, title, attributes)}</figure>"
        for picture, title, attributes in zip((before, after), titles, ("", f'onload="{START}" '), strict=True)
    )
    label = escape(f"Divider, in percent: to its left {titles[0]}, to its right {titles[1]}")
    return (
        f'<div class="nst">{STYLE}{COMPARISON_STYLE}<div class="nst-two" role="group" aria-label="{escape(alt)}">'
        f'{figures}<input type="range" style="display:none" min="0" max="100" value="50" {KEEP_KEYS} '
        f'aria-label="{label}" oninput="{MOVE}"><span class="divider"></span></div></div>'
    )


def _make_image(picture, alt, attributes):
    data, size = encode_jpeg(picture, LONGEST)
    return make_image(data, alt, size=size, attributes=attributes)
