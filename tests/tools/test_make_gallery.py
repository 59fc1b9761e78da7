"""The gallery: pairs of pictures, each result next to its two pictures, and all of them on one sheet."""

import numpy as np
import pytest
from PIL import Image

from nst import images
from nst.engine.available_memory import NotEnoughMemoryError
from nst.engine.optimizers import DivergedError
from nst.paths import IMAGES, ROOT
from tools import make_gallery


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Temporary folders to write to, the bundled network, and two pairs in place of four."""
    monkeypatch.setattr(make_gallery, "OUTPUT", tmp_path / "output")
    monkeypatch.setattr(make_gallery, "COMMITTED", tmp_path / "images")
    monkeypatch.setenv("NST_WEIGHTS", "pocket")
    monkeypatch.setattr(make_gallery, "PAIRS", make_gallery.PAIRS[:2])
    return tmp_path


@pytest.mark.slow
def test_each_pair_becomes_a_picture_a_row_and_a_part_of_the_sheet(places, capsys):
    make_gallery.main(["--size", "48", "--commit"])
    names = [f"{content}_{style}" for content, style in make_gallery.PAIRS]
    written = {path.relative_to(places).as_posix() for path in places.rglob("*.*")}
    assert written == {
        "output/gallery/contact_sheet.png",
        "images/contact_sheet.jpg",
        "images/persepolis_starry_night.jpg",
        *(f"output/gallery/{name}{kind}.png" for name in names for kind in ("", "_row")),
    }
    for name in names:
        assert images.read_settings(places / "output" / "gallery" / f"{name}.png")["settings"]["size"] == 48
    with (
        Image.open(places / "output" / "gallery" / "contact_sheet.png") as sheet,
        Image.open(places / "output" / "gallery" / f"{names[0]}_row.png") as row,
    ):
        assert sheet.width == row.width
        assert sheet.height == 2 * row.height + make_gallery.GAP
    assert "after Monet" in capsys.readouterr().out


def test_a_row_shows_content_style_and_result_in_this_order():
    colors = [np.full((1, 20, 30, 3), value, np.float32) for value in (0.0, 0.5, 1.0)]
    row = np.asarray(make_gallery.add_captions(colors, ["a", "b", "c"]))
    assert [int(row[10, n * (30 + make_gallery.GAP) + 15, 0]) for n in range(3)] == [0, 128, 255]
    assert row.shape == (20 + make_gallery.BAND, 90 + 2 * make_gallery.GAP, 3)
    assert row[20:].min() < 100  # words stand under the pictures


def test_the_lead_shows_the_result_large_and_content_above_style_beside_it():
    content, style, result = (np.full((1, 60, 80, 3), value, np.float32) for value in (0.0, 0.5, 1.0))
    lead = np.asarray(make_gallery.arrange_lead(content, style, result))
    assert lead.shape == (60, 80 + make_gallery.GAP + 40, 3)
    assert [int(lead[place][0]) for place in ((30, 40), (10, 110), (50, 110))] == [255, 0, 128]


def test_every_picture_of_the_course_is_in_it_and_no_title_names_a_painter_as_the_author():
    shown = {name for pair in make_gallery.PAIRS for name in pair}
    assert shown == {path.stem for path in IMAGES.glob("*.jpg")} == set(make_gallery.TITLES)
    for master, name in (("Monet", "monet"), ("Van Gogh", "starry_night")):
        assert f"after {master}" in make_gallery.TITLES[name]


def test_weights_that_are_not_there_are_named(places, monkeypatch):
    monkeypatch.setenv("NST_WEIGHTS", str(places / "nothing.h5"))
    with pytest.raises(SystemExit, match=r"make_gallery: .*nothing\.h5"):
        make_gallery.main(["--size", "48"])


@pytest.mark.parametrize("error", [NotEnoughMemoryError("too many pixels"), DivergedError("J is not finite")])
def test_a_picture_that_cannot_be_painted_is_told_in_a_line(places, monkeypatch, error):
    def failing(*_, **__):
        raise error

    monkeypatch.setattr(make_gallery, "stylize", failing)
    with pytest.raises(SystemExit, match=f"make_gallery: {error}"):
        make_gallery.main(["--size", "48"])


def test_what_the_repository_shows_is_small_and_readme_shows_it():
    committed = list((IMAGES / "gallery").iterdir())
    assert sum(path.stat().st_size for path in committed) < 1_500_000
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "images/gallery/contact_sheet.jpg" in text
    assert "images/gallery/persepolis_starry_night.jpg" in text
