"""python -m nst CONTENT STYLE: a picture, a line about it, and clear words where there is none."""

import json

import numpy as np
import pytest

from nst import images, paint
from nst.__main__ import main
from nst.paths import IMAGES
from nst.shares import shares

LOUVRE, MONET, KASHI = (str(IMAGES / f"{name}.jpg") for name in ("louvre", "monet", "kashi"))
QUICK = ["--size", "48", "--steps", "3", "--weights", "pocket"]


@pytest.fixture
def interrupting(monkeypatch):
    """Ctrl-C at the first evaluation."""
    class Bar(paint.tqdm):
        def update(self, n=1):
            super().update(n)
            raise KeyboardInterrupt

    monkeypatch.setattr(paint, "tqdm", Bar)


@pytest.fixture(autouse=True)
def output(tmp_path, monkeypatch):
    monkeypatch.setattr(paint, "OUTPUT", tmp_path / "output")
    return tmp_path / "output"


def test_two_pictures_make_a_third_named_after_them(output, capsys):
    assert main([LOUVRE, MONET, *QUICK]) == 0
    out = output / "louvre_monet.png"
    assert images.load(out).shape == (1, 36, 48, 3)
    record = images.read_settings(out)
    assert record["settings"]["steps"] == 3
    assert json.loads((output / "louvre_monet.run.json").read_text(encoding="utf-8")) == record
    assert sorted(path.name for path in output.iterdir()) == ["louvre_monet.png", "louvre_monet.run.json"]
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{out}: 48 x 36 pixels, 3 evaluations, ")


def test_options_reach_the_engine_and_the_record(tmp_path, capsys):
    words = [LOUVRE, f"{MONET}:2", KASHI, "-o", str(tmp_path / "mine.png"), "--preserve-color", "luminance", "--seed",
             "5", "--content-weight", "7", "--style-layers", "block1_conv1:0.5,block2_conv1", "--json", *QUICK]
    assert main(words) == 0
    record = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert record["picture"] == str(tmp_path / "mine.png")
    settings = record["settings"]
    assert (settings["preserve_color"], settings["seed"], settings["content_weight"], settings["style_weight"]) == (
        "luminance", 5, 7.0, 25.0)
    assert settings["style_layers"] == [["block1_conv1", 0.5], ["block2_conv1", 1.0]]
    assert len(settings["styles"]) == 2


@pytest.mark.parametrize(("words", "told"), [
    (["nothing.jpg", MONET], "nothing.jpg: there is no such file"),
    ([LOUVRE, "nothing.jpg"], "nothing.jpg: there is no such file"),
    ([LOUVRE, MONET, "-o", "out.txt"], "out.txt: .txt names no picture format"),
    ([LOUVRE, MONET, "--steps", "0"], "steps: got 0, expected a whole number of at least 1."),
    ([LOUVRE, MONET, "--size", "9999"], "size=9999"),
    ([LOUVRE, MONET, f"{MONET}:2"], "is named twice"),
    ([LOUVRE, f"{MONET}:0"], "expected shares above 0"),
    ([LOUVRE, MONET, "--weights", "nothing.h5"], "nothing.h5"),
    ([LOUVRE, MONET, "--content-masks", "nothing.png"], "nothing.png: there is no such file"),
    ([LOUVRE, MONET, "--content-layer", "block9_conv9"], "block9_conv9: pocket_vgg19 has no such layer"),
])
def test_what_cannot_be_used_is_named_and_nothing_is_written(words, told, output, capsys):
    assert main([*words, *([] if "--size" in words else ["--size", "48"])]) == 2
    assert told in capsys.readouterr().err
    assert not output.exists()


def test_a_colon_in_a_file_name_is_no_share():
    assert shares(["a.jpg", "b.jpg:0.5", "c:d.jpg", "C:\\e.jpg"]) == {
        "a.jpg": 1, "b.jpg": 0.5, "c:d.jpg": 1, "C:\\e.jpg": 1}


def test_ctrl_c_saves_the_picture_as_it_was(output, interrupting, capsys):
    assert main([LOUVRE, MONET, *QUICK]) == 130
    assert images.load(output / "louvre_monet.png").shape == (1, 36, 48, 3)
    assert 0 < images.read_settings(output / "louvre_monet.png")["done"] < 1
    told = capsys.readouterr().err
    assert "Interrupted at 33%." in told
    assert "the same command with --resume goes on." in told


def test_resume_goes_on_where_ctrl_c_stopped_it(output, interrupting, monkeypatch, capsys):
    assert main([LOUVRE, MONET, *QUICK]) == 130
    assert (output / "louvre_monet.checkpoint.npz").exists()
    monkeypatch.undo()
    assert main([LOUVRE, MONET, *QUICK, "-o", str(output / "louvre_monet.png"), "--resume"]) == 0
    assert not (output / "louvre_monet.checkpoint.npz").exists()
    assert main([LOUVRE, MONET, *QUICK, "-o", str(output / "again.png")]) == 0
    assert (images.load(output / "again.png") == images.load(output / "louvre_monet.png")).all()
    assert "no such checkpoint" not in capsys.readouterr().out


def test_resume_of_another_run_is_refused(output, interrupting, monkeypatch, capsys):
    main([LOUVRE, MONET, *QUICK])
    monkeypatch.undo()
    assert main([LOUVRE, MONET, *QUICK, "--seed", "4", "--resume", "-o", str(output / "louvre_monet.png")]) == 2
    assert "this checkpoint is of another run: seed was 0 and is 4." in capsys.readouterr().err


def test_resume_without_a_checkpoint_starts_and_says_so(capsys):
    assert main([LOUVRE, MONET, *QUICK, "--resume"]) == 0
    assert "louvre_monet.checkpoint.npz: no such checkpoint, so this starts from the beginning." in (
        capsys.readouterr().out)


def test_masks_reach_the_engine(output, tmp_path, capsys):
    images.save(np.ones((36, 48, 3)) * (np.arange(48) < 24)[None, :, None], tmp_path / "left.png")
    assert main([LOUVRE, MONET, *QUICK, "--content-masks", str(tmp_path / "left.png")]) == 0
    content, picture = images.load(LOUVRE, 48), images.load(output / "louvre_monet.png")
    assert np.abs(picture - content)[:, :, 24:].max() < 0.003  # of 8 bits
    assert np.abs(picture - content)[:, :, :24].max() > 0.05


@pytest.mark.parametrize(("word", "seconds"), [("30", 30), ("30s", 30), ("1.5m", 90), ("1h", 3600)])
def test_a_budget_may_have_a_unit(word, seconds):
    assert paint._seconds(word) == seconds


@pytest.mark.parametrize(("words", "told"), [
    (["--budget", "soon"], "'soon' is no time; expected 30s, 2m or 1h"),
    (["--style-layers", "block1_conv1:x"], "expected LAYER:WEIGHT,LAYER:WEIGHT ..."),
])
def test_a_word_that_cannot_be_read_ends_with_the_usage(words, told, capsys):
    with pytest.raises(SystemExit) as stop:
        main([LOUVRE, MONET, *words])
    assert stop.value.code == 2
    assert told in capsys.readouterr().err


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
    assert "python -m nst house.jpg painting.jpg --preserve-color luminance" in told
    assert "(default 512)" in told
    assert "130 interrupted" in told
