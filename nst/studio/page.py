"""The page of Studio: from two choices to a preview, a painting and the gallery."""

import ipywidgets as widgets

from nst.cli.output_files import SETTINGS
from nst.engine.settings import SettingsError
from nst.images import PictureError
from nst.notebook.html import encode_jpeg
from nst.studio import job
from nst.studio.browser_widgets import PictureChoice, PictureUpload, RegionDrawing, encode_source
from nst.studio.describe import render_picture, render_sentence, render_status
from nst.studio.gallery_panel import GalleryPanel
from nst.studio.latest_call import LatestCall
from nst.studio.painting import announce_run, choose_out, find_preview_parts, load_photograph, paint, paint_preview
from nst.studio.painting_request import MOST_STYLES, read_request
from nst.studio.regions import PLACES
from nst.studio.settings_panel import SettingsPanel
from nst.studio.shelf import Shelf

DRAWN_SIZE = 480  # pixels of the photograph to draw on
CHOOSE = "Choose a photograph and one to three paintings: a preview appears here."
PREVIEWING = "Painting the preview. The first one takes some seconds longer."
PAINTINGS = "Paintings (up to three)"
USE_REGIONS = "Keep paintings inside regions that you draw"
REGIONS = (
    "Draw around a place with the mouse, a pen or a finger, or choose half of the picture below. The rest of the "
    "photograph stays as it is, or goes to a painting that has no outline."
)
# Two columns where there is room, otherwise one.
COLUMN = widgets.Layout(flex="1 1 460px", width="auto", min_width="min(460px, 100%)", max_width="640px")
WRAP = widgets.Layout(flex_flow="row wrap")


def make_page(shelf=None, folder=None):
    """Return the widget of the page. shelf: a Shelf. folder: where runs are saved. None: the usual ones."""
    return Page(shelf or Shelf(), folder).box


