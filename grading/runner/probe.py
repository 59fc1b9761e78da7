"""Student code and a seed -> plain arrays. TensorFlow is imported here, and in what this imports, when it is needed.

The probe knows no expected value, and imports nothing that does: a copy of it and of what it imports is all that
enters the process in which a submission runs. Each key is "case/field"; fields are those of `grading.runner.call`, and
"gradient 0", "gradient 1", ... for the inputs that must have one.
"""

import contextlib
import copy

import numpy as np

from grading.exercises import EXERCISES
from grading.exercises.cases import cotangent
from grading.runner import probe_train_step
from grading.runner.call import guarded, prefixed, returned
from grading.runner.callables import decorated, plain
from grading.runner.patching import replaced


def run(name, target, seed, *, references=None, generated_image=None):
    """Try exercise `name` on the cases of `seed`; returns a dict of strings and arrays.

    `references` is the source of functions by name, which stand in for those that `target` calls.
    """
    exercise, record = EXERCISES[name], {"decorated": "yes" if decorated(target) else "no"}
    if exercise.in_numpy:
        with on_cpu():
            return record | _run_in_numpy(exercise, target, exercise.cases(seed))
    with on_cpu(), earlier_exercises(plain(target), references or {}) as function:
        if name == "train_step":
            return record | probe_train_step.run(function, seed, generated_image)
        return record | _run_cases(exercise, function, exercise.cases(seed))


def _run_cases(exercise, function, cases):
    arrays = {}
    with run_eagerly():
        for case in cases:
            arrays |= prefixed(case.name, _eager(exercise, function, case))
    if all(arrays[f"{case.name}/status"] == "returned" for case in cases):
        arrays |= prefixed("graph", _graph(function, cases[0]))
    return arrays


def _run_in_numpy(exercise, function, cases):
    """Calls as SciPy and NumPy make them, with what is a tf.function as such."""
    arrays = {}
    for case in cases:
        arrays |= prefixed(case.name, _called(exercise, function, case))
    return arrays


def _called(exercise, function, case):
    """One call: the answer, in parts where it should have several, and whether the inputs were left alone."""
    args = copy.deepcopy(case.args)
    result, record = guarded(function, lambda: function(*args, **case.options))
    if record["status"] == "raised":
        return record
    record |= returned(result) | {"inputs": "kept" if _equal(args, case.args) else "changed"}
    if exercise.returns and isinstance(result, (tuple, list)):
        record["length"] = str(len(result))
        for number, part in enumerate(result[: len(exercise.returns)]):
            record |= prefixed(f"part {number}", returned(part))
    return record


def _equal(args, originals):
    return all(np.array_equal(a, b) for a, b in zip(args, originals, strict=True) if isinstance(a, np.ndarray))


def _eager(exercise, function, case):
    """One eager call under a tape: answer, gradients, and whether the inputs were left alone."""
    import tensorflow as tf

    args = as_tensors(case.args)
    inputs = [_at(args, path) for path in exercise.gradient_paths(case.args)]
    inputs = [x for x in inputs if tf.is_tensor(x)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        result, record = guarded(function, lambda: function(*args, **case.options))
    if record["status"] == "raised":
        return record
    record |= returned(result) | {"inputs": "kept" if _same(args, as_tensors(case.args)) else "changed"}
    return record | _gradients(tape, result, inputs)


def _gradients(tape, result, inputs):
    import tensorflow as tf

    if not isinstance(result, (tf.Tensor, tf.Variable)) or not result.dtype.is_floating:
        return {}
    weights = tf.constant(cotangent(result.shape), dtype=result.dtype)
    gradients = [tape.gradient(result, x, output_gradients=weights) for x in inputs]
    return {
        f"gradient {i}": tf.convert_to_tensor(gradient).numpy().astype(np.float64)
        for i, gradient in enumerate(gradients)
        if gradient is not None
    }


def _graph(function, case):
    import tensorflow as tf

    args = as_tensors(case.args)

    def called(*args):  # a tf.function takes no object that is merely callable everywhere
        return function(*args, **case.options)

    result, record = guarded(function, lambda: tf.function(called)(*args))
    return record if record["status"] == "raised" else record | returned(result)


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


def _same(args, originals):
    """Whether the lists given to the student still hold as many entries; tensors cannot change."""
    return all(len(a) == len(b) for a, b in zip(args, originals, strict=True) if isinstance(a, list))


@contextlib.contextmanager
def on_cpu():
    """Tiny cases are faster on the CPU, and exact there."""
    import tensorflow as tf

    with tf.device("/CPU:0"):
        yield


@contextlib.contextmanager
def run_eagerly():
    """Run tf.functions that the student's function calls eagerly too: their errors then name the line."""
    import tensorflow as tf

    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


@contextlib.contextmanager
def earlier_exercises(function, references):
    """Ours in place of the earlier exercises that a function calls; the student's own again afterwards.

    Yields what to call. Their own globals hold the student's STYLE_LAYERS, a default argument of compute_style_cost.
    """
    if not references:
        yield function
        return
    ours = {"STYLE_LAYERS": probe_train_step.style_layers(function)}
    for source in references.values():
        exec(source, ours)
    with replaced(function, {name: _as_is(ours[name]) for name in references}) as target:
        yield target


def _as_is(function):
    """For AutoGraph, which could not find the source."""
    import tensorflow as tf

    return tf.autograph.experimental.do_not_convert(function)
