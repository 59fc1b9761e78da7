"""The command that distils the Pocket: what it writes, what it says, what it refuses."""

import hashlib
import re

import numpy as np
import pytest
from PIL import Image

from nst.network.layers import LAYERS
from nst.network.weights import read_weights
from tests.support.small_teacher import (
    CROP,
    DEEP_TEACHER_CHANNELS,
    WIDTHS,
    as_batches,
    deep_teacher,
    photographs,
    shorten,
    teacher,
)
from tools import distill_pocket
from tools.distil.artifact import write_weights
from tools.distil.network import VGG16_LAYERS, for_units, mean_activations


@pytest.fixture(scope="module", autouse=True)
def small_pictures():
    with pytest.MonkeyPatch.context() as patch:
        shorten(patch)
        yield


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for i, photo in enumerate(photographs()):
        Image.fromarray(photo).save(folder / f"{i}.png")
    return folder


@pytest.fixture(scope="module")
def teacher_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("teacher") / "teacher.npz"
    write_weights(path, teacher())
    return path


@pytest.fixture(scope="module")
def deep_teacher_file(tmp_path_factory):
    return write_vgg16(tmp_path_factory.mktemp("deep") / "vgg16.npz", deep_teacher())


def write_vgg16(path, weights):
    arrays = {
        f"{name}/{key}": array
        for name, layer in zip(VGG16_LAYERS, weights, strict=False)
        for key, array in zip(("kernel", "bias"), layer, strict=True)
    }
    np.savez(path, **arrays)
    return path


def command(teacher_file, photos, out, *more):
    return [
        "--teacher",
        str(teacher_file),
        "--photos",
        str(photos),
        "--out",
        str(out),
        "--crop",
        str(CROP),
        *(() if "--start" in more else ("--widths", *map(str, WIDTHS))),
        *more,
    ]


@pytest.mark.slow
def test_the_command_writes_sixteen_calibrated_layers(teacher_file, photos, tmp_path, capsys):
    out = tmp_path / "pocket.npz"
    distill_pocket.main(command(teacher_file, photos, out, "--steps", "2"))
    weights = read_weights(out)
    assert list(weights) == list(LAYERS)
    assert [weights[f"block{block}_conv1"][0].shape[-1] for block in range(1, 6)] == [4, 6, 6, 6, 6]
    with np.load(out, allow_pickle=False) as arrays:
        kinds = {key.partition("/")[2]: str(arrays[key].dtype) for key in arrays.files}
        assert kinds == {"kernel": "int8", "scale": "float32", "bias": "float16"}
    np.testing.assert_allclose(mean_activations(for_units(list(weights.values())), as_batches()), 1, atol=0.02)
    said = capsys.readouterr().out
    assert (
        "block3_conv1 ... block5_conv4 have no teacher in this file: they imitate the last block that has, seen "
        "on smaller copies of the pictures. A full VGG-19 file, or VGG-16 as --deep-teacher, teaches them too."
    ) in said
    assert hashlib.sha256(out.read_bytes()).hexdigest() in said


@pytest.mark.slow
def test_the_command_trains_on_from_a_pocket_and_keeps_its_widths(teacher_file, photos, tmp_path):
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    distill_pocket.main(command(teacher_file, photos, first, "--steps", "0"))
    distill_pocket.main(command(teacher_file, photos, second, "--start", str(first), "--steps", "0"))
    before, after = read_weights(first), read_weights(second)
    for name in LAYERS:
        np.testing.assert_allclose(after[name][0], before[name][0], rtol=0.01, atol=1e-3)


def test_a_checkpoint_of_another_start_stops_the_command(teacher_file, photos, tmp_path):
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    for out in (first, second):
        distill_pocket.main(command(teacher_file, photos, out, "--steps", "0"))
    with pytest.raises(SystemExit, match="this checkpoint belongs to another run"):
        distill_pocket.main(command(teacher_file, photos, second, "--steps", "0", "--start", str(first)))


def test_a_kernel_is_stored_to_half_a_step_of_its_channel(tmp_path):
    weights = teacher()
    write_weights(tmp_path / "a.npz", weights)
    for (kernel, _), (stored, _) in zip(weights, read_weights(tmp_path / "a.npz").values(), strict=True):
        assert (np.abs(stored - kernel) <= 1.001 * np.abs(kernel).max((0, 1, 2)) / 254).all()


def test_a_channel_of_zeros_stays_zero(tmp_path):
    kernel, bias = (np.zeros(shape, np.float32) for shape in ((3, 3, 3, 4), 4))
    write_weights(tmp_path / "a.npz", [(kernel, bias)])
    assert not read_weights(tmp_path / "a.npz")["block1_conv1"][0].any()


