"""Sizes go from small to large, and the price of each stage is counted."""

import pytest

from nst.engine.pyramid import multiplications_per_pixel, plan_stages


@pytest.mark.parametrize(
    ("size", "stages"),
    [
        ((384, 512), [(96, 128, 25), (192, 256, 25), (384, 512, 25)]),
        ((300, 400), [(75, 100, 25), (150, 200, 25), (300, 400, 25)]),
        ((100, 64), [(100, 64, 25)]),
        ((20, 600), [(16, 150, 25), (16, 300, 25), (20, 600, 25)]),
    ],
)
def test_sizes_go_by_halves_from_one_of_96_pixels_or_more_to_the_full_one(size, stages):
    assert [(stage.height, stage.width, stage.evaluations) for stage in plan_stages(size, 25, {"net": 10.0})] == stages


def test_the_first_network_paints_all_but_the_full_size():
    stages = plan_stages((384, 512), 25, {"cheap": 1.0, "dear": 9.0})
    assert [stage.network for stage in stages] == ["cheap", "cheap", "dear"]
    assert [stage.cost for stage in stages] == [96 * 128 * 25, 192 * 256 * 25, 384 * 512 * 25 * 9.0]


def test_a_small_picture_is_painted_by_both_networks_at_its_size():
    stages = plan_stages((96, 128), 25, {"cheap": 1.0, "dear": 9.0})
    assert [(stage.network, stage.height, stage.evaluations) for stage in stages] == [
        ("cheap", 96, 25),
        ("dear", 96, 25),
    ]


def test_the_price_of_a_pixel_counts_every_convolution_at_its_own_size():
    channels = {"block1_conv1": 4, "block1_conv2": 8, "block2_conv1": 16}
    assert multiplications_per_pixel(channels) == 9 * (3 * 4 + 4 * 8 + 8 * 16 / 4)
