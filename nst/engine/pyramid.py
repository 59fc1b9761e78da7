"""Plan a run from small to large: the sizes, and for each its network and number of evaluations of J."""

from dataclasses import dataclass

import numpy as np

from nst.images import SMALLEST_SIDE
from nst.network.layers import block_of, stride_of

SMALLEST = 96  # pixels on the longest side of the first stage, at least


@dataclass(frozen=True)
class Stage:
    """One descent: `evaluations` of J at (height, width) with `network`; cost: multiplications of all convolutions."""

    height: int
    width: int
    evaluations: int
    network: str
    cost: float

    @property
    def longest(self):
        return max(self.height, self.width)


def plan_stages(full_size, steps, costs):
    """Return the Stages of a run: the full size, half of it, a quarter ..., from small to large.

    full_size: (height, width) in pixels; the first stage has at least 96 on its longest side. steps: evaluations at
    each size; half the size costs a quarter. costs: {network: multiplications per pixel}: the last network paints the
    full size, the first all smaller sizes.

    >>> [(stage.height, stage.width) for stage in plan_stages((384, 512), 40, {"vgg19": 1000})]
    [(96, 128), (192, 256), (384, 512)]
    """
    networks = list(costs)
    first, last = networks[0], networks[-1]
    height, width = full_size
    halvings = max(0, int(np.floor(np.log2(max(height, width) / SMALLEST))))
    stages = []
    for n in range(halvings, -1, -1):
        size = tuple(max(SMALLEST_SIDE, round(side / 2**n)) for side in (height, width))
        if n == 0 and first != last and not stages:
            stages.append((*size, steps, first))
        stages.append((*size, steps, first if n else last))
    return [Stage(*stage, cost=stage[0] * stage[1] * stage[2] * costs[stage[3]]) for stage in stages]


def multiplications_per_pixel(channels):
    """Return the multiplications of a forward pass: 9 nC_in nC_out for each position of each convolution.

    channels: {layer name: nC} of the convolutions that are computed, in order.

    >>> multiplications_per_pixel({"block1_conv1": 64})
    1728.0
    """
    before = [3, *channels.values()]
    return sum(
        9 * nC_in * nC_out / stride_of(block_of(name)) ** 2
        for nC_in, (name, nC_out) in zip(before, channels.items(), strict=False)
    )
