"""Write moving pictures frame by frame: GIF and WebP by Pillow, MP4 by ffmpeg; completely or not at all.

The frames come from an iterator, and only one is in memory at a time, however long the animation is.
"""

import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from nst.fast.movies import Frame, import_ffmpeg
from nst.pictures.errors import PictureError
from nst.pictures.writing import writing_picture

SUFFIXES = (".gif", ".webp", ".mp4")
QUALITY = 7  # of MP4, from 0 to 10
WEBP = {"quality": 85, "method": 2}
NEW_PALETTE = 1.3  # a palette is replaced if its error grows by this factor, and by two of 255
FASTEST = 60  # frames per second of an MP4
TRAILER = b";"


def require_movie_writer(path: Path) -> None:
    """Raise PictureError if `write_movie` cannot write such a file: a folder, or MP4 without the package for it."""
    if path.is_dir():
        raise PictureError(f"{path}: this is a folder. Give the name of a file in it.")
    if path.suffix.lower() == ".mp4":
        import_ffmpeg(path)


def write_movie(frames: Iterator[Frame], path: Path, count: int) -> Path:
    """Write `count` frames of one size in the format of the file's suffix, one of SUFFIXES. Returns the path.

    GIF and WebP repeat without end. An MP4 has a constant number of frames per second: that of the first frame's time;
    a frame that is shown longer is repeated. Its sides are even: an odd last row or column is left out.
    Raises PictureError if the file cannot be written, or if the package for MP4 is not installed.
    """
    write = {".gif": _write_gif, ".webp": partial(_write_webp, count), ".mp4": _write_mp4}[path.suffix.lower()]
    with writing_picture(path) as unfinished:
        write(frames, unfinished)
    return path


def _write_gif(frames, path):
    """One GIF for each frame, of which the picture's part is taken: Pillow would keep all frames in memory."""
    palette, error = None, 0.0
    with path.open("wb") as file:
        for frame in frames:
            picture = Image.fromarray(frame.pixels)
            if palette is not None:
                quantized = picture.quantize(palette=palette, dither=Image.Dither.NONE)
            if palette is None or _error(quantized, frame.pixels) > max(NEW_PALETTE * error, error + 2):
                first, palette = palette is None, picture.quantize()
                quantized = picture.quantize(palette=palette, dither=Image.Dither.NONE)
                error = _error(quantized, frame.pixels)
                if first:
                    file.write(_make_gif_head(picture.size))
            file.write(_make_gif_frame(quantized, frame.milliseconds))
        file.write(TRAILER)


def _error(quantized, pixels):
    """The mean absolute error of a quantized picture, of 255; every fourth row and column is enough."""
    rounded = np.asarray(quantized.convert("RGB"))[::4, ::4].astype(np.int16)
    return float(np.abs(rounded - pixels[::4, ::4]).mean())


def _make_gif_head(size):
    """Header, screen without a palette, and the extension that repeats the animation (GIF89a)."""
    screen = b"".join(side.to_bytes(2, "little") for side in size) + b"\x70\0\0"
    return b"GIF89a" + screen + b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"


def _make_gif_frame(picture, milliseconds):
    """Control extension, and the picture with a palette of its own, taken from a GIF of this frame alone."""
    buffer = io.BytesIO()
    picture.save(buffer, "GIF", optimize=False, interlace=0)
    content = buffer.getvalue()
    bits = content[10] & 7
    palette_end = 13 + 3 * 2 ** (bits + 1)
    image = palette_end
    while content[image] == 0x21:  # an extension: its label, then blocks up to an empty one
        image += 2
        while content[image]:
            image += content[image] + 1
        image += 1
    descriptor = content[image : image + 9] + bytes([0x80 | bits])
    hundredths = max(2, round(milliseconds / 10)).to_bytes(2, "little")
    control = b"\x21\xf9\x04\x04" + hundredths + b"\0\0"
    return control + descriptor + content[13:palette_end] + content[image + 10 : -1]


def _write_webp(count, frames, path):
    sequence = _Sequence(frames, count)
    with path.open("w+b") as file:
        sequence.save(file, "WEBP", save_all=True, duration=sequence.durations, loop=0, **WEBP)


class _Sequence(Image.Image):
    """A PIL image that draws its next frame when Pillow's WebP writer asks for it."""

    def __init__(self, frames, count):
        super().__init__()
        self.n_frames, self.durations = count, []
        self._frames, self._number = iter(frames), -1
        self.seek(0)

    def seek(self, number):
        if number > self._number:
            frame = next(self._frames)
            picture = Image.fromarray(frame.pixels)
            self.im, self._mode, self._size = picture.im, picture.mode, picture.size
            self._number = number
            self.durations.append(max(1, round(frame.milliseconds)))

    def tell(self):
        return self._number


def _write_mp4(frames, path):
    frames = iter(frames)
    first = next(frames)
    height, width = (side // 2 * 2 for side in first.pixels.shape[:2])
    rate = min(FASTEST, 1000 / first.milliseconds)
    writer = import_ffmpeg(path).write_frames(
        str(path), (width, height), fps=rate, quality=QUALITY, macro_block_size=1, ffmpeg_log_level="error"
    )
    writer.send(None)
    try:
        shown = written = 0.0
        for frame in _chain(first, frames):
            shown += frame.milliseconds * rate / 1000
            content = np.ascontiguousarray(frame.pixels[:height, :width])
            for _ in range(max(1 if not written else 0, round(shown - written))):
                writer.send(content)
                written += 1
    finally:
        writer.close()


def _chain(first, others):
    yield first
    yield from others
