"""The controls of a painting's settings, and the request that they describe."""

import ipywidgets as widgets

from nst.engine.settings import Settings
from nst.studio.browser_widgets import StrengthSlider
from nst.studio.painting_request import PaintingRequest

SIZES = {f"{size} pixels": size for size in (256, 320, 512, 768, 1024, 1536, 2048)}
BUDGETS = {
    "until it is done (40 steps at each size)": None,
    "20 seconds": 20.0,
    "1 minute": 60.0,
    "3 minutes": 180.0,
    "10 minutes": 600.0,
}
COLORS = {
    "from the painting": None,
    "from the photograph: the painting gives light and dark": "luminance",
    "the painting's, moved towards the photograph's": "statistics",
}
STARTS = {"the photograph": "content", "the preview": "fast", "noise": "noise"}
DEFAULTS = Settings()
# The weights are on a logarithmic scale: their powers of ten.
STYLE_POWERS, CONTENT_POWERS = (0, 4), (-2, 2)


class SettingsPanel:
    """Sliders and lists. box: the widget. on_change: is called without arguments after each change of a value."""

    def __init__(self, on_change):
        self.size = ValueList("Size", SIZES, DEFAULTS.size)
        self.budget = ValueList("Time", BUDGETS, 60.0)
        self.style_weight = _make_slider("Style strength", STYLE_POWERS, DEFAULTS.style_weight)
        self.content_weight = _make_slider("Content strength", CONTENT_POWERS, DEFAULTS.content_weight)
        self.preserve_color = ValueList("Colors", COLORS, None)
        self.init = ValueList("Start from", STARTS, "content")
        self.seed = widgets.BoundedIntText(value=0, max=2**31 - 1, description="Seed of the noise", **_make_look())
        self.seed.disabled = True
        self._controls = {
            name: getattr(self, name)
            for name in ("size", "budget", "style_weight", "content_weight", "preserve_color", "init", "seed")
        }
        shown = [getattr(control, "widget", control) for control in self._controls.values()]
        self.init.widget.observe(lambda _: setattr(self.seed, "disabled", self.init.value != "noise"), "value")
        for widget in shown:
            widget.observe(lambda _: on_change(), "value")
        self.box = widgets.VBox(shown)

    def make_request(self, content, styles, regions):
        """Return the PaintingRequest of the controls. Raises SettingsError, also if no picture is chosen."""
        values = {name: control.value for name, control in self._controls.items()}
        return PaintingRequest(content, styles, regions=regions, **values)

    def show_request(self, request):
        """Set the controls to a request; a size or a time that is not in the lists is added to them."""
        self.size.add(f"{request.size} pixels", request.size)
        self.budget.add(f"{request.budget} seconds", request.budget)
        for name, control in self._controls.items():
            control.value = getattr(request, name)


class ValueList:
    """A list of words, each for a value. None can be a value, too; in a Dropdown itself it means that none is chosen.

    widget: the Dropdown of the words. value: of the chosen one.
    """

    def __init__(self, description, values, value):
        """values: a dict from words to values. value: that is chosen at first."""
        self._values = dict(values)
        self.widget = widgets.Dropdown(options=list(values), description=description, **_make_look())
        self.value = value

    @property
    def value(self):
        return self._values[self.widget.value]

    @value.setter
    def value(self, value):
        self.widget.value = next(words for words, known in self._values.items() if known == value)

    def add(self, words, value):
        """Add a value, unless the list has it."""
        if value not in self._values.values():
            self._values[words] = value
            self.widget.options = list(self._values)


def _make_slider(label, powers, value):
    return StrengthSlider(label=label, low=powers[0], high=powers[1], value=value, layout=_make_look()["layout"])


def _make_look():
    return {"style": {"description_width": "142px"}, "layout": widgets.Layout(width="min(460px, calc(100% - 4px))")}
