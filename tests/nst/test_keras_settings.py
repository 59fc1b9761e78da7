"""Settings of Keras that a person or a session has made change neither the networks nor a picture."""

import json
import os
import subprocess
import sys

import pytest

from nst.paths import ROOT

PAINT = """
import hashlib, sys
import numpy as np
from nst.quiet_tensorflow import keras, tensorflow as tf

def paint():
    from nst.engine.stylize import stylize
    from nst.network.vgg import layer_outputs, load_vgg19, mean_activations

    names, digest = ["block1_conv1", "block3_conv1"], hashlib.sha256()
    picture = np.random.default_rng(0).random((1, 32, 48, 3), np.float32)
    for pooling in ("max", "average"):
        network = load_vgg19("pocket", pooling=pooling)
        outputs = layer_outputs(network, names, mean_activations(network, names, [picture]))(picture)
        assert {output.dtype.name for output in outputs} == {"float32"}, outputs
        digest.update(b"".join(output.numpy().tobytes() for output in outputs))
    result = stylize(picture, picture[:, ::-1].copy(), size=48, steps=2, weights="pocket", precision="float32")
    digest.update(result.picture.tobytes())
    return digest.hexdigest()

for policy in sys.argv[1:]:
    keras.config.set_dtype_policy(policy)
    print("digest", paint())
"""
POLICIES = ["float32", "mixed_float16", "bfloat16", "float64", "mixed_bfloat16"]


def paint(folder, settings, policies=()):
    """The digests of pictures and activations in a process with that keras.json."""
    folder.mkdir(exist_ok=True)
    (folder / "keras.json").write_text(json.dumps(settings), encoding="utf-8")
    finished = subprocess.run(
        [sys.executable, "-c", PAINT, *policies],
        cwd=ROOT,
        env={**os.environ, "KERAS_HOME": str(folder)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return [line.split()[1] for line in finished.stdout.splitlines() if line.startswith("digest")]


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The digest without any settings; it is also that of each policy that the session sets."""
    digests = paint(tmp_path_factory.mktemp("usual"), {}, POLICIES)
    assert len(digests) == len(POLICIES)
    return digests


@pytest.mark.slow
def test_a_policy_of_the_session_changes_nothing(usual):
    assert usual == usual[:1] * len(POLICIES)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"image_data_format": "channels_first", "backend": "torch"},
        {"floatx": "float16", "epsilon": 0.1},
    ],
)
def test_a_file_of_settings_changes_nothing(usual, tmp_path, settings):
    policy = settings.get("floatx", "float32")
    assert paint(tmp_path, settings, [policy]) == usual[:1]


@pytest.mark.slow
def test_keras_that_was_imported_with_another_backend_is_refused_in_words():
    code = "import keras; keras.backend.backend = lambda: 'jax'; import nst.quiet_tensorflow"
    finished = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.stderr.splitlines()[-1] == (
        "ImportError: Keras was imported before with the backend 'jax', and this course needs TensorFlow's. Restart "
        "the kernel or the program, and import nst before keras, or set KERAS_BACKEND=tensorflow."
    )
