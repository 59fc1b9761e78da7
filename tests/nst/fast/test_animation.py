"""An animation is painted without flicker: where the original does not move, the picture hardly changes."""

import numpy as np
import pytest

from nst import images
from nst.fast import settling
from nst.fast.animation import paint_animation
from nst.fast.flicker import Flicker
from nst.fast.movies import open_movie
from nst.fast.painter import load_painter
from nst.fast.settings import FastSettings
from nst.paths import IMAGES
from tests.support.moving_pictures import draw_frames, save_animation

LOUVRE, MONET, NIGHT = (IMAGES / f"{name}.jpg" for name in ("louvre", "monet", "starry_night"))
MOST_FLICKER = 1.0  # of 255, which docs/painting.md states


@pytest.fixture(scope="module")
def painter():
    return load_painter("float32")


@pytest.fixture(scope="module")
def style(painter):
    return painter.measure_style(images.load(NIGHT, 160))


def measure_flicker(painter, style, frames):
    flicker, settled = Flicker(), None
    for frame in frames:
        content_image = np.asarray(frame, np.float32)[None] / np.float32(255)
        picture, settled = painter.paint(content_image, style, previous=settled)
        flicker.add(content_image, picture)
    return flicker.value


@pytest.mark.slow
def test_where_nothing_moves_the_picture_hardly_changes(painter, style, monkeypatch):
    frames = draw_frames(5, (384, 288), step=6)
    settled = measure_flicker(painter, style, frames)
    assert settled < MOST_FLICKER
    monkeypatch.setattr(settling, "KEEP", 0.0)
    alone = type(painter)("float32", painter.decoder)  # a new one, since the share is traced
    assert settled < 0.5 * measure_flicker(alone, style, frames)


def test_a_still_animation_does_not_flicker_at_all(painter, style):
    assert measure_flicker(painter, style, draw_frames(1) * 3) < 0.01


def test_after_a_cut_the_picture_is_that_of_the_new_scene_alone(painter, style):
    before, after = (images.load(IMAGES / f"{name}.jpg", 160) for name in ("louvre", "persepolis"))
    after = after[:, : before.shape[1]]
    alone, _ = painter.paint(after, style)
    _, settled = painter.paint(before, style)
    assert np.allclose(painter.paint(after, style, previous=settled)[0], alone, atol=1e-3)


def test_statistics_follow_a_scene_that_changes_slowly(painter, style):
    content = images.load(LOUVRE, 48)
    _, settled = painter.paint(content, style)
    darker = content * np.float32(0.97)
    alone, _ = painter.paint(darker, style)
    differences = []
    for _ in range(90):
        picture, settled = painter.paint(darker, style, previous=settled)
        differences.append(np.abs(picture - alone).mean())
    assert differences[-1] < 0.2 * differences[0]


def test_an_animation_is_painted_frame_by_frame(tmp_path):
    movie, numbers = open_movie(save_animation(tmp_path / "clip.gif")), []
    settings = FastSettings(size=64, precision="float32")
    record = paint_animation(movie, MONET, tmp_path / "out.webp", settings, on_frame=numbers.append)
    assert numbers == [1, 2, 3, 4, 5, 6]
    painted = open_movie(tmp_path / "out.webp")
    assert painted.count == 6
    assert next(painted.read_frames(64)).pixels.shape == (48, 64, 3)
    assert record["timings"]["frames"] == 6
    assert record["settings"]["files"] == {"content": "clip.gif", "style": ["monet.jpg"]}


def test_the_colors_of_each_frame_can_be_kept(tmp_path):
    movie = open_movie(save_animation(tmp_path / "clip.webp"))
    settings = FastSettings(size=64, precision="float32", preserve_color="luminance")
    paint_animation(movie, MONET, tmp_path / "out.webp", settings)
    painted = open_movie(tmp_path / "out.webp")
    for frame, original in zip(painted.read_frames(64), movie.read_frames(64), strict=True):
        shift = frame.pixels.astype(int) - original.pixels
        assert np.abs(shift - shift.mean(-1, keepdims=True)).mean() < 12


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_an_interruption_leaves_no_file(tmp_path, suffix):
    movie = open_movie(save_animation(tmp_path / "clip.gif"))

    def stop(number):
        if number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        paint_animation(
            movie, MONET, tmp_path / f"out{suffix}", FastSettings(size=48, precision="float32"), on_frame=stop
        )
    assert [path.name for path in tmp_path.iterdir()] == ["clip.gif"]


def test_flicker_is_the_mean_change_where_nothing_moves():
    content = np.zeros((1, 160, 160, 3), np.float32)
    moved = content.copy()
    moved[:, :8, :8] = 1
    flicker = Flicker()
    flicker.add(content, content)
    assert flicker.value is None
    flicker.add(moved, content + np.float32(0.1))
    assert flicker.value == pytest.approx(25.5, rel=1e-3)


def test_flicker_does_not_count_what_moves_or_is_near():
    content, moved = np.zeros((1, 160, 160, 3), np.float32), np.ones((1, 160, 160, 3), np.float32)
    moved[:, :, 80:] = 0
    painted = moved.copy()
    flicker = Flicker()
    flicker.add(content, content)
    flicker.add(moved, painted)
    assert flicker.value == 0
