"""One display that is updated in place: a title, a progress bar, words, and the picture so far.

Outside of a notebook it prints lines instead.
"""

import time
import uuid
from html import escape

from foundation.notebook import in_notebook, show_html
from foundation.time_left import describe_time_left
from nst.notebook.html import STYLE, encode_jpeg, make_image

SECONDS = 2.0  # between two updates, at most
SOONEST = 0.5  # seconds between two updates, at least
LINES = 5.0  # seconds between two lines of text, outside of a notebook
LONGEST = 480  # pixels of the picture so far
GETTING_READY = "Getting ready. The first step takes longest."
LIVE_STYLE = f"""<style>
.nst-live{{max-width:{LONGEST}px}}
.nst-live img{{margin:8px 0 2px}}
.nst-live progress{{width:100%;height:12px;accent-color:var(--nst-accent);display:block;margin:4px 0}}
.nst-live .head{{display:flex;justify-content:space-between;gap:4px 16px;flex-wrap:wrap}}
</style>"""


class ProgressDisplay:
    """The display of a cell that takes long. `title` is its heading. It begins with a bar whose end is not known."""

    def __init__(self, title):
        self.title, self._id = title, uuid.uuid4().hex
        self._notebook = in_notebook()
        self._start = self._shown = time.monotonic()
        self._picture = None
        if self._notebook:
            self._show(self._render(None, "", GETTING_READY), f"{self.title}: {GETTING_READY}", update=False)

    def update(self, done, count, words, *, picture=None, seconds_left=None, soon=False):
        """Show a state, unless the last one was shown a moment ago.

        done: the finished part, 0 to 1. count: such as "step 20 of 300". words: a sentence, about J. picture: the one
        so far, (1, H, W, 3) in [0, 1]. seconds_left: None if it is not known. soon: do not wait for two seconds.
        """
        self._picture = picture
        now = time.monotonic()
        if now - self._shown < (LINES if not self._notebook else SOONEST if soon else SECONDS):
            return
        self._shown = now
        left = "" if seconds_left is None else f", {describe_time_left(seconds_left)}"
        words = f"{words} {now - self._start:.0f} s so far{left}.".strip()
        self._show(self._render(done, count, words, picture), f"{self.title}, {count}: {words}")

    def close(self, words, *, keep_picture=False):
        """Replace the bar by a sentence; keep_picture: with the last picture below it."""
        picture = self._picture if keep_picture else None
        html = f'<div class="nst nst-live">{STYLE}{LIVE_STYLE}<div><b>{escape(self.title)}</b>: {escape(words)}</div>'
        if picture is not None:
            html += _render_picture(picture, "The picture so far.")
        self._show(f"{html}</div>", f"{self.title}: {words}")

    def _show(self, html, text, *, update=True):
        if self._notebook:
            show_html(html, text, display_id=self._id, update=update)
        else:
            print(text, flush=True)

    def _render(self, done, count, words, picture=None):
        """The HTML of a state; done: None where nothing is finished."""
        value, percent = ("", "") if done is None else (f' value="{done:.3f}"', f"{done:.0%}")
        head = ", ".join(filter(None, [count, percent]))
        label = escape(f"{self.title}: {percent or 'getting ready'}")
        html = (
            f'<div class="nst nst-live">{STYLE}{LIVE_STYLE}'
            f'<div class="head"><b>{escape(self.title)}</b><span>{head}</span></div>'
            f'<progress max="1"{value} aria-label="{label}"></progress><div class="muted">{escape(words)}</div>'
        )
        if picture is not None:
            html += _render_picture(picture, f"The picture so far, {count}.")
        return f"{html}</div>"


def _render_picture(picture, alt):
    data, size = encode_jpeg(picture, LONGEST)
    return make_image(data, alt, size=size)
