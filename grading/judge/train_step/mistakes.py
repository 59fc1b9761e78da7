"""Known mistakes in train_step, recognised from a grading.judge.train_step.evidence.StepEvidence."""

import numpy as np

from grading.judge.mistake import Mistake
from grading.judge.oracle import ALPHA, BETA, content_cost, style_cost
from grading.judge.train_step import network


def _a_G(step, picture):
    return network.outputs(picture, step.kernels)


def targets_swapped(step, picture):
    a_G = _a_G(step, picture)
    return ALPHA * content_cost(step.a_S, a_G) + BETA * style_cost(step.a_C, a_G, step.lambdas)


def style_for_both(step, picture):
    a_G = _a_G(step, picture)
    return ALPHA * content_cost(step.a_S, a_G) + BETA * style_cost(step.a_S, a_G, step.lambdas)


def content_for_both(step, picture):
    a_G = _a_G(step, picture)
    return ALPHA * content_cost(step.a_C, a_G) + BETA * style_cost(step.a_C, a_G, step.lambdas)


def style_of_content(step, picture):
    return ALPHA * step.costs(picture)[0] + BETA * style_cost(step.a_S, step.a_C, step.lambdas)


def content_of_style(step, picture):
    return ALPHA * content_cost(step.a_C, step.a_S) + BETA * step.costs(picture)[1]


def _content_in_place(step, picture):
    return BETA * style_cost(step.a_S, step.a_C, step.lambdas)


def _style_in_place(step, picture):
    return ALPHA * content_cost(step.a_C, step.a_S)


def weighted(alpha, beta):
    return lambda step, picture: np.array([alpha, beta]) @ step.costs(picture)


def _J(formula):
    return lambda step: step.J_is(formula)


def _seen(*formulas):
    return lambda step: step.no_gradient and any(step.seen_J_is(formula) for formula in formulas)


def _called(step):
    return float(step.eager.text("network calls") or 0) > 0


RIGHT = "a_G = vgg_model_outputs(generated_image), as the first line inside `with tf.GradientTape() as tape:`"
COSTS = "compute_style_cost(a_S, a_G) and compute_content_cost(a_C, a_G)"
GRADIENT = "grad = tape.gradient(J, generated_image)"
ELSEWHERE = (
    "The step changes another variable than the picture it is given: one of the notebook, or one that it has made."
)
ARGUMENT = "use the argument, generated_image, wherever the picture is meant"
NAMES = "call the network by its name, vgg_model_outputs, and take the targets from a_S and a_C"
OTHER_NETWORK = (
    "The step never called the small network that the test puts in the place of vgg_model_outputs, so its "
    "outputs come from another network, or from a cell further up."
)
SHAPES = ("Incompatible shapes", "required broadcastable shapes", "Input to reshape", "must be equal")
UPDATE = "optimizer.apply_gradients([(grad, generated_image)])"

