"""Mistakes that can be made in any exercise, or in any with tensors; all are recognised by how the function fails."""

import numpy as np

from grading.judge.case_result import as_answer
from grading.judge.mistake import Mistake


def _not_a_tensor(evidence):
    return any(trial.returned and trial.text("type") != "tf.Tensor" for trial in evidence.trials)


def _is_nan(evidence):
    values = [trial.value for trial in evidence.trials if trial.value is not None]
    return any((value != value).any() for value in values)


def _truncated(value):
    """Arrays without their decimals, in lists too; lambdas as they are."""
    if isinstance(value, list):
        return [_truncated(item) for item in value]
    return np.trunc(value) if isinstance(value, (np.ndarray, np.floating)) else value


def _several_for_one(evidence):
    return any(
        np.ndim(evidence.oracle(*case.args, **case.options)) == 0 and trial.shape not in ((), None)
        for case, trial in evidence.pairs
    )


def _cut_off(evidence):
    """Whether the answers are those of inputs, or are themselves, without their decimals."""
    oracle, small = evidence.oracle, evidence.without("large")  # where integers overflow in their turn
    return small.agrees(lambda *args, **options: oracle(*map(_truncated, args), **options)) or small.agrees(
        lambda *args, **options: np.floor(oracle(*args, **options))
    )


def _half_precise(evidence):
    """Whether answers are off by no more than bfloat16 rounds, or overflow where numbers are large, and only there."""
    rights = [np.asarray(evidence.oracle(*case.args, **case.options)) for case, _ in evidence.pairs]
    answers = [as_answer(trial.value) for trial in evidence.trials]
    if any(answer is None or answer.shape != right.shape for answer, right in zip(answers, rights, strict=True)):
        return False
    return all(
        _near(answer, right) or (_is_large(case) and _overflowed(answer))
        for (case, _), answer, right in zip(evidence.pairs, answers, rights, strict=True)
    )


def _is_large(case):
    return case.name.startswith("large")


def _overflowed(answer):
    return not np.all(np.isfinite(answer))


def _not_finite(gradient):
    return gradient is not None and not np.all(np.isfinite(gradient))


def _near(answer, right):
    return bool(np.max(np.abs(answer - right)) <= BFLOAT16_ROUNDS * np.max(np.abs(right)))


# Half of bfloat16's last place, sixteen roundings deep: a style cost takes as many, and a difference shows them more.
BFLOAT16_ROUNDS = 16 * 2**-9
STAY = "stay with TensorFlow from the arguments to the `return`: tf.reduce_sum, tf.matmul, +, * and the like"
IN_GRAPH = "Inside a tf.function tensors have no values yet: .numpy(), float(...) and NumPy's functions fail there."
OUT_OF_GRAPH = "take .numpy() and NumPy out of the function; tf.print shows values from inside"

