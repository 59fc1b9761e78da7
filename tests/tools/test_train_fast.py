"""The decoder's training: its objective is what it says, it falls, and the command writes a decoder."""

import dataclasses
import shutil

import numpy as np
import pytest
import tensorflow as tf

from nst.fast.decoder import CONVOLUTIONS, DECODER_FILE, read_decoder
from tests.support.small_teacher import CHANNELS, CROP, as_batches, deep_teacher, photographs, random_layers, shorten
from tests.support.small_teacher import teacher as first_blocks
from tools import train_fast
from tools.distil.network import calibrate, for_units
from tools.fast import objective
from tools.fast.training import DecoderTraining, Plan, initial_decoder


@pytest.fixture(scope="module", autouse=True)
def few_warm_up_steps():
    with pytest.MonkeyPatch.context() as patch:
        shorten(patch)
        yield


@pytest.fixture(scope="module")
def pocket():
    return calibrate(random_layers(5, CHANNELS), as_batches())


@pytest.fixture(scope="module")
def pairs():
    pictures = np.concatenate([batch[:, :CROP, :CROP] for batch in as_batches()])
    return pictures[:2], pictures[2:4]


class Run:
    """Sixteen steps of training: the costs before and after, and the checkpoint of step 8."""

    def __init__(self, folder, pocket, pairs):
        self.plan = Plan(16, crop=CROP, learning_rate=5e-3)
        self.at_step_8 = folder / "at_step_8.npz"
        training = DecoderTraining(self.plan, pocket, photographs(), photographs(), folder / "checkpoint.npz")
        self.before = training.measure(*pairs)
        self.weights = training.run(lambda training, cost: self.keep(training), checkpoint_every=8)
        self.after = training.measure(*pairs)

    def keep(self, training):
        if training.step == 8:
            shutil.copy(training.checkpoint, self.at_step_8)


@pytest.fixture(scope="module")
def run(tmp_path_factory, pocket, pairs):
    return Run(tmp_path_factory.mktemp("run"), pocket, pairs)


@pytest.mark.slow
def test_the_style_comes_nearer(run):
    assert sum(run.after[1:]) < 0.8 * sum(run.before[1:])


def test_a_resumed_run_equals_an_uninterrupted_one(run, tmp_path, pocket):
    checkpoint = shutil.copy(run.at_step_8, tmp_path / "checkpoint.npz")
    resumed = DecoderTraining(run.plan, pocket, photographs(), photographs(), checkpoint)
    assert resumed.step == 8
    for ours, theirs in zip(resumed.run(), run.weights, strict=True):
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-3, atol=1e-5)


def test_a_picture_costs_nothing_beside_itself(pocket, pairs):
    layers = objective.pocket_judge(pocket).look(tf.constant(pairs[0]), tf.float32)
    assert objective.content_costs(layers, layers).numpy().tolist() == [0, 0]
    assert np.max(objective.style_costs(layers, layers)) < 1e-9
    plan, pictures = Plan(1, tv_weight=0), tf.constant(pairs[0])
    assert float(objective.objective(plan, pictures, [([layers], [layers], [layers])])) == pytest.approx(0, abs=1e-6)


def test_a_pair_costs_what_the_formula_says(pocket, pairs):
    generated, target = (objective.pocket_judge(pocket).look(tf.constant(p), tf.float32) for p in pairs)
    a, b = (layers["block4_conv2"].numpy()[1].astype(float) for layers in (generated, target))
    assert float(objective.content_costs(generated, target)[1]) == pytest.approx(
        ((a - b) ** 2).sum() / (b**2).sum(), rel=1e-4
    )
    a, b = (layers["block2_conv1"].numpy()[1].astype(float).reshape(-1, 6) for layers in (generated, target))
    gram, target_gram = a.T @ a / len(a), b.T @ b / len(b)
    assert float(objective.style_costs(generated, target)[1][1]) == pytest.approx(
        ((gram - target_gram) ** 2).sum() / (target_gram**2).sum(), rel=1e-4
    )


@pytest.mark.parametrize(("weight", "pictures"), [("tv_weight", "rough"), ("outside", "bright")])
def test_roughness_and_what_lies_outside_cost(pocket, pairs, weight, pictures):
    layers = objective.pocket_judge(pocket).look(tf.constant(pairs[0]), tf.float32)
    changed = pairs[0] + (np.indices(pairs[0].shape).sum(0) % 2 if pictures == "rough" else 2)
    plan = Plan(1, tv_weight=20.0 if weight == "tv_weight" else 0.0)
    assert float(objective.objective(plan, tf.constant(changed, tf.float32), [([layers],) * 3])) > 1


