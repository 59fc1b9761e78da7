"""train_step on a small frozen network, without touching the student's picture or optimizer.

While the student's step runs, its globals hold our network as vgg_model_outputs, its a_S and a_C, and a new
Adam in place of every Keras optimizer that the step or what it calls names; all is put back afterwards.
"""

import contextlib

import numpy as np

from grading.call import guarded, plain, prefixed, returned
from grading.cases import step_cases
from grading.stand_ins import kept_variables, named, optimizers, replaced, replaced_in_closure

STEPS = 3
LEARNING_RATE = 0.02
EPSILON = 0.1 * 0.001 ** 0.5
DEFAULT_STYLE_LAYERS = [(f"block{n}_conv1", 0.2) for n in range(1, 6)]


def run(function, seed, generated_image=None):
    """Arrays of an eager step, of STEPS compiled ones, and of one on a second picture of the same shape."""
    case, layers = step_cases(seed), style_layers(function)
    record = {"lambdas": np.array([weight for _, weight in layers], dtype=np.float64)}
    record |= {"optimizers": np.array(len(optimizers(function)))} | _given(function, generated_image)
    with kept_variables(function, record):
        record |= prefixed("eager", _eager_step(function, case, layers))
        if record["eager/status"] == "returned":
            record |= _compiled_steps(function, case, layers)
    return record


def _eager_step(function, case, layers):
    """One eager step: its type, its errors with their line, and how often it called our network and our Adam."""
    import tensorflow as tf

    seen = {"calls": 0, "optimizers": []}
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        with standing_in(function, case, layers, seen) as (picture, _, _):
            result, record = guarded(function, lambda: function(picture))
    finally:
        tf.config.run_functions_eagerly(before)
    record["network calls"] = str(seen["calls"])
    record["network input"] = str(tuple(seen["input"]))
    record["applied"] = np.array(sum(int(adam.iterations) for adam in seen["optimizers"]))
    record |= {f"seen {field}": value for field, value in returned(seen["J"]).items()} if "J" in seen else {}
    return record | (returned(result) if record["status"] == "returned" else {})


def _compiled_steps(function, case, layers):
    import tensorflow as tf

    traces, J, pictures = [], [], []

    def counted(image):
        traces.append(1)
        return function(image)

    with standing_in(function, case, layers, {"calls": 0, "optimizers": []}) as (picture, other, network):
        weights = network.get_weights()

        def steps():
            step = tf.function(counted)
            for _ in range(STEPS):
                J.append(returned(step(picture)).get("value", np.float64("nan")))
                pictures.append(picture.numpy())
            J_other, traced = returned(step(other)).get("value", np.float64("nan")), len(traces)
            return J_other, traced

        result, record = guarded(function, steps)
        same_weights = all(np.array_equal(a, b) for a, b in zip(weights, network.get_weights(), strict=True))
    record = prefixed("graph", record)
    if result:
        record |= {"J": np.array([np.mean(j) for j in J]), "pictures": np.array(pictures, dtype=np.float64),
                   "J other": np.mean(result[0]), "traces": np.array(result[1]),
                   "weights": "kept" if same_weights else "changed"}
    return record


@contextlib.contextmanager
def standing_in(function, case, layers, seen):
    """Our network, targets and optimizers in the student's globals; yields (picture, other picture, network)."""
    import tensorflow as tf

    network = build_network(case.kernels[:len(layers) + 1], [name for name, _ in layers], seen)
    picture, other = tf.Variable(case.start), tf.Variable(case.other_start)
    names = {"vgg_model_outputs": network, "a_S": network(tf.constant(case.style)),
             "a_C": network(tf.constant(case.content))}
    seen["calls"] = 0
    if "a_G" in named(function.__code__) and "a_G" in function.__globals__:
        names["a_G"] = network(tf.constant(case.start))
        seen["calls"] = 0
    if "clip_0_1" not in function.__globals__:
        names["clip_0_1"] = lambda image: tf.clip_by_value(image, 0.0, 1.0)
    if "total_cost" in function.__globals__:
        names["total_cost"] = _watched(function.__globals__["total_cost"], seen)

    def fresh():
        seen["optimizers"].append(new_adam([picture, other]))
        return seen["optimizers"][-1]

    with contextlib.ExitStack() as stack:
        stack.enter_context(replaced(function.__globals__, names))
        stack.enter_context(replaced_in_closure(function, names, fresh))
        for namespace, name in optimizers(function):
            stack.enter_context(replaced(namespace, {name: fresh()}))
        yield picture, other, network


def _watched(total_cost, seen):
    """The student's total_cost, noting the J it gives: known then even if the step fails after it."""
    def watched(*args, **options):
        J = total_cost(*args, **options)
        seen["J"] = J
        return J
    return watched


def new_adam(pictures):
    """An Adam whose first step is -0.02 g / (|g| + 0.1): it shows the size of the gradient, not only its sign."""
    import keras

    adam = keras.optimizers.Adam(learning_rate=LEARNING_RATE, epsilon=EPSILON)
    adam.build(pictures)
    return adam


def build_network(kernels, names, seen):
    """The network of `grading.network` as a frozen Keras model that counts its calls."""
    import keras
    import tensorflow as tf

    class Network(keras.Model):
        def __init__(self):
            super().__init__(name="small_network", dtype="float32")
            self.convolutions = [
                keras.layers.Conv2D(kernel.shape[-1], 3, padding="same", activation="softplus", use_bias=False,
                                    kernel_initializer="zeros", data_format="channels_last", dtype="float32",
                                    name=name.replace("/", "_"))
                for kernel, name in zip(kernels, [*names, "content"], strict=True)]

        def call(self, image):
            seen["calls"] += 1
            seen["input"] = image.shape
            return [convolution(image) for convolution in self.convolutions]

    network = Network()
    network(tf.zeros([1, 5, 6, 3]))
    network.set_weights([np.asarray(kernel) for kernel in kernels])
    network.trainable = False
    return network


def style_layers(function):
    """The STYLE_LAYERS that the step will use, or the course's five where none can be read."""
    namespace = function.__globals__
    style_cost = plain(namespace.get("compute_style_cost"))
    layers = namespace.get("STYLE_LAYERS")
    if "STYLE_LAYERS" not in function.__code__.co_names and getattr(style_cost, "__defaults__", None):
        layers = style_cost.__defaults__[-1]
    try:
        layers = [(str(name), float(weight)) for name, weight in layers]
    except (TypeError, ValueError):
        layers = []
    return layers if 1 <= len(layers) <= 16 else DEFAULT_STYLE_LAYERS


def _given(function, generated_image):
    """What the student's own picture is, and whose optimizer they have."""
    import tensorflow as tf

    if generated_image is None:
        return {}
    if not isinstance(generated_image, tf.Variable):
        return {"given": type(generated_image).__name__}
    return {"given": "tf.Variable", "optimizer": _made_for(generated_image, function)}


def _made_for(generated_image, function):
    """Whose optimizer it is: "this picture" (or nobody's yet), "another picture" or, worse, "another size"."""
    owned = [getattr(namespace[name], "_trainable_variables", None) for namespace, name in optimizers(function)]
    others = [variables for variables in owned if variables and all(v is not generated_image for v in variables)]
    if not others:
        return "this picture"
    fits = all(any(tuple(v.shape) == tuple(generated_image.shape) for v in variables) for variables in others)
    return "another picture" if fits else "another size"
