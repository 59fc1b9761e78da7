"""The curve of J as an SVG drawing, in the colors of the page."""

import math

from nst.notebook.live import describe_J

WIDTH, HEIGHT = 480, 120
MOST_POINTS = 240
STYLE = "stroke:var(--nst-accent);stroke-width:2;fill:none"


def draw_curve(costs):
    """Return the SVG of J over its evaluations, on a logarithmic scale; "" for fewer than two numbers above 0.

    >>> draw_curve([400.0, 40.0]).count("polyline")
    1
    """
    points = [(number, math.log10(J)) for number, J in enumerate(costs, 1) if math.isfinite(J) and J > 0]
    if len(points) < 2:
        return ""
    points = points[:: math.ceil(len(points) / MOST_POINTS)] + points[-1:]
    last, low, high = points[-1][0], min(J for _, J in points), max(J for _, J in points)
    spread = max(high - low, 1e-9)
    drawn = " ".join(
        f"{WIDTH * (number - 1) / max(1, last - 1):.1f},{4 + (HEIGHT - 8) * (high - J) / spread:.1f}"
        for number, J in points
    )
    words = f"{describe_J(10 ** points[0][1], 10 ** points[-1][1]).removesuffix('.')} in {last} evaluations."
    return (
        f'<svg class="nst-curve" role="img" aria-label="{words}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none"><polyline points="{drawn}" style="{STYLE}" vector-effect="non-scaling-stroke"/>'
        f'</svg><div class="muted">{words}</div>'
    )
