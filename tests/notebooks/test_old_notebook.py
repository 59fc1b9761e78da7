"""A notebook of the older assignment runs from beginning to end, with the lines that docs/teach/old-notebooks.md gives.

The cells around the functions are a skeleton of our own words, with what such a notebook needs: a folder, a network,
two pictures, the tests, and a loop that saves pictures.
"""

import numpy as np
import pytest
from PIL import Image

from grading.exercises import CHAPTERS
from nst.paths import ROOT
from tests.support import original_assignment
from tests.support.documentation import code_blocks
from tests.support.student_notebook import Notebook

PAGE = ROOT / "docs" / "teach" / "old-notebooks.md"
PACKAGES = """
import numpy as np
import tensorflow as tf
from PIL import Image
from tensorflow.python.framework.ops import EagerTensor
from public_tests import *
img_size = 48
"""
FUNCTIONS, _, STEP = original_assignment.NOTEBOOK.partition("vgg_model_outputs = ")
NETWORK = """
content_layer = [("block5_conv4", 1)]

def get_layer_outputs(vgg, layer_names):
    outputs = [vgg.get_layer(layer[0]).output for layer in layer_names]
    return tf.keras.Model([vgg.input], outputs)

vgg.trainable = False
vgg_model_outputs = get_layer_outputs(vgg, STYLE_LAYERS + content_layer)
"""
TARGETS = """
content_image, style_image = (tf.constant(picture[np.newaxis]) for picture in (content_image, style_image))
a_C = vgg_model_outputs(tf.Variable(tf.image.convert_image_dtype(content_image, tf.float32)))
a_S = vgg_model_outputs(tf.Variable(tf.image.convert_image_dtype(style_image, tf.float32)))
generated_image = tf.Variable(tf.image.convert_image_dtype(content_image, tf.float32))
"""
LOOP = """
def tensor_to_image(tensor):
    return Image.fromarray(np.array(tensor[0] * 255, dtype=np.uint8))

costs = []
for i in range(3):
    costs.append(float(train_step(generated_image)))
    tensor_to_image(generated_image).save(f"output/image_{i}.jpg")
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """The notebook's folder: the one of the course, with an output/ of its own."""
    (tmp_path / "images").symlink_to(ROOT / "images")
    (tmp_path / "output").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_older_assignment_runs_to_its_last_picture(course, capsys):
    network, pictures = (text for language, text in code_blocks(PAGE) if language == "python")
    step = "optimizer = " + STEP.partition("optimizer = ")[2].partition("generated_image = ")[0]
    notebook = Notebook(PACKAGES, FUNCTIONS, network, pictures, NETWORK, TARGETS, step)
    notebook.run(original_assignment.TESTS)
    printed = capsys.readouterr().out
    assert printed.startswith("Network: Pocket VGG-19, bundled")
    assert printed.endswith("".join(f"{name}: visible tests passed\n" for name in CHAPTERS[1]))
    notebook.run(LOOP)
    assert notebook["costs"][-1] < notebook["costs"][0]
    saved = np.asarray(Image.open(course / "output" / "image_2.jpg"))
    assert saved.shape == (48, 48, 3)
    assert saved.std() > 10
