"""The gallery of past runs: what is listed, described and deleted."""

import json

import pytest

from foundation.lock import lock_path
from nst.cli.output_files import checkpoint_path
from nst.studio.gallery import RunInUseError, delete_run, describe_settings, list_runs

RECORD = {
    "settings": {
        "size": 320,
        "budget": None,
        "style_weight": 40.0,
        "content_weight": 1.0,
        "preserve_color": "luminance",
        "init": "noise",
        "seed": 3,
        "files": {"content": "louvre.jpg", "style": ["monet.jpg", "kashi.jpg"]},
    },
    "timings": {"seconds": 12.34},
    "scores": {"style": 0.4567},
    "done": 0.5,
}
REQUEST = {"studio": {"content": "images/louvre.jpg", "styles": ["uploads/x.jpg"], "size": 64}, "done": 0.0}


def write_run(folder, name, record, *, picture=True, checkpoint=False):
    folder.mkdir(exist_ok=True)
    (folder / f"{name.removesuffix('.png')}.run.json").write_text(json.dumps(record), encoding="utf-8")
    if picture:
        (folder / name).write_bytes(b"picture")
    if checkpoint:
        checkpoint_path(folder / name).write_bytes(b"state")


def test_it_lists_runs_of_the_command_and_of_studio_in_all_folders(tmp_path):
    write_run(tmp_path, "one.png", RECORD)
    write_run(tmp_path, "two.jpg", RECORD)
    write_run(tmp_path / "studio", "three.png", REQUEST, picture=False, checkpoint=True)
    runs = {run.path.name: run for run in list_runs(tmp_path)}
    assert {name: (run.has_picture, run.is_resumable) for name, run in runs.items()} == {
        "one.png": (True, False),
        "two.jpg": (True, False),
        "three.png": (False, True),
    }


def test_an_interrupted_run_of_the_command_continues_with_the_command_only(tmp_path):
    write_run(tmp_path, "one.png", RECORD, checkpoint=True)
    [run] = list_runs(tmp_path)
    assert not run.is_resumable


@pytest.mark.parametrize("text", ["", "{", "[1]", "5", "[" * 100_000, '{"a": "' + "x" * 2_000_000 + '"}'])
def test_a_damaged_record_is_left_out(tmp_path, text):
    (tmp_path / "bad.run.json").write_text(text, encoding="utf-8")
    assert list_runs(tmp_path) == []


def test_without_a_folder_there_are_no_runs(tmp_path):
    assert list_runs(tmp_path / "missing") == []


def test_settings_are_described_for_readers(tmp_path):
    write_run(tmp_path, "one.png", RECORD)
    assert describe_settings(list_runs(tmp_path)[0]) == [
        ("photograph", "louvre.jpg"),
        ("paintings", "monet.jpg, kashi.jpg"),
        ("size", "320 pixels"),
        ("style strength", "40"),
        ("content strength", "1"),
        ("colors of the photograph", "luminance"),
        ("seed", "3"),
        ("time", "12.3 s"),
        ("style score", "0.457"),
        ("finished", "50%"),
    ]


def test_a_run_without_a_picture_is_described_by_its_request(tmp_path):
    write_run(tmp_path, "one.png", REQUEST, picture=False)
    assert describe_settings(list_runs(tmp_path)[0]) == [
        ("photograph", "louvre.jpg"),
        ("paintings", "x.jpg"),
        ("size", "64 pixels"),
        ("finished", "0%"),
    ]


@pytest.mark.parametrize("record", [{"settings": 5}, {"settings": {"files": 5, "size": "x"}}, {"studio": []}, {}])
def test_a_record_of_other_types_is_described_without_an_error(tmp_path, record):
    write_run(tmp_path, "one.png", record)
    assert describe_settings(list_runs(tmp_path)[0]) == []


def test_deleting_removes_all_files_of_a_run_and_no_others(tmp_path):
    write_run(tmp_path, "one.png", RECORD, checkpoint=True)
    write_run(tmp_path, "two.png", RECORD)
    [run] = [run for run in list_runs(tmp_path) if run.title == "one"]
    delete_run(run)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["two.png", "two.run.json"]


def test_a_run_that_is_being_painted_is_not_deleted(tmp_path):
    write_run(tmp_path, "one.png", RECORD)
    [run] = list_runs(tmp_path)
    with lock_path(checkpoint_path(run.path)), pytest.raises(RunInUseError) as refusal:
        delete_run(run)
    assert str(refusal.value) == "one is being painted. Stop it before you delete it."
    assert run.has_picture
