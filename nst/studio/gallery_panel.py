"""The gallery of past runs: a list, the chosen picture with its settings, and what can be done with it."""

import base64
import time
from html import escape
from mimetypes import guess_type

import ipywidgets as widgets

from nst import images
from nst.notebook.html import STYLE, encode_jpeg, make_image
from nst.notebook.result import RESULT_STYLE
from nst.studio.describe import render_sentence
from nst.studio.gallery import RunInUseError, delete_run, describe_settings, list_runs

LONGEST = 640  # pixels of a picture in the gallery
LINK = "color:var(--nst-accent);text-decoration:underline"
NOTHING = "Nothing was painted yet. Your pictures appear here."


class GalleryPanel:
    """A list of runs and four buttons. box: the widget."""

    def __init__(self, on_again, on_continue, folder=None):
        """on_again, on_continue: are called with a PastRun. folder: of the runs; None: output/."""
        self._on_again, self._on_continue, self._folder = on_again, on_continue, folder
        self._runs = {}
        wide = widgets.Layout(width="min(640px, calc(100% - 4px))")
        self.list = widgets.Select(options=[], rows=6, description="Runs", layout=wide)
        self.shown = widgets.HTML()
        self.message = widgets.HTML()
        self.again = widgets.Button(description="Use these settings")
        self.resume = widgets.Button(description="Continue this run")
        self.delete = widgets.Button(description="Delete ...")
        self.confirm = widgets.Button(description="Yes, delete it", button_style="danger")
        self.keep = widgets.Button(description="No, keep it")
        self.question = widgets.HBox([self.confirm, self.keep])
        self.list.observe(lambda _: self._show_chosen(), "value")
        self.again.on_click(lambda _: self._call(self._on_again))
        self.resume.on_click(lambda _: self._call(self._on_continue))
        self.delete.on_click(lambda _: self._ask())
        self.confirm.on_click(lambda _: self._delete())
        self.keep.on_click(lambda _: self._close_question())
        buttons = widgets.HBox([self.again, self.resume, self.delete], layout=widgets.Layout(flex_flow="row wrap"))
        self.controls = widgets.VBox([self.list, buttons])
        self.box = widgets.VBox([self.controls, self.message, self.question, self.shown])
        self.refresh()

    def refresh(self, path=None):
        """Read the list again, and choose the run of the picture `path`; None: the same as before, if it is there."""
        chosen = self.list.value if path is None else str(path)
        self._runs = {str(run.path): run for run in list_runs(self._folder)}
        self.list.options = [(_title(run), path) for path, run in self._runs.items()]
        self.list.value = chosen if chosen in self._runs else next(iter(self._runs), None)
        self._show_chosen()

    @property
    def chosen(self):
        """The chosen PastRun, or None."""
        return self._runs.get(self.list.value)

    def _show_chosen(self):
        run = self.chosen
        self._close_question()
        self.controls.layout.display = "none" if run is None else "flex"
        self.resume.disabled = run is None or not run.is_resumable
        self.shown.value = render_sentence(NOTHING) if run is None else _render_run(run)

    def _call(self, action):
        if self.chosen is not None:
            action(self.chosen)

    def _ask(self):
        if self.chosen is not None:
            self.message.value = render_sentence(
                f"Delete {self.chosen.title} for good, with its settings?", refused=True
            )
            self.question.layout.display = "flex"

    def _close_question(self):
        self.message.value = ""
        self.question.layout.display = "none"

    def _delete(self):
        try:
            delete_run(self.chosen)
        except (RunInUseError, OSError) as error:
            self._close_question()
            self.message.value = render_sentence(str(error), refused=True)
            return
        self.refresh()


def _title(run):
    state = "" if run.has_picture else " (no picture yet)"
    state = " (stopped: it can continue)" if run.is_resumable else state
    return f"{time.strftime('%Y-%m-%d %H:%M', time.localtime(run.changed))}  {run.title}{state}"


def _render_run(run):
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
        for name, value in describe_settings(run)
    )
    return f'<div class="nst nst-result">{STYLE}{RESULT_STYLE}{_render_picture(run)}<table>{rows}</table></div>'


def _render_picture(run):
    """The picture, and a link that saves the file."""
    if not run.has_picture:
        return ""
    try:
        picture, _ = images.load_with_notes(run.path)
    except images.PictureError as error:
        return f"<div>{escape(str(error))}</div>"
    data, size = encode_jpeg(picture, LONGEST)
    kind = guess_type(run.path.name)[0] or "application/octet-stream"
    address = f"data:{kind};base64,{base64.b64encode(run.path.read_bytes()).decode('ascii')}"
    return (
        f'<figure style="max-width:{LONGEST}px">{make_image(data, run.title, size=size)}</figure>'
        f'<a style="{LINK}" download="{escape(run.path.name)}" href="{address}">Download {escape(run.path.name)}</a>'
    )
