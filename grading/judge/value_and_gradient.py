"""Exercise 8, value_and_gradient: right answer, its own checks, and known mistakes."""

import numpy as np

from grading.judge.general_mistakes import changes_inputs
from grading.judge.judgement import Judgement
from grading.judge.mistakes import (
    AnswerKey,
    advise,
    crashes,
    wrong,
    wrong_dtype,
    wrong_property,
    wrong_shape,
    wrong_type,
)
from grading.judge.numbers import Comparison, allowed, as_float, close, difference, printed, shape_in_words


def value_and_gradient(pixels, cost, shape):
    """(J, dJ/dpixels) of a grading.exercises.value_and_gradient.Cost; pixels (n,) are a picture of `shape`.

    Shapes: a scalar and (n,).
    """
    J, gradient = cost_and_slope(cost, as_float(pixels).reshape(shape))
    return J, gradient.ravel()


def cost_and_slope(cost, picture):
    """(J, dJ/dpicture) of a Cost, in closed form: sum of w (x - t)^p and p w (x - t)^(p - 1)."""
    weights, apart = as_float(cost.weights), picture - as_float(cost.target)
    return np.sum(weights * apart**cost.power), cost.power * weights * apart ** (cost.power - 1)


def describe(pixels, cost, shape):
    w, t = cost.weights.ravel(), cost.target.ravel()
    return [
        f"pixels is a vector of {pixels.size} numbers, a picture of shape {shape}",
        f"cost is the sum of w (x - t)^{cost.power} over all numbers x of the picture, each with its own w and t",
        *(line for name, a in (("pixels", pixels), ("w", w), ("t", t)) for line in printed(**{name: a})),
    ]


class PairJudgement(Judgement):
    """The checks of a pair, J and the gradient."""

    changed_input = "after the call, the pixels that were passed in have other values"

    def type_lines(self, case, result):
        length, J, gradient = result.text("length"), result.part(0), result.part(1)
        if length != "2":
            got = f"{result.text('type')} of {length}" if length else result.text("type")
            return (Comparison("a pair, J and the gradient", got),)
        if J.text("type") not in ("Python number", "NumPy number", "NumPy array"):
            return (Comparison("J to be a number", J.kind),)
        if gradient.text("type") != "NumPy array":
            return (Comparison("the gradient to be a NumPy array", gradient.kind),)
        return ()

    def dtype_lines(self, case, result):
        J, gradient = result.part(0), result.part(1)
        if J.array("shape") is None or J.unreadable:
            return (Comparison("J in float64", J.text("dtype")),)
        if gradient.text("dtype") != "float64" or gradient.unreadable:
            return (Comparison("the gradient in float64", gradient.text("dtype")),)
        return ()

    def shape_lines(self, case, result):
        J, gradient, expected = result.part(0).shape, result.part(1).shape, case.args[0].shape
        if J != ():
            return (Comparison("J to be a scalar", f"shape {J}"),)
        if gradient != expected:
            return (Comparison(f"the gradient in shape {expected}", shape_in_words(gradient)),)
        return ()

    def value_lines(self, case, result):
        whys = ("J is not the value of cost for this picture:", "J is right, but the gradient is not its slope:")
        for number, right in enumerate(self.key.right_answer(*case.args)):
            got = result.part(number).value
            if not close(got, right):
                return (whys[number], *difference(got, right, allowed(right)))
        return ()

    def ratios(self, evidence):
        """None: J and the gradient may be off by different factors."""

    def notes(self):
        note = "About J: you return it in float32, which SciPy accepts. float(J) makes it a float64."
        return (note,) if any(result.part(0).text("dtype") == "float32" for result in self.results) else ()


def _with_gradient(change):
    """The formula with the right J and a changed gradient."""

    def formula(pixels, cost, shape):
        J, gradient = value_and_gradient(pixels, cost, shape)
        return J, change(gradient)

    return formula


