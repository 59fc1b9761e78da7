"""Pictures of a built site: out of the page, late, and in two widths."""

import base64
import io
import re

import pytest
from PIL import Image

from tools.website.pictures import prepare_pictures


def encode(size, kind):
    file = io.BytesIO()
    Image.new("RGB", size, "orange").save(file, kind)
    return file.getvalue()


@pytest.fixture
def prepare(tmp_path):
    """Return the text of a page in a folder of the site, after its pictures were prepared."""

    def write_and_prepare(text):
        page = tmp_path / "notebooks" / "page.html"
        page.parent.mkdir()
        page.write_text(text, encoding="utf-8")
        prepare_pictures(tmp_path)
        return page.read_text(encoding="utf-8")

    return write_and_prepare


def test_a_picture_inside_a_page_becomes_a_file_with_the_same_content(prepare, tmp_path):
    picture = encode((8, 6), "webp")
    text = prepare(f'<img alt="An orange." src="data:image/webp;base64,{base64.b64encode(picture).decode()}">')
    name = re.fullmatch(r'<img alt="An orange\." src="\.\./_images/(\w+\.webp)">', text)[1]
    assert (tmp_path / "_images" / name).read_bytes() == picture


def test_all_pictures_but_the_first_are_loaded_when_they_come_into_view(prepare):
    assert prepare('<img alt="1" src="1.png"><p><img alt="2" src="2.png">') == (
        '<img alt="1" src="1.png"><p><img loading="lazy" alt="2" src="2.png">'
    )


@pytest.mark.parametrize(("width", "offered"), [(2000, [720, 1440]), (1000, [720, 1000]), (300, [300])])
def test_a_photograph_is_offered_for_small_and_large_screens(prepare, tmp_path, width, offered):
    (tmp_path / "_images").mkdir()
    (tmp_path / "_images" / "a.jpg").write_bytes(encode((width, 500), "jpeg"))
    text = prepare('<img alt="An orange." src="../_images/a.jpg">')
    assert re.findall(r"\.\./_images/a-(\d+)\.webp \d+w", text) == [str(size) for size in offered]
    assert f'src="../_images/a-{offered[-1]}.webp"' in text
    assert f'width="{width}" height="500"' in text
    for size in offered:
        with Image.open(tmp_path / "_images" / f"a-{size}.webp") as picture:
            assert picture.width == size


def test_text_about_pictures_stays_as_it_is(prepare):
    text = "<p>&lt;img src=&quot;a.jpg&quot;&gt; and <code>data:image/png;base64,AA</code></p>"
    assert prepare(text) == text
