"""Checkpoints that were changed or crafted are refused in words; none becomes another picture."""

import io
import json
import zipfile

import numpy as np
import pytest

from nst.engine.checkpoint import FORMAT, Checkpoint, read_request
from nst.engine.optimizers import LBFGS, Adam
from nst.engine.pyramid import plan_stages
from nst.engine.saved_state import require_saved_state
from nst.engine.settings import SettingsError
from nst.engine.stylize import Interrupted, stylize
from tests.nst.test_weights import arrays_of, npz
from tests.support.short_runs import CONTENT, QUICK, SMALL, STYLE, interrupted_after

PLAN = plan_stages((96, 200), 8, {"pocket": 10})  # two sizes
STAGE = {"height": 48, "width": 100, "network": "pocket", "evaluations": 8, "seconds": 1, "J": 2.5}
CURVE = {"height": 48, "width": 100, "network": "pocket", "content": 1.0, "variation": 0.5, "style": [0.25]}
PROGRESS = {"curves": [CURVE], "stages": [STAGE], "notes": ["a note"], "seconds": 3.5, "seconds_in_stage": 0}


def make(kind):
    return lambda stage, first: LBFGS(first) if kind == "lbfgs" else Adam(first, stage.evaluations)


def descend(kind, steps=4, stage=1):
    """The state of an optimizer after a few steps."""
    optimizer = make(kind)(PLAN[stage], np.full((1, PLAN[stage].height, PLAN[stage].width, 3), 0.7, np.float32))
    for _ in range(steps):
        optimizer.step(lambda image: (float(np.sum((image - 0.2) ** 4)), 4 * (image - np.float32(0.2)) ** 3))
    return optimizer.state()


@pytest.mark.parametrize("kind", ["lbfgs", "adam"])
@pytest.mark.parametrize("steps", [0, 1, 4, 20])
def test_the_state_of_a_run_is_accepted(kind, steps):
    require_saved_state(PLAN, make(kind), descend(kind, steps), json.loads(json.dumps(PROGRESS)))
    first = {**PROGRESS, "stages": [], "curves": []}
    require_saved_state(PLAN, make(kind), descend(kind, steps, stage=0), first)


def changed(array, value):
    array = array.copy()
    array.flat[5] = value
    return array


ARRAYS = {
    "a picture of another size": lambda state: {"image": state["image"][:, :-1]},
    "a picture in float64": lambda state: {"image": state["image"].astype(float)},
    "a picture of complex numbers": lambda state: {"image": state["image"].astype(complex)},
    "a picture of texts": lambda state: {"image": state["image"].astype(str)},
    "a picture with a number that is not finite": lambda state: {"image": changed(state["image"], np.nan)},
    "a picture that is too bright": lambda state: {"image": changed(state["image"], 1.01)},
    "a gradient of another size": lambda state: {"gradient": state["gradient"][:, :, :-1]},
    "an infinite gradient": lambda state: {"gradient": changed(state["gradient"], np.inf)},
    "evaluations below 0": lambda state: {"evaluations": np.int64(-1)},
    "evaluations that are not whole": lambda state: {"evaluations": np.float64(1.5)},
    "J that is not a number": lambda state: {"J": np.float64(np.nan)},
    "more pairs than there are": lambda state: {"pairs": np.int64(9)},
    "fewer pairs than there are": lambda state: {"pairs": np.int64(1)},
    "millions of pairs": lambda state: {"pairs": np.int64(10**6)},
    "a pair of another size": lambda state: {"s0": state["s0"][:, :5]},
    "a pair of one number": lambda state: {"y0": np.float32(1)},
    "a curvature of a picture": lambda state: {"rho0": state["image"]},
    "another array": lambda state: {"other": np.zeros(3)},
    "nothing of a picture": lambda state: {"image": np.zeros((0,), np.float32)},
}


@pytest.mark.parametrize("change", ARRAYS.values(), ids=ARRAYS)
def test_arrays_that_no_run_writes_are_refused(change):
    state = descend("lbfgs")
    with pytest.raises((ValueError, KeyError, TypeError)):
        require_saved_state(PLAN, make("lbfgs"), {**state, **change(state)}, PROGRESS)


@pytest.mark.parametrize("name", descend("lbfgs"))
def test_a_missing_array_is_noticed(name):
    state = descend("lbfgs")
    del state[name]
    with pytest.raises((ValueError, KeyError)):
        require_saved_state(PLAN, make("lbfgs"), state, PROGRESS)


