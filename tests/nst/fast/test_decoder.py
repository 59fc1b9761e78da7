"""The decoder equals a slow computation in NumPy, and its file is verified and checked."""

import numpy as np
import pytest

from nst.fast import decoder
from nst.fast.decoder import CONVOLUTIONS, Decoder, load_decoder, read_decoder
from nst.fast.statistics import measure_statistics
from nst.network.weights import WeightsError
from tests.support.small_decoder import decode_slowly, save_weights, small_features, small_weights


def test_the_picture_is_that_of_a_slow_computation():
    weights, features, styles = small_weights(), small_features(), small_features(3, 3, seed=2)
    picture = Decoder(weights)(features[2:], [measure_statistics(style) for style in styles])
    assert picture.shape == (1, 64, 96, 3)
    assert np.allclose(picture, decode_slowly(weights, features, styles), atol=2e-4)


def test_a_mask_that_is_white_everywhere_is_as_no_mask():
    weights, features, styles = small_weights(3), small_features(seed=4), small_features(3, 3, seed=5)
    targets = [measure_statistics(style) for style in styles]
    white = [np.ones((1, *layer.shape[1:3]), np.float32) for layer in features]
    one, other = (np.clip(Decoder(weights)(features[2:], targets, masks=masks), 0, 1) for masks in (None, white))
    assert np.allclose(one, other, atol=1e-4)


def test_statistics_of_the_inner_activations_can_be_replaced():
    weights, features = small_weights(), small_features()
    targets = [measure_statistics(layer) for layer in features]
    levels = []

    def settle(measured, level):
        levels.append(level)
        return measured

    Decoder(weights)(features[2:], targets, settle=settle)
    assert levels == [3, 2, 1]


def test_the_bundled_decoder_is_small_and_verified():
    assert decoder.DECODER_FILE.stat().st_size <= 6_000_000
    assert load_decoder().channels == (32, 64, 128, 160, 256)


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    path = tmp_path / "fast_decoder.npz"
    path.write_bytes(decoder.DECODER_FILE.read_bytes())
    monkeypatch.setattr(decoder, "DECODER_FILE", path)
    return path


def test_a_changed_bundled_file_is_refused(bundled):
    content = bytearray(bundled.read_bytes())
    content[1000] ^= 1
    bundled.write_bytes(content)
    with pytest.raises(WeightsError, match=r"fast_decoder\.npz: the checksum of the bundled network is wrong"):
        load_decoder()


def test_a_missing_bundled_file_is_named_with_what_to_do(bundled):
    bundled.unlink()
    with pytest.raises(WeightsError, match=r"there is no such weight file\. It comes with the course"):
        load_decoder()


def test_another_file_is_read_without_a_checksum(tmp_path):
    path = save_weights(tmp_path / "mine.npz", small_weights())
    assert load_decoder(path).channels == (2, 3, 4, 5, 6)


def test_a_file_without_a_layer_is_refused(tmp_path):
    weights = small_weights()
    del weights["conv3_skip"]
    with pytest.raises(WeightsError, match=r"this is not a decoder: conv3_skip is missing"):
        read_decoder(save_weights(tmp_path / "mine.npz", weights))


@pytest.mark.parametrize("name", ["conv4_out", "conv1_out"])
def test_a_layer_whose_channels_do_not_fit_is_refused(tmp_path, name):
    weights = small_weights()
    kernel, bias = weights[name]
    weights[name] = kernel[..., :1], bias[:1]
    with pytest.raises(WeightsError, match=rf"{name} has a kernel .* expected \({CONVOLUTIONS[name][0]}, "):
        read_decoder(save_weights(tmp_path / "mine.npz", weights))


def test_a_picture_in_place_of_the_file_is_named(tmp_path):
    path = tmp_path / "mine.npz"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    with pytest.raises(WeightsError, match="this is a picture, which is not read here"):
        load_decoder(path)
