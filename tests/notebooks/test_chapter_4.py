"""Chapter 4's own code beyond a straight run: costs for several pictures, the painter, examples, training."""

import io
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pytest
import tensorflow as tf

from nst import images
from nst.engine import losses
from nst.fast import adain
from nst.paths import ROOT
from tests.support.chapter_names import define_names

SOURCE = ROOT / "notebooks" / "src" / "04_in_real_time.py"
SHAPE = (1, 36, 48, 3)
EVERY = 5  # steps from one picture of the training to the next


@pytest.fixture(scope="module")
def course():
    return define_names(SOURCE)


@pytest.fixture
def small(course):
    """A photograph of 48 pixels."""
    return images.resize(course["photograph"], *SHAPE[1:3])


def test_the_gram_matrix_of_several_pictures_is_the_engines_of_each(course, small):
    both = np.concatenate([small, small[:, ::-1]])
    for activations in course["network"](both):
        for one, matrix in zip(activations, course["gram"](activations), strict=True):
            np.testing.assert_allclose(matrix, losses.gram_matrix(one[None]), rtol=1e-3, atol=1e-4)


def test_the_cost_of_a_picture_in_its_own_style_and_place_is_zero(course, small, monkeypatch):
    seen = course["network"](small)
    monkeypatch.setitem(course, "style_grams", [course["gram"](a) for a in seen[:-1]])
    assert float(course["cost"](seen, seen)) == pytest.approx(0, abs=1e-6)


def test_the_cost_of_two_pictures_is_the_mean_of_their_costs(course, small):
    see, style_term = course["network"], course["style_term"]
    other = small[:, :, ::-1]
    both = float(style_term(see(np.concatenate([small, other]))))
    assert both == pytest.approx(np.mean([float(style_term(see(one))) for one in (small, other)]), rel=1e-3)


def test_adain_is_the_one_of_the_library(course, small):
    content, style = (course["network"](picture)[2] for picture in (small, course["painting"]))
    for alpha in (0.0, 0.3, 1.0):
        np.testing.assert_allclose(
            course["adain"](content, style, alpha), adain(content, style, alpha), rtol=1e-2, atol=1e-2
        )


def test_a_new_painter_only_changes_the_palette_of_pictures_of_any_size(course, small):
    painter = course["make_painter"](course["painting"], channels=2)
    expected = course["adain"](small, course["painting"], 1.0)
    np.testing.assert_allclose(painter(small), expected, atol=0.01)
    assert painter(images.resize(small, 44, 20)).shape == (1, 44, 20, 3)


def test_an_example_is_a_picture_of_one_size(course):
    batch = course["draw_batch"]().numpy()
    assert (batch.shape, batch.dtype) == ((course["BATCH"], course["CROP"], course["CROP"], 3), np.float32)
    assert 0 <= batch.min() < batch.max() <= 1


def test_dead_leaves_cover_the_picture_with_areas_of_one_color(course):
    leaves = course["dead_leaves"](size=48)
    same = np.all(leaves[:, 1:] == leaves[:, :-1], axis=-1).mean()
    assert 0.5 < same < 0.98
    assert len(np.unique(leaves.reshape(-1, 3), axis=0)) > 10


@pytest.mark.slow
def test_training_lowers_the_cost_and_shows_a_picture_every_few_steps(course, trained):
    costs, pictures = trained
    assert np.mean(costs[-3:]) < np.mean(costs[:3])
    assert len(pictures) == 1 + len(costs) // EVERY


def test_an_interruption_of_the_training_keeps_what_was_learned(course, monkeypatch):
    step, seen = course["perceptual_step"], []

    def interrupted(*args):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(step(*args))
        return seen[-1]

    monkeypatch.setitem(course, "perceptual_step", interrupted)
    costs, pictures = train(course)
    assert costs == [float(J) for J in seen]
    assert len(pictures) == 1


@pytest.fixture(scope="module")
def trained(course):
    return train(course)


def train(course):
    """Twelve steps with small crops and a small test picture."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        patch.setitem(course, "CROP", 48)
        patch.setitem(course, "EVERY", EVERY)
        patch.setitem(course, "leaves", [course["dead_leaves"](size=48)])
        patch.setitem(course, "photograph", course["photograph"][:, :32, :48])
        course["optimizer"].build(course["painter"].trainable_variables)
        tf.keras.utils.set_random_seed(4)
        return course["train"](steps=12)
