"""Known mistakes in train_step, recognized from a grading.judge.train_step.evidence.StepEvidence."""

import numpy as np

from grading.judge.general_mistakes import UNFILLED
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
from grading.judge.total_cost import ALPHA, BETA
from grading.judge.train_step.evidence import compared, weighted


def _wrong_J(id_, formula):
    return wrong_value(id_, lambda step: step.J_is(formula))


def _wrong_direction(id_, alpha, beta, term):
    moved = wrong_gradient(id_, lambda step: step.moved_as(step.step(alpha, beta)))
    return moved.because(f"The picture follows the gradient of {term} only.")


def _had_no_gradient_of(*formulas):
    return lambda step: step.no_gradient and any(step.seen_J_is(formula) for formula in formulas)


def _raises_in_apply(*words):
    return lambda step: step.raised_on("apply", *words)


def _never_called(step):
    return float(step.eager.text("network calls") or 0) == 0


def _returns_another_J(step):
    return step.seen_J_is(weighted(ALPHA, BETA)) and not step.J_is(weighted(ALPHA, BETA))


def _ignores_weights(step):
    alpha, beta = step.case.other_weights.values()
    kept = ((ALPHA, BETA), (alpha, BETA), (ALPHA, beta))
    changed = any(step.changed_J_is(weights=pair, lambdas=lambdas) for pair in kept for lambdas in (None, step.lambdas))
    return changed and step.J_is(weighted(ALPHA, BETA))


def _ignores_layers(step):
    return step.changed_J_is(lambdas=step.lambdas) and step.J_is(weighted(ALPHA, BETA))


INSIDE_TAPE = "a_G = vgg_model_outputs(generated_image), as the first line inside `with tf.GradientTape() as tape:`"
COSTS = "compute_style_cost(a_S, a_G) and compute_content_cost(a_C, a_G)"
GRADIENT = "grad = tape.gradient(J, generated_image)"
UPDATE = "optimizer.apply_gradients([(grad, generated_image)])"
SHAPES = ("Incompatible shapes", "required broadcastable shapes", "Input to reshape", "must be equal")
OTHER_VARIABLE = "The step changes another variable than the picture it is given."
OTHER_TARGETS = (
    "The step takes the outputs for the content and style pictures from other names than a_S and a_C. The test gives "
    "the outputs for its own pictures to these two names."
)
OTHER_NETWORK = "The step never calls the small network, which the test uses as vgg_model_outputs."

