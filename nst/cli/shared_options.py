"""Options that nst and nst fast have in common. `add`: the add_argument of a parser or of a group of its options."""

from nst.engine.settings import COLOR_MODES, PRECISIONS


def add_color_and_masks(add):
    """Add --preserve-color, --content-masks and --style-masks."""
    add(
        "--preserve-color",
        choices=COLOR_MODES,
        help="keep the content's colors: luminance takes only light and dark from the style; statistics first gives "
        "the style picture the mean and covariance of the content's colors (default: the style's colors)",
    )
    add(
        "--content-masks",
        nargs="+",
        metavar="MASK",
        help="for each style a picture that is white where the style paints (default: everywhere)",
    )
    add(
        "--style-masks",
        nargs="+",
        metavar="MASK",
        help="for each style a picture that is white where the style is taken from (default: everywhere)",
    )


def add_precision(add):
    """Add --precision."""
    add(
        "--precision",
        choices=PRECISIONS,
        help="number format of the convolutions; auto is the faster one on this processor (default: %(default)s)",
    )
