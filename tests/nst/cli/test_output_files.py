"""The files of a painting: what their names are, and that a disk without room for them is noticed before the work."""

import re
from pathlib import Path

import pytest

from foundation.atomic_write import require_room
from nst import images
from nst.cli import stylize
from nst.cli.batch_table import Job, read_jobs
from nst.cli.main import main
from nst.cli.output_files import checkpoint_path, find_excess, fit_name, settings_path
from nst.engine.checkpoint import Checkpoint
from nst.paths import IMAGES
from tests.support.parameters import mostly_slow

LOUVRE, MONET = (str(IMAGES / f"{name}.jpg") for name in ("louvre", "monet"))
QUICK = ["--size", "48", "--steps", "3", "--weights", "pocket"]
CHEAP = 64 * 1024  # bytes of the full disk


@pytest.fixture
def no_painting(monkeypatch):
    monkeypatch.setattr("nst.engine.stylize.stylize_until_saved", lambda *_, **__: pytest.fail("it painted"))


@pytest.fixture
def few_bytes(full_disk):
    """A disk on which some bytes are left; a function that sets how many."""

    def leave(number):
        (full_disk / "filling").write_bytes(b"x" * (CHEAP - number - number % 4096))
        return full_disk

    return leave


def test_a_full_disk_is_noticed_before_the_work(few_bytes, no_painting, capsys):
    folder = few_bytes(8192)
    for out in (folder / "mine.png", folder / "new" / "deeper" / "mine.jpg"):
        assert main([LOUVRE, MONET, *QUICK, "-o", str(out)]) == 2
        assert capsys.readouterr().err == (
            f"{out}: the picture cannot be written there (No space left on device). Nothing was computed. Choose "
            "another folder with --out, or free some disk space.\n"
        )
    assert [path.name for path in folder.iterdir()] == ["filling"]


def test_a_picture_larger_than_the_room_is_noticed_before_the_work(full_disk, no_painting, capsys):
    assert main([LOUVRE, MONET, "--size", "512", "-o", str(full_disk / "mine.png")]) == 2
    assert "the picture cannot be written there (No space left on device)" in capsys.readouterr().err