PROGRESSES = {
    "not a dict": [1],
    "nothing": {},
    "curves that are a number": {**PROGRESS, "curves": 3},
    "a curve without its size": {**PROGRESS, "curves": [{}]},
    "a curve of texts": {**PROGRESS, "curves": [{**CURVE, "style": ["a"]}]},
    "as many sizes as the run has": {**PROGRESS, "stages": [STAGE, STAGE]},
    "a size of another run": {**PROGRESS, "stages": [{**STAGE, "height": 47}]},
    "a size of another network": {**PROGRESS, "stages": [{**STAGE, "network": "vgg19"}]},
    "a note that is a number": {**PROGRESS, "notes": [1]},
    "seconds that are a text": {**PROGRESS, "seconds": "1"},
    "seconds that are not a number": {**PROGRESS, "seconds": float("nan")},
}


@pytest.mark.parametrize("progress", PROGRESSES.values(), ids=PROGRESSES)
def test_progress_that_no_run_writes_is_refused(progress):
    with pytest.raises(ValueError, match="cannot be that of this run"):
        require_saved_state(PLAN, make("lbfgs"), descend("lbfgs"), progress)


@pytest.fixture
def file(tmp_path):
    """A checkpoint with one array."""
    Checkpoint(tmp_path / "run.npz", 0, {"size": 3}).write({"image": np.zeros(3)}, {"stages": []})
    return tmp_path / "run.npz"


def rewrite(path, change, compression=zipfile.ZIP_STORED):
    """Write a checkpoint again, after change({name: bytes of the array})."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    change(contents)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


def stored(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def change_run(**values):
    def change(contents):
        run = json.loads(str(np.load(io.BytesIO(contents["run.npy"]))))
        contents["run.npy"] = stored(np.array(json.dumps({**run, **values})))

    return change


def refuse(path):
    with pytest.raises(SettingsError) as caught:
        Checkpoint(path, 0, {"size": 3}).read()
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


def test_a_checkpoint_that_was_changed_is_noticed_by_its_checksum(file):
    rewrite(file, lambda contents: contents.update({"image.npy": stored(np.full(3, 0.1))}))
    assert "it is damaged (its checksum is wrong). Delete it" in refuse(file)


def test_changed_progress_is_noticed_by_the_checksum(file):
    rewrite(file, change_run(progress={"stages": [1]}))
    assert "its checksum is wrong" in refuse(file)


@pytest.mark.parametrize("number", [None, 1, FORMAT + 1, "2"])
def test_another_format_is_named(file, number):
    rewrite(file, change_run(format=number))
    expected = (
        f"{file}: another version of the course wrote this checkpoint. Resume with that version, or delete the file "
        "and start from the beginning."
    )
    assert refuse(file) == expected
    with pytest.raises(SettingsError, match="another version of the course"):
        read_request(file)


def test_a_compressed_checkpoint_is_not_unpacked(file):
    rewrite(file, lambda contents: None, zipfile.ZIP_DEFLATED)
    assert "it is compressed" in refuse(file)


@pytest.mark.parametrize(
    "text", ["[]", "3", "null", "{", "[" * 100_000, f'{{"format": {FORMAT}}}', f'{{"format": {FORMAT}, "request": 3}}']
)
def test_any_json_is_read_or_refused(file, text):
    rewrite(file, lambda contents: contents.update({"run.npy": stored(np.array(text))}))
    assert "this is not a checkpoint, or it is damaged" in refuse(file)
    with pytest.raises(SettingsError, match="this is not a checkpoint"):
        read_request(file)


def test_a_crafted_state_with_a_right_checksum_is_refused_before_it_is_painted(tmp_path):
    path = tmp_path / "run.npz"
    with pytest.raises(Interrupted):
        stylize(CONTENT, STYLE, **SMALL, checkpoint=path, on_progress=interrupted_after(5))
    file = Checkpoint(path, 0, read_request(path))
    arrays, progress = file.read()
    file.write({**arrays, "image": arrays["image"] + 7}, progress)
    with pytest.raises(SettingsError, match=r"it is damaged \(its picture cannot be that of this run\)"):
        stylize(CONTENT, STYLE, **SMALL, checkpoint=path, resume=True)
    assert path.exists()


def test_other_biases_are_another_network(tmp_path):
    arrays = arrays_of()
    (tmp_path / "1.npz").write_bytes(npz(arrays))
    (tmp_path / "2.npz").write_bytes(npz({**arrays, "block1_conv1/bias": arrays["block1_conv1/bias"] + 1}))
    own = {**QUICK, "size": 64, "warm_start": False, "optimizer": "adam", "checkpoint": tmp_path / "run.npz"}
    with pytest.raises(KeyboardInterrupt):
        stylize(CONTENT, STYLE, **{**own, "weights": tmp_path / "1.npz"}, on_progress=interrupted_after(4))
    with pytest.raises(SettingsError, match="belongs to another run: networks was"):
        stylize(CONTENT, STYLE, **{**own, "weights": tmp_path / "2.npz"}, resume=True)
