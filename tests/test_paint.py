"""python -m nst CONTENT STYLE: a picture, a line about it, and clear words where there is none."""

import json

import pytest

from nst import images, paint
from nst.__main__ import main
from nst.paths import IMAGES

LOUVRE, MONET, KASHI = (str(IMAGES / f"{name}.jpg") for name in ("louvre", "monet", "kashi"))
QUICK = ["--size", "48", "--steps", "3", "--weights", "pocket"]


@pytest.fixture(autouse=True)
def output(tmp_path, monkeypatch):
    monkeypatch.setattr(paint, "OUTPUT", tmp_path / "output")
    return tmp_path / "output"


def test_two_pictures_make_a_third_named_after_them(output, capsys):
    assert main([LOUVRE, MONET, *QUICK]) == 0
    out = output / "louvre_monet.png"
    assert images.load(out).shape == (1, 36, 48, 3)
    assert images.read_settings(out)["steps"] == 3
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{out}: 48 x 36 pixels, 3 evaluations, ")


def test_options_reach_the_engine_and_the_record(tmp_path, capsys):
    words = [LOUVRE, f"{MONET}:2", KASHI, "-o", str(tmp_path / "mine.png"), "--colours", "luminance", "--seed", "5",
             "--content-weight", "7", "--json", *QUICK]
    assert main(words) == 0
    record = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert record["picture"] == str(tmp_path / "mine.png")
    assert (record["colours"], record["seed"], record["content_weight"], record["style_weight"]) == (
        "luminance", 5, 7.0, 40.0)


@pytest.mark.parametrize(("words", "told"), [
    (["nothing.jpg", MONET], "nothing.jpg: there is no such file"),
    ([LOUVRE, "nothing.jpg"], "nothing.jpg: there is no such file"),
    ([LOUVRE, MONET, "-o", "out.txt"], "out.txt: .txt names no picture format"),
    ([LOUVRE, MONET, "--steps", "0"], "steps: got 0, expected at least 1."),
    ([LOUVRE, MONET, "--size", "9999"], "size=9999"),
    ([LOUVRE, MONET, f"{MONET}:2"], "is named twice"),
    ([LOUVRE, f"{MONET}:0"], "expected shares above 0"),
    ([LOUVRE, MONET, "--weights", "nothing.h5"], "nothing.h5"),
])
def test_what_cannot_be_used_is_named_and_nothing_is_written(words, told, output, capsys):
    assert main([*words, *([] if "--size" in words else ["--size", "48"])]) == 2
    assert told in capsys.readouterr().err
    assert not output.exists()


def test_a_colon_in_a_file_name_is_no_share():
    assert paint._styles(["a.jpg", "b.jpg:0.5", "c:d.jpg", "C:\\e.jpg"]) == {
        "a.jpg": 1, "b.jpg": 0.5, "c:d.jpg": 1, "C:\\e.jpg": 1}


def test_ctrl_c_saves_the_picture_as_it_was(output, monkeypatch, capsys):
    class Bar(paint.tqdm):
        def update(self, n=1):
            super().update(n)
            raise KeyboardInterrupt

    monkeypatch.setattr(paint, "tqdm", Bar)
    assert main([LOUVRE, MONET, *QUICK]) == 130
    assert images.load(output / "louvre_monet.png").shape == (1, 36, 48, 3)
    assert 0 < images.read_settings(output / "louvre_monet.png")["done"] < 1
    assert "Interrupted at 33%." in capsys.readouterr().err


def test_ctrl_c_before_there_is_a_picture_says_so(output, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(paint, "stylize", interrupted)
    assert main([LOUVRE, MONET]) == 130
    assert "Interrupted before there was a picture." in capsys.readouterr().err
    assert not output.exists()


def test_help_has_examples_defaults_and_exit_codes(capsys):
    with pytest.raises(SystemExit) as stop:
        main([LOUVRE, MONET, "--help"])
    assert stop.value.code == 0
    told = capsys.readouterr().out
    assert "python -m nst house.jpg painting.jpg --colours luminance" in told
    assert "(default 512)" in told
    assert "130 interrupted" in told
