"""Fetching by name: what is here is kept; a failure is told with all that a person needs to do it by hand."""

import hashlib
from pathlib import Path

import pytest

from nst.assets import catalog
from nst.assets.catalog import UnknownNameError, Work, find_work
from nst.cli.fetch import fetch_works, list_works
from tests.support.local_server import body, status

RIGHT = b"the right bytes " * 100
DIGEST = hashlib.sha256(RIGHT).hexdigest()
PAGE = b"<!DOCTYPE html><html>Sign in</html>"


@pytest.fixture
def offer(sandbox, server, monkeypatch):
    """Put a work into the catalog, answered as given; return it."""

    def put(name, *answers, kind="style"):
        url = server.put(f"/{name}", *answers)
        work = Work(
            name,
            kind,
            url,
            f"sha256:{DIGEST}",
            len(RIGHT),
            f"{name}.jpg",
            f"A. Painter, {name.title()}, 1889",
            "public domain",
        )
        monkeypatch.setitem(catalog.WORKS, name, work)
        return work

    return put


def states(outcomes):
    return [(outcome.work.name, outcome.state) for outcome in outcomes]


def out(capsys):
    return capsys.readouterr().out


def test_a_picture_lands_among_the_downloaded_pictures(offer, sandbox, capsys):
    offer("wave", body(RIGHT))
    assert states(fetch_works(["wave"])) == [("wave", "fetched")]
    assert (sandbox / "images" / "downloaded" / "wave.jpg").read_bytes() == RIGHT
    assert out(capsys) == f"wave: downloaded, checksum correct: {Path('images/downloaded/wave.jpg')}\n"


def test_weights_land_in_pretrained_model(offer, sandbox):
    offer("vgg19", body(RIGHT), kind="weights")
    fetch_works(["vgg19"])
    assert (sandbox / "pretrained-model" / "vgg19.jpg").read_bytes() == RIGHT


def test_a_right_file_that_is_here_is_kept_without_asking(offer, server, capsys):
    work = offer("wave", status(404))
    work.path.parent.mkdir(parents=True)
    work.path.write_bytes(RIGHT)
    assert states(fetch_works(["wave"])) == [("wave", "kept")]
    assert server.asked == []
    assert out(capsys) == f"wave: already here, checksum correct: {Path('images/downloaded/wave.jpg')}\n"


FLAWS = {
    "short": (RIGHT[:7], "7 bytes instead of 1,600"),
    "same length": (RIGHT[::-1], "its checksum differs"),
    "a page": (PAGE, "an HTML page of 35 bytes"),
    "a stub": (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer of 43 bytes"),
    "empty": (b"", "an empty file of 0 bytes"),
}


@pytest.mark.parametrize(("data", "flaw"), FLAWS.values(), ids=FLAWS.keys())
def test_a_wrong_file_that_is_here_is_said_and_replaced(offer, capsys, data, flaw):
    work = offer("wave", body(RIGHT))
    work.path.parent.mkdir(parents=True)
    work.path.write_bytes(data)
    assert states(fetch_works(["wave"])) == [("wave", "fetched")]
    assert work.path.read_bytes() == RIGHT
    assert out(capsys).splitlines()[0] == (f"wave: the file here is wrong ({flaw}); a correct one will replace it")


def test_a_wrong_file_that_is_here_stays_when_no_right_one_comes(offer, capsys):
    work = offer("wave", status(404))
    work.path.parent.mkdir(parents=True)
    work.path.write_bytes(b"my own")
    assert states(fetch_works(["wave"])) == [("wave", "failed")]
    assert work.path.read_bytes() == b"my own"
    assert capsys.readouterr().err.endswith("\n  the existing file was not changed\n")


def test_a_failure_tells_all_that_a_person_needs(offer, server, sandbox, capsys):
    offer("wave", body(PAGE))
    assert states(fetch_works(["wave"])) == [("wave", "failed")]
    message = capsys.readouterr().err.rpartition("\r")[2]  # after the progress bar
    assert message == (
        "wave: not downloaded\n"
        "  what happened: received an HTML page of 35 bytes\n"
        "  likely cause:  a login page, a network filter or a server error page was sent instead\n"
        f"  expected:      1,600 bytes, sha256 {DIGEST}\n"
        f"  by hand:       download {server.url('/wave')}\n"
        f"                 save it as {Path('images/downloaded/wave.jpg')}\n"
        "                 check it with: python -m nst fetch wave\n"
    )
    assert list((sandbox / "images" / "downloaded").iterdir()) == []


def test_several_names_go_on_after_a_failure_and_are_summed_up(offer, capsys):
    kept = offer("night", body(RIGHT))
    fetch_works(["night"])
    offer("wave", status(404))
    offer("scream", body(RIGHT))
    assert states(fetch_works(["wave", kept.name, "scream"])) == [
        ("wave", "failed"),
        ("night", "kept"),
        ("scream", "fetched"),
    ]
    assert out(capsys).splitlines()[-1] == "1 downloaded, 1 already here, 1 failed: wave"


def test_without_a_failure_the_summary_names_none(offer, capsys):
    offer("wave", body(RIGHT))
    offer("scream", body(RIGHT))
    fetch_works(["wave", "scream"])
    assert out(capsys).splitlines()[-1] == "2 downloaded, 0 already here, 0 failed"


def test_a_name_given_twice_is_fetched_once(offer, server):
    offer("wave", body(RIGHT))
    assert states(fetch_works(["wave", "wave"])) == [("wave", "fetched")]
    assert server.asked == ["/wave"]


def test_an_unknown_name_stops_before_anything_is_downloaded(offer, server):
    offer("wave", body(RIGHT))
    with pytest.raises(UnknownNameError, match=r"^There is no work named 'waves'\. Did you mean wave\?$"):
        fetch_works(["wave", "waves"])
    assert server.asked == []


def test_a_name_like_no_other_lists_them_all(offer):
    offer("wave", body(RIGHT))
    offer("scream", body(RIGHT))
    with pytest.raises(UnknownNameError, match=r"^There is no work named 'qqq'\. Known names: wave, scream\.$"):
        find_work("qqq")


def test_the_catalog_tells_what_can_be_had_and_what_is_here(offer):
    offer("wave", body(RIGHT))
    here = offer("scream", body(RIGHT))
    wrong = offer("vgg19", body(RIGHT), kind="weights")
    fetch_works([here.name])
    wrong.path.parent.mkdir(parents=True)
    wrong.path.write_bytes(b"half")
    assert list_works().splitlines() == [
        "name                   kind        size  here   work (license)",
        "wave                   style       2 kB  no     A. Painter, Wave, 1889 (public domain)",
        "scream                 style       2 kB  yes    A. Painter, Scream, 1889 (public domain)",
        "vgg19                  weights     2 kB  wrong  A. Painter, Vgg19, 1889 (public domain)",
    ]


def test_the_real_catalog_fits_its_columns_in_ascii():
    lines = list_works().splitlines()
    assert len(lines) == 1 + len(catalog.WORKS)
    assert all(line.isascii() and line[21:23] == "  " and line[30:32] == "  " for line in lines)
    assert "vgg19                  weights  80.1 MB" in lines[-1]
