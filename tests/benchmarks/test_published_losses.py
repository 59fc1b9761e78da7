"""Each loss is what its authors published: compared with the published formulas in NumPy, in float64."""

import functools

import numpy as np
import pytest

from benchmarks import published_losses, published_methods
from benchmarks.published_losses import PublishedObjective
from nst.engine.losses import Style
from nst.engine.settings import Settings
from nst.network.layers import LAYERS
from nst.network.vgg import build_vgg19, layer_outputs
from nst.network.weights import read_weights
from nst.quiet_tensorflow import tensorflow as tf
from tests.nst.test_weights import arrays_of, npz
from tests.support.parameters import mostly_slow

NAMES = ("course", "tensorflow_tutorial", "keras_example", "pytorch_tutorial", "jcjohnson", "crowsonkb")
HEIGHT, WIDTH = 48, 64
FIVE = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1")
FIVE_CONVOLUTIONS = ("block1_conv1", "block1_conv2", "block2_conv1", "block2_conv2", "block3_conv1")
CONTENT = {
    "course": "block5_conv4",
    "tensorflow_tutorial": "block5_conv2",
    "keras_example": "block5_conv2",
    "pytorch_tutorial": "block2_conv2",
    "jcjohnson": "block4_conv2",
}
MEAN_BGR = np.array([103.939, 116.779, 123.68], np.float32)
SCALE = 57.63  # 0.226 * 255


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "vgg.npz"
    path.write_bytes(npz(arrays_of(LAYERS, 4)))
    return path


@pytest.fixture(scope="module")
def pictures():
    rng = np.random.default_rng(3)
    return {name: rng.random((1, HEIGHT, WIDTH, 3), np.float32) for name in ("content", "style", "image")}


@functools.cache
def traced_objective(name, weights):
    """The objective of a method; it is traced once and then serves every test."""
    return PublishedObjective(getattr(published_losses, name), read_weights(weights))


def make_objective(name, weights, pictures):
    objective = traced_objective(name, weights)
    objective.set_targets(pictures["content"], [Style(pictures["style"])])
    return objective


def activations(weights, picture, names, divided_by):
    """{layer: (positions, nC)} in float64, as our network sees the picture."""
    seen = layer_outputs(build_vgg19(read_weights(weights)), names)(picture)
    return {
        name: layer.numpy().astype(np.float64).reshape(-1, layer.shape[-1]) / divided_by
        for name, layer in zip(names, seen, strict=True)
    }


def published_value(name, weights, pictures):
    """J of pictures["image"] by the published formula."""
    image = pictures["image"].astype(np.float64)
    names = [*(FIVE_CONVOLUTIONS if name == "pytorch_tutorial" else FIVE), CONTENT[name]]
    inputs = pictures
    if name == "course":  # the first convolution then gets unchanged RGB
        inputs = {which: ((picture + MEAN_BGR) / 255)[..., ::-1] for which, picture in pictures.items()}
    divided_by = SCALE if name == "pytorch_tutorial" else 1.0
    seen = {which: activations(weights, picture, names, divided_by) for which, picture in inputs.items()}
    a, c = seen["image"][CONTENT[name]], seen["content"][CONTENT[name]]
    grams = [
        (
            seen["image"][layer].T @ seen["image"][layer],
            seen["style"][layer].T @ seen["style"][layer],
            *seen["image"][layer].shape,
        )
        for layer in names[:-1]
    ]
    corner = 255 * image[:, :-1, :-1]
    down, across = corner - 255 * image[:, 1:, :-1], corner - 255 * image[:, :-1, 1:]
    if name == "course":
        J_content = ((a - c) ** 2).sum() / (4 * a.size)
        J_style = sum(0.2 * ((G - S) ** 2).sum() / (4 * nC**2 * M**2) for G, S, M, nC in grams)
        return 10 * J_content + 40 * J_style
    if name == "tensorflow_tutorial":
        variation = np.abs(np.diff(image, axis=1)).sum() + np.abs(np.diff(image, axis=2)).sum()
        return (
            1e4 * ((a - c) ** 2).mean()
            + 1e-2 / 5 * sum(((G / M - S / M) ** 2).mean() for G, S, M, _ in grams)
            + 30 * variation
        )
    if name == "keras_example":
        style = sum(((G - S) ** 2).sum() / (4 * 3**2 * (HEIGHT * WIDTH) ** 2) for G, S, *_ in grams)
        return 2.5e-8 * ((a - c) ** 2).sum() + 1e-6 / 5 * style + 1e-6 * ((down**2 + across**2) ** 1.25).sum()
    style = sum(((G - S) ** 2).mean() / (nC * M) ** 2 for G, S, M, nC in grams)
    if name == "pytorch_tutorial":
        return ((a - c) ** 2).mean() + 1e6 * style
    return 5 * ((a - c) ** 2).mean() + 100 * style + 1e-3 * ((down**2).sum() + (across**2).sum()) / 2


