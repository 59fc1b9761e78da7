"""Mistakes that can be made in any exercise; all are recognized by how the function fails."""

from functools import partial

import numpy as np

from grading.judge.mistakes import (
    advise,
    crashes,
    wrong_gradient,
    wrong_graph,
    wrong_property,
    wrong_shape,
    wrong_type,
    wrong_value,
)
from grading.judge.numbers import as_scalar

# Half of bfloat16's last place, after sixteen roundings: a style cost has as many, and a difference enlarges them.
BFLOAT16_ROUNDING = 16 * 2**-9


def returns_type(*types):
    """The symptom that a case returns an object of any of the types, by the names of `grading.runner.call`."""
    return lambda evidence: any(r.text("type") in types for r in evidence.results if r.returned)


def changes_inputs(evidence):
    return any(result.text("inputs") == "changed" for result in evidence.results)


def _fails_in_graph(evidence):
    return evidence.graph.raised("numpy", "symbolic", "Symbolic")


def _returns_nan(evidence):
    values = [result.value for result in evidence.results if result.value is not None]
    return any(np.any(np.isnan(value)) for value in values)


def _several_for_one(evidence):
    return any(np.ndim(evidence.right(case)) == 0 and result.shape not in ((), None) for case, result in evidence.pairs)


def _cuts_off_decimals(evidence):
    """Whether the answers are right for the inputs without decimals, or are the right ones without decimals."""
    right, small = evidence.right_answer, evidence.without("large")  # where integers overflow too
    return small.agrees(lambda *args, **options: right(*map(_without_decimals, args), **options)) or small.agrees(
        lambda *args, **options: np.floor(right(*args, **options))
    )


def _without_decimals(value):
    """Arrays without their decimals, inside lists too; lambdas as they are."""
    if isinstance(value, list):
        return [_without_decimals(item) for item in value]
    return np.trunc(value) if isinstance(value, (np.ndarray, np.floating)) else value


def _has_half_precision(evidence):
    """Whether answers are as far off as bfloat16 rounds, or overflow for large numbers and only there."""
    rights = [np.asarray(evidence.right(case)) for case, _ in evidence.pairs]
    answers = [as_scalar(result.value) for result in evidence.results]
    if any(answer is None or answer.shape != right.shape for answer, right in zip(answers, rights, strict=True)):
        return False
    return all(
        _as_bfloat16(answer, right) or (_is_large(case) and not np.all(np.isfinite(answer)))
        for (case, _), answer, right in zip(evidence.pairs, answers, rights, strict=True)
    )


def _as_bfloat16(answer, right):
    return bool(np.max(np.abs(answer - right)) <= BFLOAT16_ROUNDING * np.max(np.abs(right)))


def _overflows_in_gradient(evidence):
    gradients = [result.array("gradient 0") for case, result in evidence.pairs if _is_large(case)]
    return any(gradient is not None and not np.all(np.isfinite(gradient)) for gradient in gradients)


def _is_large(case):
    return case.name.startswith("large")


def _not_a_tensor(evidence):
    return any(result.returned and result.text("type") != "tf.Tensor" for result in evidence.results)


def _without_gradient(evidence):
    return any(result.array("gradient 0") is None for result in evidence.results)


def _one_number_in_axes(evidence):
    return any(np.ndim(evidence.right(case)) == 0 and set(result.shape or ()) == {1} for case, result in evidence.pairs)


def _called_otherwise(evidence):
    """Whether the call itself failed, before any line of the function."""
    words = ("positional argument", "unexpected keyword argument")
    return any(result.raised(*words) and not result.text("error line") for result in evidence.results)


def _tensorflow_has_no(name, evidence):
    errors = (result.text("error message") for result in evidence.results)
    return any(error.startswith("module 'tensorflow") and f"attribute '{name}'" in error for error in errors)


DELETE = "delete that line: TensorFlow 2 computes at once, without sessions and placeholders"
TENSORFLOW_1 = {  # names that TensorFlow 2 has dropped: what to write instead
    "Session InteractiveSession placeholder global_variables_initializer": DELETE,
    "log": "tf.math.log(x)",
    "to_float": "tf.cast(x, tf.float32)",
    "to_int32": "tf.cast(x, tf.int32)",
    "matrix_transpose": "tf.linalg.matrix_transpose(x)",
    "div": "tf.divide(x, y), or x / y",
    "assign": "x.assign(value)",
    "train.AdamOptimizer": "tf.keras.optimizers.Adam(...)",
}
RETURNS_SEVERAL = "The function returns several values. A comma after `return` also makes a tuple."
IN_GRAPH = "Inside a tf.function, tensors have no values yet, so .numpy(), float(...) and NumPy functions fail."

UNFILLED = wrong_type("unfilled-template", lambda e: e.unfilled and returns_type("None")(e)).because(
    "The function returns None, and a line of the template still sets a name to None.",
    "replace None in that line by what the line should compute",
)
NAN = wrong_value("nan", _returns_nan).because(
    "NaN comes from 0/0, from the square root of a negative number, or from infinity minus infinity.",
    "print the terms one by one and find the first that is NaN",
)

