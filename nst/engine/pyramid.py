"""From small to large: which sizes a picture is painted at, with which network, for how many evaluations of J."""

from dataclasses import dataclass

import numpy as np

from nst.images import SMALLEST_SIDE
from nst.network.weights import block_of, stride_of

SMALLEST = 96  # pixels on the longest side that the first scale has at least


@dataclass(frozen=True)
class Stage:
    """One descent: at (height, width), `evaluations` of J as `network` sees it; price: of all of them, in
    multiplications of its convolutions.
    """

    height: int
    width: int
    evaluations: int
    network: str
    price: float

    @property
    def longest(self):
        return max(self.height, self.width)


def plan(full_size, steps, prices):
    """The Stages of a run: halves of the full size, the smallest of 96 pixels or more first.

    steps: evaluations at each size; half the size has a quarter of the price. prices: {network: multiplications per
    pixel}, in the order of taking over: the last network paints the full size, and the first what comes before.
    """
    first, *_, last = *prices, *prices
    height, width = full_size
    halvings = max(0, int(np.floor(np.log2(max(height, width) / SMALLEST))))
    stages = []
    for n in range(halvings, -1, -1):
        size = tuple(max(SMALLEST_SIDE, round(side / 2**n)) for side in (height, width))
        if n == 0 and first != last and not stages:
            stages.append((*size, steps, first))
        stages.append((*size, steps, first if n else last))
    return [Stage(*stage, price=stage[0] * stage[1] * stage[2] * prices[stage[3]]) for stage in stages]


def multiplications_per_pixel(channels):
    """What a forward pass costs: 9 nC_in nC_out for each position of each convolution.

    channels: {layer name: nC} of the convolutions that are computed, in order.
    """
    before = [3, *channels.values()]
    return sum(
        9 * nC_in * nC_out / stride_of(block_of(name)) ** 2
        for nC_in, (name, nC_out) in zip(before, channels.items(), strict=False)
    )