@pytest.mark.parametrize("name", mostly_slow(NAMES[:-1]))
def test_the_loss_is_the_published_formula(name, weights, pictures):
    cost, _, _ = make_objective(name, weights, pictures)(pictures["image"])
    assert cost == pytest.approx(published_value(name, weights, pictures), rel=1e-4)


def test_crowsonkb_uses_the_distance_of_gaussians(weights, pictures):
    doubled = {
        key: 2 * pair[0] if key.endswith("_conv1") and key != LAYERS[0] else pair[0]
        for key, pair in read_weights(weights).items()
    }
    network = build_vgg19(
        {key: (kernel, read_weights(weights)[key][1]) for key, kernel in doubled.items()}, pooling="average"
    )
    names = [*FIVE, "block4_conv2"]
    seen = {
        which: [
            layer.numpy().astype(np.float64).reshape(-1, 4) / SCALE for layer in layer_outputs(network, names)(picture)
        ]
        for which, picture in pictures.items()
    }
    expected = 0.015 * ((seen["image"][-1] - seen["content"][-1]) ** 2).mean()
    for weight, mine, wanted in zip((256, 64, 16, 4, 1), seen["image"], seen["style"], strict=False):
        C, S = (np.cov(one.T, bias=True) + 1e-4 * np.eye(4) for one in (mine, wanted))
        shared = np.sqrt(np.linalg.eigvals(C @ S).real).sum()  # the trace of the root of S^1/2 C S^1/2
        expected += (
            weight
            / 341
            * (((mine.mean(0) - wanted.mean(0)) ** 2).mean() + (np.trace(C) + np.trace(S) - 2 * shared) / 4)
        )
    image = pictures["image"].astype(np.float64)
    straight = (np.diff(image, axis=1) ** 2).sum() + (np.diff(image, axis=2) ** 2).sum()
    wide = np.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)), "edge")
    diagonals = sum(
        ((one - other) ** 2).mean()
        for one, other in ((wide[:, 1:, 1:], wide[:, :-1, :-1]), (wide[:, 1:, :-1], wide[:, :-1, 1:]))
    )
    expected += 2 * 2 * (straight / image.size / 3 + diagonals / 12)
    cost, _, _ = make_objective("crowsonkb", weights, pictures)(pictures["image"])
    assert cost == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_is_the_slope_of_the_loss(name, weights, pictures):
    objective = make_objective(name, weights, pictures)
    image = pictures["image"]
    _, gradient, _ = objective(image)
    away = np.sign(gradient) * np.float32(1e-5)
    slope = (objective(image + away)[0] - objective(image - away)[0]) / 2
    assert slope == pytest.approx(float((gradient * away).sum()), rel=0.05)  # ReLUs and maxima have kinks


@pytest.mark.parametrize("name", mostly_slow(NAMES))
def test_one_objective_serves_every_size(name, weights, pictures):
    objective = make_objective(name, weights, pictures)
    objective(pictures["image"])
    small = {which: picture[:, :32, :40] for which, picture in pictures.items()}
    objective.set_targets(small["content"], [Style(small["style"])])
    J, gradient, _ = objective(small["image"])
    assert gradient.shape == small["image"].shape
    fresh = PublishedObjective(getattr(published_losses, name), read_weights(weights))
    fresh.set_targets(small["content"], [Style(small["style"])])
    expected, _ = fresh._value_and_gradient(tf.constant(small["image"]), fresh._targets)  # without tracing
    assert pytest.approx(float(expected), rel=5e-4) == J


def test_each_method_minimizes_its_own_loss(weights, pictures, monkeypatch):
    chosen = []
    names = {getattr(published_losses, name): name for name in NAMES}
    monkeypatch.setattr(
        published_methods,
        "PublishedObjective",
        lambda loss, arrays: chosen.append(loss) or traced_objective(names[loss], weights),
    )
    for name in NAMES:
        method = getattr(published_methods, name)(
            published_methods.Task(pictures["content"], pictures["style"], weights)
        )
        assert next(method).shape == pictures["content"].shape
        method.close()
    assert chosen == [getattr(published_losses, name) for name in NAMES]


def test_plain_lbfgs_minimizes_the_engines_loss(weights, pictures):
    task = published_methods.Task(pictures["content"], pictures["style"], weights)
    assert task.objective().network.names == tuple(Settings().layers)
