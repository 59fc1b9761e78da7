"""Pictures in and out: every common kind is read rightly, in the size asked for, and written rounded."""

import io
import json
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from nst import paths
from nst.images import PictureError, cover, load, read_settings, save, save_gif, save_settings, to_uint8

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
LOSSLESS = (".png", ".bmp", ".tif")
ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def flat(mode, color, size=(24, 16)):
    return Image.new(mode, size, color)


def corners(width=32, height=16):
    """Red, green above blue, white: a picture whose every turn and flip looks different."""
    picture = Image.new("RGB", (width, height))
    for i, color in enumerate((RED, GREEN, BLUE, WHITE)):
        picture.paste(
            color, (width // 2 * (i % 2), height // 2 * (i // 2), width // 2 * (i % 2 + 1), height // 2 * (i // 2 + 1))
        )
    return picture


def noise(height=48, width=64, seed=0):
    return np.random.default_rng(seed).random((1, height, width, 3), np.float32)


def encoded(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def pixel(image, row=0, column=0):
    """One pixel of (1, H, W, 3) in [0, 1], as 0..255."""
    return tuple(np.rint(image[0, row, column] * 255).astype(int).tolist())


# --- reading: what a picture becomes ---------------------------------------------------------------------------


def test_a_picture_is_float32_rgb_between_0_and_1(tmp_path):
    corners().save(tmp_path / "corners.png")
    image = load(tmp_path / "corners.png")
    assert (image.shape, image.dtype) == ((1, 16, 32, 3), np.float32)
    assert [pixel(image, 0, 0), pixel(image, 0, -1), pixel(image, -1, 0), pixel(image, -1, -1)] == [
        RED,
        GREEN,
        BLUE,
        WHITE,
    ]


def test_a_path_may_be_text(tmp_path):
    corners().save(tmp_path / "corners.png")
    assert load(str(tmp_path / "corners.png")).shape == (1, 16, 32, 3)


TURNED = {
    1: (RED, GREEN, BLUE, WHITE),
    2: (GREEN, RED, WHITE, BLUE),
    3: (WHITE, BLUE, GREEN, RED),
    4: (BLUE, WHITE, RED, GREEN),
    5: (RED, BLUE, GREEN, WHITE),
    6: (BLUE, RED, WHITE, GREEN),
    7: (WHITE, GREEN, BLUE, RED),
    8: (GREEN, WHITE, RED, BLUE),
}


@pytest.mark.parametrize("orientation", TURNED)
def test_a_camera_that_was_held_sideways_is_believed(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    corners().save(tmp_path / "photo.png", exif=exif)
    image = load(tmp_path / "photo.png")
    assert image.shape == ((1, 16, 32, 3) if orientation < 5 else (1, 32, 16, 3))
    assert (pixel(image, 0, 0), pixel(image, 0, -1), pixel(image, -1, 0), pixel(image, -1, -1)) == (TURNED[orientation])


def palette_with_transparency():
    picture = flat("P", 1)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    return encoded(picture, "PNG", transparency=1)


def palette_with_alpha_table():
    picture = flat("P", 1)
    picture.putpalette([10, 20, 30, 200, 100, 0])
    return encoded(picture, "PNG", transparency=bytes([255, 51]))


def first_of_two_frames(kind):
    return encoded(flat("RGB", RED), kind, save_all=True, append_images=[flat("RGB", BLUE)], duration=100)


def palette(picture):
    picture.putpalette([10, 20, 30, 200, 100, 50])
    return picture


KINDS = {
    "RGB": (lambda: encoded(flat("RGB", (200, 100, 50)), "PNG"), (200, 100, 50)),
    "gray": (lambda: encoded(flat("L", 77), "PNG"), (77, 77, 77)),
    "black and white": (lambda: encoded(flat("1", 1), "PNG"), WHITE),
    "palette": (lambda: encoded(palette(flat("P", 1)), "PNG"), (200, 100, 50)),
    "palette, transparent color": (palette_with_transparency, WHITE),
    "palette, a fifth opaque": (palette_with_alpha_table, (244, 224, 204)),
    "RGBA, a fifth opaque": (lambda: encoded(flat("RGBA", (200, 100, 0, 51)), "PNG"), (244, 224, 204)),
    "RGBA, transparent": (lambda: encoded(flat("RGBA", (200, 100, 0, 0)), "PNG"), WHITE),
    "RGB, transparent color": (lambda: encoded(flat("RGB", RED), "PNG", transparency=RED), WHITE),
    "gray with alpha": (lambda: encoded(flat("LA", (0, 51)), "PNG"), (204, 204, 204)),
    "gray of 16 bits, PNG": (lambda: encoded(flat("I;16", 257 * 77), "PNG"), (77, 77, 77)),
    "gray of 16 bits, TIFF": (lambda: encoded(flat("I;16", 65535), "TIFF"), WHITE),
    "gray of 32 bits, holding 16": (lambda: encoded(flat("I", 257 * 77), "TIFF"), (77, 77, 77)),
    "CMYK, TIFF": (lambda: encoded(flat("CMYK", (255, 0, 255, 0)), "TIFF"), GREEN),
    "CMYK, JPEG": (lambda: encoded(flat("CMYK", (0, 0, 0, 255)), "JPEG"), (0, 0, 0)),
    "animated GIF: first frame": (lambda: first_of_two_frames("GIF"), RED),
    "animated PNG: first frame": (lambda: first_of_two_frames("PNG"), RED),
    "animated WebP: first frame": (
        lambda: encoded(flat("RGB", RED), "WEBP", save_all=True, append_images=[flat("RGB", BLUE)], lossless=True),
        RED,
    ),
    "BMP": (lambda: encoded(flat("RGB", (200, 100, 50)), "BMP"), (200, 100, 50)),
}


@pytest.mark.parametrize(("make", "color"), KINDS.values(), ids=KINDS.keys())
def test_every_kind_of_picture_becomes_rgb_without_a_warning(tmp_path, make, color):
    (tmp_path / "picture").write_bytes(make())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image = load(tmp_path / "picture")
    assert (image.shape, pixel(image)) == ((1, 16, 24, 3), color)


def test_the_suffix_does_not_decide_what_a_file_is(tmp_path):
    (tmp_path / "really_a_png.jpg").write_bytes(encoded(flat("RGB", RED), "PNG"))
    assert pixel(load(tmp_path / "really_a_png.jpg")) == RED


# --- reading: sizes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "size", "shape"),
    [
        ((400, 300), 320, (1, 240, 320, 3)),
        ((300, 400), 320, (1, 320, 240, 3)),
        ((40, 30), 80, (1, 60, 80, 3)),
        ((40, 30), None, (1, 30, 40, 3)),
        ((101, 67), 50, (1, 33, 50, 3)),
        ((2048, 20), None, (1, 20, 2048, 3)),
    ],
)
def test_size_is_the_longest_side_and_the_aspect_is_kept(tmp_path, of, size, shape):
    flat("RGB", RED, of).save(tmp_path / "picture.png")
    assert load(tmp_path / "picture.png", size=size).shape == shape


def test_size_counts_after_the_turn(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    corners(400, 200).save(tmp_path / "photo.jpg", exif=exif)
    assert load(tmp_path / "photo.jpg", size=100).shape == (1, 100, 50, 3)


def test_a_huge_picture_is_scaled_and_its_cost_told(tmp_path, capsys):
    flat("RGB", RED, (4000, 3000)).save(tmp_path / "huge.png")
    assert load(tmp_path / "huge.png").shape == (1, 1536, 2048, 3)
    assert capsys.readouterr().out == (
        "huge.png has 4000 x 3000 pixels: one step would take about 156 times as long as at 320 x 240. "
        "It is scaled to 2048 on its longest side; size=... sets another size.\n"
    )


def test_a_size_that_was_asked_for_is_obeyed_in_silence(tmp_path, capsys):
    flat("RGB", RED, (4000, 3000)).save(tmp_path / "huge.png")
    assert load(tmp_path / "huge.png", size=2400).shape == (1, 1800, 2400, 3)
    assert capsys.readouterr().out == ""


@ONE_FOLDER
@given(width=st.integers(16, 200), height=st.integers(16, 200), size=st.integers(16, 300))
def test_any_picture_comes_in_the_size_asked_for(tmp_path, width, height, size):
    flat("RGB", RED, (width, height)).save(tmp_path / "picture.bmp")
    _, rows, columns, _ = load(tmp_path / "picture.bmp", size=size).shape
    assert max(rows, columns) == size
    assert abs(min(rows, columns) - max(16, size * min(width, height) / max(width, height))) <= 0.5


# --- pixels ------------------------------------------------------------------------------------------------------


def test_pixels_are_rounded_not_truncated():
    levels = np.array([0.4, 0.6, 254.4, 254.6, -40, 300], np.float32) / 255
    image = np.repeat(levels, 3).reshape(1, 2, 3, 3)
    assert to_uint8(image)[..., 0].ravel().tolist() == [0, 1, 254, 255, 0, 255]


@given(arrays(np.uint8, (4, 5, 3)))
def test_every_8_bit_picture_survives_the_way_to_floats_and_back(pixels):
    assert np.array_equal(to_uint8(pixels[None].astype(np.float32) / 255), pixels)


@given(arrays(np.float32, (1, 3, 2, 3), elements=st.floats(0, 1, width=32)))
def test_rounding_moves_a_pixel_by_half_a_level_at_most(image):
    assert np.abs(to_uint8(image) / 255 - image[0]).max() <= 0.5 / 255 + 1e-6


def test_cover_scales_crops_the_middle_and_squashes_nothing():
    stripes = np.zeros((1, 40, 120, 3), np.float32)
    stripes[:, :, 40:80] = 1
    covering = cover(stripes, 20, 20)
    assert covering.shape == (1, 20, 20, 3)
    assert covering[:, :, 2:-2].min() > 0.98


@given(height=st.integers(1, 40), width=st.integers(1, 40))
def test_cover_gives_the_size_asked_for(height, width):
    covering = cover(noise(20, 30), height, width)
    assert (covering.shape, covering.dtype) == ((1, height, width, 3), np.float32)


# --- writing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", LOSSLESS)
def test_a_picture_comes_back_as_it_was_saved(tmp_path, suffix):
    image = to_uint8(noise())[None].astype(np.float32) / 255
    assert np.array_equal(load(save(image, tmp_path / f"picture{suffix}")), image)


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".JPEG"])
def test_a_lossy_picture_comes_back_nearly(tmp_path, suffix):
    image = cover(noise(3, 4), 48, 64)
    assert np.abs(load(save(image, tmp_path / f"picture{suffix}")) - image).mean() < 0.02


def test_folders_on_the_way_are_made_and_the_path_is_returned(tmp_path):
    path = tmp_path / "output" / "run 1" / "step_0100.png"
    assert save(noise(), str(path)) == path
    assert [found.name for found in path.parent.iterdir()] == ["step_0100.png"]


def test_a_png_carries_the_settings_of_its_run(tmp_path):
    run = {"alpha": 10, "layers": {"block1_conv1": 0.2}, "content": "Möwe.jpg"}
    assert read_settings(save(noise(), tmp_path / "final.png", settings=run)) == run
    assert read_settings(save(noise(), tmp_path / "plain.png")) is None


def test_run_json_holds_the_settings_in_a_fixed_order(tmp_path):
    path = save_settings({"steps": 300, "alpha": 10}, tmp_path / "new" / "run.json")
    assert path.read_text(encoding="utf-8") == '{\n  "alpha": 10,\n  "steps": 300\n}\n'
    assert json.loads(path.read_text(encoding="utf-8")) == {"alpha": 10, "steps": 300}


def test_a_gif_shows_every_picture_and_rests_on_the_last(tmp_path):
    frames = [cover(noise(3, 4, seed), 48, 64) for seed in range(5)]
    with Image.open(save_gif(frames, tmp_path / "way.gif", seconds=2, size=32)) as animation:
        assert (animation.n_frames, animation.size) == (5, (32, 24))
        durations = []
        for i in range(5):
            animation.seek(i)
            durations.append(animation.info["duration"])
    assert durations == [400, 400, 400, 400, 1000]


def test_a_picture_uploaded_beside_the_notebook_or_into_images_is_found_by_its_name(tmp_path, monkeypatch):
    beside, pictures = tmp_path / "mine", tmp_path / "images"
    for folder, color in ((beside, (255, 0, 0)), (pictures, (0, 0, 255))):
        folder.mkdir()
        Image.new("RGB", (20, 20), color).save(folder / "both.png")
        Image.new("RGB", (20, 20), color).save(folder / f"{folder.name}.png")
    monkeypatch.chdir(beside)
    monkeypatch.setattr(paths, "IMAGES", pictures)
    red, blue = load(beside / "both.png"), load(pictures / "both.png")
    assert (red[0, 0, 0].tolist(), blue[0, 0, 0].tolist()) == ([1, 0, 0], [0, 0, 1])
    for name, expected in {
        "mine.png": red,
        "images.png": blue,
        "both.png": red,
        pictures / "mine.png": red,
        beside / "images.png": blue,
    }.items():
        np.testing.assert_array_equal(load(name), expected)
    with pytest.raises(PictureError, match="there is no such file"):
        load(tmp_path / "mine.png")  # another folder than these two: only that one is searched
