"""train_step on a small frozen network, without touching the student's picture or optimizer.

While the student's step runs, it finds our network as vgg_model_outputs, our a_S, a_C and lambdas, and a new Adam
instead of every Keras optimizer. Everything is restored afterwards.
"""

import contextlib
import inspect

import numpy as np

from grading.exercises.train_step import MOST_LAYERS, WEIGHTS, step_case
from grading.runner.call import (
    call_safely,
    describe_result,
    join,
    names_used_in,
    namespace_of,
    python_callable,
    run_eagerly,
    written_function,
)
from grading.runner.patching import find_reachable, replace_names, restore_variables, use_one_optimizer

STEPS = 3
LEARNING_RATE = 0.02
EPSILON = 0.1 * 0.001**0.5
DEFAULT_STYLE_LAYERS = [(f"block{n}_conv1", 0.2) for n in range(1, 6)]


def run(target, seed, generated_image=None):
    """Arrays of an eager step, of STEPS compiled ones, and of one on a second picture of the same shape."""
    case = step_case(seed)
    record = _describe_picture(target, generated_image) | {"other targets": _find_other_targets(target)}
    with restore_variables(target, record):
        layers = style_layers(target)
        eager, own_layers = _eager_step(target, case, len(layers))
        if own_layers and len(own_layers) != len(layers):  # only running the step could show that it has its own list
            eager, _ = _eager_step(target, case, len(own_layers))
        layers = own_layers or layers
        record |= {"lambdas": np.array([weight for _, weight in layers], dtype=np.float64)} | join({"eager": eager})
        if eager["status"] == "returned":
            record |= _compiled_steps(target, case, len(layers))
            if _defines_weights(target):
                record |= join({"settings": _step_with_other_settings(target, case, len(layers))})
    return record


def _eager_step(target, case, count):
    """The record of one eager step, with how often it called our network and our Adam; and its own style layers.

    These are the layers that it passed to compute_style_cost, or None if they are ours.
    """
    seen = {"calls": 0}
    with run_eagerly(), prepare_step(target, case, count, seen) as (step, picture, _, _, adam):
        _, record = call_safely(step, lambda: step(picture))
        record["applied"] = np.array(int(adam.iterations))
    record["network calls"] = str(seen["calls"])
    record["network input"] = str(tuple(seen["input"]))
    if "J" in seen:
        record |= {f"seen {field}": value for field, value in describe_result(seen["J"]).items()}
    own_layers = None if seen.get("layers") == case.layers(count) else as_layers(seen.get("layers"))
    return record, own_layers


def _step_with_other_settings(target, case, count):
    """The record of an eager step after a change of the notebook's ALPHA, BETA and STYLE_LAYERS."""
    seen = {"calls": 0, "other layers": case.other_layers(count)}
    with run_eagerly(), prepare_step(target, case, count, seen, case.other_weights) as (step, picture, *_):
        namespace_of(target)["STYLE_LAYERS"] = seen["other layers"]  # a default argument keeps the list from before
        return call_safely(step, lambda: step(picture))[1]


def _compiled_steps(target, case, count):
    import tensorflow as tf

    traces, J, pictures = [], [], []
    with prepare_step(target, case, count, {"calls": 0}) as (step, picture, other, network, _):
        weights = network.get_weights()

        def counted(image):
            traces.append(1)
            return step(image)

        def steps():
            compiled = tf.function(counted)
            for _ in range(STEPS):
                J.append(describe_result(compiled(picture)).get("value", np.float64("nan")))
                pictures.append(picture.numpy())
            J_other, traced = describe_result(compiled(other)).get("value", np.float64("nan")), len(traces)
            return J_other, traced

        result, record = call_safely(step, steps)
        same_weights = all(np.array_equal(a, b) for a, b in zip(weights, network.get_weights(), strict=True))
    record = join({"graph": record})
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
def prepare_step(target, case, count, seen, weights=WEIGHTS):
    """Give the step our network, targets, lambdas and optimizer; yields (step, picture, other, network, Adam)."""
    import tensorflow as tf

    theirs, layers = namespace_of(target), case.layers(count)
    network = build_network(case.kernels[: count + 1], [name for name, _ in layers], seen)
    picture, other = tf.Variable(case.start), tf.Variable(case.other_start)
    names = {
        "vgg_model_outputs": network,
        "a_S": network(tf.constant(case.style)),
        "a_C": network(tf.constant(case.content)),
        "STYLE_LAYERS": layers,
    }
    if "a_G" in theirs and "a_G" in names_used_in(written_function(target).__code__):
        names["a_G"] = network(tf.constant(case.start))
    if _defines_weights(target):
        names |= weights
    if "clip_0_1" not in theirs:
        names["clip_0_1"] = lambda image: tf.clip_by_value(image, 0.0, 1.0)
    if "total_cost" in theirs:
        names["total_cost"] = record_J(theirs["total_cost"], seen)
    if "compute_style_cost" in theirs:
        names["compute_style_cost"] = replace_layers(theirs["compute_style_cost"], layers, seen)
    seen["calls"], adam = 0, new_adam([picture, other])
    with use_one_optimizer(target, adam), replace_names(target, names) as step:
        yield step, picture, other, network, adam


