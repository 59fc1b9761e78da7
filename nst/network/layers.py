"""The layers of VGG-19: names, blocks and strides. Nothing here needs TensorFlow."""

LAYERS = tuple(
    f"block{block}_conv{i}" for block, depth in enumerate((2, 2, 4, 4, 4), start=1) for i in range(1, depth + 1)
)


class LayerError(ValueError):
    """A layer that the network does not have; the message lists the nearest names."""


def block_of(layer: str) -> int:
    """Return the number of a layer's block.

    >>> block_of("block3_conv4")
    3
    """
    return int(layer[len("block")])


def layers_of(block: int) -> list[str]:
    """Return the names of a block's convolutions.

    >>> layers_of(1)
    ['block1_conv1', 'block1_conv2']
    """
    return [name for name in LAYERS if block_of(name) == block]


def stride_of(block: int) -> int:
    """Return the pixels from one position of a block's layers to the next: 1 in block 1, doubled by each pooling.

    >>> [stride_of(block) for block in range(1, 6)]
    [1, 2, 4, 8, 16]
    """
    return 2 ** (block - 1)