def test_a_teacher_judges_too(tmp_path, pocket):
    teacher = for_units(deep_teacher())
    plan = Plan(1, crop=CROP, teacher="its checksum")
    training = DecoderTraining(plan, pocket, photographs(), photographs(), tmp_path / "none.npz", teacher=teacher)
    assert [len(judge.weights) for judge in training.judges] == [13, 11]
    assert np.isfinite(training.advance())


def test_a_decoder_to_begin_with_depends_on_its_seed_alone():
    one, same, other = (initial_decoder((4, 6, 6, 6, 6), seed)["conv4_a"][0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.01


@pytest.fixture
def folder(tmp_path):
    from PIL import Image

    (tmp_path / "pictures").mkdir()
    for i, picture in enumerate(photographs()):
        Image.fromarray(picture).save(tmp_path / "pictures" / f"{i}.png")
    return tmp_path


def command(folder, *more):
    pictures, out = str(folder / "pictures"), str(folder / "decoder.npz")
    return ["--photos", pictures, "--paintings", pictures, "--out", out, "--steps", "1", "--crop", "32", *more]


def test_the_command_writes_a_decoder_and_its_log(folder, capsys):
    train_fast.main(command(folder, "--batch", "1", "--checkpoint-every", "1"))
    assert [*read_decoder(folder / "decoder.npz")] == [*CONVOLUTIONS]
    assert "held out: content" in (folder / "decoder.npz.log").read_text(encoding="utf-8")
    assert "tools.export_fast_decoder" in capsys.readouterr().out


def test_a_checkpoint_of_other_options_is_refused(folder, pocket):
    checkpoint = folder / "decoder.npz.checkpoint.npz"
    other = Plan(1, crop=CROP, seed=3)
    DecoderTraining(other, pocket, photographs(), photographs(), checkpoint).save()
    with pytest.raises(SystemExit, match=r"train_fast: .*this checkpoint belongs to another run"):
        train_fast.main(command(folder))


def test_a_teacher_that_is_not_complete_is_refused(folder):
    layers = {f"block1_conv{i}": layer for i, layer in enumerate(first_blocks()[:2], start=1)}
    train_fast.write_decoder(folder / "teacher.npz", layers)
    with pytest.raises(SystemExit, match="a teacher needs VGG-16's 13 convolutions, this file holds 2"):
        train_fast.main(command(folder, "--teacher", str(folder / "teacher.npz")))


def test_a_folder_without_pictures_is_named(folder):
    (folder / "empty").mkdir()
    with pytest.raises(SystemExit, match="empty: expected two or more photographs"):
        train_fast.main([*command(folder), "--paintings", str(folder / "empty")])


def test_one_style_is_learned_from_one_picture_by_the_bundled_decoder(folder, capsys):
    picture, out = folder / "pictures" / "0.png", folder / "one.npz"
    words = ["--photos", str(folder / "pictures"), "--style", str(picture), "--out", str(out), "--steps", "1"]
    train_fast.main([*words, "--crop", "32", "--batch", "1"])
    assert f"nst fast PHOTO {picture} --decoder {out} paints with it" in capsys.readouterr().out
    assert read_decoder(out)["conv1_a"][0].shape == read_decoder(DECODER_FILE)["conv1_a"][0].shape


def test_a_style_smaller_than_a_crop_is_refused(folder):
    words = ["--photos", str(folder / "pictures"), "--style", str(folder / "pictures" / "0.png")]
    with pytest.raises(SystemExit, match=r"0\.png: .* smaller than a crop of 512\. Give a smaller --crop"):
        train_fast.main([*words, "--out", str(folder / "one.npz"), "--crop", "512"])


def test_paintings_and_one_style_exclude_each_other(folder, capsys):
    with pytest.raises(SystemExit):
        train_fast.main(command(folder, "--style", "wave.jpg"))
    assert "not allowed with argument" in capsys.readouterr().err


def test_plans_that_differ_in_steps_alone_go_on(run, tmp_path, pocket):
    checkpoint = shutil.copy(run.at_step_8, tmp_path / "checkpoint.npz")
    longer = dataclasses.replace(run.plan, steps=20)
    assert DecoderTraining(longer, pocket, photographs(), photographs(), checkpoint).step == 8