def _with_both(change):
    """The formula with J and the gradient changed, `change(value, number of pixels)`."""
    return lambda pixels, *args: tuple(change(value, pixels.size) for value in value_and_gradient(pixels, *args))


def _stepped(pixels, cost, shape):
    J, gradient = value_and_gradient(pixels, cost, shape)
    return J, pixels - gradient


def _by_channels(pixels, shape):
    batch, n_H, n_W, n_C = shape
    return np.moveaxis(pixels.reshape(batch, n_C, n_H, n_W), 1, -1)


def _with_sides_swapped(pixels, shape):
    batch, n_H, n_W, n_C = shape
    return np.swapaxes(pixels.reshape(batch, n_W, n_H, n_C), 1, 2)


def _in_another_order(id_, read, flatten, misread, misplaced):
    """The three mistakes of an order of numbers: in both directions, only on the way in, only on the way out."""

    def formula(read, flatten):
        def in_order(pixels, cost, shape):
            J, slope = cost_and_slope(cost, read(as_float(pixels), shape))
            return J, flatten(slope)

        return in_order

    out = f"The picture is right, but its gradient is {misplaced}: the numbers are right, but in the wrong places."
    return advise(
        "pixels.reshape(shape) on the way in and .ravel() on the way out: both go through the numbers row by row",
        wrong(id_, formula(read, flatten)).because(misread),
        wrong(id_, formula(read, np.ravel)).because(misread),
        wrong(id_, formula(np.reshape, flatten)).because(out),
    )


def _parts(evidence):
    return [(case, result.part(0), result.part(1)) for case, result in evidence.pairs if result.returned]


def _returns_gradient_first(evidence):
    return any(J.shape == case.args[0].shape and gradient.shape in ((), None) for case, J, gradient in _parts(evidence))


def _part_has(number, field, value):
    return lambda evidence: any(parts[1 + number].text(field) == value for parts in _parts(evidence))


def _returns_length(is_wrong):
    return lambda evidence: any(
        result.returned and result.text("type") != "None" and is_wrong(result.text("length"))
        for result in evidence.results
    )


def _gradient_is_none(evidence):
    names = ("numpy", "ravel", "reshape", "flatten", "astype", "shape", "dtype")
    return evidence.raised(*(f"'NoneType' object has no attribute '{name}'" for name in names)) or evidence.raised_on(
        "grad", "convert a value (None)", "None values"
    )


def _passes_vector(evidence):
    return any(
        result.raised("the cost takes a picture of shape") and result.text("error message").endswith(",)")
        for result in evidence.results
    )


PAIR = "return float(J), and the gradient as a float64 NumPy vector"
FLAT = "gradient.numpy().ravel().astype(np.float64)"
WATCH = "tape.watch(x) before J = cost(x), and tape.gradient(J, x) with the same x"
PICTURE = "tf.constant(pixels.reshape(shape), tf.float32)"
NOT_WATCHED = "the tape did not see how J depends on x. Watch the constant x, and pass the same x to cost."
UNCHANGED = "Return the gradient as TensorFlow computes it: L-BFGS also uses its length."

