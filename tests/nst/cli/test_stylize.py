"""python -m nst CONTENT STYLE: a picture, a line about it, and clear words where there is none."""

import json
import os
import re
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from nst import images
from nst.cli import stylize
from nst.cli.main import main
from nst.cli.styles import parse_styles
from nst.engine.checkpoint import Checkpoint
from nst.engine.losses import Objective
from nst.engine.run import RECOVERED
from nst.paths import IMAGES, ROOT

LOUVRE, MONET, KASHI = (str(IMAGES / f"{name}.jpg") for name in ("louvre", "monet", "kashi"))
QUICK = ["--size", "48", "--steps", "3", "--weights", "pocket"]


@pytest.fixture
def interrupting(monkeypatch):
    """Ctrl-C at the third evaluation, the first step having taken two."""

    class Bar(stylize.PaintingBar):
        updates = 0

        def update(self, n=1):
            super().update(n)
            self.updates += 1
            if self.updates == 3:
                raise KeyboardInterrupt

    monkeypatch.setattr(stylize, "PaintingBar", Bar)


@pytest.fixture(autouse=True)
def output(tmp_path, monkeypatch):
    monkeypatch.setattr(stylize, "OUTPUT", tmp_path / "output")
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
    words = [
        LOUVRE,
        f"{MONET}:2",
        KASHI,
        "-o",
        str(tmp_path / "mine.png"),
        "--preserve-color",
        "luminance",
        "--seed",
        "5",
        "--content-weight",
        "7",
        "--style-layers",
        "block1_conv1:0.5,block2_conv1",
        "--json",
        *QUICK,
    ]
    assert main(words) == 0
    told = capsys.readouterr()
    record = json.loads(told.out)  # the whole of it
    assert "Network: " in told.err
    assert record["picture"] == str(tmp_path / "mine.png")
    settings = record["settings"]
    assert (settings["preserve_color"], settings["seed"], settings["content_weight"], settings["style_weight"]) == (
        "luminance",
        5,
        7.0,
        40.0,
    )
    assert settings["style_layers"] == [["block1_conv1", 0.5], ["block2_conv1", 1.0]]
    assert len(settings["styles"]) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothing.jpg", MONET], "nothing.jpg: there is no such file"),
        ([LOUVRE, "nothing.jpg"], "nothing.jpg: there is no such file"),
        ([LOUVRE, MONET, "-o", "out.txt"], "out.txt: the name does not end in a picture format"),
        ([LOUVRE, MONET, "-o", str(IMAGES)], f"{IMAGES}: this is a folder. Give the name of a picture file in it."),
        ([LOUVRE, MONET, "--steps", "0"], "steps: got 0, expected a whole number of at least 1."),
        ([LOUVRE, MONET, "--size", "9999"], "size: got 9999, expected a whole number from 16 to 8192"),
        ([LOUVRE, MONET, f"{MONET}:2"], "is given twice"),
        ([LOUVRE, f"{MONET}:0"], "expected shares above 0"),
        ([LOUVRE, MONET, "--weights", "nothing.h5"], "nothing.h5"),
        ([LOUVRE, MONET, "--content-masks", "nothing.png"], "nothing.png: there is no such file"),
        ([LOUVRE, MONET, "--content-layer", "block9_conv9"], "block9_conv9: pocket_vgg19 has no such layer"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_written(words, told, output, capsys):
    assert main([*words, *([] if "--size" in words else ["--size", "48"])]) == 2
    assert told in capsys.readouterr().err
    assert not output.exists()


def test_a_colon_in_a_file_name_is_no_share():
    assert parse_styles(["a.jpg", "b.jpg:0.5", "c:d.jpg", "C:\\e.jpg"]) == {
        "a.jpg": 1,
        "b.jpg": 0.5,
        "c:d.jpg": 1,
        "C:\\e.jpg": 1,
    }


def test_ctrl_c_saves_the_last_good_picture(output, interrupting, capsys):
    assert main([LOUVRE, MONET, *QUICK]) == 130
    assert images.load(output / "louvre_monet.png").shape == (1, 36, 48, 3)
    record = images.read_settings(output / "louvre_monet.png")
    assert (record["done"], record["settings"]["files"]["content"]) == (0.667, "louvre.jpg")
    assert record["timings"]["seconds"] > 0
    assert json.loads((output / "louvre_monet.run.json").read_text(encoding="utf-8")) == record
    told = capsys.readouterr().err
    assert "Interrupted at 67%." in told
    assert "To continue, run the same command with --resume." in told


def test_ctrl_c_whose_picture_cannot_be_saved_leaves_the_run_to_be_resumed(output, interrupting, monkeypatch, capsys):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(images.Image.Image, "save", full)
    assert main([LOUVRE, MONET, *QUICK]) == 2
    told = capsys.readouterr().err
    assert "louvre_monet.png: could not be written (No space left on device)." in told
    assert told.endswith("checkpoint.npz has the finished work. To continue, run the same command with --resume.\n")


def test_ctrl_c_promises_no_checkpoint_that_is_not_there(output, interrupting, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Checkpoint, "write", full)
    assert main([LOUVRE, MONET, *QUICK]) == 130
    assert images.load(output / "louvre_monet.png").shape == (1, 36, 48, 3)
    told = capsys.readouterr().err
    assert "the checkpoint could not be written (No space left on device)" in told
    assert "--resume" not in told
    assert "There is no checkpoint to resume." in told


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
def test_a_real_ctrl_c_in_the_middle_saves_the_picture_and_the_run(tmp_path):
    as_a_module = (
        "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "runpy.run_module('nst', run_name='__main__', alter_sys=True)"
    )
    out = tmp_path / "mine.png"
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            as_a_module,
            LOUVRE,
            MONET,
            "-o",
            str(out),
            "--size",
            "128",
            "--steps",
            "2000",
            "--weights",
            "pocket",
            "--json",
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    watch = threading.Timer(120, process.kill)
    watch.start()
    told = b""
    while not re.search(rb" [1-9]\d?%", told):
        some = os.read(process.stderr.fileno(), 1000)
        assert some, told.decode()
        told += some
    process.send_signal(signal.SIGINT)
    said, last = process.communicate()
    watch.cancel()
    assert process.returncode == 130
    assert said == b""
    assert f"{out} has the last good picture. To continue, run the same command with --resume." in last.decode()
    assert "Traceback" not in last.decode()
    assert images.load(out).shape == (1, 96, 128, 3)
    assert (tmp_path / "mine.checkpoint.npz").exists()
    assert not list(tmp_path.glob(".partial*"))


def test_a_folder_that_takes_no_file_is_named_before_the_work(unwritable, monkeypatch, capsys):
    monkeypatch.setattr(stylize.PaintingBar, "update", lambda *_: pytest.fail("it painted"))
    assert main([LOUVRE, MONET, *QUICK, "-o", str(unwritable / "mine.png")]) == 2
    assert "mine.png: the picture cannot be written there (" in capsys.readouterr().err


def test_resume_goes_on_where_ctrl_c_stopped_it(output, interrupting, monkeypatch, capsys):
    assert main([LOUVRE, MONET, *QUICK]) == 130
    assert (output / "louvre_monet.checkpoint.npz").exists()
    monkeypatch.undo()
    assert main([LOUVRE, MONET, *QUICK, "-o", str(output / "louvre_monet.png"), "--resume"]) == 0
    assert not (output / "louvre_monet.checkpoint.npz").exists()
    assert main([LOUVRE, MONET, *QUICK, "-o", str(output / "again.png")]) == 0
    assert (images.load(output / "again.png") == images.load(output / "louvre_monet.png")).all()
    assert "there is no such checkpoint" not in capsys.readouterr().out


def test_resume_of_another_run_is_refused(output, interrupting, monkeypatch, capsys):
    main([LOUVRE, MONET, *QUICK])
    monkeypatch.undo()
    assert main([LOUVRE, MONET, *QUICK, "--seed", "4", "--resume", "-o", str(output / "louvre_monet.png")]) == 2
    assert "this checkpoint belongs to another run: seed was 0 and is now 4." in capsys.readouterr().err


def test_without_resume_an_interrupted_run_is_not_lost(output, interrupting, monkeypatch, capsys):
    main([LOUVRE, MONET, *QUICK])
    before = (output / "louvre_monet.checkpoint.npz").read_bytes()
    monkeypatch.undo()
    assert main([LOUVRE, MONET, *QUICK, "-o", str(output / "louvre_monet.png")]) == 2
    assert "louvre_monet.checkpoint.npz: this is the checkpoint of an interrupted run." in capsys.readouterr().err
    assert (output / "louvre_monet.checkpoint.npz").read_bytes() == before


def test_a_picture_that_cannot_be_saved_leaves_the_run_to_be_resumed(output, monkeypatch, capsys):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(images.Image.Image, "save", full)
        assert main([LOUVRE, MONET, *QUICK]) == 2
    told = capsys.readouterr().err
    kept = output / "louvre_monet.checkpoint.npz"
    assert "louvre_monet.png: could not be written (No space left on device)." in told
    assert told.endswith(f"{kept} has the finished work. To continue, run the same command with --resume.\n")
    assert list(output.iterdir()) == [kept]
    monkeypatch.setattr(Objective, "__call__", lambda *_: pytest.fail("it painted again"))
    assert main([LOUVRE, MONET, *QUICK, "--resume"]) == 0
    assert sorted(path.name for path in output.iterdir()) == ["louvre_monet.png", "louvre_monet.run.json"]


def test_ctrl_c_while_it_is_saved_leaves_it_to_be_resumed(output, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(images, "save_settings", interrupted)
    assert main([LOUVRE, MONET, *QUICK]) == 130
    told = capsys.readouterr().err
    assert "Interrupted while the picture was being saved.\n" in told
    assert told.endswith("checkpoint.npz has the finished work. To continue, run the same command with --resume.\n")


@pytest.mark.parametrize("role", ["content", "style", "mask"])
def test_the_result_never_takes_the_place_of_a_picture_it_is_made_from(role, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("nst.engine.stylize.stylize_until_saved", lambda *_, **__: pytest.fail("it painted"))
    mine = tmp_path / "mine.png"
    images.save(images.load(LOUVRE, 48), mine)
    before = mine.read_bytes()
    words = {
        "content": [str(mine), MONET],
        "style": [LOUVRE, KASHI, f"{mine}:2"],
        "mask": [LOUVRE, MONET, "--content-masks", str(mine)],
    }[role]
    assert main([*words, "-o", str(tmp_path / "." / "mine.png")]) == 2
    assert capsys.readouterr().err == (
        f"{mine}: the result would overwrite {mine}, which it is made from. Choose another name with --out.\n"
    )
    assert mine.read_bytes() == before


def test_what_was_noticed_on_the_way_is_told_at_the_end(output, monkeypatch, capsys):
    calls, real = [], Objective.__call__

    def once_nan(self, image):
        calls.append(1)
        J, gradient, terms = real(self, image)
        return (float("nan") if len(calls) == 2 else J), gradient, terms

    monkeypatch.setattr(Objective, "__call__", once_nan)
    assert main([LOUVRE, MONET, *QUICK]) == 0
    assert RECOVERED in capsys.readouterr().out.splitlines()


def test_resume_without_a_checkpoint_starts_and_says_so(capsys):
    assert main([LOUVRE, MONET, *QUICK, "--resume"]) == 0
    assert "louvre_monet.checkpoint.npz: there is no such checkpoint, so the run starts from the beginning." in (
        capsys.readouterr().out
    )


def test_masks_reach_the_engine(output, tmp_path, capsys):
    images.save(np.ones((36, 48, 3)) * (np.arange(48) < 24)[None, :, None], tmp_path / "left.png")
    assert main([LOUVRE, MONET, *QUICK, "--content-masks", str(tmp_path / "left.png")]) == 0
    content, picture = images.load(LOUVRE, 48), images.load(output / "louvre_monet.png")
    assert np.abs(picture - content)[:, :, 24:].max() < 0.003  # of 8 bits
    assert np.abs(picture - content)[:, :, :24].max() > 0.05


@pytest.mark.parametrize(("word", "seconds"), [("30", 30), ("30s", 30), ("1.5m", 90), ("1h", 3600)])
def test_a_budget_may_have_a_unit(word, seconds):
    assert stylize._parse_seconds(word) == seconds


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--budget", "soon"], "'soon' is not a time; expected for example 30s, 2m or 1h"),
        (["--style-layers", "block1_conv1:x"], "expected LAYER:WEIGHT,LAYER:WEIGHT ..."),
    ],
)
def test_a_word_that_cannot_be_read_ends_with_the_usage(words, told, capsys):
    with pytest.raises(SystemExit) as stop:
        main([LOUVRE, MONET, *words])
    assert stop.value.code == 2
    assert told in capsys.readouterr().err


def test_ctrl_c_before_there_is_a_picture_promises_nothing(output, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("nst.engine.stylize.stylize_until_saved", interrupted)
    assert main([LOUVRE, MONET]) == 130
    assert capsys.readouterr().err.endswith("Interrupted; no picture was written.\n")
    assert not output.exists()


def test_help_has_examples_defaults_and_exit_codes(capsys):
    with pytest.raises(SystemExit) as stop:
        main([LOUVRE, MONET, "--help"])
    assert stop.value.code == 0
    told = capsys.readouterr().out
    assert "nst house.jpg painting.jpg --preserve-color luminance" in told
    assert "(default: 512)" in told
    assert "130 interrupted" in told