MISTAKES = (
    Mistake(
        "returns-nothing",
        state="wrong type",
        symptom=lambda step: step.eager.text("type") == "None",
        says="Nothing came back: did you forget a `return`?",
        tries="return J",
    ),
    Mistake(
        "plain-tensor",
        state="wrong type",
        symptom=lambda step: step.whole.text("given") not in ("", "tf.Variable"),
        says="The picture that the test was given is no tf.Variable. Only the pixels of a variable can be changed.",
        tries="generated_image = tf.Variable(...) in the cell that makes the picture",
    ),
    Mistake(
        "plain-tensor",
        state="crashed",
        symptom=lambda step: step.raised("attribute 'assign'"),
        says="A plain tensor has no assign: only the pixels of a tf.Variable can be changed. Inside the step, the "
        "name generated_image was set to something else.",
        tries="leave generated_image the variable that came in, and change it with generated_image.assign(...)",
    ),
    Mistake(
        "optimizer-inside",
        state="crashed",
        symptom=lambda step: step.raised("singleton tf.Variable", "non-first call"),
        says="A variable is made inside the step. A tf.function may make variables only the first time; an optimizer "
        "made inside also forgets what it has learnt.",
        tries="move `optimizer = tf.keras.optimizers.Adam(...)` above the function",
    ),
    Mistake(
        "another-picture",
        state="crashed",
        symptom=lambda step: step.raised("Unknown variable"),
        says=ELSEWHERE,
        tries=ARGUMENT,
    ),
    Mistake(
        "another-picture",
        state="crashed",
        symptom=lambda step: step.called_on_another_size and step.raised("Incompatible shapes", "Input to reshape"),
        says="The shapes do not fit, because the network was called on a picture other than the argument "
        "generated_image.",
        tries=ARGUMENT,
    ),
    Mistake(
        "global-a_G",
        state="crashed",
        symptom=lambda step: step.no_gradient and not _called(step),
        says="The network was never called on the picture: a_G comes from a cell further up and stays what it was, "
        "whatever happens to the pixels.",
        tries=RIGHT,
    ),
    Mistake(
        "other-network",
        state="crashed",
        symptom=lambda step: not _called(step) and step.raised(*SHAPES),
        says=OTHER_NETWORK,
        tries=NAMES,
    ),
    Mistake(
        "a_C-for-a_G",
        state="crashed",
        symptom=_seen(_content_in_place, _style_in_place, lambda step, picture: 0.0),
        says="No gradient reaches the picture: the costs compare the targets with each other (a_C or a_S where a_G "
        "belongs), so J does not depend on the picture.",
        tries=COSTS,
    ),
    Mistake(
        "outside-tape",
        state="crashed",
        symptom=_seen(weighted(ALPHA, BETA)),
        says="J is right, but no gradient reaches the picture. The tape records only what happens inside its `with` "
        "block, from the variable itself to J: look for a line outside of it, a copy of the picture, NumPy on the "
        "way, and at what tape.gradient is asked for.",
        tries=f"{RIGHT}; then {GRADIENT}",
    ),
    Mistake(
        "pair-swapped",
        state="crashed",
        symptom=lambda step: step.raised_on("apply", "_unique_id", "_distribute"),
        says="A tensor stands where the variable belongs: in each pair the gradient comes first, then the variable.",
        tries=UPDATE,
    ),
    Mistake(
        "gradient-of-another-shape",
        state="crashed",
        symptom=lambda step: step.raised_on("apply", "Shapes of all inputs", "Incompatible shapes", "same shape"),
        says="The gradient has another shape than the picture: it was taken with respect to something else.",
        tries=GRADIENT,
    ),
    Mistake(
        "tape-asked-twice",
        state="crashed",
        symptom=lambda step: step.raised("non-persistent GradientTape"),
        says="A tape can be asked for gradients once, and the step asks it a second time.",
        tries=f"{GRADIENT}, once, and use grad from then on",
    ),
    Mistake(
        "no-gradient",
        state="crashed",
        symptom=lambda step: step.raised("'numpy.", "'float' object", "ndarray") and step.eager.text("seen type") != "",
        says="A cost was turned into a NumPy or Python number on the way to J. The tape cannot follow it from there.",
        tries="leave .numpy() and float() out of the step; print outside of it",
    ),
    Mistake(
        "no-gradient",
        state="crashed",
        symptom=lambda step: step.no_gradient,
        says="No gradient reaches the picture: what tape.gradient is asked for was not computed from generated_image "
        "inside the tape.",
        tries=f"{RIGHT}; then {GRADIENT}",
    ),
    Mistake(
        "pairs-expected",
        state="crashed",
        symptom=lambda step: step.raised_on(
            "apply", "Iterating over a symbolic", "cannot unpack", "values to unpack", "object is not iterable"
        ),
        says="apply_gradients wants a list of pairs, (gradient, variable); one pair here.",
        tries=UPDATE,
    ),
    *(
        Mistake(
            "returns-another",
            state=state,
            symptom=lambda step: step.seen_J_is(weighted(ALPHA, BETA)) and not step.J_is(weighted(ALPHA, BETA)),
            says="total_cost gave the right J, and the step returns something else.",
            tries="return J",
        )
        for state in ("wrong type", "wrong shape", "wrong value")
    ),
    Mistake(
        "weightless-style",
        state="wrong value",
        symptom=lambda step: not sum(step.own_lambdas) > 1e-3,
        says="With these lambdas the style term is 0, whatever the picture.",
        tries="give the layers of STYLE_LAYERS weights that add up to 1, and run the cell of compute_style_cost again",
    ),
    Mistake(
        "other-network", state="wrong value", symptom=lambda step: not _called(step), says=OTHER_NETWORK, tries=NAMES
    ),
    Mistake(
        "content-missing",
        state="wrong value",
        symptom=_J(weighted(0, BETA)),
        says="J is exactly beta * J_style: the content term is 0 or missing.",
        tries="J_content = compute_content_cost(a_C, a_G), and both costs into total_cost",
    ),
    Mistake(
        "content-missing",
        state="wrong value",
        symptom=_J(weighted(0, 1)),
        says="J is exactly J_style: the content term and the weights are missing.",
        tries="J = total_cost(J_content, J_style)",
    ),
    Mistake(
        "style-missing",
        state="wrong value",
        symptom=_J(weighted(ALPHA, 0)),
        says="J is exactly alpha * J_content: the style term is 0 or missing.",
        tries="J_style = compute_style_cost(a_S, a_G), and both costs into total_cost",
    ),
    Mistake(
        "style-missing",
        state="wrong value",
        symptom=_J(weighted(1, 0)),
        says="J is exactly J_content: the style term and the weights are missing.",
        tries="J = total_cost(J_content, J_style)",
    ),
    Mistake(
        "unweighted",
        state="wrong value",
        symptom=_J(weighted(1, 1)),
        says="J is J_content + J_style: the weights are missing.",
        tries="J = total_cost(J_content, J_style)",
    ),
    Mistake(
        "costs-swapped",
        state="wrong value",
        symptom=_J(weighted(BETA, ALPHA)),
        says="J is alpha * J_style + beta * J_content: the two costs, or their weights, have changed places.",
        tries="total_cost(J_content, J_style), in this order",
    ),
    Mistake(
        "targets-swapped",
        state="wrong value",
        symptom=_J(targets_swapped),
        says="a_S and a_C have changed places: the style is measured against the content picture, and the content "
        "against the style picture.",
        tries=COSTS,
    ),
    Mistake(
        "one-target",
        state="wrong value",
        symptom=_J(style_for_both),
        says="The content cost is measured against a_S, the style picture.",
        tries=COSTS,
    ),
    Mistake(
        "one-target",
        state="wrong value",
        symptom=_J(content_for_both),
        says="The style cost is measured against a_C, the content picture.",
        tries=COSTS,
    ),
    Mistake(
        "a_C-for-a_G",
        state="wrong value",
        symptom=_J(style_of_content),
        says="The style cost compares a_S with a_C, not with a_G, and so does not depend on the picture.",
        tries=COSTS,
    ),
    Mistake(
        "a_S-for-a_G",
        state="wrong value",
        symptom=_J(content_of_style),
        says="The content cost compares a_C with a_S, not with a_G, and so does not depend on the picture.",
        tries=COSTS,
    ),
    Mistake(
        "no-clipping",
        state="wrong property",
        symptom=lambda step: bool(np.any(step.pictures < -1e-6) or np.any(step.pictures > 1 + 1e-6)),
        says="Adam does not know that a pixel ends at 0 and 1. Clip to these two, after the update, and put back what "
        "is clipped: clip_0_1 returns a new tensor.",
        tries="generated_image.assign(clip_0_1(generated_image)), after apply_gradients",
    ),
    Mistake(
        "another-picture",
        state="wrong property",
        symptom=lambda step: bool(step.whole.text("changed variables")),
        says=ELSEWHERE,
        tries=ARGUMENT,
    ),
    Mistake(
        "trains-network",
        state="wrong property",
        symptom=lambda step: step.whole.text("weights") == "changed",
        says="The step changes the network. Style transfer trains the pixels alone; the network stays the measure.",
        tries=f"{GRADIENT}, then {UPDATE}",
    ),
    Mistake(
        "picture-unchanged",
        state="wrong property",
        symptom=lambda step: not np.any(step.moved),
        says="The pixels are the same after the step: no update reaches the picture.",
        tries=UPDATE,
    ),
    Mistake(
        "sign-flipped",
        state="wrong property",
        symptom=lambda step: (
            step.moved_as(-step.step()) or step.moved_along(-ALPHA * step.gradients[0] - BETA * step.gradients[1])
        ),
        says="The picture moves up the slope: the gradient's sign is flipped.",
        tries=f"{GRADIENT}, and {UPDATE}: the optimizer does the subtracting",
    ),
    Mistake(
        "no-optimizer",
        state="wrong property",
        symptom=lambda step: step.descended and not step.optimized,
        says="The gradient is right, but the optimizer was not asked to apply it.",
        tries=UPDATE,
    ),
    Mistake(
        "applied-twice",
        state="wrong gradient",
        symptom=lambda step: step.applied > 1,
        says="The optimizer was asked to apply a gradient more than once in one step.",
        tries=f"{UPDATE}, once",
    ),
    Mistake(
        "gradient-of-style",
        state="wrong gradient",
        symptom=lambda step: step.moved_as(step.step(0, BETA)),
        says="The picture moves down the gradient of the style term alone.",
        tries=GRADIENT,
    ),
    Mistake(
        "gradient-of-style",
        state="wrong gradient",
        symptom=lambda step: step.moved_as(step.step(0, 1)),
        says="The picture moves down the gradient of J_style alone.",
        tries=GRADIENT,
    ),
    Mistake(
        "gradient-of-content",
        state="wrong gradient",
        symptom=lambda step: step.moved_as(step.step(ALPHA, 0)),
        says="The picture moves down the gradient of the content term alone.",
        tries=GRADIENT,
    ),
    Mistake(
        "gradient-of-content",
        state="wrong gradient",
        symptom=lambda step: step.moved_as(step.step(1, 0)),
        says="The picture moves down the gradient of J_content alone.",
        tries=GRADIENT,
    ),
    Mistake(
        "gradient-changed",
        state="wrong gradient",
        symptom=lambda step: step.optimized and step.moved_towards,
        says="Every pixel moves the right way, but not as far as the gradient says: something is done to grad before "
        "the optimizer gets it, or to the picture after.",
        tries=f"{GRADIENT}, then {UPDATE}, and nothing but the clipping besides",
    ),
    Mistake(
        "stale-optimizer",
        state="wrong graph",
        symptom=lambda step: step.whole.text("optimizer") == "another size",
        says="The step is right, but your optimizer was made for a picture of another size and would refuse this one.",
        tries="run the cell that makes the optimizer and train_step again, after the one that makes the picture",
    ),
)


def recognise_step(state, step):
    """The known mistake that explains a failed train_step, if one does.

    A wrong gradient may show first in a J that does not fall.
    """
    states = (state, "wrong gradient") if state == "wrong property" else (state,)
    for mistake in MISTAKES:
        if mistake.state in states and mistake.symptom(step):
            return (mistake,)
    return ()
