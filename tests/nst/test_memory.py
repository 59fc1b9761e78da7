"""What a size needs is told before it is missed."""

import json

import pytest

from nst.engine import memory
from nst.engine.available_memory import GIGABYTE, NotEnoughMemoryError
from nst.engine.memory import USUAL, bytes_per_pixel, estimate_peak, find_target, require_memory, tile_side
from nst.paths import ROOT


def network(*channels):
    """{layer: nC} down to block5_conv1, of the channels in each block."""
    return {
        f"block{block}_conv{n}": nC
        for block, (nC, depth) in enumerate(zip(channels, (2, 2, 4, 4, 1), strict=True), 1)
        for n in range(1, depth + 1)
    }


VGG19, POCKET = network(64, 128, 256, 512, 512), network(32, 64, 128, 96, 96)


def test_half_the_precision_takes_half_the_memory():
    assert bytes_per_pixel(VGG19, "bfloat16") == bytes_per_pixel(VGG19, "float32") / 2


def test_deep_layers_take_less_since_they_have_fewer_positions():
    assert bytes_per_pixel({"block1_conv1": 64}, "float32") == 16 * bytes_per_pixel({"block3_conv1": 64}, "float32")


def test_what_is_needed_grows_with_the_size_but_not_beyond_what_tiles_can_keep():
    per_pixel = bytes_per_pixel(VGG19, "float32")
    sizes = [estimate_peak(side * side * 3 // 4, per_pixel, USUAL) for side in (128, 512, 1024, 2048, 4096)]
    assert sizes == sorted(sizes)
    assert sizes[3] == pytest.approx(USUAL)
    assert sizes[4] > USUAL  # the pictures alone


@pytest.mark.parametrize(("name", "channels"), [("Pocket", POCKET), ("VGG-19", VGG19)])
@pytest.mark.parametrize("longest", [512, 1024, 2048])
def test_no_less_is_promised_than_was_measured(name, channels, longest):
    """Peaks of paintings in bfloat16, 4 to 3, once L-BFGS held all its pairs."""
    results = ROOT / "benchmarks" / "results" / "speed_and_memory.json"
    measured = json.loads(results.read_text(encoding="utf-8"))["by size"][name]
    peak = measured[str(longest)]["peak memory, MB"] * 1e6
    promised = estimate_peak(longest**2 * 3 // 4, bytes_per_pixel(channels, "bfloat16"), USUAL)
    assert peak <= promised <= 1.3 * peak


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_2048_pixels_stay_within_4_gigabytes_even_square_where_there_is_no_more(precision):
    assert estimate_peak(2048**2, bytes_per_pixel(VGG19, precision), USUAL) < 4 * GIGABYTE


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_tile_is_as_large_as_fits(precision):
    per_pixel, pixels = bytes_per_pixel(VGG19, precision), 2048 * 1536
    side = tile_side(pixels, per_pixel, USUAL)
    assert side**2 * per_pixel <= memory.activation_limit(pixels, USUAL) < (side + 1) ** 2 * per_pixel


def test_a_small_picture_is_seen_at_once():
    assert tile_side(512 * 384, bytes_per_pixel(VGG19, "float32"), USUAL) is None


def test_the_size_that_is_advised_would_fit(monkeypatch):
    per_pixel = bytes_per_pixel(VGG19, "float32")
    for free in (1.5, 2.0, 3.0):
        monkeypatch.setattr(memory, "available_bytes", lambda free=free: free * GIGABYTE)
        with pytest.raises(NotEnoughMemoryError) as caught:
            require_memory((3000, 4000), 3000 * 4000, per_pixel, free * GIGABYTE)
        smaller = int(str(caught.value).partition("size=")[2].split()[0])
        require_memory((smaller * 3 // 4, smaller), smaller**2 * 3 // 4, per_pixel, free * GIGABYTE)


def test_a_style_picture_that_counts_for_more_than_the_content_is_named(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1.2 * GIGABYTE)
    with pytest.raises(NotEnoughMemoryError, match="2048 x 128 pixels and a larger style picture need about"):
        require_memory((128, 2048), 2048 * 2048 / 2, 2000, USUAL)


def test_where_nothing_fits_no_size_is_advised(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 0.5 * GIGABYTE)
    with pytest.raises(NotEnoughMemoryError, match=r"but only 0\.5 GB are free: no useful size would fit"):
        require_memory((512, 512), 512 * 512, 2000, USUAL)


@pytest.mark.parametrize(
    ("total", "free", "target"),
    [
        (64, 60, 32),  # half of a large machine
        (64, 20, 20),  # other programs have the rest
        (8, 7, 4),
        (6, 5, 3.7),  # as much as on any machine
        (2, 1.5, 1.5),
    ],
)
def test_a_run_takes_what_its_machine_has(monkeypatch, total, free, target):
    monkeypatch.setattr(memory, "total_bytes", lambda: total * GIGABYTE)
    monkeypatch.setattr(memory, "available_bytes", lambda: free * GIGABYTE)
    assert find_target() == target * GIGABYTE


def test_2048_pixels_need_no_tiles_where_there_is_memory():
    assert tile_side(2048 * 1536, bytes_per_pixel(VGG19, "float32"), 32 * GIGABYTE) is None


def test_smaller_tiles_make_a_size_possible_where_memory_is_short(monkeypatch):
    """With 2.5 GB of it, 1536 pixels were refused."""
    monkeypatch.setattr(memory, "available_bytes", lambda: 2.5 * GIGABYTE)
    per_pixel, pixels = bytes_per_pixel(VGG19, "float32"), 1536 * 1152
    require_memory((1152, 1536), pixels, per_pixel, find_target())
    assert tile_side(pixels, per_pixel, find_target()) < tile_side(pixels, per_pixel, USUAL)


@pytest.mark.parametrize(
    ("total", "advice"),
    [
        (1.5, "A limit lets this process have 1.5 GB in all: you can also raise it, in the settings of the container"),
        (1e6, "You can also close other programs."),
    ],
)
def test_the_advice_knows_what_limits_the_memory(monkeypatch, total, advice):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1.2 * GIGABYTE)
    monkeypatch.setattr(memory, "total_bytes", lambda: total * GIGABYTE)
    with pytest.raises(NotEnoughMemoryError) as caught:
        require_memory((1536, 2048), 2048 * 1536, 2000, USUAL)
    assert advice in str(caught.value)