IN_ANY_FUNCTION = advise(
    UNFILLED,
    wrong_type("returns-nothing", returns_type("None")).because(
        "The function returns nothing. Is the `return` missing, or is a line of the template still None?",
        "end the function with `return` and the result",
    ),
    crashes("unfilled-template", ["NoneType"]).because(
        "A None is used where a tensor or a number is needed. Is a line of the template still None?",
        "find out which name on that line is None, and fill in the line that sets it",
    ),
    crashes("undefined-name", ["NameError", "UnboundLocalError"]).because(
        "The name in the message has no value: it is misspelled, set further down, or its cell was not run.",
        "compare the spelling with the line that sets it, then run that cell again",
    ),
    crashes(
        "mixed-dtypes",
        [
            "expected to be a float tensor but is a int",
            "expected to be a int32 tensor",
            "expected to be a double tensor",
            "but is a double tensor",
            "float32 != int32",
            "is not one of the allowed values",
            "incompatible with",
            "to EagerTensor of dtype int",
        ],
    ).because(
        "One operation has inputs of two dtypes, and TensorFlow does not convert between them.",
        "take sizes from .shape, which holds Python integers, or convert with tf.cast(..., tf.float32)",
    ),
    crashes("other-signature", _called_otherwise).because(
        "The function cannot be called as the course calls it: it has other parameters.", "define it as {signature}"
    ),
    *(
        crashes("tensorflow-1", partial(_tensorflow_has_no, name.split(".")[-1])).because(
            f"TensorFlow 2 has no tf.{name}: the line was written for TensorFlow 1.", tries
        )
        for names, tries in TENSORFLOW_1.items()
        for name in names.split()
    ),
    crashes("tensorflow-1", ["unexpected keyword argument 'keep_dims'"]).because(
        "TensorFlow 2 calls this argument keepdims: the line was written for TensorFlow 1.", "keepdims=True"
    ),
    crashes("misspelt-name", ["AttributeError: module '"]).because(
        "The module has nothing with that name: it is misspelled, or it belongs to another module.",
        "compare the spelling with the chapter, letter by letter",
    ),
    crashes("dot-T", ["no attribute 'T'"]).because(
        "NumPy arrays have .T, TensorFlow tensors do not.", "tf.transpose(A), or transpose_b=True inside tf.matmul"
    ),
    crashes("three-sizes", lambda e: e.raised_on("shape", "too many values to unpack (expected 3")).because(
        "The shape has four sizes, and the batch comes first: (1, nH, nW, nC).", "_, n_H, n_W, n_C = ... takes all four"
    ),
    crashes("calls-exit", ["SystemExit"]).because(
        "The function ends the whole program. A function should give its result back with `return`.",
        "delete the call of exit",
    ),
    crashes("calls-itself", ["RecursionError"]).because(
        "The function calls itself again and again, without an end.", "look for its own name inside its body"
    ),
    "delete .numpy() and NumPy calls inside the function; tf.print shows values from inside",
    wrong_graph("numpy-in-graph", _fails_in_graph).because(IN_GRAPH),
    crashes("numpy-in-graph", _fails_in_graph).because(IN_GRAPH),
)

MISTAKES = advise(
    wrong_type("returns-several", returns_type("tuple", "list")).because(
        RETURNS_SEVERAL, "return only the value that is asked for"
    ),
    wrong_shape("not-a-scalar", _one_number_in_axes).because(
        "The result is one number, but with axes around it, such as (1, 1). A cost is a scalar, of shape ().",
        "tf.reduce_sum(...) without axis and keepdims, or tf.squeeze(...) at the end",
    ),
    wrong_shape("not-summed", _several_for_one).because(
        "The result should be one number, but it has several. The sum covers only some axes, or is missing.",
        "tf.reduce_sum(...) without axis adds up everything",
    ),
    *IN_ANY_FUNCTION,
    wrong_property("changes-input", changes_inputs).because(
        "The function changes the list it is given, for example with pop, append or del.",
        "read entries with [-1] and [:-1], which do not change the list",
    ),
    wrong_value("decimals-cut-off", _cuts_off_decimals).because(
        "The result is right except for the decimals. A cast to integers, int(...) or // cuts them off.",
        "keep all numbers in float32, and divide with /",
    ),
    "keep all numbers in float32, or cast them to it: tf.cast(..., tf.float32)",
    wrong_value("half-precision", _has_half_precision).because(
        "The result is right for small numbers, but rounded or infinite for large ones, as in float16 and "
        "bfloat16. These keep about 3 digits, and float16 ends at 65504."
    ),
    wrong_gradient("half-precision", _overflows_in_gradient).because(
        "The value is right, but for large numbers the gradient is infinite, as in float16, which ends at 65504."
    ),
    NAN,
    "use TensorFlow from the arguments to the `return`: tf.reduce_sum, tf.matmul, +, * and so on",
    wrong_gradient("no-gradient", _not_a_tensor).because(
        "The value is right, but it is a plain number or a NumPy array, which has no gradient. Without a gradient, "
        "no step can change the picture."
    ),
    wrong_gradient("no-gradient", _without_gradient).because(
        "The value is right, but TensorFlow cannot follow it back to the input. NumPy, .numpy(), tf.constant, "
        "tf.stop_gradient and tf.Variable(...) each break the connection."
    ),
)

# For exercises that take and return NumPy arrays.
FOR_ARRAYS = (*IN_ANY_FUNCTION, NAN)
