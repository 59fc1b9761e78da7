"""The controls of a painting's settings, and the request that they describe."""

import ipywidgets as widgets

from nst.engine.settings import Settings
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
WIDE = {"description_width": "150px"}
DEFAULTS = Settings()
# The weights are on a logarithmic scale: their powers of ten.
STYLE_POWERS, CONTENT_POWERS = (0, 4), (-2, 2)


class SettingsPanel:
    """Sliders and lists. box: the widget. on_change: is called without arguments after each change of a value."""

    def __init__(self, on_change):
        full = widgets.Layout(width="min(460px, 100%)")
        common = {"style": WIDE, "layout": full}
        self.size = widgets.Dropdown(options=SIZES, value=DEFAULTS.size, description="Size", **common)
        self.budget = widgets.Dropdown(options=BUDGETS, value=60.0, description="Time", **common)
        self.style_weight = _make_slider(STYLE_POWERS, DEFAULTS.style_weight, "Style strength", common)
        self.content_weight = _make_slider(CONTENT_POWERS, DEFAULTS.content_weight, "Content strength", common)
        self.preserve_color = widgets.Dropdown(options=COLORS, value=None, description="Colors", **common)
        self.init = widgets.Dropdown(options=STARTS, value="content", description="Start from", **common)
        self.seed = widgets.BoundedIntText(value=0, min=0, max=2**31 - 1, description="Seed of the noise", **common)
        self._controls = {
            name: getattr(self, name)
            for name in ("size", "budget", "style_weight", "content_weight", "preserve_color", "init", "seed")
        }
        self.seed.disabled = True
        self.init.observe(lambda change: setattr(self.seed, "disabled", change.new != "noise"), "value")
        for control in self._controls.values():
            control.observe(lambda _: on_change(), "value")
        self.box = widgets.VBox([*self._controls.values()])

    def make_request(self, content, styles, regions):
        """Return the PaintingRequest of the controls. Raises SettingsError, also if no picture is chosen."""
        values = {name: control.value for name, control in self._controls.items()}
        return PaintingRequest(content, styles, regions=regions, **values)

    def show_request(self, request):
        """Set the controls to a request; a size or a time that is not in the lists is added to them."""
        if request.size not in SIZES.values():
            self.size.options = {**SIZES, f"{request.size} pixels": request.size}
        if request.budget not in BUDGETS.values():
            self.budget.options = {**BUDGETS, f"{request.budget:g} seconds": request.budget}
        for name, control in self._controls.items():
            control.value = getattr(request, name)


def _make_slider(powers, value, description, common):
    return widgets.FloatLogSlider(
        value=value,
        min=powers[0],
        max=powers[1],
        step=0.05,
        description=description,
        readout_format=".3g",
        continuous_update=False,
        **common,
    )
