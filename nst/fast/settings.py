"""The settings of a feed-forward painting."""

from dataclasses import dataclass
from pathlib import Path

from nst.engine.settings import Settings, is_number, require

STYLE_SIZE = 512  # pixels: what is longer is scaled down before its statistics are measured


@dataclass(frozen=True)
class FastSettings:
    """Every setting of `nst.paint_fast` with its default. Raises SettingsError for a value out of range.

    >>> FastSettings(alpha=0.5).size
    512
    """

    size: int = 512
    alpha: float = 1.0
    preserve_color: str | None = None
    precision: str = "auto"
    decoder: str | Path | None = None  # a file of tools.train_fast; None: the bundled one

    def __post_init__(self):
        shared = Settings(size=self.size, preserve_color=self.preserve_color, precision=self.precision)
        object.__setattr__(self, "size", shared.size)
        require(
            is_number(self.alpha) and 0 <= self.alpha <= 1,
            "alpha",
            repr(self.alpha),
            "a number from 0, the content's own statistics, to 1, the style's",
        )
        object.__setattr__(self, "alpha", float(self.alpha))
        require(
            self.decoder is None or isinstance(self.decoder, str | Path),
            "decoder",
            repr(self.decoder),
            "None, or the path of a decoder's file",
        )
        object.__setattr__(self, "decoder", None if self.decoder is None else str(self.decoder))

    @property
    def style_size(self):
        """Pixels on the longest side of a style picture."""
        return min(self.size, STYLE_SIZE)
