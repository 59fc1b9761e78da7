"""nst fast CONTENT STYLE: the conventions of nst CONTENT STYLE, in one pass."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nst import images
from nst.cli import fast
from nst.cli.main import main
from nst.fast.movies import Movie, open_movie
from nst.paths import IMAGES, ROOT
from tests.support.moving_pictures import save_animation

LOUVRE, MONET, KASHI = (str(IMAGES / f"{name}.jpg") for name in ("louvre", "monet", "kashi"))
QUICK = ["--size", "48", "--precision", "float32"]


@pytest.fixture(autouse=True)
def output(tmp_path, monkeypatch):
    monkeypatch.setattr(fast, "OUTPUT", tmp_path / "output")
    return tmp_path / "output"


def refuse(words, capsys):
    """The message of a command line that is refused, and leaves no file."""
    assert main(["fast", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_two_pictures_make_a_third_named_after_them(output, capsys):
    assert main(["fast", LOUVRE, MONET, *QUICK]) == 0
    out = output / "louvre_monet_fast.png"
    assert images.load(out).shape == (1, 36, 48, 3)
    record = images.read_settings(out)
    assert record["settings"]["alpha"] == 1
    assert json.loads((output / "louvre_monet_fast.run.json").read_text(encoding="utf-8")) == record
    assert sorted(path.name for path in output.iterdir()) == ["louvre_monet_fast.png", "louvre_monet_fast.run.json"]
    assert capsys.readouterr().out.startswith(f"{out}: 48 x 36 pixels, ")


def test_options_reach_the_painting_and_the_record(tmp_path, capsys):
    out = tmp_path / "mine.jpg"
    words = [LOUVRE, f"{MONET}:2", KASHI, "-o", str(out), "--alpha", "0.5", "--preserve-color", "luminance", "--json"]
    assert main(["fast", *words, *QUICK]) == 0
    captured = capsys.readouterr()
    record = json.loads(captured.out)
    assert record["picture"] == str(out)
    assert record["settings"]["alpha"] == 0.5
    assert record["settings"]["preserve_color"] == "luminance"
    assert record["settings"]["files"] == {"content": "louvre.jpg", "style": ["monet.jpg", "kashi.jpg"]}
    assert (tmp_path / "mine.jpg.run.json").is_file()


def test_masks_select_where_to_paint(tmp_path):
    mask = np.zeros((36, 48, 3), np.float32)
    mask[:, :24] = 1
    images.save(mask, tmp_path / "left.png")
    words = [LOUVRE, MONET, "--content-masks", str(tmp_path / "left.png"), "-o", str(tmp_path / "out.png")]
    assert main(["fast", *words, *QUICK]) == 0
    assert np.array_equal(
        images.to_uint8(images.load(tmp_path / "out.png"))[:, 24:], images.to_uint8(images.load(LOUVRE, 48))[:, 24:]
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([LOUVRE, "no_such.jpg"], "no_such.jpg: there is no such file."),
        ([LOUVRE, MONET, "--alpha", "1.5"], "alpha: got 1.5, expected a number from 0"),
        ([LOUVRE, MONET, "--alpha", "nan"], "alpha: got nan, expected a number from 0"),
        ([LOUVRE, MONET, "--size", "8"], "size: got 8, expected a whole number from 16 to 8192"),
        ([LOUVRE, MONET, MONET], "is given twice"),
        ([LOUVRE, MONET, "-o", "mine.txt"], "mine.txt: the name does not end in a picture format"),
        ([LOUVRE, MONET, "-o", LOUVRE], "the result would overwrite"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(words, message, output, capsys):
    assert message in refuse(words, capsys)
    assert not output.exists()


def test_a_black_mask_is_refused(tmp_path, capsys):
    images.save(np.zeros((36, 48, 3), np.float32), tmp_path / "black.png")
    message = refuse([LOUVRE, MONET, "--content-masks", str(tmp_path / "black.png"), *QUICK], capsys)
    assert "the mask is black" in message


def test_a_content_of_16_pixels_and_a_style_of_one_color_are_painted(tmp_path, capsys):
    images.save(images.load(LOUVRE, 64)[:, :16, :16], tmp_path / "small.png")
    images.save(np.full((1, 20, 20, 3), 0.5, np.float32), tmp_path / "gray.png")
    words = [str(tmp_path / "small.png"), str(tmp_path / "gray.png"), "-o", str(tmp_path / "out.png"), "--size", "16"]
    assert main(["fast", *words]) == 0
    assert "gray.png has only one color" in capsys.readouterr().out
    assert images.load(tmp_path / "out.png").shape == (1, 16, 16, 3)


def test_ctrl_c_leaves_nothing(monkeypatch, output, capsys):
    import nst.fast.paint

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(nst.fast.paint, "paint_fast", interrupt)
    assert main(["fast", LOUVRE, MONET]) == 130
    assert "Interrupted" in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.slow
def test_arguments_are_refused_before_tensorflow_is_imported():
    code = "import sys; from nst.cli.main import main; main(sys.argv[1:]); print('tensorflow' in sys.modules)"
    words = [sys.executable, "-c", code, "fast", LOUVRE, MONET, "--alpha", "2"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "False\n"


def test_an_animation_becomes_one_of_its_kind(tmp_path, output, capsys):
    clip = save_animation(tmp_path / "clip.gif")
    assert main(["fast", str(clip), MONET, *QUICK]) == 0
    out = output / "clip_monet_fast.gif"
    assert open_movie(out).count == 6
    record = json.loads((output / "clip_monet_fast.gif.run.json").read_text(encoding="utf-8"))
    assert record["timings"]["frames"] == 6
    assert capsys.readouterr().out.startswith(f"{out}: 48 x 36 pixels, 6 frames, ")


def test_the_name_of_a_picture_gets_the_first_frame(tmp_path):
    clip = save_animation(tmp_path / "clip.gif")
    assert main(["fast", str(clip), MONET, "-o", str(tmp_path / "first.png"), *QUICK]) == 0
    assert images.load(tmp_path / "first.png").shape == (1, 36, 48, 3)


def test_a_video_cannot_become_a_picture_and_a_picture_cannot_become_a_video(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(fast, "open_movie", lambda path: Movie(Path(path), 5, ".mp4"))
    message = refuse(["clip.mp4", MONET, "-o", "out.png"], capsys)
    assert message == "out.png: clip.mp4 is a video. Give the result a name with .gif or .webp or .mp4.\n"
    monkeypatch.undo()
    assert "out.mp4: the name does not end in a picture format" in refuse([LOUVRE, MONET, "-o", "out.mp4"], capsys)


def test_ctrl_c_in_an_animation_leaves_nothing(tmp_path, monkeypatch, capsys):
    class Bar(fast.PaintingBar):
        def show(self, done, seconds_left):
            raise KeyboardInterrupt

    monkeypatch.setattr(fast, "PaintingBar", Bar)
    clip = save_animation(tmp_path / "clip.webp")
    assert main(["fast", str(clip), MONET, "-o", str(tmp_path / "out.webp"), *QUICK]) == 130
    assert "Interrupted; no picture was written." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["clip.webp"]
