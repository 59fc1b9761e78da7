"""What perceptual_step did on the small painter, and what it should have done, in NumPy.

The probe builds the same painter and the same frozen network in Keras from the same numbers.
"""

from functools import cached_property

import numpy as np

from grading.exercises.perceptual_step import CONTENT_WEIGHT, perceptual_case
from grading.judge.mistakes import CaseResult, Errors
from grading.judge.numbers import as_float, close, finite_difference
from grading.judge.train_step.evidence import network_outputs

LEARNING_RATE = 0.05  # the same as in the optimizer of the probe, which is plain gradient descent
TOLERANCE = 0.01  # of a weight's change, relative to the largest of its array


def paint(weights, photographs):
    """The small painter: tanh and sigmoid of two layers with one position each; (n, H, W, 3) -> (n, H, W, 3)."""
    kernel, bias, last_kernel, last_bias = weights
    hidden = np.tanh(as_float(photographs) @ kernel + bias)
    return 1 / (1 + np.exp(-(hidden @ last_kernel + last_bias)))


def perceptual_cost(targets, seen, wanted):
    """The cost of `grading.exercises.perceptual_step.PerceptualCost` in float64."""
    content = np.sum((seen[-1] - wanted[-1]) ** 2) / np.sum(wanted[-1] ** 2)
    styles = (np.sum((a.mean((0, 1, 2)) - target) ** 2) for a, target in zip(seen, targets, strict=False))
    return CONTENT_WEIGHT * content + sum(styles)


def right_J(evidence, weights, photographs):
    return evidence.cost(paint(weights, photographs), photographs)


class PerceptualEvidence(Errors):
    """The probe's record of perceptual_step, and the right answers for it."""

    def __init__(self, arrays, seed):
        self.case, self.whole = perceptual_case(seed), CaseResult(arrays, "")
        self.results = self.eager, self.graph = CaseResult(arrays, "eager"), CaseResult(arrays, "graph")
        self.unfilled = self.whole.text("unfilled")
        self.start = np.concatenate([np.ravel(w) for w in self.case.weights]).astype(np.float64)

    def cost(self, pictures, photographs):
        seen, wanted = (network_outputs(batch, self.case.kernels) for batch in (pictures, photographs))
        return perceptual_cost(self.case.cost.targets, seen, wanted)

    def split(self, flat):
        """Flat weights as the arrays that they are."""
        ends = np.cumsum([w.size for w in self.case.weights])[:-1]
        return [part.reshape(w.shape) for part, w in zip(np.split(flat, ends), self.case.weights, strict=True)]

    @property
    def complete(self):
        """Whether the compiled steps recorded everything that the checks need."""
        J, weights = self.graph.array("J"), self.graph.array("painter weights")
        shapes = [None if a is None else a.shape for a in (J, weights, self.whole.array("traces"))]
        steps = len(weights) if weights is not None else 0
        return self.graph.returned and steps > 0 and shapes == [(steps + 1,), (steps, self.start.size), ()]

    @property
    def calls(self):
        """(J, weights before, photographs) of each compiled step; the last is on other photographs."""
        J, weights = self.graph.array("J"), self.graph.array("painter weights")
        batches = [self.case.photographs] * len(weights) + [self.case.others]
        return list(zip(J, [self.start, *weights], batches, strict=True))

    def J_is(self, formula):
        """Whether J was as `formula(evidence, weights, photographs)` says, in every step."""
        return all(close(np.asarray(J), formula(self, self.split(flat), batch)) for J, flat, batch in self.calls)

    @cached_property
    def step(self):
        """How one right step changes the weights."""
        return -LEARNING_RATE * finite_difference(
            lambda flat: right_J(self, self.split(flat), self.case.photographs), self.start
        )

    @property
    def moved(self):
        return self.graph.array("painter weights")[0] - self.start

    def moved_right(self):
        """For each weight array, whether the first step changed it as it should."""
        pairs = zip(self.split(self.moved), self.split(self.step), strict=True)
        return [bool(np.max(np.abs(got - right)) <= TOLERANCE * np.max(np.abs(right))) for got, right in pairs]

    def moved_along(self, sign):
        """Whether all weights moved by one multiple of the right step, with that sign."""
        length = self.moved @ self.step
        right = abs(length) >= 0.9999 * np.linalg.norm(self.moved) * np.linalg.norm(self.step)
        return bool(right and sign * length > 0)

    @property
    def applied(self):
        """How often the optimizer was applied in the two eager calls."""
        applied = self.eager.array("applied")
        return 0 if applied is None or applied.shape != () else float(applied) / 2