def test_a_batch_notices_a_full_disk_before_the_work(full_disk, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("nst.cli.batch.run_job", lambda *_: pytest.fail("it painted"))
    (tmp_path / "jobs.csv").write_text(
        f"job,content,style,size\na,{LOUVRE},{MONET},\nb,{LOUVRE},{MONET},32\n", encoding="utf-8"
    )
    assert main(["batch", str(tmp_path / "jobs.csv"), "--out", str(full_disk / "out")]) == 2
    assert "no picture can be written there (No space left on device). Choose another" in capsys.readouterr().err


def test_a_quota_is_noticed_although_the_disk_has_room(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(122, "Disk quota exceeded")

    monkeypatch.setattr("os.posix_fallocate", refuse, raising=False)
    with pytest.raises(OSError, match="Disk quota exceeded"):
        require_room(tmp_path, 1000)


def test_a_file_system_that_cannot_reserve_is_believed(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("os.posix_fallocate", refuse, raising=False)
    require_room(tmp_path / "new", 1000)
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_the_checkpoint_is_told_at_the_start_and_the_picture_is_painted(few_bytes, capsys):
    """A checkpoint of 48 x 36 pixels takes 0.5 MB."""
    out = few_bytes(49152) / "mine.png"
    assert main([LOUVRE, MONET, *QUICK, "-o", str(out)]) == 0
    told = capsys.readouterr().out
    assert re.search(
        r"mine\.checkpoint\.npz: there is no room for the checkpoint \(0 MB are needed, 0 MB are free\): if the run is "
        r"interrupted, it cannot be resumed\.\n",
        told,
    )
    assert images.load(out).shape == (1, 36, 48, 3)


def test_room_for_the_picture_alone_is_told_as_it_is(tmp_path, monkeypatch, capsys):
    out = tmp_path / "mine.png"

    def full(settings, path):
        raise images.PictureError(f"{path}: could not be written (No space left on device).")

    monkeypatch.setattr(images, "save_settings", full)
    assert main([LOUVRE, MONET, *QUICK, "-o", str(out)]) == 0
    assert capsys.readouterr().err.endswith(
        f"{out} has the picture, but its settings are missing. {tmp_path / 'mine.run.json'}: could not be written "
        "(No space left on device).\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mine.png"]


@pytest.mark.slow
def test_a_disk_that_becomes_full_during_the_work_costs_no_picture(tmp_path, monkeypatch, capsys):
    """Neither the picture nor a checkpoint can be written: the picture goes to the folder for temporary files."""
    out, real = tmp_path / "out" / "mine.png", images.save

    def full(image, path, settings=None):
        if path == out:
            raise images.PictureError(f"{path}: could not be written (No space left on device).")
        return real(image, path, settings)

    def no_checkpoint(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(images, "save", full)
    monkeypatch.setattr(Checkpoint, "write", no_checkpoint)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert main([LOUVRE, MONET, *QUICK, "-o", str(out)]) == 2
    error, rescued = capsys.readouterr().err.splitlines()[-2:]
    assert error == f"{out}: could not be written (No space left on device)."
    path = Path(rescued.removesuffix(" has the picture. Move it to where you want it."))
    assert images.load(path).shape == (1, 36, 48, 3)


@pytest.mark.parametrize("suffixes", [(".png", ".jpg"), (".jpg", ".jpeg"), (".png", ".PNG"), (".tif", ".tiff")])
def test_pictures_that_differ_in_their_suffix_have_their_own_files(suffixes):
    one, other = (Path(f"mine{suffix}") for suffix in suffixes)
    for path_of in (checkpoint_path, settings_path):
        assert path_of(one) != path_of(other)


def test_the_files_of_a_png_are_named_without_its_suffix():
    assert checkpoint_path(Path("out/my.house.png")) == Path("out/my.house.checkpoint.npz")
    assert settings_path(Path("out/my.house.jpg")) == Path("out/my.house.jpg.run.json")


def test_an_interrupted_png_does_not_stop_a_jpeg_of_the_same_name(tmp_path):
    (tmp_path / "mine.checkpoint.npz").write_bytes(b"of hours")
    assert main([LOUVRE, MONET, *QUICK, "-o", str(tmp_path / "mine.jpg")]) == 0
    assert (tmp_path / "mine.checkpoint.npz").read_bytes() == b"of hours"


@pytest.mark.parametrize("letter", mostly_slow(["画", "ü", "a"]))
def test_a_name_made_of_two_long_names_is_cut_to_fit(tmp_path, letter, monkeypatch):
    monkeypatch.setattr(stylize, "OUTPUT", tmp_path / "output")
    names = [letter * (200 // len(letter.encode())) + ending for ending in ("1.png", "2.png")]
    for name in names:
        images.save(images.load(LOUVRE, 48), tmp_path / name)
    content, style = (str(tmp_path / name) for name in names)
    assert main([content, style, *QUICK]) == 0
    assert main([style, content, *QUICK]) == 0
    assert len(list((tmp_path / "output").glob("*.png"))) == 2


def test_a_cut_name_fits_and_is_that_of_its_pictures_alone():
    names = [fit_name("ü" * 200 + ending) for ending in ("", "1", "2")]
    assert len(set(names)) == 3
    assert all(find_excess(Path(f"{name}.png")) is None for name in names)


def test_a_name_that_is_too_long_is_refused_in_words(tmp_path, no_painting, capsys):
    out = tmp_path / f"{'a' * 250}.png"
    assert main([LOUVRE, MONET, *QUICK, "-o", str(out)]) == 2
    assert capsys.readouterr().err == (
        f"{out}: the name has 254 bytes; at most 244 leave room for .checkpoint.npz. "
        "Choose a shorter name with --out.\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ["a" * 300, MONET],
        [LOUVRE, "a" * 300],
        [LOUVRE, MONET, "--content-masks", "a" * 300],
        [LOUVRE, MONET, "--style-masks", "a" * 300],
        [LOUVRE, MONET, "--weights", f"{'a' * 300}.npz"],
        [LOUVRE, MONET, "-o", f"{'a' * 300}.png"],
        [LOUVRE, MONET, "-o", f"{'a' * 300}/mine.png"],
        [LOUVRE, MONET, "-o", f"{'a/' * 3000}mine.png"],
        ["a" * 300],
    ],
)
def test_no_name_that_is_too_long_ends_in_a_traceback(words, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main([*words, *(["--size", "48"] if len(words) > 1 else [])]) == 2
    assert re.search("too long|at most|neither a command|no such", capsys.readouterr().err)


@pytest.mark.parametrize(("job", "told"), [("a" * 250, "row 2: the name has 254 bytes; at most 244 leave"), ("", None)])
def test_a_batch_makes_names_that_fit(tmp_path, job, told):
    name = "b" * 200 + ".png"
    images.save(images.load(LOUVRE, 48), tmp_path / name)
    (tmp_path / "jobs.csv").write_text(f"job,content,style\n{job},{name},{name}\n", encoding="utf-8")
    [(_, made)] = read_jobs(tmp_path / "jobs.csv")
    if told:
        assert made.startswith(told)
    else:
        assert isinstance(made, Job)
        assert find_excess(Path(f"{made.name}.png")) is None