class Page:
    """All widgets, and what happens when they change. box: the widget."""

    def __init__(self, shelf, folder=None):
        self._shelf, self._folder = shelf, folder
        self._request = None  # what is chosen, if it can be painted
        self._painted = None  # (request, path) of the last painting
        self._photograph = None  # the key of the photograph to draw on
        self._previewed = None  # what the last preview was painted from
        self._showing = False  # whether the controls are being set to a request
        self.photographs = PictureChoice(label="Photograph")
        self.paintings = PictureChoice(label=PAINTINGS, most=MOST_STYLES)
        self.photograph_upload = PictureUpload("Upload a photograph", lambda *file: self._add(file, self.photographs))
        self.painting_upload = PictureUpload("Upload a painting", lambda *file: self._add(file, self.paintings))
        self.settings = SettingsPanel(self._choose)
        self.drawing = RegionDrawing()
        self.use_regions = widgets.Checkbox(description=USE_REGIONS, indent=False)
        self.use_regions.layout.width = "auto"
        self.region_of = widgets.Dropdown(options=[("first painting", 0)], description="Region of")
        self.regions = widgets.VBox()
        self.places = [widgets.Button(description=place) for place in PLACES]
        self.clear = widgets.Button(description="Clear all")
        self.preview = widgets.HTML(render_sentence(CHOOSE))
        self.paint = widgets.Button(description="Paint it properly", button_style="primary", disabled=True)
        self.stop = widgets.Button(description="Stop", disabled=True)
        self.resume = widgets.Button(description="Continue", disabled=True)
        self.painted = widgets.HTML()
        self.gallery = GalleryPanel(self._use_again, self._continue_run, folder)
        self._job = job.Job(self._show_status)
        self._preview = LatestCall(self._make_preview, self._show_preview, self._show_refusal)
        self._show_shelf()
        self._observe()
        self.box = self._lay_out()

    def _observe(self):
        for choice in (self.photographs, self.paintings):
            choice.observe(lambda _: self._choose(), "chosen")
        self.drawing.observe(lambda _: self._choose(), "regions")
        self.use_regions.observe(lambda _: self._choose(), "value")
        self.region_of.observe(lambda change: setattr(self.drawing, "active", change.new), "value")
        for button in self.places:
            button.on_click(lambda pressed: self._add_place(PLACES[pressed.description]))
        self.clear.on_click(lambda _: setattr(self.drawing, "regions", []))
        self.paint.on_click(lambda _: self._start_new())
        self.stop.on_click(lambda _: self._job.stop())
        self.resume.on_click(lambda _: self._resume())

    def _lay_out(self):
        wrap = widgets.Layout(flex_flow="row wrap", grid_gap="4px 24px", width="100%")
        self.regions.children = [
            widgets.HTML(render_sentence(REGIONS)),
            self.region_of,
            self.drawing,
            widgets.HBox([*self.places, self.clear], layout=WRAP),
        ]
        self.regions.layout.display = "none"
        settings = [_make_heading("4. Settings"), self.settings.box, self.use_regions, self.regions]
        return widgets.VBox(
            [
                _make_heading("1. Photograph"),
                self.photographs,
                self.photograph_upload,
                _make_heading("2. Paintings, up to three"),
                self.paintings,
                self.painting_upload,
                widgets.HBox(
                    [
                        widgets.VBox([_make_heading("3. Preview"), self.preview], layout=COLUMN),
                        widgets.VBox(settings, layout=COLUMN),
                    ],
                    layout=wrap,
                ),
                _make_heading("5. Painting"),
                widgets.HBox([self.paint, self.stop, self.resume], layout=WRAP),
                self.painted,
                _make_heading("Gallery"),
                self.gallery.box,
            ]
        )

    def _show_shelf(self):
        self.photographs.show_shelf(self._shelf, "content")
        self.paintings.show_shelf(self._shelf, "style")

    def _add(self, file, choice):
        """Keep an uploaded file, and choose it; return a sentence."""
        key = self._shelf.add(*file)
        self._show_shelf()
        if choice.most == 1:
            choice.chosen = [key]
        elif key not in choice.chosen:
            choice.chosen = [*choice.chosen[: choice.most - 1], key]
        return f"{file[0]} is uploaded and chosen."

    def _add_place(self, outline):
        active = self.drawing.active
        regions = [list(region) for region in self.drawing.regions]
        regions += [[] for _ in range(active + 1 - len(regions))]
        regions[active].append([list(point) for point in outline])
        self.drawing.regions = regions

    def _choose(self):
        """A choice has changed: show it, and paint the preview if it looks different now."""
        if self._showing:
            return
        self._request = None
        self.regions.layout.display = "flex" if self.use_regions.value else "none"
        try:
            self._show_regions()
            self._request = self._make_request()
        except (SettingsError, PictureError) as error:
            self._show_refusal(error)
        if self._request is not None and find_preview_parts(self._request) != self._previewed:
            self._previewed = find_preview_parts(self._request)
            self._preview.submit(self._request)
        self._enable_buttons()

    def _make_request(self):
        """The PaintingRequest of what is chosen; None, with a message, while a picture is missing."""
        styles = self.paintings.chosen
        if not (self.photographs.chosen and styles):
            self.preview.value, self._previewed = render_sentence(CHOOSE), None
            return None
        drawn = self.drawing.regions if self.use_regions.value else []
        regions = [*drawn, *([] for _ in styles)][: len(styles)]
        return self.settings.make_request(self.photographs.chosen[0], styles, regions)

    def _show_regions(self):
        """Show the chosen photograph to draw on, and the paintings whose region can be drawn."""
        titles = {picture["key"]: picture["title"] for picture in self.paintings.pictures}
        chosen = [titles.get(key, key) for key in self.paintings.chosen] or ["first painting"]
        options = [(title, number) for number, title in enumerate(chosen)]
        if list(self.region_of.options) != options:
            self.region_of.options = options
        photograph = self.photographs.chosen[0] if self.photographs.chosen else None
        if photograph == self._photograph:
            return
        self._photograph, source = photograph, ""
        if photograph is not None:
            self.drawing.regions = []
            source = encode_source(encode_jpeg(load_photograph(photograph, self._shelf, DRAWN_SIZE))[0])
        self.drawing.photograph = source

    def _make_preview(self, request):
        self.preview.value = render_sentence(PREVIEWING)
        return paint_preview(request, self._shelf)

    def _show_preview(self, result):
        if self._request is not None:
            self.preview.value = render_picture(result, f"Preview: {result.title}")

    def _show_refusal(self, error):
        self.preview.value, self._previewed = render_sentence(str(error), refused=True), None

    def _start_new(self):
        if self._request is None:
            return
        out = choose_out(self._request, self._folder)
        try:
            announce_run(self._request, out)
        except PictureError as error:
            self.painted.value = render_sentence(str(error), refused=True)
            return
        self._start(self._request, out)

    def _start(self, request, out, *, resume=False, costs=()):
        self._painted = request, out
        self._job.start(lambda on_progress: paint(request, self._shelf, out, on_progress, resume=resume), costs=costs)

    def _resume(self):
        status = self._job.status
        if status.resumable and not status.is_running:
            self._start(*self._painted, resume=True, costs=status.costs)

    def _show_status(self, status):
        photograph = None
        if status.result is not None:
            longest = max(status.result.picture.shape[1:3])
            photograph = load_photograph(self._painted[0].content, self._shelf, longest)
        self.painted.value = render_status(status, photograph)
        self._enable_buttons()
        if not status.is_running:
            self.gallery.refresh(self._painted[1])

    def _enable_buttons(self):
        status = self._job.status
        self.paint.disabled = status.is_running or self._request is None
        self.stop.disabled = status.state != job.PAINTING
        self.resume.disabled = status.is_running or not status.resumable

    def _read_request(self, run):
        """The request of a past run; None, with a message, if it cannot be painted."""
        try:
            request = read_request(run.record, self._shelf)
            if request is None:
                raise SettingsError(f"{run.title}{SETTINGS} does not say which pictures of this course it used.")
        except (SettingsError, PictureError, TypeError) as error:
            self.gallery.message.value = render_sentence(str(error), refused=True)
            return None
        return request

    def _use_again(self, run):
        """Set all controls to those of a past run."""
        request = self._read_request(run)
        if request is None:
            return
        self._showing = True
        try:
            self.photographs.chosen, self.paintings.chosen = [request.content], list(request.styles)
            self.settings.show_request(request)
            self._show_regions()
            self.drawing.regions = [[list(map(list, outline)) for outline in region] for region in request.regions]
            self.use_regions.value = bool(request.regions)
        finally:
            self._showing = False
        self._choose()

    def _continue_run(self, run):
        """Paint on at an interrupted run."""
        if self._job.status.is_running:
            self.gallery.message.value = render_sentence(job.BUSY, refused=True)
        elif (request := self._read_request(run)) is not None:
            self._start(request, run.path, resume=True)


def _make_heading(words):
    return widgets.HTML(f"<h2 style='margin:12px 0 4px;font-size:18px'>{words}</h2>")
