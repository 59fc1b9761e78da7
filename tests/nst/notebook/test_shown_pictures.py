"""Pictures in a cell: HTML with an alternative text in each <img>, the film, the comparison, and a Result."""

import io
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from nst import figures, images
from nst.engine.result import Result
from nst.notebook import comparison, film
from nst.notebook.html import encode_jpeg

PICTURE = np.linspace(0, 1, 24 * 32 * 3, dtype=np.float32).reshape(1, 24, 32, 3)


class Tags(HTMLParser):
    """The tags of some HTML, a list of (name, attributes)."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def of(self, name):
        return [attributes for tag, attributes in self.found if tag == name]


@pytest.fixture
def shown(monkeypatch):
    """What is displayed: a list of (html, text)."""
    shown = []
    for module in (figures, comparison, film):
        monkeypatch.setattr(module, "show_html", lambda html, text: shown.append((html, text)))
    return shown


def alternatives(html):
    return [image["alt"] for image in Tags(html).of("img")]


def test_a_plot_has_its_text_in_the_image(shown):
    figure, axis = plt.subplots()
    axis.plot([1, 2])
    figures.show(figure, 'A line that rises, called "J".')
    [(html, text)] = shown
    assert alternatives(html) == [text] == ['A line that rises, called "J".']


def test_pictures_in_a_row_have_their_titles_and_the_row_its_description(shown):
    figures.row([PICTURE, PICTURE], ["C", "G <b>"], "Two pictures.")
    [(html, _)] = shown
    assert alternatives(html) == ["C", "G <b>"]
    assert "<b>" not in html
    assert any(attributes.get("aria-label") == "Two pictures." for attributes in Tags(html).of("div"))


def test_a_row_is_written_to_a_file_too(shown, tmp_path):
    figures.row([PICTURE, PICTURE], ["C", "G"], "Two.", tmp_path / "row.png")
    assert images.load(tmp_path / "row.png").shape == (1, 24, 72, 3)


def test_a_result_is_larger_than_its_content_and_style(shown):
    large = np.zeros((1, 600, 800, 3))
    figures.triptych(large, large, large)
    widths = [int(image["width"]) for image in Tags(shown[0][0]).of("img")]
    assert widths == [320, 320, 800]


def test_a_grid_is_a_table_with_titles(shown):
    figures.grid([[PICTURE, PICTURE]], ["block1"], ["left", "right"], "Two.")
    tags = Tags(shown[0][0])
    assert [cell["scope"] for cell in tags.of("th")] == ["col", "col", "row"]
    assert alternatives(shown[0][0]) == ["block1, left", "block1, right"]


def test_a_comparison_has_a_labelled_slider(shown):
    comparison.compare(PICTURE, PICTURE, ["before", "after"], "The same place twice.")
    tags = Tags(shown[0][0])
    [slider] = tags.of("input")
    assert (slider["type"], slider["aria-label"]) == (
        "range",
        "Divider, in percent: to its left before, to its right after",
    )
    assert alternatives(shown[0][0]) == ["before", "after"]


def test_a_film_is_a_file_and_plays_in_the_cell(shown, tmp_path):
    film.show_film([PICTURE, 1 - PICTURE, PICTURE], tmp_path / "way.gif", "From noise to the painting.")
    with Image.open(tmp_path / "way.gif") as gif:
        assert gif.n_frames == 3
    moving, still = Tags(shown[0][0]).of("img")
    assert moving["src"].startswith("data:image/webp;base64,")
    assert (moving["alt"], still["alt"]) == (
        "From noise to the painting.",
        "The last picture of the film: From noise to the painting.",
    )
    assert Tags(shown[0][0]).of("input")[0]["aria-label"] == "Stop or play the film"
    assert "The file: way.gif" in shown[0][0]


def test_a_jpeg_is_scaled_down_and_survives_pixels_that_are_no_numbers():
    data, size = encode_jpeg(np.full((1, 30, 60, 3), np.nan), 20)
    assert size == (20, 10)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.getpixel((5, 5)) == (0, 0, 0)


RESULT = Result(
    picture=PICTURE,
    curves=[{}] * 80,
    settings={"files": {"content": "louvre.jpg", "style": ["monet.jpg", "<wave>.jpg"]}, "networks": {}},
    timings={
        "seconds": 12.34,
        "stages": [
            {"height": 12, "width": 16, "network": "pocket_vgg19", "evaluations": 40},
            {"height": 24, "width": 32, "network": "vgg19", "evaluations": 40},
        ],
    },
    scores={"style": 0.0171, "content": None},
    notes=["Something unusual."],
)


def test_a_result_shows_itself_as_a_picture_and_a_table():
    html = RESULT._repr_mimebundle_()["text/html"]
    assert alternatives(html) == ["louvre.jpg in the style of monet.jpg and <wave>.jpg, 32 x 24 pixels"]
    for words in (
        "32 x 24 pixels",
        "pocket_vgg19, then vgg19",
        "80: 40 at 16 x 12, 40 at 32 x 24",
        "12.3 s",
        "0.017 (the content picture has 1, the style picture 0)",
        "monet.jpg, &lt;wave&gt;.jpg",
        "Something unusual.",
    ):
        assert f"<td>{words}</td>" in html
    assert "content score" not in html


def test_a_result_is_a_line_where_only_text_is_shown():
    assert repr(RESULT) == (
        "<Result: louvre.jpg in the style of monet.jpg and <wave>.jpg, 32 x 24 pixels, 80 evaluations, 12 s>"
    )


@pytest.mark.parametrize(
    "picture",
    [PICTURE[0], images.to_uint8(PICTURE), images.to_uint8(PICTURE)[None], Image.fromarray(images.to_uint8(PICTURE))],
)
def test_pictures_of_other_forms_are_shown_as_the_same(shown, tmp_path, picture):
    for form in (PICTURE, picture):
        figures.row([form, form], ["C", "G"], "Two pictures.")
        figures.triptych(form, form, form)
        figures.grid([[form]], ["a"], ["b"], "One picture.")
        comparison.compare(form, form, ("C", "G"), "Two pictures.")
        film.show_film([form, form], tmp_path / "film.gif", "A film.")
    assert shown[:5] == shown[5:]


def test_a_loop_that_paints_out_of_bounds_is_shown_all_the_same():
    assert encode_jpeg(PICTURE * 255)[1] == (32, 24)
    assert encode_jpeg(np.full_like(PICTURE, np.nan))[1] == (32, 24)
