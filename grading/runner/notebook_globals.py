"""What a submission expects from the notebook around it: network, targets, pictures, optimizer, modules."""

import sys
import types

from grading.exercises.cases import VISIBLE_SEED
from grading.exercises.train_step import step_case
from grading.runner import probe_train_step

# Never taken from a submission: making them there would need VGG-19 and the pictures.
ALWAYS_SUPPLIED = frozenset(
    {"vgg", "vgg_model_outputs", "a_C", "a_S", "content_image", "style_image", "generated_image"}
)
# Supplied only if a submission does not define them.
SUPPLIED_IF_MISSING = frozenset({"optimizer", "clip_0_1"})


def always_supplied():
    """The values of ALWAYS_SUPPLIED, made with the small network and the pictures that every student may see."""
    import tensorflow as tf

    case = step_case(VISIBLE_SEED)
    layers = [name for name, _ in probe_train_step.DEFAULT_STYLE_LAYERS]
    network = probe_train_step.build_network(case.kernels[: len(layers) + 1], layers, {"calls": 0})
    content, style = tf.constant(case.content), tf.constant(case.style)
    return {
        "vgg": network,
        "vgg_model_outputs": network,
        "a_C": network(content),
        "a_S": network(style),
        "content_image": content,
        "style_image": style,
        "generated_image": tf.Variable(case.start),
    }


def supplied_if_missing():
    """The values of SUPPLIED_IF_MISSING."""
    import keras
    import tensorflow as tf

    return {"optimizer": keras.optimizers.Adam(0.01), "clip_0_1": lambda image: tf.clip_by_value(image, 0.0, 1.0)}


def provide_course_modules():
    """Let `from nst.quiet_tensorflow import tensorflow as tf` find TensorFlow."""
    import keras
    import tensorflow

    quiet = types.ModuleType("nst.quiet_tensorflow")
    quiet.tensorflow, quiet.keras = tensorflow, keras
    sys.modules["nst"] = types.ModuleType("nst")
    sys.modules["nst.quiet_tensorflow"] = sys.modules["nst"].quiet_tensorflow = quiet
