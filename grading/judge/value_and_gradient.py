"""Known mistakes in value_and_gradient."""

import numpy as np

from grading.judge.mistake import Mistake
from grading.judge.oracle import as_float, cost_and_slope, value_and_gradient


def _changed(change):
    """The formula of a right J beside a gradient that `change` has turned into another."""

    def formula(pixels, cost, shape):
        J, gradient = value_and_gradient(pixels, cost, shape)
        return J, change(gradient)

    return formula


def _per_number(pixels, cost, shape):
    J, gradient = value_and_gradient(pixels, cost, shape)
    return J / gradient.size, gradient / gradient.size


def _negated(pixels, cost, shape):
    J, gradient = value_and_gradient(pixels, cost, shape)
    return -J, -gradient


def _flattened(order):
    """The right picture, and a gradient whose numbers stand in another order: `order` of a picture."""

    def formula(pixels, cost, shape):
        J, slope = cost_and_slope(cost, as_float(pixels).reshape(shape))
        return J, order(slope).ravel()

    return formula


def _pictured(picture, back=None):
    """The pixels as another picture, `picture(pixels, shape)`, and the gradient as a vector by `back`, or as it is."""

    def formula(pixels, cost, shape):
        J, slope = cost_and_slope(cost, picture(as_float(pixels), shape))
        return J, (back(slope) if back else slope).ravel()

    return formula


def _by_columns(pixels, shape):
    return pixels.reshape(shape, order="F")


def _back_by_columns(slope):
    return slope.ravel(order="F")


def _channels_first(pixels, shape):
    batch, n_H, n_W, n_C = shape
    return np.moveaxis(pixels.reshape(batch, n_C, n_H, n_W), 1, -1)


def _sides_swapped(pixels, shape):
    batch, n_H, n_W, n_C = shape
    return np.swapaxes(pixels.reshape(batch, n_W, n_H, n_C), 1, 2)


def _to_channels_first(slope):
    return np.moveaxis(slope, -1, 1)


def _swap_sides(slope):
    return np.swapaxes(slope, 1, 2)


def _parts(evidence):
    return [(case, trial.part(0), trial.part(1)) for case, trial in evidence.pairs if trial.returned]


def _in_other_order(evidence):
    return any(J.shape == case.args[0].shape and gradient.shape in ((), None) for case, J, gradient in _parts(evidence))


def _is_tensor(number):
    return lambda evidence: any(parts[1 + number].text("type") == "tf.Tensor" for parts in _parts(evidence))


def _gradient_is_none(evidence):
    return any(gradient.text("type") == "None" for _, _, gradient in _parts(evidence))


def _one_value(evidence):
    return any(
        trial.returned and trial.text("length") == "" and trial.text("type") != "None" for trial in evidence.trials
    )


def _three_values(evidence):
    return any(trial.returned and trial.text("length") not in ("", "2") for trial in evidence.trials)


def _picture_shaped(evidence):
    return any(gradient.shape is not None and len(gradient.shape) > 1 for _, _, gradient in _parts(evidence))


def _in(dtypes):
    return lambda evidence: any(gradient.text("dtype") in dtypes for _, _, gradient in _parts(evidence))


def _flat_to_cost(evidence):
    return any(
        trial.raised("the cost takes a picture of shape") and trial.text("error message").endswith(",)")
        for trial in evidence.trials
    )


OF_GRADIENTS = ("numpy", "ravel", "reshape", "flatten", "astype", "shape", "dtype")
BOTH = "return float(J), and the gradient as a float64 NumPy vector"
FLAT = "gradient.numpy().ravel().astype(np.float64)"
RESHAPE = "pixels.reshape(shape) on the way in and .ravel() on the way out: both go through the numbers row by row"
AS_IT_IS = "The gradient goes back as TensorFlow gives it: L-BFGS learns from its length as well."