def test_the_same_arrays_give_the_same_bytes(tmp_path):
    digests = {write_weights(tmp_path / name, teacher()) for name in ("a.npz", "b.npz")}
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--photos", "there is no such folder. Give the folder of the photographs."),
        ("--paintings", "there is no such folder. Give the folder of the photographs."),
        ("--deep-teacher", "there is no such weight file. Give the path of a .npz or .h5 file"),
        ("--start", "there is no such weight file. Give the path of a .npz or .h5 file"),
        ("--teacher", "there is no such weight file. Give the path of a .npz or .h5 file"),
    ],
)
def test_a_missing_input_is_named(teacher_file, photos, tmp_path, option, expected):
    arguments = [*command(teacher_file, photos, tmp_path / "out.npz"), option, str(tmp_path / "missing")]
    with pytest.raises(SystemExit, match="missing: ") as stopped:
        distill_pocket.main(arguments)
    assert expected in str(stopped.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_deep_teacher_is_announced_and_held_out_errors_are_logged(
    teacher_file, deep_teacher_file, photos, tmp_path, capsys
):
    out = tmp_path / "pocket.npz"
    distill_pocket.main(
        command(
            teacher_file,
            photos,
            out,
            "--deep-teacher",
            str(deep_teacher_file),
            "--paintings",
            str(photos),
            "--steps",
            "2",
            "--checkpoint-every",
            "1",
        )
    )
    said = capsys.readouterr().out
    assert "Deep teacher: VGG-16, for block3_conv1 ... block5_conv4." in said
    assert "smaller copies" not in said
    lines = (tmp_path / "pocket.npz.log").read_text().splitlines()
    assert len(lines) == 2
    for step, line in enumerate(lines, start=1):
        assert re.search(rf" step {step}  objective \d\.\d{{4}}  block1_conv1 -?\d\.\d{{3}}/\d", line)
        assert all(name in line for name in LAYERS)


@pytest.mark.slow
def test_a_student_can_be_narrowed_at_the_start(teacher_file, deep_teacher_file, photos, tmp_path):
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    deep = ("--deep-teacher", str(deep_teacher_file), "--steps", "0")
    distill_pocket.main(command(teacher_file, photos, first, *deep))
    distill_pocket.main(
        command(teacher_file, photos, second, *deep, "--start", str(first), "--widths", "4", "6", "6", "5", "6")
    )
    weights = read_weights(second)
    assert [weights[f"block{block}_conv1"][0].shape[-1] for block in range(1, 6)] == [4, 6, 6, 5, 6]


@pytest.mark.parametrize("layers", [3, len(DEEP_TEACHER_CHANNELS) - 1])
def test_an_incomplete_deep_teacher_is_refused(teacher_file, photos, tmp_path, layers):
    short = write_vgg16(tmp_path / "short.npz", deep_teacher()[:layers])
    with pytest.raises(SystemExit, match=rf"a deep teacher needs VGG-16's 13 convolutions, this file holds {layers}"):
        distill_pocket.main(command(teacher_file, photos, tmp_path / "out.npz", "--deep-teacher", str(short)))


def test_a_start_without_deep_layers_is_refused(teacher_file, photos, tmp_path):
    with pytest.raises(SystemExit, match="a student to start from needs 16 layers, this file holds 4"):
        distill_pocket.main(command(teacher_file, photos, tmp_path / "out.npz", "--start", str(teacher_file)))


@pytest.mark.parametrize("size", ["0", "100"])
def test_a_crop_that_five_blocks_cannot_halve_is_refused(teacher_file, photos, tmp_path, capsys, size):
    with pytest.raises(SystemExit):
        distill_pocket.main(command(teacher_file, photos, tmp_path / "out.npz", "--crop", size))
    assert f"argument --crop: expected a multiple of 16, 16 or more, got {size}" in capsys.readouterr().err


@pytest.mark.slow
def test_frozen_blocks_stay_those_of_the_student_to_start_from(teacher_file, deep_teacher_file, photos, tmp_path):
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    deep = ("--deep-teacher", str(deep_teacher_file))
    distill_pocket.main(command(teacher_file, photos, first, *deep, "--steps", "0"))
    distill_pocket.main(
        command(
            teacher_file,
            photos,
            second,
            *deep,
            "--start",
            str(first),
            "--freeze-blocks",
            "2",
            "--learning-rate",
            "0.01",
            "--steps",
            "3",
        )
    )
    before, after = read_weights(first), read_weights(second)
    alike = [np.allclose(after[name][0], before[name][0], rtol=0.01, atol=1e-3) for name in LAYERS]
    assert alike == [True] * 4 + [False] * 12