MISTAKES = advise(
    "return J",
    UNFILLED,
    wrong_type("returns-nothing", lambda step: step.eager.text("type") == "None").because(
        "The function returns nothing. Is the `return` missing?"
    ),
    *(
        wrong("returns-another", _returns_another_J).because(
            "total_cost returned the right J, but the step returns something else."
        )
        for wrong in (wrong_type, wrong_shape, wrong_value)
    ),
    wrong_shape("not-a-scalar", lambda step: set(step.eager.shape) == {1}).because(
        "J is one number, but with axes around it, such as (1, 1). One of the costs is not a scalar, of shape ().",
        "tf.reduce_sum(...) without axis and keepdims, or tf.squeeze(...), in the costs",
    ),
    wrong_type("plain-tensor", lambda step: step.whole.text("given") not in ("", "tf.Variable")).because(
        "The picture given to the test is not a tf.Variable. Only the pixels of a variable can be changed.",
        "generated_image = tf.Variable(...) in the cell that makes the picture",
    ),
    crashes("plain-tensor", ["attribute 'assign'"]).because(
        "Only a tf.Variable has assign. Inside the step, the name generated_image was set to a plain tensor.",
        "do not reassign the name generated_image; change the variable with generated_image.assign(...)",
    ),
    crashes("optimizer-inside", ["singleton tf.Variable", "non-first call"]).because(
        "The step makes a variable. A tf.function may make variables only in its first call, and an optimizer made "
        "inside the step forgets what it has learned.",
        "move `optimizer = tf.keras.optimizers.Adam(...)` above the function",
    ),
    "use the argument, generated_image, everywhere in the step",
    crashes("another-picture", ["Unknown variable"]).because(OTHER_VARIABLE),
    crashes(
        "another-picture",
        lambda step: step.called_on_another_size and step.raised("Incompatible shapes", "Input to reshape"),
    ).because(
        "The network was called with another picture than the argument generated_image, so the shapes do not fit."
    ),
    crashes("global-a_G", lambda step: step.no_gradient and _never_called(step)).because(
        "The network is never called on the picture: a_G comes from an earlier cell and does not change with the "
        "pixels.",
        INSIDE_TAPE,
    ),
    "call the network by its name, vgg_model_outputs, and use the targets a_S and a_C",
    crashes("other-network", lambda step: _never_called(step) and step.raised(*SHAPES)).because(OTHER_NETWORK),
    wrong_value("other-network", lambda step: not step.weightless and _never_called(step)).because(OTHER_NETWORK),
    crashes(
        "a_C-for-a_G",
        _had_no_gradient_of(
            compared("a_C", "a_C", "a_S", "a_C"),
            compared("a_C", "a_S", "a_S", "a_S"),
            compared("a_C", "a_C", "a_C", "a_C"),
        ),
    ).because(
        "No gradient reaches the picture, because the costs compare the targets a_C and a_S with each other, not with "
        "a_G.",
        COSTS,
    ),
    crashes("outside-tape", _had_no_gradient_of(weighted(ALPHA, BETA))).because(
        "J is right, but no gradient reaches the picture. The tape records only what happens inside its `with` block, "
        "from the variable to J. Look for a line outside the block, a copy of the picture, NumPy in between, or a "
        "wrong argument of tape.gradient.",
        f"{INSIDE_TAPE}; then {GRADIENT}",
    ),
    crashes("pair-swapped", _raises_in_apply("_unique_id", "_distribute")).because(
        "A tensor was found where the variable belongs. In each pair the gradient comes first, then the variable.",
        UPDATE,
    ),
    f"{GRADIENT}, once",
    crashes(
        "gradient-of-another-shape", _raises_in_apply("Shapes of all inputs", "Incompatible shapes", "same shape")
    ).because("The gradient has another shape than the picture, so it was computed with respect to something else."),
    crashes("tape-asked-twice", ["non-persistent GradientTape"]).because(
        "The step calls tape.gradient twice, but a tape can be used only once."
    ),
    crashes(
        "no-gradient",
        lambda step: step.raised("'numpy.", "'float' object", "ndarray") and step.eager.text("seen type") != "",
    ).because(
        "A cost is turned into a NumPy or Python number, and the tape cannot follow it any further.",
        "remove .numpy() and float() from the step; print outside of it",
    ),
    crashes("no-gradient", lambda step: step.no_gradient).because(
        "No gradient reaches the picture: J was not computed from generated_image inside the tape.",
        f"{INSIDE_TAPE}; then {GRADIENT}",
    ),
    crashes(
        "pairs-expected",
        _raises_in_apply("Iterating over a symbolic", "cannot unpack", "values to unpack", "object is not iterable"),
    ).because("apply_gradients needs a list of pairs, (gradient, variable). Here it is a list with one pair.", UPDATE),
    wrong_value("weightless-style", lambda step: step.weightless).because(
        "With these lambdas the style term is 0 for every picture.",
        "give the layers of STYLE_LAYERS weights that add up to 1, and run the cell of compute_style_cost again",
    ),
    "J = total_cost(J_content, J_style), with both costs in this order",
    _wrong_J("content-missing", weighted(0, BETA)).because(
        "J is exactly beta * J_style: the content term is 0 or missing."
    ),
    _wrong_J("content-missing", weighted(0, 1)).because(
        "J is exactly J_style: the content term and weights are missing."
    ),
    _wrong_J("style-missing", weighted(ALPHA, 0)).because(
        "J is exactly alpha * J_content: the style term is 0 or missing."
    ),
    _wrong_J("style-missing", weighted(1, 0)).because(
        "J is exactly J_content: the style term and weights are missing."
    ),
    _wrong_J("unweighted", weighted(1, 1)).because("J is J_content + J_style: the weights are missing."),
    _wrong_J("costs-swapped", weighted(BETA, ALPHA)).because("The two costs, or their weights, are swapped."),
    COSTS,
    _wrong_J("targets-swapped", compared("a_S", "a_G", "a_C", "a_G")).because(
        "a_S and a_C are swapped: the style is compared with the content picture, the content with the style picture."
    ),
    _wrong_J("one-target", compared("a_S", "a_G", "a_S", "a_G")).because(
        "The content cost uses a_S, the style picture."
    ),
    _wrong_J("one-target", compared("a_C", "a_G", "a_C", "a_G")).because(
        "The style cost uses a_C, the content picture."
    ),
    _wrong_J("a_C-for-a_G", compared("a_C", "a_G", "a_S", "a_C")).because(
        "The style cost compares a_S with a_C, not with a_G."
    ),
    _wrong_J("a_S-for-a_G", compared("a_C", "a_S", "a_S", "a_G")).because(
        "The content cost compares a_C with a_S, not with a_G."
    ),
    "J = total_cost(J_content, J_style, ALPHA, BETA)",
    wrong_value("weights-ignored", _ignores_weights).because(
        "J is right with ALPHA = 10 and BETA = 40, but the step does not use these names: other numbers, as section 7 "
        "tries them, would not change the picture."
    ),
    "compute_style_cost(a_S, a_G, STYLE_LAYERS)",
    wrong_value("layers-ignored", _ignores_layers).because(
        "J does not change with STYLE_LAYERS. Without it as third argument, compute_style_cost uses the list that "
        "there was when its cell was run."
    ),
    "call the targets a_S and a_C, in the cell that computes them and in the step",
    crashes("other-targets", lambda step: step.other_targets and step.raised(*SHAPES)).because(OTHER_TARGETS),
    wrong_value("other-targets", lambda step: bool(step.other_targets)).because(OTHER_TARGETS),
    "J = total_cost(J_content, J_style), or the names ALPHA and BETA for the weights if the notebook has them",
    wrong_value("other-weights", lambda step: step.has_other_weights).because(
        "J is a sum of the two costs, but with other weights than 10 and 40."
    ),
    wrong_property(
        "no-clipping", lambda step: bool(np.any(step.pictures < -1e-6) or np.any(step.pictures > 1 + 1e-6))
    ).because(
        "Adam does not know that pixels must stay between 0 and 1. Clip them after the update and assign the result: "
        "clip_0_1 returns a new tensor.",
        "generated_image.assign(clip_0_1(generated_image)), after apply_gradients",
    ),
    wrong_property("another-picture", lambda step: bool(step.whole.text("changed variables"))).because(
        OTHER_VARIABLE, "use the argument, generated_image, everywhere in the step"
    ),
    f"{GRADIENT}, then {UPDATE}, and after that only the clipping",
    wrong_property("trains-network", lambda step: step.whole.text("weights") == "changed").because(
        "The step changes the network. Style transfer trains only the pixels; the network must stay the same."
    ),
    wrong_property("picture-unchanged", lambda step: not np.any(step.moved)).because("No update reaches the picture."),
    wrong_property("sign-flipped", lambda step: step.moved_as(-step.step()) or step.moved_along(-step.slope())).because(
        "The picture moves in the wrong direction: the sign is flipped. The optimizer does the subtraction."
    ),
    wrong_property("no-optimizer", lambda step: step.descended and not step.applied).because(
        "The gradient is right, but the optimizer did not apply it."
    ),
    wrong_gradient("applied-twice", lambda step: step.applied > 1).because(
        "The optimizer applies a gradient more than once in one step."
    ),
    _wrong_direction("gradient-of-style", 0, BETA, "the style term"),
    _wrong_direction("gradient-of-style", 0, 1, "J_style"),
    _wrong_direction("gradient-of-content", ALPHA, 0, "the content term"),
    _wrong_direction("gradient-of-content", 1, 0, "J_content"),
    wrong_gradient("gradient-changed", lambda step: step.applied and step.moved_towards).because(
        "Every pixel moves in the right direction, but not by the right amount: grad or the picture is changed."
    ),
    wrong_graph("stale-optimizer", lambda step: step.whole.text("optimizer") == "another size").because(
        "The step is right, but your optimizer was made for a picture of another size.",
        "run the cell that makes the picture, then the cell that makes the optimizer and train_step",
    ),
)