MISTAKES = (
    Mistake(
        "returns-nothing",
        state="wrong type",
        symptom=lambda e: any(trial.text("type") == "None" for trial in e.trials if trial.returned),
        says="Nothing came back: did you forget a `return`, or is a line of the template still None?",
        tries="end the function with `return` and the result",
    ),
    Mistake(
        "returns-several",
        state="wrong type",
        symptom=lambda e: any(trial.text("type") in ("tuple", "list") for trial in e.trials if trial.returned),
        says="Several values came back, in a list or a tuple: a comma after `return` makes one too.",
        tries="return only what is asked for",
    ),
    Mistake(
        "not-summed",
        state="wrong shape",
        symptom=_several_for_one,
        says="One number is expected and several came: the sum runs over some of the axes only, or there is none.",
        tries="tf.reduce_sum(...) without axis adds up everything",
    ),
    Mistake(
        "unfilled-template",
        state="crashed",
        symptom=lambda e: e.raised("NoneType"),
        says="A None reached a place where a tensor or a number is needed. Often it is a line of the template "
        "that is still None.",
        tries="look in the line above for the name that is None, and fill in where it is set",
    ),
    Mistake(
        "undefined-name",
        state="crashed",
        symptom=lambda e: e.raised("NameError", "UnboundLocalError"),
        says="The name in the message has no value there: it is misspelt, set further down, or its cell has not "
        "been run.",
        tries="compare the spelling with the line that sets it, then run that cell again",
    ),
    Mistake(
        "mixed-dtypes",
        state="crashed",
        symptom=lambda e: e.raised(
            "expected to be a float tensor but is a int",
            "expected to be a int32 tensor",
            "expected to be a double tensor",
            "but is a double tensor",
            "float32 != int32",
            "is not one of the allowed values",
            "incompatible with",
            "to EagerTensor of dtype int",
        ),
        says="Two kinds of number met in one operation, and TensorFlow does not convert between them.",
        tries="take sizes from .shape, which are Python integers, or convert with tf.cast(..., tf.float32)",
    ),
    Mistake(
        "misspelt-name",
        state="crashed",
        symptom=lambda e: e.raised("AttributeError: module '"),
        says="The module has nothing of that name: it is misspelt, or it lives in another module.",
        tries="compare the spelling, letter by letter, with that in the chapter",
    ),
    Mistake(
        "dot-T",
        state="crashed",
        symptom=lambda e: e.raised("no attribute 'T'"),
        says="A TensorFlow tensor has no .T, which NumPy's arrays have.",
        tries="tf.transpose(A), or transpose_b=True inside tf.matmul",
    ),
    Mistake(
        "three-sizes",
        state="crashed",
        symptom=lambda e: e.raised_on("shape", "too many values to unpack (expected 3"),
        says="The shape holds four sizes, the batch first: (1, nH, nW, nC).",
        tries="_, n_H, n_W, n_C = ... takes all four",
    ),
    Mistake(
        "calls-exit",
        state="crashed",
        symptom=lambda e: e.raised("SystemExit"),
        says="The function ends the whole program. A function gives its answer back with `return`.",
        tries="take the call of exit out",
    ),
    Mistake(
        "calls-itself",
        state="crashed",
        symptom=lambda e: e.raised("RecursionError"),
        says="The function calls itself without end.",
        tries="look for its own name inside its body",
    ),
    Mistake(
        "changes-input",
        state="wrong property",
        symptom=lambda e: any(trial.text("inputs") == "changed" for trial in e.trials),
        says="The function changes the list it is given (pop, append and del do), so that the next call gets another.",
        tries="take entries with [-1] and [:-1], which leave the list as it is",
    ),
    Mistake(
        "decimals-cut-off",
        state="wrong value",
        symptom=_cut_off,
        says="Right but for the decimals, which are cut off on the way, as a cast to integers, int(...) or // does.",
        tries="leave the numbers as they come, in float32, and divide with /",
    ),
    Mistake(
        "half-precision",
        state="wrong value",
        symptom=_half_precise,
        says="Right for small numbers, and rounded or overflowing for larger ones, as in float16 and bfloat16: those "
        "keep 3 digits, and float16 ends at 65504.",
        tries="leave the numbers as they come, in float32, or cast them to it: tf.cast(..., tf.float32)",
    ),
    Mistake(
        "half-precision",
        state="wrong gradient",
        symptom=lambda e: any(_is_large(case) and _not_finite(trial.array("gradient 0")) for case, trial in e.pairs),
        says="The value is right, but for large numbers the gradient overflows on its way back, as in float16, which "
        "ends at 65504.",
        tries="leave the numbers as they come, in float32, all the way",
    ),
    Mistake(
        "nan",
        state="wrong value",
        symptom=_is_nan,
        says="NaN is what 0/0, the root of a negative number or infinity minus infinity leave behind.",
        tries="print the terms one by one and find the first that is NaN",
    ),
    Mistake(
        "no-gradient",
        state="wrong gradient",
        symptom=_not_a_tensor,
        says="The value is right, but it came back as a plain number or NumPy array, which TensorFlow cannot trace "
        "to its inputs. Without a gradient, no step could change the picture.",
        tries=STAY,
    ),
    Mistake(
        "no-gradient",
        state="wrong gradient",
        symptom=lambda e: any(trial.array("gradient 0") is None for trial in e.trials),
        says="The value is right, but the path from it back to the input is cut. NumPy, .numpy(), tf.constant, "
        "tf.stop_gradient and tf.Variable(...) each cut it.",
        tries=STAY,
    ),
    Mistake(
        "numpy-in-graph",
        state="wrong graph",
        symptom=lambda e: e.graph.raised("numpy", "symbolic", "Symbolic"),
        says=IN_GRAPH,
        tries=OUT_OF_GRAPH,
    ),
    Mistake(
        "numpy-in-graph",
        state="crashed",
        symptom=lambda e: e.graph.raised("numpy", "symbolic", "Symbolic"),
        says=IN_GRAPH,
        tries=OUT_OF_GRAPH,
    ),
)

# What can go wrong in exercises that take and give NumPy arrays too.
IN_ANY_CALL = tuple(
    mistake for mistake in MISTAKES if mistake.state == "crashed" or mistake.id in ("returns-nothing", "nan")
)
