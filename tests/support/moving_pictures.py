"""Short animations and videos: a disk that moves over a photograph."""

import numpy as np
from PIL import Image, ImageDraw

from nst.fast.movie_files import write_movie
from nst.fast.movies import Frame
from nst.paths import IMAGES


def draw_frames(count=6, size=(96, 72), step=4):
    """PIL images of `size` (width, height)."""
    photo = Image.open(IMAGES / "louvre.jpg").convert("RGB").resize(size)
    frames = []
    for number in range(count):
        frame = photo.copy()
        left = 2 + step * number
        ImageDraw.Draw(frame).ellipse((left, 30, left + 12, 42), fill=(200, 30, 30))
        frames.append(frame)
    return frames


def save_animation(path, count=6, milliseconds=80, **drawing):
    """Write an animated GIF, WebP or PNG by Pillow."""
    first, *others = draw_frames(count, **drawing)
    first.save(path, save_all=True, append_images=others, duration=milliseconds, loop=0)
    return path


def save_video(path, count=30, **drawing):
    """Write an MP4; it needs imageio-ffmpeg."""
    return write_movie((Frame(np.asarray(frame), 40) for frame in draw_frames(count, **drawing)), path, count)
