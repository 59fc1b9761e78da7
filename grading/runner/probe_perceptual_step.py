"""perceptual_step on a small painter and a small frozen network; everything it uses is passed to it."""

import numpy as np

from grading.exercises.perceptual_step import SIZE, perceptual_case
from grading.runner.call import call_safely, describe_result, join, run_eagerly
from grading.runner.probe_train_step import build_network

STEPS = 3
LEARNING_RATE = 0.05


def run(target, seed):
    """Arrays of an eager step, of STEPS compiled ones, and of one on a second batch of the same shape."""
    case = perceptual_case(seed)
    with run_eagerly():
        eager, _ = _try_steps(target, case, 1, lambda step: step)
    record = join({"eager": eager})
    if eager["status"] == "returned":
        import tensorflow as tf

        graph, traces = _try_steps(target, case, STEPS, tf.function)
        record |= join({"graph": graph}) | {"traces": np.array(traces)}
    return record


def _try_steps(target, case, count, compiled):
    """The record of the last of `count` steps with what all of them did, and how often they were traced."""
    import keras
    import tensorflow as tf

    painter, optimizer = build_painter(case.weights), keras.optimizers.SGD(LEARNING_RATE)
    network = build_network(case.kernels, ["style"], {"calls": 0})
    optimizer.build(painter.trainable_variables)
    frozen, traces, J, weights = network.get_weights(), [], [], []

    def step(photographs):
        traces.append(1)
        return target(painter, network, optimizer, photographs, case.cost)

    def steps():
        run_step = compiled(step)
        for _ in range(count):
            result = run_step(tf.constant(case.photographs))
            J.append(_as_number(result))
            weights.append(_flat(painter.get_weights()))
        J.append(_as_number(run_step(tf.constant(case.others))))
        return result

    _, record = call_safely(target, steps)
    record["applied"] = np.array(int(optimizer.iterations))
    same = all(np.array_equal(a, b) for a, b in zip(frozen, network.get_weights(), strict=True))
    record["network"] = "kept" if same else "changed"
    return record | {"J": np.array(J, np.float64), "painter weights": np.array(weights, np.float64)}, len(traces)


def _as_number(result):
    """A returned scalar as a number; NaN for everything else."""
    value = describe_result(result).get("value", np.float64("nan"))
    return float(np.ravel(value)[0]) if np.size(value) == 1 else float("nan")


def _flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def build_painter(weights):
    """Two layers with one position each, tanh and sigmoid, with these weights."""
    import keras

    painter = keras.Sequential(
        [
            keras.Input(SIZE[1:]),
            *(
                keras.layers.Conv2D(len(bias), 1, activation=activation, data_format="channels_last", dtype="float32")
                for bias, activation in zip(weights[1::2], ("tanh", "sigmoid"), strict=True)
            ),
        ],
        name="small_painter",
    )
    painter.set_weights([w[None, None] if w.ndim == 2 else w for w in weights])
    return painter
