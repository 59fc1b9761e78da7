"""train_step on a small frozen network, without touching the student's picture or optimizer.

While the student's step runs, it finds our network as vgg_model_outputs, our a_S and a_C and lambdas of ours, and every
Keras optimizer is a new Adam; all is put back afterwards.
"""

import contextlib

import numpy as np

from grading.exercises.cases import MOST_LAYERS, step_cases
from grading.runner.call import guarded, prefixed, returned
from grading.runner.callables import named, namespace, written
from grading.runner.optimizer_patch import one_optimizer
from grading.runner.patching import found, kept, replaced
from grading.runner.spies import noting_J, with_layers

STEPS = 3
LEARNING_RATE = 0.02
EPSILON = 0.1 * 0.001**0.5
DEFAULT_STYLE_LAYERS = [(f"block{n}_conv1", 0.2) for n in range(1, 6)]


def run(target, seed, generated_image=None):
    """Arrays of an eager step, of STEPS compiled ones, and of one on a second picture of the same shape."""
    case, record = step_cases(seed), _given(target, generated_image)
    with kept(target, record):
        layers = style_layers(target)
        eager, passed = _eager_step(target, case, len(layers))
        if passed and len(passed) != len(layers):  # the step has a list of its own, which only running it could tell
            eager, _ = _eager_step(target, case, len(passed))
        layers = passed or layers
        record |= {"lambdas": np.array([weight for _, weight in layers], dtype=np.float64)} | prefixed("eager", eager)
        if eager["status"] == "returned":
            record |= _compiled_steps(target, case, len(layers))
    return record


def _eager_step(target, case, count):
    """One eager step: its type, its errors with their line, how often it called our network and our Adam; its layers.

    The layers are those that it passed to compute_style_cost where they are not ours, else None.
    """
    import tensorflow as tf

    seen = {"calls": 0}
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        with standing_in(target, case, count, seen) as (step, picture, _, _, adam):
            result, record = guarded(step, lambda: step(picture))
            record["applied"] = np.array(int(adam.iterations))
    finally:
        tf.config.run_functions_eagerly(before)
    record["network calls"] = str(seen["calls"])
    record["network input"] = str(tuple(seen["input"]))
    record |= {f"seen {field}": value for field, value in returned(seen["J"]).items()} if "J" in seen else {}
    passed = None if seen.get("layers") == case.layers(count) else as_layers(seen.get("layers"))
    return record | (returned(result) if record["status"] == "returned" else {}), passed


def _compiled_steps(target, case, count):
    import tensorflow as tf

    traces, J, pictures = [], [], []
    with standing_in(target, case, count, {"calls": 0}) as (step, picture, other, network, _):
        weights = network.get_weights()

        def counted(image):
            traces.append(1)
            return step(image)

        def steps():
            compiled = tf.function(counted)
            for _ in range(STEPS):
                J.append(returned(compiled(picture)).get("value", np.float64("nan")))
                pictures.append(picture.numpy())
            J_other, traced = returned(compiled(other)).get("value", np.float64("nan")), len(traces)
            return J_other, traced

        result, record = guarded(step, steps)
        same_weights = all(np.array_equal(a, b) for a, b in zip(weights, network.get_weights(), strict=True))
    record = prefixed("graph", record)
    if result:
        record |= {
            "J": np.array([np.mean(j) for j in J]),
            "pictures": np.array(pictures, dtype=np.float64),
            "J other": np.mean(result[0]),
            "traces": np.array(result[1]),
            "weights": "kept" if same_weights else "changed",
        }
    return record


