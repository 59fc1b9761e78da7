"""Moving pictures are read and written frame by frame, and what is damaged or too long is refused with its reason."""

import sys

import numpy as np
import pytest
from PIL import Image, ImageSequence

from nst.fast.movie_files import write_movie
from nst.fast.movies import MOST_FRAMES, Frame, open_movie
from nst.paths import IMAGES
from nst.pictures.errors import PictureError
from tests.support.moving_pictures import draw_frames, save_animation, save_video


def read(path):
    """All frames of a file as (uint8 (H, W, 3), milliseconds)."""
    with Image.open(path) as picture:
        return [(np.asarray(frame.convert("RGB")), frame.info["duration"]) for frame in ImageSequence.Iterator(picture)]


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_an_animation_is_read_with_its_times(tmp_path, suffix):
    movie = open_movie(save_animation(tmp_path / f"clip{suffix}"))
    frames = list(movie.read_frames(96))
    assert (movie.count, len(frames)) == (6, 6)
    assert movie.suffix == (".gif" if suffix == ".gif" else ".webp")
    for frame, drawn in zip(frames, draw_frames(), strict=True):
        assert frame.milliseconds == 80
        assert np.abs(frame.pixels.astype(int) - np.asarray(drawn)).mean() < 8


def test_frames_are_scaled(tmp_path):
    movie = open_movie(save_animation(tmp_path / "clip.gif"))
    assert next(movie.read_frames(48)).pixels.shape == (36, 48, 3)


def test_a_still_picture_is_not_a_movie(tmp_path):
    draw_frames(1)[0].save(tmp_path / "still.gif")
    assert open_movie(tmp_path / "still.gif") is None
    assert open_movie(IMAGES / "louvre.jpg") is None


def test_a_frame_without_a_time_is_shown_for_a_tenth_of_a_second(tmp_path):
    movie = open_movie(save_animation(tmp_path / "clip.gif", milliseconds=0))
    assert next(movie.read_frames(48)).milliseconds == 100


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_frames_are_written_as_they_come(tmp_path, suffix):
    drawn = [np.asarray(frame) for frame in draw_frames()]
    times = [40, 80, 40, 120, 40, 200]
    frames = (Frame(pixels, time) for pixels, time in zip(drawn, times, strict=True))
    written = read(write_movie(frames, tmp_path / f"out{suffix}", len(drawn)))
    assert [time for _, time in written] == times
    for (pixels, _), expected in zip(written, drawn, strict=True):
        assert np.abs(pixels.astype(int) - expected).mean() < 6


def test_a_gif_gets_a_new_palette_where_the_colors_change(tmp_path):
    colors = [np.random.default_rng(low).integers(low, low + 90, (24, 24, 3)) for low in (0, 160)]
    frames = [Frame(pixels.astype(np.uint8), 50) for pixels in colors for _ in range(2)]
    for (pixels, _), frame in zip(read(write_movie(iter(frames), tmp_path / "out.gif", 4)), frames, strict=True):
        assert np.abs(pixels.astype(int) - frame.pixels).mean() < 12


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_an_error_in_the_middle_leaves_no_file(tmp_path, suffix):
    def frames():
        yield Frame(np.zeros((32, 32, 3), np.uint8), 40)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_movie(frames(), tmp_path / f"out{suffix}", 3)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("suffix", "share"), [(".gif", 0.7), (".webp", 0.7), (".gif", 0.3)])
def test_a_truncated_animation_is_refused(tmp_path, suffix, share):
    path = save_animation(tmp_path / f"clip{suffix}")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(
        PictureError, match=r"the animation is damaged or incomplete \(.*\)\. Save or download it again"
    ):
        list(open_movie(path).read_frames(48))


def test_more_frames_than_can_be_painted_are_refused_with_both_numbers(tmp_path):
    frames = [Image.new("L", (16, 16), 255 * (number % 2)) for number in range(10_000)]
    frames[0].save(tmp_path / "long.gif", save_all=True, append_images=frames[1:], duration=20)
    with pytest.raises(PictureError, match=rf"it has 10000 frames, and at most {MOST_FRAMES} can be painted"):
        open_movie(tmp_path / "long.gif")


def test_a_video_without_its_package_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    (tmp_path / "clip.mp4").write_bytes(b"\0\0\0\x20ftypisom" + b"\0" * 100)
    with pytest.raises(PictureError, match=r"imageio-ffmpeg, which is not installed\. Install it with python -m pip"):
        open_movie(tmp_path / "clip.mp4")


def test_a_video_is_written_and_read(tmp_path):
    pytest.importorskip("imageio_ffmpeg")
    movie = open_movie(save_video(tmp_path / "clip.mp4", size=(97, 71)))
    frames = list(movie.read_frames(96))
    assert (movie.count, movie.suffix, len(frames)) == (30, ".mp4", 30)
    assert frames[0].milliseconds == pytest.approx(40)
    assert frames[0].pixels.shape == (70, 96, 3)
    assert np.abs(frames[5].pixels.astype(int) - np.asarray(draw_frames(6, (97, 71))[5])[:70, :96]).mean() < 8


def test_a_frame_that_is_shown_longer_is_repeated_in_a_video(tmp_path):
    pytest.importorskip("imageio_ffmpeg")
    pixels = [np.full((32, 32, 3), value, np.uint8) for value in (0, 120, 240)]
    frames = (Frame(one, time) for one, time in zip(pixels, (40, 120, 40), strict=True))
    movie = open_movie(write_movie(frames, tmp_path / "clip.mp4", 3))
    shades = [int(frame.pixels.mean()) for frame in movie.read_frames(32)]
    assert np.abs(np.array(shades) - [0, 120, 120, 120, 240]).max() < 10


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_a_truncated_video_is_refused(tmp_path, share):
    pytest.importorskip("imageio_ffmpeg")
    path = save_video(tmp_path / "clip.mp4")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(PictureError, match=r"the video is damaged or incomplete \(.+\)\. Save or download it again"):
        list(open_movie(path).read_frames(48))
