"""What is wrong with a built site is found: links, pictures without a text, files of other hosts."""

from tools.website.links import find_broken_links

HEAD = '<h1 id="top-of-it">Title</h1>'


def problems(tmp_path, body):
    (tmp_path / "docs").mkdir()
    (tmp_path / "index.html").write_text(HEAD + body, encoding="utf-8")
    (tmp_path / "docs" / "page.html").write_text(HEAD, encoding="utf-8")
    return find_broken_links(tmp_path)


def test_a_site_without_faults_has_no_problems(tmp_path):
    links = '<a href="docs/page.html#top-of-it">1</a><a href="https://example.org">2</a><a href="#">3</a>'
    assert problems(tmp_path, links + '<img src="data:image/png;base64,AA" alt="A square.">') == []


def test_a_missing_page_and_a_missing_heading_are_named(tmp_path):
    found = problems(tmp_path, '<a href="nowhere.html">1</a><a href="docs/page.html#nothing">2</a>')
    assert found == [
        "index.html: the link nowhere.html leads nowhere",
        "index.html: the link docs/page.html#nothing leads nowhere",
    ]


def test_what_comes_from_another_host_is_named(tmp_path):
    found = problems(tmp_path, '<script src="https://example.org/a.js"></script>')
    assert found == ["index.html: it loads https://example.org/a.js from another host"]


def test_a_picture_may_say_that_the_text_beside_it_is_enough(tmp_path):
    assert problems(tmp_path, '<img src="index.html" alt="">') == []


def test_a_picture_without_a_text_is_named(tmp_path):
    assert problems(tmp_path, '<img src="index.html">') == ["index.html: the picture index.html has no text"]
