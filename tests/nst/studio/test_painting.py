"""A request is painted with the engine: its files, a stop, and the same picture after it continues."""

import json

import numpy as np
import pytest

import nst
from nst import images
from nst.cli.output_files import checkpoint_path, settings_path
from nst.studio.gallery import list_runs
from nst.studio.job import Job
from nst.studio.painting import announce_run, choose_out, load_photograph, paint, paint_preview
from nst.studio.painting_request import PaintingRequest, read_request
from nst.studio.regions import PLACES
from nst.studio.shelf import Shelf

SMALL = {"content": "images/louvre.jpg", "styles": ["images/monet.jpg"], "size": 64}


@pytest.fixture
def shelf(tmp_path):
    return Shelf(uploads=tmp_path / "uploads")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def whole(folder):
    """A painting without an interruption."""
    request = PaintingRequest(**SMALL)
    out = choose_out(request, folder)
    announce_run(request, out)
    assert [run.has_picture for run in list_runs(folder)] == [False]
    return paint(request, Shelf(uploads=folder), out, lambda progress: None)


def test_it_leaves_a_picture_with_settings_and_a_request_for_the_same_picture(shelf, folder, whole):
    [run] = list_runs(folder)
    assert run.has_picture
    assert not checkpoint_path(run.path).exists()
    assert read_request(run.record, shelf) == PaintingRequest(**SMALL)
    assert np.array_equal(images.load(run.path), images.to_uint8(whole.picture)[None] / np.float32(255))


@pytest.mark.slow
def test_stop_saves_the_picture_so_far_and_continue_ends_with_the_same_picture(shelf, tmp_path, whole):
    request, out = PaintingRequest(**SMALL), tmp_path / "mine.png"

    def start(**options):
        job.start(lambda on_progress: paint(request, shelf, out, on_progress, **options), costs=job.status.costs)

    def stop_soon(status):
        if len(status.costs) == 10:
            job.stop()

    job = Job(stop_soon, seconds=0)
    start()
    status = job.wait(120)
    assert (status.state, status.resumable) == ("stopped", True), status.message
    assert images.load(out).shape == (1, 48, 64, 3)
    assert 0 < json.loads(settings_path(out).read_text(encoding="utf-8"))["done"] < 1
    [run] = list_runs(tmp_path)
    assert run.is_resumable
    start(resume=True)
    status = job.wait(120)
    assert status.state == "done", status.message
    assert np.array_equal(status.result.picture, whole.picture)
    assert [run.is_resumable for run in list_runs(tmp_path)] == [False]


def test_a_run_that_fails_before_it_has_anything_leaves_nothing(shelf, tmp_path):
    request = PaintingRequest("images/louvre.jpg", ["images/missing.jpg"], size=64)
    out = tmp_path / "mine.png"
    announce_run(request, out)
    with pytest.raises(nst.PictureError, match="this picture is not there any more"):
        paint(request, shelf, out, lambda progress: None)
    assert list_runs(tmp_path) == []


@pytest.mark.slow
def test_outside_of_its_region_the_photograph_stays(shelf, tmp_path):
    request = PaintingRequest(**SMALL, regions=[[PLACES["Left half"]]])
    result = paint(request, shelf, tmp_path / "mine.png", lambda progress: None)
    photograph = load_photograph(request.content, shelf, 64)
    assert np.abs(result.picture - photograph)[:, :, 34:].max() < 1e-6
    assert np.abs(result.picture - photograph)[:, :, :30].max() > 0.05


def test_the_preview_is_what_paint_fast_paints(shelf):
    request = PaintingRequest(**{**SMALL, "size": 2048}, preserve_color="luminance")
    expected = nst.paint_fast("louvre.jpg", "monet.jpg", size=480, preserve_color="luminance")
    assert np.array_equal(paint_preview(request, shelf).picture, expected.picture)


def test_two_visitors_never_get_the_same_name():
    request = PaintingRequest(**SMALL)
    assert len({choose_out(request) for _ in range(100)}) == 100
    assert choose_out(request).name.startswith("louvre_monet_")