def _defines_weights(target):
    """Whether the notebook has names for the weights of J, as ours has; in the Specialization's they are numbers."""
    return WEIGHTS.keys() <= namespace_of(target).keys()


def new_adam(pictures):
    """An Adam whose first step is -0.02 g / (|g| + 0.1): it shows the size of the gradient, not only its sign."""
    import keras

    adam = keras.optimizers.Adam(learning_rate=LEARNING_RATE, epsilon=EPSILON)
    adam.build(pictures)
    return adam


def build_network(kernels, names, seen):
    """The network of `grading.judge.train_step.evidence` as a frozen Keras model that counts its calls."""
    import keras

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

        def build(self, shape):  # without it, Keras finds the shapes by a trial run of the whole network, which is slow
            for convolution in self.convolutions:
                convolution.build(shape)

        def call(self, image):
            seen["calls"] += 1
            seen["input"] = image.shape
            return [convolution(image) for convolution in self.convolutions]

    network = Network()
    network.build((1, None, None, 3))
    network.set_weights([np.asarray(kernel) for kernel in kernels])
    network.trainable = False
    return network


def style_layers(target):
    """The STYLE_LAYERS that the step will use, as far as is known without running it; otherwise the course's five."""
    theirs, function = namespace_of(target), written_function(target)
    layers = theirs.get("STYLE_LAYERS")
    names_them = function is not None and "STYLE_LAYERS" in function.__code__.co_names
    defaults = getattr(written_function(theirs.get("compute_style_cost")), "__defaults__", None)
    return as_layers(defaults[-1] if defaults and not names_them else layers) or DEFAULT_STYLE_LAYERS


def as_layers(layers):
    """A list of (name, lambda) pairs from what should be one; None where it is not, or too long."""
    try:
        layers = [(str(name), float(weight)) for name, weight in layers]
    except (TypeError, ValueError):
        return None
    return layers if 1 <= len(layers) <= MOST_LAYERS else None


def _find_other_targets(target):
    """Names besides a_C and a_S under which the step finds outputs of a network."""
    import tensorflow as tf

    def is_outputs(value):
        several = isinstance(value, (list, tuple)) and len(value) > 1
        return several and all(tf.is_tensor(one) and one.shape.rank == 4 for one in value)

    function = written_function(target)
    names = names_used_in(function.__code__) - {"a_C", "a_S", "a_G"} if function else set()
    return ", ".join(sorted(name for name in names if is_outputs(namespace_of(target).get(name))))


def _describe_picture(target, generated_image):
    """The type of the student's own picture, and the picture their optimizer belongs to."""
    import tensorflow as tf

    if generated_image is None:
        return {}
    if not isinstance(generated_image, tf.Variable):
        return {"given": type(generated_image).__name__}
    return {"given": "tf.Variable", "optimizer": _optimizer_belongs_to(generated_image, target)}


def _optimizer_belongs_to(generated_image, target):
    """ "this picture" (or none yet), "another picture", or "another size" if no optimizer fits the picture's shape."""
    import keras

    owned = [
        getattr(optimizer, "_trainable_variables", None)
        for optimizer in find_reachable(target, keras.optimizers.Optimizer).values()
    ]
    others = [variables for variables in owned if variables and all(v is not generated_image for v in variables)]
    if not others:
        return "this picture"
    fits = all(any(tuple(v.shape) == tuple(generated_image.shape) for v in variables) for variables in others)
    return "another picture" if fits else "another size"


def record_J(total_cost, seen):
    """A total_cost whose last result is seen["J"]: known even if the step fails after it."""
    total_cost = python_callable(total_cost)

    def recording(*args, **options):
        J = total_cost(*args, **options)
        seen["J"] = J
        return J

    return recording


def replace_layers(compute_style_cost, layers, seen):
    """A compute_style_cost that always uses `layers` as its third argument; the one it was given is seen["layers"]."""
    import tensorflow as tf

    compute_style_cost = python_callable(compute_style_cost)

    @tf.autograph.experimental.do_not_convert
    def exchange_third(args, options):
        third = _third_argument(compute_style_cost, args, options)
        if third is None:
            return args, options
        bound, name = third
        if "other layers" in seen and as_layers(bound.arguments[name]) == seen["other layers"]:
            return args, options
        seen["layers"], bound.arguments[name] = bound.arguments[name], layers
        return bound.args, bound.kwargs

    def weighted_by_ours(*args, **options):
        args, options = exchange_third(args, options)
        return compute_style_cost(*args, **options)

    return weighted_by_ours


def _third_argument(function, args, options):
    """(bound arguments, name of the third parameter); None if the call does not fit, or there is no third."""
    try:
        bound = inspect.signature(function).bind(*args, **options)
        name = list(bound.signature.parameters)[2]
    except (TypeError, ValueError, IndexError):
        return None
    bound.apply_defaults()
    kind = bound.signature.parameters[name].kind
    return None if kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD) else (bound, name)