MISTAKES = (
    Mistake(
        "swapped",
        state="wrong type",
        symptom=_in_other_order,
        says="The gradient comes first and J second. SciPy takes them the other way round.",
        tries=BOTH,
    ),
    Mistake(
        "one-value",
        state="wrong type",
        symptom=_one_value,
        says="One value came back. With jac=True SciPy takes two, J and its gradient, from one call.",
        tries=BOTH,
    ),
    Mistake(
        "three-values",
        state="wrong type",
        symptom=_three_values,
        says="SciPy takes two values, J and its gradient.",
        tries=BOTH,
    ),
    Mistake(
        "J-tensor",
        state="wrong type",
        symptom=_is_tensor(0),
        says="J is still a tensor. SciPy is no TensorFlow, and wants a number.",
        tries="float(J)",
    ),
    Mistake(
        "not-watched",
        state="wrong type",
        symptom=_gradient_is_none,
        says="The gradient is None: the tape did not see how J comes from the picture. A constant must be watched, and "
        "the picture that cost is given must be that constant.",
        tries="tape.watch(x) before J = cost(x), and tape.gradient(J, x) with the same x",
    ),
    Mistake(
        "gradient-tensor",
        state="wrong type",
        symptom=_is_tensor(1),
        says="The gradient is still a tensor. SciPy is no TensorFlow, and wants a NumPy array.",
        tries=FLAT,
    ),
    Mistake(
        "not-watched",
        state="crashed",
        symptom=lambda e: (
            any(e.raised(f"'NoneType' object has no attribute '{name}'") for name in OF_GRADIENTS)
            or e.raised_on("grad", "convert a value (None)", "None values")
        ),
        says="tape.gradient gave None: the tape did not see how J comes from the picture. A constant must be watched, "
        "and the picture that cost is given must be that constant.",
        tries="tape.watch(x) before J = cost(x), and tape.gradient(J, x) with the same x",
    ),
    Mistake(
        "cost-in-float64",
        state="crashed",
        symptom=lambda e: e.raised("the cost takes float32, got float64"),
        says="The picture goes to cost in float64, as SciPy hands its pixels over. Networks compute in float32.",
        tries="tf.constant(pixels.reshape(shape), tf.float32), or tf.cast(..., tf.float32)",
    ),
    Mistake(
        "flat-picture",
        state="crashed",
        symptom=_flat_to_cost,
        says="cost is given the vector as it is. It takes a picture.",
        tries="pixels.reshape(shape), which is the picture that the vector holds",
    ),
    Mistake(
        "other-picture",
        state="crashed",
        symptom=lambda e: e.raised("the cost takes a picture of shape"),
        says="cost is given a picture with other sides than `shape` says.",
        tries="pixels.reshape(shape), with shape as it comes",
    ),
    Mistake(
        "inside-a-graph",
        state="crashed",
        symptom=lambda e: e.raised("ymbolic", "numpy() is only available"),
        says="SciPy calls this function with NumPy's arrays and wants such back; inside a tf.function there are none.",
        tries="leave @tf.function to a function of its own, which takes and gives tensors, and call that one here",
    ),
    Mistake(
        "float32-gradient",
        state="wrong dtype",
        symptom=_in(("float32",)),
        says="The gradient comes back in float32, as TensorFlow has it. SciPy's L-BFGS-B works in float64, and some of "
        "its versions refuse any other.",
        tries=FLAT,
    ),
    Mistake(
        "not-flattened",
        state="wrong shape",
        symptom=_picture_shaped,
        says="The gradient still has the shape of the picture. SciPy handed over a vector, and wants one back.",
        tries=FLAT,
    ),
    Mistake(
        "ascent",
        formula=_changed(np.negative),
        says="The gradient has the wrong sign. SciPy goes downhill by itself.",
        tries="return the gradient as the tape gives it",
    ),
    Mistake(
        "ascent",
        formula=_negated,
        says="J and its gradient have the wrong sign. SciPy minimises by itself.",
        tries="return both as they are",
    ),
    Mistake(
        "mean",
        formula=_changed(lambda gradient: gradient / gradient.size),
        says="The gradient is divided by how many numbers the picture has. " + AS_IT_IS,
        tries="take the division out",
    ),
    Mistake(
        "mean",
        formula=_per_number,
        says="J and its gradient are divided by how many numbers the picture has: they belong to another cost than the "
        "one that was given.",
        tries="J = cost(x), without a mean",
    ),
    Mistake(
        "times-size",
        formula=_changed(lambda gradient: gradient * gradient.size),
        says="The gradient is multiplied by how many numbers the picture has. " + AS_IT_IS,
        tries="take the factor out",
    ),
    Mistake(
        "normalised",
        formula=_changed(lambda gradient: gradient / np.linalg.norm(gradient)),
        says="The gradient is divided by its length. " + AS_IT_IS,
        tries="take the division out",
    ),
    Mistake(
        "normalised",
        formula=_changed(lambda gradient: gradient / np.max(np.abs(gradient))),
        says="The gradient is divided by its largest entry. " + AS_IT_IS,
        tries="take the division out",
    ),
    Mistake(
        "normalised",
        formula=_changed(lambda gradient: gradient / np.mean(np.abs(gradient))),
        says="The gradient is divided by the mean size of its entries. " + AS_IT_IS,
        tries="take the division out",
    ),
    Mistake(
        "stepped",
        formula=lambda pixels, cost, shape: (
            cost_and_slope(cost, as_float(pixels).reshape(shape))[0],
            pixels - value_and_gradient(pixels, cost, shape)[1],
        ),
        says="Those are the pixels after a step downhill. SciPy takes its steps itself, and wants the gradient.",
        tries="return the gradient as the tape gives it",
    ),
    Mistake(
        "no-gradient",
        formula=_changed(lambda gradient: 0 * gradient),
        says="The gradient is 0 everywhere. TensorFlow says so in place of None where the tape did not see how J comes "
        "from the picture, if it is told to.",
        tries="tape.watch(x) before J = cost(x), and tape.gradient(J, x) with the same x",
    ),
    Mistake(
        "other-order",
        formula=_pictured(_by_columns, _back_by_columns),
        says="The vector is read column by column (order='F'), which makes another picture of it.",
        tries=RESHAPE,
    ),
    Mistake(
        "other-order",
        formula=_pictured(_by_columns),
        says="The vector is read column by column (order='F'), which makes another picture of it.",
        tries=RESHAPE,
    ),
    Mistake(
        "other-order",
        formula=_flattened(_back_by_columns),
        says="The picture is right, but its gradient is flattened column by column (order='F'): the numbers are right "
        "and stand in the wrong places.",
        tries=RESHAPE,
    ),
    Mistake(
        "channels-first",
        formula=_pictured(_channels_first, _to_channels_first),
        says="The vector is read channel by channel. It holds the picture pixel by pixel, the three channels of each "
        "side by side.",
        tries=RESHAPE,
    ),
    Mistake(
        "channels-first",
        formula=_pictured(_channels_first),
        says="The vector is read channel by channel. It holds the picture pixel by pixel, the three channels of each "
        "side by side.",
        tries=RESHAPE,
    ),
    Mistake(
        "channels-first",
        formula=_flattened(_to_channels_first),
        says="The picture is right, but its gradient is flattened channel by channel: the numbers are right and stand "
        "in the wrong places.",
        tries=RESHAPE,
    ),
    Mistake(
        "sides-swapped",
        formula=_pictured(_sides_swapped, _swap_sides),
        says="Height and width have changed places where the vector becomes a picture: shape is (1, nH, nW, 3).",
        tries=RESHAPE,
    ),
    Mistake(
        "sides-swapped",
        formula=_pictured(_sides_swapped),
        says="Height and width have changed places where the vector becomes a picture: shape is (1, nH, nW, 3).",
        tries=RESHAPE,
    ),
    Mistake(
        "sides-swapped",
        formula=_flattened(_swap_sides),
        says="The picture is right, but its gradient is transposed before it is flattened: the numbers are right and "
        "stand in the wrong places.",
        tries=RESHAPE,
    ),
    Mistake(
        "changes-pixels",
        state="wrong property",
        symptom=lambda e: any(trial.text("inputs") == "changed" for trial in e.trials),
        says="The function changes the vector it is given. SciPy goes on with that vector, and would go astray.",
        tries="leave pixels as they are, and work on a copy: np.clip(pixels, 0, 1) makes one, pixels += ... does not",
    ),
)
