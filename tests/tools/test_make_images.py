"""The bundled pictures: what is committed, and what the command says and does."""

import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from nst.assets.catalog import WORKS
from nst.paths import IMAGES
from tools import make_images
from tools.make_images import MAXIMUM_BYTES, NAMES, check, encode, main
from tools.painting import noise

# What is committed


@pytest.mark.parametrize("name", NAMES)
def test_each_picture_is_a_large_enough_jpeg_and_a_small_enough_file(name):
    path = IMAGES / f"{name}.jpg"
    with Image.open(path) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (960, 720))
    assert path.stat().st_size < MAXIMUM_BYTES == 400_000


@pytest.mark.parametrize("name", NAMES)
def test_each_picture_has_contrast_and_fine_texture(name):
    with Image.open(IMAGES / f"{name}.jpg") as picture:
        gray = np.asarray(picture.convert("L")).astype(float)
    assert gray.std() > 30
    assert np.abs(np.diff(gray, axis=1)).mean() > 1.5


def test_the_folders_readme_names_every_picture_and_says_whose_they_are():
    text = (IMAGES / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}.jpg`" not in text] == []
    for phrase in ("renderings of ours", "*after Monet*", "*after Van Gogh*", "MIT", "python -m nst fetch"):
        assert phrase in text


def test_the_folders_readme_lists_the_works_that_fetch_knows():
    listed = set(re.findall(r"^\| `(\w+)` \|", (IMAGES / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {name for name, work in WORKS.items() if work.kind != "weights"}


# The command


@pytest.fixture
def cheap(monkeypatch):
    """A painting module in place of louvre.py, whose picture takes no time: a slope of gray with some noise."""
    y, x = np.mgrid[0:60, 0:80]
    gray = x / 160 + y / 240 + 0.1 * noise.gradient_noise(x / 9, y / 9)
    picture = np.repeat(gray[..., None], 3, axis=2).clip(0, 1)
    monkeypatch.setitem(sys.modules, "tools.painting.louvre", SimpleNamespace(render=lambda progress: picture))
    return picture


def test_a_picture_just_rendered_passes_the_check(cheap, tmp_path):
    assert main(["louvre", "--out", str(tmp_path / "new")]) == 0
    assert main(["louvre", "--check", "--out", str(tmp_path / "new")]) == 0
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["louvre.jpg"]


def test_check_names_a_changed_picture_and_leaves_it_alone(cheap, tmp_path, capsys):
    changed = encode(np.uint8(cheap * 235))
    (tmp_path / "louvre.jpg").write_bytes(changed)
    assert main(["louvre", "--check", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert re.search(
        r"louvre\.jpg differs by \d+\.\d of 255 on average, the maximum is 2; to render it again: "
        r"python -m tools\.make_images louvre",
        said,
    )
    assert (tmp_path / "louvre.jpg").read_bytes() == changed


def test_check_forgives_another_jpeg_quality(cheap, tmp_path):
    Image.fromarray(np.uint8(np.round(cheap * 255))).save(tmp_path / "louvre.jpg", quality=80)
    assert check("louvre", tmp_path) == ""


def test_check_names_a_missing_picture_and_one_of_another_size(cheap, tmp_path):
    assert check("louvre", tmp_path) == f"{tmp_path / 'louvre.jpg'} is missing"
    Image.new("RGB", (40, 30)).save(tmp_path / "louvre.jpg")
    assert check("louvre", tmp_path) == f"{tmp_path / 'louvre.jpg'} is 40 x 30, the code renders 80 x 60"


def test_an_unknown_name_is_refused_with_the_list_of_names(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["mona_lisa"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.endswith(
        "error: no picture is called 'mona_lisa'; there are louvre, monet, persepolis, starry_night, pasargadae, "
        "kashi, turbulence, abstract_blue\n"
    )


def test_a_picture_too_rich_for_the_limit_is_saved_at_lower_quality(monkeypatch):
    rough = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    best = len(encode(rough))
    monkeypatch.setattr(make_images, "MAXIMUM_BYTES", best - 1)
    assert len(encode(rough)) < best
