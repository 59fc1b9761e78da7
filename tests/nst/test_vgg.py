"""The network: what it is fed, which layers it has, what it computes and what it does not."""

import hashlib
import socket

import numpy as np
import pytest

from nst.network import weights
from nst.network.layers import LAYERS, LayerError
from nst.network.vgg import build_vgg19, layer_outputs, load_vgg19, mean_activations
from nst.network.weights import WeightsError, read_weights
from nst.quiet_tensorflow import keras, tensorflow
from tests.nst.test_weights import arrays_of, h5, npz

POOLS = ("block1_pool", "block2_pool", "block3_pool", "block4_pool")


def picture(height=40, width=56, seed=0):
    return np.random.default_rng(seed).random((1, height, width, 3), np.float32)


def small_network(layers=LAYERS, channels=4, **settings):
    arrays = arrays_of(layers, channels)
    return build_vgg19({name: (arrays[f"{name}/kernel"], arrays[f"{name}/bias"]) for name in layers}, **settings)


@pytest.fixture(scope="module")
def network():
    return small_network()


@pytest.fixture(scope="module")
def keras_vgg19():
    """Keras's own VGG-19 at full size, with random weights."""
    keras.utils.set_random_seed(19)
    return keras.applications.VGG19(weights=None, include_top=False)


def convolutions_in(cut):
    traced = tensorflow.function(cut).get_concrete_function(tensorflow.TensorSpec((1, 32, 32, 3)))
    return sum(operation.type == "Conv2D" for operation in traced.graph.get_operations())


# --- preprocessing ---------------------------------------------------------------------------------------------


def test_preprocessing_is_that_of_caffe(network):
    image = picture()
    fed = layer_outputs(network, ["preprocessing"])(image)[0].numpy()
    expected = image[..., ::-1].astype(np.float64) * 255 - [103.939, 116.779, 123.68]
    np.testing.assert_allclose(fed, expected, atol=2e-5)


def test_preprocessing_equals_that_of_keras(network):
    image = picture()
    fed = layer_outputs(network, ["preprocessing"])(image)[0].numpy()
    np.testing.assert_allclose(fed, keras.applications.vgg19.preprocess_input(image * 255), atol=2e-5)


# --- layers ----------------------------------------------------------------------------------------------------


def test_the_layers_are_named_as_in_the_published_network(network):
    names = [layer.name for layer in network.layers]
    assert [name for name in names if "conv" in name] == list(LAYERS)
    assert [name for name in names if "pool" in name] == list(POOLS)
    assert names[:3] == ["image", "preprocessing", "block1_conv1"]
    assert names[names.index("block1_pool") + 1] == "block2_conv1"


def test_the_network_is_frozen(network):
    assert network.trainable_weights == []
    assert len(network.weights) == 32


def test_the_original_and_ours_compute_the_same_where_the_edges_of_the_picture_are_out_of_sight(keras_vgg19, tmp_path):
    arrays = {
        f"{name}/{part}": array
        for name in LAYERS
        for part, array in zip(("kernel", "bias"), keras_vgg19.get_layer(name).get_weights(), strict=True)
    }
    (tmp_path / "full.h5").write_bytes(h5(arrays))
    ours = build_vgg19(read_weights(tmp_path / "full.h5"))
    in_sight_of_an_edge = {"block1_conv1": 1, "block1_pool": 1, "block3_conv4": 6, "block5_conv4": 8}  # positions
    image = picture(272, 288)
    original = keras.Model(keras_vgg19.input, [keras_vgg19.get_layer(name).output for name in in_sight_of_an_edge])
    expected = original(keras.applications.vgg19.preprocess_input(image * 255))
    obtained = layer_outputs(ours, in_sight_of_an_edge)(image)
    for margin, got, wanted in zip(in_sight_of_an_edge.values(), obtained, expected, strict=True):
        inside = (0, slice(margin, -margin), slice(margin, -margin))
        np.testing.assert_allclose(got[inside], wanted[inside], rtol=1e-4, atol=1e-4 * float(np.abs(wanted).max()))


