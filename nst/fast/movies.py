"""Read moving pictures frame by frame: animated GIF, WebP and PNG by Pillow, and videos by ffmpeg."""

import re
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from nst.assets.file_kinds import HEAD, identify_kind
from nst.images import resized_shape
from nst.pictures.decoding import put_on
from nst.pictures.errors import PictureError
from nst.pictures.sources import find_source

MOST_FRAMES = 5000
USUAL_MILLISECONDS = 100  # of a frame that does not say how long it is shown, as browsers have it
PACKAGE = "python -m pip install imageio-ffmpeg"
DAMAGED = "{name}: {what} is damaged or incomplete ({reason}). Save or download it again."
TOO_MANY = "{name}: it has {count} frames, and at most {most} can be painted. Cut it into shorter parts first."
COMPLETE = 0.95  # of the frames that a video announces: their number is often only about right
FEW = 3  # frames that may be missing in any case


@dataclass(frozen=True)
class Frame:
    """pixels: uint8 (H, W, 3), RGB. milliseconds: how long it is shown."""

    pixels: np.ndarray
    milliseconds: float


@dataclass(frozen=True)
class Movie:
    """A moving picture. count: of its frames. suffix: of a file of the same kind."""

    path: Path
    count: int
    suffix: str

    def read_frames(self, size: int) -> Iterator[Frame]:
        """Yield all frames, scaled to `size` pixels on the longest side. Raises PictureError if the file is damaged."""
        for picture, milliseconds in _read_video(self) if self.suffix == ".mp4" else _read_animation(self):
            height, width = resized_shape(picture.height, picture.width, size)
            yield Frame(np.asarray(picture.resize((width, height), Image.Resampling.LANCZOS)), milliseconds)


def open_movie(path) -> Movie | None:
    """Return the Movie of a file, or None for a picture that does not move.

    Raises PictureError if the file is missing, damaged, has more than 5,000 frames, or is a video and the package
    imageio-ffmpeg is not installed.
    """
    source = find_source(path)
    kind = identify_kind(source.read(HEAD), source.name)
    movie = _open_video(source.file) if kind is not None and "video" in kind.name else _open_animation(source.file)
    if movie is not None and movie.count > MOST_FRAMES:
        raise PictureError(TOO_MANY.format(name=movie.path, count=movie.count, most=MOST_FRAMES))
    return movie


def import_ffmpeg(name):
    """Return the package imageio_ffmpeg. Raises PictureError, about the file `name`, if it is not installed."""
    try:
        import imageio_ffmpeg
    except ImportError:
        raise PictureError(
            f"{name}: videos are read and written by the package imageio-ffmpeg, which is not installed. Install it "
            f"with {PACKAGE}, or use an animated GIF or WebP."
        ) from None
    return imageio_ffmpeg


def _open_animation(path):
    try:
        with warnings.catch_warnings(), Image.open(path) as picture:
            warnings.simplefilter("ignore")
            if picture.format not in ("GIF", "WEBP", "PNG") or not getattr(picture, "is_animated", False):
                return None
            return Movie(path, picture.n_frames, ".gif" if picture.format == "GIF" else ".webp")
    except UnidentifiedImageError:
        return None  # images.load says what it is
    except Exception as error:  # Pillow fails on damaged files in many ways
        raise PictureError(DAMAGED.format(name=path, what="the animation", reason=error)) from None


def _read_animation(movie):
    with Image.open(movie.path) as picture:
        for number in range(movie.count):
            try:
                picture.seek(number)
                frame = put_on(picture.convert("RGBA"), "white")
            except Exception as error:
                reason = f"frame {number + 1} of {movie.count}: {error}"
                raise PictureError(DAMAGED.format(name=movie.path, what="the animation", reason=reason)) from None
            yield frame, picture.info.get("duration") or USUAL_MILLISECONDS


def _open_video(path):
    ffmpeg = import_ffmpeg(path)
    with _explain_damage(path), closing(ffmpeg.read_frames(str(path))) as frames:
        facts = next(frames)
        count, _ = ffmpeg.count_frames_and_secs(str(path))
    announced = facts["fps"] * facts["duration"]
    if not announced:
        raise PictureError(DAMAGED.format(name=path, what="the video", reason="it does not say how long it is"))
    if count < min(COMPLETE * announced, announced - FEW):
        _refuse_truncated(path, count, round(announced))
    return Movie(path, count, ".mp4")


def _read_video(movie):
    number = 0
    with _explain_damage(movie.path), closing(import_ffmpeg(movie.path).read_frames(str(movie.path))) as frames:
        facts = next(frames)
        for content in islice(frames, movie.count):
            number += 1
            yield Image.frombytes("RGB", facts["size"], content), 1000 / facts["fps"]
    if number < movie.count:
        _refuse_truncated(movie.path, number, movie.count)


def _refuse_truncated(path, number, count):
    reason = f"it ends after {number} of {count} frames"
    raise PictureError(DAMAGED.format(name=path, what="the video", reason=reason))


@contextmanager
def _explain_damage(path):
    try:
        yield
    except (OSError, RuntimeError, StopIteration) as error:
        reason = _find_reason(str(error))
        raise PictureError(DAMAGED.format(name=path, what="the video", reason=reason)) from None


def _find_reason(messages):
    """The line of ffmpeg's messages that says most, without the name of the part that says it."""
    lines = [line.strip() for line in messages.splitlines() if line.strip()]
    telling = [line for line in lines if re.search("not found|invalid|error", line, re.IGNORECASE)]
    return re.sub(r"^\[.*?\] ", "", (telling or lines or ["ffmpeg cannot read it"])[0])