@contextlib.contextmanager
def standing_in(target, case, count, seen):
    """Our network, targets, lambdas and optimizer for the step; yields (step, picture, second one, network, Adam)."""
    import tensorflow as tf

    theirs, layers = namespace(target), case.layers(count)
    network = build_network(case.kernels[: count + 1], [name for name, _ in layers], seen)
    picture, other = tf.Variable(case.start), tf.Variable(case.other_start)
    names = {
        "vgg_model_outputs": network,
        "a_S": network(tf.constant(case.style)),
        "a_C": network(tf.constant(case.content)),
        "STYLE_LAYERS": layers,
    }
    if "a_G" in theirs and "a_G" in named(written(target).__code__):
        names["a_G"] = network(tf.constant(case.start))
    if "clip_0_1" not in theirs:
        names["clip_0_1"] = lambda image: tf.clip_by_value(image, 0.0, 1.0)
    if "total_cost" in theirs:
        names["total_cost"] = noting_J(theirs["total_cost"], seen)
    if "compute_style_cost" in theirs:
        names["compute_style_cost"] = with_layers(theirs["compute_style_cost"], layers, seen)
    seen["calls"], adam = 0, new_adam([picture, other])
    with one_optimizer(target, adam), replaced(target, names) as step:
        yield step, picture, other, network, adam


def new_adam(pictures):
    """An Adam whose first step is -0.02 g / (|g| + 0.1): it shows the size of the gradient, not only its sign."""
    import keras

    adam = keras.optimizers.Adam(learning_rate=LEARNING_RATE, epsilon=EPSILON)
    adam.build(pictures)
    return adam


def build_network(kernels, names, seen):
    """The network of `grading.judge.train_step.network` as a frozen Keras model that counts its calls."""
    import keras
    import tensorflow as tf

    class Network(keras.Model):
        def __init__(self):
            super().__init__(name="small_network", dtype="float32")
            self.convolutions = [
                keras.layers.Conv2D(
                    kernel.shape[-1],
                    3,
                    padding="same",
                    activation="softplus",
                    use_bias=False,
                    kernel_initializer="zeros",
                    data_format="channels_last",
                    dtype="float32",
                    name=name.replace("/", "_"),
                )
                for kernel, name in zip(kernels, [*names, "content"], strict=True)
            ]

        def call(self, image):
            seen["calls"] += 1
            seen["input"] = image.shape
            return [convolution(image) for convolution in self.convolutions]

    network = Network()
    network(tf.zeros([1, 5, 6, 3]))
    network.set_weights([np.asarray(kernel) for kernel in kernels])
    network.trainable = False
    return network


def style_layers(target):
    """The STYLE_LAYERS that the step will use, as far as can be told without running it; else the course's five."""
    theirs, function = namespace(target), written(target)
    layers = theirs.get("STYLE_LAYERS")
    names_them = function is not None and "STYLE_LAYERS" in function.__code__.co_names
    defaults = getattr(written(theirs.get("compute_style_cost")), "__defaults__", None)
    return as_layers(defaults[-1] if defaults and not names_them else layers) or DEFAULT_STYLE_LAYERS


def as_layers(layers):
    """A list of (name, lambda) pairs from what should be one; None where it is not, or too long."""
    try:
        layers = [(str(name), float(weight)) for name, weight in layers]
    except (TypeError, ValueError):
        return None
    return layers if 1 <= len(layers) <= MOST_LAYERS else None


def _given(target, generated_image):
    """What the student's own picture is, and whose optimizer they have."""
    import tensorflow as tf

    if generated_image is None:
        return {}
    if not isinstance(generated_image, tf.Variable):
        return {"given": type(generated_image).__name__}
    return {"given": "tf.Variable", "optimizer": _made_for(generated_image, target)}


def _made_for(generated_image, target):
    """Whose optimizer it is: "this picture" (or nobody's yet), "another picture" or, worse, "another size"."""
    import keras

    owned = [
        getattr(optimizer, "_trainable_variables", None)
        for optimizer in found(target, keras.optimizers.Optimizer).values()
    ]
    others = [variables for variables in owned if variables and all(v is not generated_image for v in variables)]
    if not others:
        return "this picture"
    fits = all(any(tuple(v.shape) == tuple(generated_image.shape) for v in variables) for variables in others)
    return "another picture" if fits else "another size"