@pytest.mark.parametrize("size", ["ours", "published"])
def test_behind_its_first_layer_a_network_is_padded_with_zeros_as_published(size, network, keras_vgg19):
    weights = {name: keras_vgg19.get_layer(name).get_weights() for name in LAYERS}
    model = network if size == "ours" else build_vgg19(weights)
    first, second = layer_outputs(model, ["block1_conv1", "block1_conv2"])(picture(32, 48))
    kernel, bias = model.get_layer("block1_conv2").get_weights()
    published = np.maximum(tensorflow.nn.conv2d(first, kernel, 1, "SAME") + bias, 0)
    np.testing.assert_allclose(second, published, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("layer", ["block1_conv2", "block2_conv1", "block5_conv4"])
def test_a_layer_that_repeats_edges_extends_its_input_by_the_outermost_positions(layer):
    repeating = small_network(repeat_edges=[layer]).get_layer(layer)
    given = np.random.default_rng(0).standard_normal((1, 4, 6, 4)).astype(np.float32)
    kernel, bias = repeating.get_weights()
    extended = np.pad(given, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    expected = np.maximum(tensorflow.nn.conv2d(extended, kernel, 1, "VALID") + bias, 0)
    np.testing.assert_allclose(repeating(given), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("size", ["ours", "published"])
def test_the_first_layer_of_an_even_picture_is_even_up_to_its_edges(size, network, keras_vgg19):
    weights = {name: keras_vgg19.get_layer(name).get_weights() for name in LAYERS}
    model = network if size == "ours" else build_vgg19(weights)
    (activation,) = layer_outputs(model, ["block1_conv1"])(np.full((1, 32, 48, 3), 0.7, np.float32))
    np.testing.assert_allclose(activation, np.broadcast_to(activation[:, :1, :1], activation.shape), rtol=1e-5)


def test_any_size_from_sixteen_pixels_is_taken(network):
    deepest = layer_outputs(network, ["block5_conv4"])
    assert deepest(picture(16, 16))[0].shape == (1, 1, 1, 4)
    assert deepest(picture(50, 83))[0].shape == (1, 3, 5, 4)


def test_the_gradient_reaches_every_pixel(network):
    image = tensorflow.Variable(picture(32, 32))
    with tensorflow.GradientTape() as tape:
        loss = tensorflow.reduce_sum(layer_outputs(network, ["block2_conv1"])(image)[0] ** 2)
    assert np.all(np.abs(tape.gradient(loss, image)).sum(axis=-1) > 0)


# --- layer_outputs ---------------------------------------------------------------------------------------------


def test_outputs_come_as_a_list_in_the_order_asked_for(network):
    shapes = [tuple(output.shape) for output in layer_outputs(network, ["block3_conv1", "block1_conv1"])(picture())]
    assert shapes == [(1, 10, 14, 4), (1, 40, 56, 4)]


def test_one_name_still_gives_a_list(network):
    outputs = layer_outputs(network, ["block1_conv1"])(picture())
    assert isinstance(outputs, list)
    assert len(outputs) == 1


@pytest.mark.parametrize(
    ("names", "count"),
    [(["block1_conv1"], 1), (["block2_conv1", "block1_conv1"], 3), (["block3_conv3"], 7), (["block5_conv4"], 16)],
)
def test_what_lies_deeper_than_the_deepest_layer_is_not_computed(network, names, count):
    assert convolutions_in(layer_outputs(network, names)) == count


def test_a_layer_that_does_not_exist_is_told_the_nearest(network):
    with pytest.raises(LayerError) as caught:
        layer_outputs(network, ["block1_conv1", "block4_conv5"])
    assert str(caught.value) == (
        "block4_conv5: vgg19 has no such layer. The nearest names are block4_conv4, block4_conv3, block4_conv2."
    )


def test_a_name_like_no_layer_is_shown_what_names_look_like(network):
    with pytest.raises(LayerError) as caught:
        layer_outputs(network, ["xyz"])
    assert str(caught.value) == (
        "xyz: vgg19 has no such layer. The nearest names are block1_conv1, block1_conv2, block2_conv1."
    )


def test_weights_of_three_blocks_make_a_network_of_three_blocks():
    network = small_network(LAYERS[:8])
    assert network.layers[-1].name == "block3_conv4"
    assert layer_outputs(network, ["block3_conv4"])(picture())[0].shape == (1, 10, 14, 4)
    with pytest.raises(LayerError) as caught:
        layer_outputs(network, ["block4_conv1"])
    assert str(caught.value) == ("block4_conv1: these weights end at block3_conv4, so vgg19 does not have this layer.")


# --- normalization ---------------------------------------------------------------------------------------------


def test_normalized_activations_have_mean_one_over_the_two_pictures(network):
    names, pictures = ["block1_conv1", "block3_conv2", "block5_conv1"], [picture(seed=1), picture(64, 32, seed=2)]
    normalized = layer_outputs(network, names, mean_activations(network, names, pictures))
    means = [[float(np.mean(output)) for output in normalized(image)] for image in pictures]
    np.testing.assert_allclose(np.mean(means, axis=0), 1, rtol=1e-5)


def test_means_are_a_positive_number_for_each_layer(network):
    means = mean_activations(network, ["block2_conv1", "block1_conv1"], [picture()])
    assert list(means) == ["block2_conv1", "block1_conv1"]
    assert all(isinstance(mean, float) and mean > 0 for mean in means.values())


def test_normalizing_only_divides(network):
    (plain,) = layer_outputs(network, ["block2_conv2"])(picture())
    (divided,) = layer_outputs(network, ["block2_conv2"], {"block2_conv2": 4.0})(picture())
    np.testing.assert_allclose(divided * 4, plain, rtol=1e-6)


# --- load_vgg19 ------------------------------------------------------------------------------------------------


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    path = tmp_path / "pocket_vgg19.npz"
    path.write_bytes(npz(arrays_of(kind=np.float16)))
    monkeypatch.setattr(weights, "POCKET_FILE", path)
    monkeypatch.setattr(weights, "POCKET_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(weights, "VGG19_FILE", tmp_path / "none.h5")
    return path


def test_loading_says_in_one_line_which_network_it_is(bundled, capsys, monkeypatch):
    monkeypatch.delenv("NST_WEIGHTS", raising=False)
    assert load_vgg19().name == "pocket_vgg19"
    assert capsys.readouterr().out == (
        "Network: Pocket VGG-19, bundled (python -m nst fetch vgg19 gets the full VGG-19, 80 MB).\n"
    )


def test_a_loaded_network_computes_with_the_weights_of_its_file(bundled, capsys):
    kernel, bias = load_vgg19("pocket").get_layer("block2_conv1").get_weights()
    stored = arrays_of(kind=np.float16)
    assert np.array_equal(kernel, stored["block2_conv1/kernel"].astype(np.float32))
    assert np.array_equal(bias, stored["block2_conv1/bias"].astype(np.float32))


def test_the_bundled_network_loads_and_sees_without_a_network_connection(capsys, monkeypatch):
    def no_connection(*_, **__):
        raise AssertionError("loading the bundled network asked for a connection")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, no_connection)
    network = load_vgg19("pocket")
    assert [layer.name for layer in network.layers if "conv" in layer.name] == list(LAYERS)
    assert np.isfinite(network(picture())).all()


def test_weights_that_cannot_be_used_stop_before_anything_is_announced(tmp_path, capsys):
    (tmp_path / "half.npz").write_bytes(npz(arrays_of())[:1000])
    with pytest.raises(WeightsError, match="the weight file is damaged or incomplete"):
        load_vgg19(tmp_path / "half.npz")
    assert capsys.readouterr().out == ""
