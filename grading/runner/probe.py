"""Student code and a seed -> plain arrays. TensorFlow is imported inside of functions, when it is needed.

The probe knows no right answer and imports no module that does, because it runs in the same process as a submission.
Each key is "case/field"; the fields are those of `grading.runner.call`, and "gradient 0", "gradient 1", ... for the
inputs that must have one.
"""

import contextlib
import copy

import numpy as np

from grading.exercises import EXERCISES
from grading.exercises.exercise import gradient_weights
from grading.runner import probe_perceptual_step, probe_train_step
from grading.runner.call import call_safely, join, look_through, run_eagerly, unfilled_line
from grading.runner.patching import replace_names


def run(name, target, seed, *, references=None, generated_image=None):
    """Try exercise `name` on the cases of `seed`; returns a dict of strings and arrays.

    references: source of right functions by name, used instead of the student's functions that `target` calls.
    generated_image: for train_step, the student's own picture.
    """
    exercise, (function, decorated) = EXERCISES[name], look_through(target)
    if exercise.in_numpy:  # called as SciPy and NumPy call it: as a tf.function if it is one
        function = target
    import tensorflow as tf

    if not tf.executing_eagerly():
        return {"mode": "not eager"}
    mode = "functions run eagerly" if tf.config.functions_run_eagerly() else ""
    # On the CPU, tiny cases are faster, and exact.
    with run_eagerly(False), tf.device("/CPU:0"), replace_earlier_exercises(function, references or {}) as function:
        if name == "train_step":
            record = probe_train_step.run(function, seed, generated_image)
        elif name == "perceptual_step":
            record = probe_perceptual_step.run(function, seed)
        else:
            record = _try_cases(exercise, function, exercise.cases(seed))
        if tf.config.functions_run_eagerly():  # switched on by the function itself
            mode = "functions run eagerly"
    return record | {"decorated": "yes" if decorated else "no", "mode": mode, "unfilled": unfilled_line(target)}


def _try_cases(exercise, function, cases):
    """The record of each case and, for an exercise with tensors, of the first case inside a tf.function."""
    if exercise.in_numpy:
        return join({case.name: _call_with_arrays(function, case) for case in cases})
    with run_eagerly():
        arrays = join({case.name: _call_under_tape(exercise, function, case) for case in cases})
    if all(arrays[f"{case.name}/status"] == "returned" for case in cases):
        arrays |= join({"graph": _call_in_graph(function, cases[0])})
    return arrays


def _call_with_arrays(function, case):
    args = copy.deepcopy(case.args)
    _, record = call_safely(function, lambda: function(*args, **case.options))
    if record["status"] == "raised":
        return record
    same = all(np.array_equal(a, b) for a, b in zip(args, case.args, strict=True) if isinstance(a, np.ndarray))
    return record | {"inputs": "kept" if same else "changed"}


def _call_under_tape(exercise, function, case):
    import tensorflow as tf

    args = as_tensors(case.args)
    inputs = [_at(args, path) for path in exercise.gradient_paths(case.args)]
    inputs = [x for x in inputs if tf.is_tensor(x)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        result, record = call_safely(function, lambda: function(*args, **case.options))
    if record["status"] == "raised":
        return record
    same = all(len(a) == len(b) for a, b in zip(args, case.args, strict=True) if isinstance(a, list))
    return record | {"inputs": "kept" if same else "changed"} | _gradients(tape, result, inputs)


def _gradients(tape, result, inputs):
    import tensorflow as tf

    if not isinstance(result, (tf.Tensor, tf.Variable)) or not result.dtype.is_floating:
        return {}
    weights = tf.constant(gradient_weights(result.shape), dtype=result.dtype)
    gradients = [tape.gradient(result, x, output_gradients=weights) for x in inputs]
    return {
        f"gradient {i}": tf.convert_to_tensor(gradient).numpy().astype(np.float64)
        for i, gradient in enumerate(gradients)
        if gradient is not None
    }


def _call_in_graph(function, case):
    import tensorflow as tf

    args = as_tensors(case.args)

    def call(*args):  # tf.function does not accept every callable object
        return function(*args, **case.options)

    return call_safely(function, lambda: tf.function(call)(*args))[1]


def as_tensors(args):
    """float32 arrays as constants, inside lists too; Python numbers and (name, lambda) pairs as they are."""
    import tensorflow as tf

    def convert(value):
        if isinstance(value, list):
            return [convert(item) for item in value]
        return tf.constant(value) if isinstance(value, (np.ndarray, np.float32)) else value

    return [convert(value) for value in args]


def _at(args, path):
    for index in path:
        args = args[index]
    return args


@contextlib.contextmanager
def replace_earlier_exercises(function, references):
    """Use ours instead of the earlier exercises that a function calls, and restore the student's afterwards.

    Yields what to call. Ours use the student's STYLE_LAYERS, a default argument of compute_style_cost.
    """
    import tensorflow as tf

    if not references:
        yield function
        return
    ours = {"STYLE_LAYERS": probe_train_step.style_layers(function)}
    for source in references.values():
        exec(source, ours)
    # AutoGraph could not find the source of ours, and they need no conversion.
    names = {name: tf.autograph.experimental.do_not_convert(ours[name]) for name in references}
    with replace_names(function, names) as target:
        yield target
