"""Known mistakes in perceptual_step, recognized from a PerceptualEvidence."""

import numpy as np

from grading.judge.general_mistakes import returns_type
from grading.judge.mistakes import (
    advise,
    crashes,
    wrong_gradient,
    wrong_property,
    wrong_shape,
    wrong_type,
    wrong_value,
)
from grading.judge.numbers import close
from grading.judge.perceptual_step.evidence import paint, right_J


def _wrong_J(id_, formula):
    return wrong_value(id_, lambda evidence: evidence.J_is(formula))


def _swapped(evidence, weights, photographs):
    return evidence.cost(photographs, paint(weights, photographs))


def _both_painted(evidence, weights, photographs):
    pictures = paint(weights, photographs)
    return evidence.cost(pictures, pictures)


def _painted_twice(evidence, weights, photographs):
    return evidence.cost(paint(weights, paint(weights, photographs)), photographs)


def _returns_J_after(evidence):
    """Whether each step returned the J of the weights after it, which the next step begins with."""
    calls = evidence.calls[:-1]
    later = [flat for _, flat, _ in evidence.calls[1:]]
    return all(
        close(np.asarray(J), np.asarray(right_J(evidence, evidence.split(flat), batch)))
        for (J, _, batch), flat in zip(calls, later, strict=True)
    )


def _some_weights(evidence):
    right = evidence.moved_right()
    still = [not np.any(part) for part in evidence.split(evidence.moved)]
    return any(right) and all(moved or rests for moved, rests in zip(right, still, strict=True))


NO_GRADIENT = ("No gradients provided", "None values not supported", "NoneType")
INSIDE_TAPE = "seen = network(painter(photographs)), inside `with tf.GradientTape() as tape:`"
WEIGHTS = "weights = painter.trainable_variables"
GRADIENTS = f"{WEIGHTS}, then tape.gradient(J, weights)"
UPDATE = "optimizer.apply_gradients(zip(gradients, weights)), once"

MISTAKES = advise(
    "return J",
    wrong_type("returns-pictures", returns_type("list", "tuple")).because(
        "The step returns several values. It should return J alone."
    ),
    wrong_shape("returns-pictures", lambda e: e.eager.shape is not None and len(e.eager.shape) == 4).because(
        "The step returns the painter's pictures. It should return J, a scalar."
    ),
    "cost(network(painter(photographs)), network(photographs))",
    crashes("cost-of-pictures", ["the cost takes two lists of activations"]).because(
        "The cost is called with pictures. It compares what the network sees in them: two lists of activations."
    ),
    crashes("optimizer-inside", ["singleton tf.Variable", "non-first call"]).because(
        "The step makes a variable. A tf.function may make variables only in its first call, and an optimizer made "
        "inside the step forgets what it has learned.",
        "use the argument, optimizer",
    ),
    UPDATE,
    crashes("pairs-swapped", lambda e: e.raised_on("apply", "_unique_id", "_distribute", "has no attribute")).because(
        "A tensor was found where a variable belongs. In each pair the gradient comes first, then the variable."
    ),
    crashes("pairs-expected", lambda e: e.raised_on("apply", "unpack", "not iterable", "zip()")).because(
        "apply_gradients needs pairs, (gradient, variable), one for each weight array. zip makes them."
    ),
    GRADIENTS,
    crashes(
        "gradient-of-pixels",
        lambda e: e.raised_on("apply", "hapes", "same shape", "Incompatible", "zip()", "must be", "length"),
    ).because(
        "The gradients do not have the shapes of the painter's weights, so they were computed with respect to "
        "something else. The pixels of the photographs are given; the weights are what is learned."
    ),
    crashes("outside-tape", lambda e: e.raised(*NO_GRADIENT)).because(
        "No gradient reaches the painter's weights. The tape records only what happens inside its `with` block, from "
        "the weights to J: the painter, the network and the cost must all be in it.",
        INSIDE_TAPE,
    ),
    "J = cost(seen, wanted), with seen = network(painter(photographs)) and wanted = network(photographs)",
    _wrong_J("swapped", _swapped).because(
        "The arguments of cost are swapped: first what the network sees in the pictures, then in the photographs."
    ),
    _wrong_J("both-painted", _both_painted).because(
        "Both arguments of cost belong to the painter's pictures, so nothing is compared with the photographs."
    ),
    _wrong_J("painted-twice", _painted_twice).because("The painter is applied twice, to its own pictures."),
    wrong_value("J-after-step", _returns_J_after).because(
        "This is J after the update. Return the J that the gradients were computed from; a second pass costs time.",
        "compute J once, inside the tape, and return it",
    ),
    wrong_property("trains-network", lambda e: e.graph.text("network") == "changed").because(
        "The step changes the network, which judges. If it is trained too, it learns to see no difference.",
        f"{WEIGHTS}, and nothing else",
    ),
    wrong_property("weights-unchanged", lambda e: not np.any(e.moved)).because(
        "No update reaches the painter's weights. Are gradients and variables those of painter.trainable_variables?",
        f"{GRADIENTS}, then {UPDATE}",
    ),
    wrong_property("optimizer-unused", lambda e: all(e.moved_right()) and not e.applied).because(
        "The weights move as they should, but by hand. The optimizer decides how far to go.", UPDATE
    ),
    wrong_gradient("optimizer-unused", lambda e: not e.applied).because(
        "The weights were changed by something else than the optimizer that was passed to the step.",
        "use the argument, optimizer",
    ),
    wrong_gradient("sign-flipped", lambda e: e.moved_along(-1)).because(
        "The weights move in the wrong direction: the sign is flipped. The optimizer does the subtraction.",
        f"{GRADIENTS}, then {UPDATE}",
    ),
    wrong_gradient("applied-twice", lambda e: e.applied > 1).because(
        "The optimizer is called more than once in one step.", UPDATE
    ),
    wrong_gradient("some-weights", _some_weights).because(
        "Some of the painter's weight arrays move as they should, others do not move at all.", GRADIENTS
    ),
    wrong_gradient("other-length", lambda e: e.moved_along(1)).because(
        "All weights move in the right direction, but by the wrong amount: J or the gradients are multiplied by a "
        "number.",
        "apply the gradients of J as they are",
    ),
)
