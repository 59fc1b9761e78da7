"""What the student's training descends: two errors of activations, three of changes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.distil.objective import CONTENT_WEIGHT, activation_errors, change_errors, objective, on_grid, weighed


def some_layer(seed, channels):
    return np.abs(np.random.default_rng(seed).standard_normal((2, 6, 5, channels))).astype(np.float32)


def errors(teacher, student):
    """(linear, kernel) errors of one layer."""
    return activation_errors([teacher], [student])[0].numpy()


def test_a_copy_of_the_teacher_has_no_error():
    layer = some_layer(0, 7)
    np.testing.assert_allclose(errors(layer, layer), (0, 0), atol=2e-3)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000), factor=st.floats(0.1, 30))
def test_the_scale_and_order_of_the_channels_do_not_matter(seed, factor):
    layer = some_layer(seed, 5)
    np.testing.assert_allclose(errors(layer, factor * layer[..., ::-1]), (0, 0), atol=2e-3)


def test_the_kernel_error_is_the_mismatch_of_all_inner_products():
    teacher, student = some_layer(1, 7), some_layer(2, 4)

    def inner_products(layer):
        rows = layer.reshape(-1, layer.shape[-1]) / layer.mean() / layer.shape[-1] ** 0.5
        return rows @ rows.T, (rows - rows.mean(0)) @ (rows - rows.mean(0)).T

    expected = np.mean(
        [
            ((s - t) ** 2).sum() / (t**2).sum()
            for t, s in zip(inner_products(teacher), inner_products(student), strict=True)
        ]
    )
    np.testing.assert_allclose(errors(teacher, student)[1], expected, rtol=1e-2)


def test_the_linear_error_is_the_residual_of_least_squares():
    teacher, student = some_layer(3, 7), some_layer(4, 3)
    t, s = (layer.reshape(-1, layer.shape[-1]) - layer.mean((0, 1, 2)) for layer in (teacher, student))
    residual = t - s @ np.linalg.lstsq(s, t, rcond=None)[0]
    expected = (residual**2).sum() / (t**2).sum()
    np.testing.assert_allclose(errors(teacher, student)[0], expected, atol=2e-3)


def test_the_error_of_a_change_sees_nothing_else():
    before, style, change = some_layer(5, 4), some_layer(6, 4), some_layer(7, 4)
    teacher = np.concatenate([before, style, before + change])
    blind = np.concatenate([before, style, before + change.mean((0, 1, 2))])
    np.testing.assert_allclose(change_errors([teacher], [teacher])[0], (0, 0, 0), atol=2e-3)
    assert change_errors([teacher], [blind])[0, 0] > 0.2


@settings(deadline=None, max_examples=20)
@given(ratio=st.floats(0.1, 10))
def test_the_size_error_is_the_difference_of_the_sizes_of_a_change(ratio):
    before, style, change = some_layer(5, 4), some_layer(6, 4), some_layer(7, 4)
    before, after = before / before.mean(), before / before.mean() + 0.2 * (change / change.mean() - 1)
    louder = before + ratio**0.5 * (after - before)  # the same mean, so normalizing changes nothing
    size = change_errors(
        [np.concatenate([before, style / style.mean(), after])],
        [np.concatenate([before, style / style.mean(), louder])],
    )[0, 2]
    np.testing.assert_allclose(size, (2 * (ratio - 1) / (ratio + 1)) ** 2, rtol=0.02, atol=0.01)


def test_a_large_map_is_compared_on_a_grid_of_its_positions():
    teacher, student = (np.random.default_rng(seed).random((3, 56, 56, 2)).astype(np.float32) for seed in (8, 9))
    off_the_grid = student.copy()
    off_the_grid[:, 1::2, 1::2] = 0
    np.testing.assert_allclose(errors(teacher, off_the_grid), errors(teacher, student), atol=1e-4)


def test_the_objective_adds_the_change_of_the_content_layers():
    teacher, student = ([some_layer(seed, 4) for seed in seeds] for seeds in ((10, 11), (12, 13)))
    teacher, student = ([np.concatenate([layer, layer[:1]]) for layer in layers] for layers in (teacher, student))
    everywhere = np.mean(weighed(activation_errors(teacher, student)) + weighed(change_errors(teacher, student)))
    for chosen in ([0], [1], [0, 1]):
        extra = CONTENT_WEIGHT * np.mean(change_errors(teacher, student).numpy()[chosen, 0]) / 2
        np.testing.assert_allclose(objective(teacher, student, chosen), everywhere + extra, rtol=1e-5)


@given(side=st.integers(1, 200))
def test_a_layer_on_a_grid_has_at_most_39_positions_a_side_and_stays_the_same_when_sampled_again(side):
    layer = np.arange(side, dtype=np.float32).reshape(1, side, 1, 1)
    sampled = on_grid(layer + np.zeros((1, side, side, 1), np.float32))
    assert min(side, 20) <= sampled.shape[1] <= 39
    np.testing.assert_array_equal(on_grid(sampled), sampled)
