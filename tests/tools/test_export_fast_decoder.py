"""The command that writes the bundled decoder from the float32 file of its training."""

import hashlib

import numpy as np
import pytest

from nst.fast.decoder import read_decoder
from tests.support.small_decoder import save_weights, small_weights
from tools import export_fast_decoder
from tools.export_fast_decoder import export, write_checksum


def test_the_file_has_8_bits_and_nearly_the_same_weights(tmp_path):
    weights = small_weights()
    out = tmp_path / "fast_decoder.npz"
    digest = export(save_weights(tmp_path / "trained.npz", weights), out)
    assert digest == hashlib.sha256(out.read_bytes()).hexdigest()
    with np.load(out) as arrays:
        assert {arrays[f"{name}/kernel"].dtype for name in weights} == {np.dtype(np.int8)}
    for name, (kernel, bias) in read_decoder(out).items():
        assert np.abs(kernel - weights[name][0]).max() <= np.abs(weights[name][0]).max() / 254 + 1e-6
        assert np.allclose(bias, weights[name][1], atol=1e-3)


def test_the_same_weights_give_the_same_file(tmp_path):
    trained = save_weights(tmp_path / "trained.npz", small_weights())
    assert export(trained, tmp_path / "one.npz") == export(trained, tmp_path / "other.npz")


def test_the_checksum_is_written_into_the_module(tmp_path):
    module = tmp_path / "decoder.py"
    module.write_text(f'A = 1\nDECODER_SHA256 = "{"0" * 64}"\nB = "{"1" * 64}"\n', encoding="utf-8")
    write_checksum(module, "ab" * 32)
    assert module.read_text(encoding="utf-8") == f'A = 1\nDECODER_SHA256 = "{"ab" * 32}"\nB = "{"1" * 64}"\n'


def test_a_file_that_is_not_a_decoder_is_refused(tmp_path):
    path = tmp_path / "trained.npz"
    np.savez(path, other=np.zeros(3))
    with pytest.raises(SystemExit, match=r"export_fast_decoder: .* this is not a decoder"):
        export_fast_decoder.main([str(path), "--out", str(tmp_path / "out.npz")])