MISTAKES = advise(
    PAIR,
    wrong_type("swapped", _returns_gradient_first).because(
        "The gradient comes first and J second. SciPy needs J first."
    ),
    wrong_type("one-value", _returns_length(lambda length: length == "")).because(
        "The function returns one value. With jac=True, SciPy needs two from one call: J and its gradient."
    ),
    wrong_type("three-values", _returns_length(lambda length: length not in ("", "2"))).because(
        "SciPy needs exactly two values, J and its gradient."
    ),
    wrong_type("J-tensor", _part_has(0, "type", "tf.Tensor")).because(
        "J is still a tensor. SciPy needs a number: float(J)."
    ),
    WATCH,
    wrong_type("not-watched", _part_has(1, "type", "None")).because(f"The gradient is None: {NOT_WATCHED}"),
    crashes("not-watched", _gradient_is_none).because(f"tape.gradient returned None: {NOT_WATCHED}"),
    wrong("no-gradient", _with_gradient(np.zeros_like)).because(f"The gradient is 0 everywhere: {NOT_WATCHED}"),
    FLAT,
    wrong_type("gradient-tensor", _part_has(1, "type", "tf.Tensor")).because(
        "The gradient is still a tensor. SciPy needs a NumPy array."
    ),
    wrong_dtype("float32-gradient", _part_has(1, "dtype", "float32")).because(
        "The gradient is in float32, as TensorFlow computes it. SciPy's L-BFGS-B works in float64."
    ),
    wrong_shape("not-flattened", lambda e: any(len(gradient.shape or ()) > 1 for _, _, gradient in _parts(e))).because(
        "The gradient has the shape of the picture. SciPy passes a vector and needs a vector back."
    ),
    PICTURE,
    crashes("cost-in-float64", ["the cost takes float32, got float64"]).because(
        "The picture is passed to cost in float64, the dtype of SciPy's pixels. Networks compute in float32."
    ),
    crashes("flat-picture", _passes_vector).because("The vector is passed to cost as it is, but cost needs a picture."),
    crashes("other-picture", ["the cost takes a picture of shape"]).because(
        "The picture that is passed to cost does not have the shape `shape`."
    ),
    crashes("inside-a-graph", ["ymbolic", "numpy() is only available"]).because(
        "SciPy passes NumPy arrays and needs NumPy arrays back. Inside a tf.function there are only tensors.",
        "write a second function with @tf.function that takes and returns tensors, and call it in this one",
    ),
    "return J and the gradient unchanged",
    wrong("ascent", _with_gradient(np.negative)).because(
        "The gradient has the wrong sign. SciPy goes downhill by itself."
    ),
    wrong("ascent", _with_both(lambda value, size: -value)).because("J and its gradient have the wrong sign."),
    wrong("stepped", _stepped).because("These are the pixels after a step downhill. SciPy makes the steps itself."),
    "remove the factor",
    wrong("mean", _with_both(lambda value, size: value / size)).because(
        "J and its gradient are divided by the number of pixels."
    ),
    *(
        wrong(id_, _with_gradient(change)).because(f"The gradient is {words}. {UNCHANGED}")
        for id_, words, change in (
            ("mean", "divided by the number of pixels", lambda g: g / g.size),
            ("times-size", "multiplied by the number of pixels", lambda g: g * g.size),
            ("normalised", "divided by its length", lambda g: g / np.linalg.norm(g)),
            ("normalised", "divided by its largest number", lambda g: g / np.max(np.abs(g))),
            ("normalised", "divided by the mean of its absolute values", lambda g: g / np.mean(np.abs(g))),
        )
    ),
    *_in_another_order(
        "other-order",
        lambda pixels, shape: pixels.reshape(shape, order="F"),
        lambda slope: slope.ravel(order="F"),
        "The vector is read column by column (order='F'), which makes another picture.",
        "flattened column by column (order='F')",
    ),
    *_in_another_order(
        "channels-first",
        _by_channels,
        lambda slope: np.moveaxis(slope, -1, 1).ravel(),
        "The vector is read channel by channel. It holds the picture pixel by pixel, three channels each.",
        "flattened channel by channel",
    ),
    *_in_another_order(
        "sides-swapped",
        _with_sides_swapped,
        lambda slope: np.swapaxes(slope, 1, 2).ravel(),
        "Height and width are swapped when the vector becomes a picture: shape is (1, nH, nW, 3).",
        "transposed before it is flattened",
    ),
    wrong_property("changes-pixels", changes_inputs).because(
        "The function changes the vector it is given, and SciPy still needs the old values.",
        "work on a copy: np.clip(pixels, 0, 1) makes one, pixels += ... does not",
    ),
)

KEY = AnswerKey(value_and_gradient, describe, MISTAKES, judgement=PairJudgement)
