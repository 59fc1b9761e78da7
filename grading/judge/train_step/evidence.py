"""What train_step should have done on the small network, in NumPy, beside what it did."""

from functools import cached_property

import numpy as np

from grading.exercises.cases import MOST_LAYERS, step_cases
from grading.judge import oracle
from grading.judge.case_result import Trial, close
from grading.judge.train_step import network

# These two are those of the Adam that the probe puts in place of the student's optimizer.
LEARNING_RATE = 0.02
EPSILON = 0.1


class StepEvidence:
    """The record of one probe of train_step, and the right answers for it."""

    def __init__(self, arrays, seed):
        self.case = step_cases(seed)
        self.whole, self.eager, self.graph = Trial(arrays, ""), Trial(arrays, "eager"), Trial(arrays, "graph")
        self.own_lambdas = self._numbers("lambdas")  # of the student's STYLE_LAYERS; the step was given ours
        self.lambdas = self.case.layers(len(self.own_lambdas))
        self.kernels = self.case.kernels[: len(self.lambdas) + 1]
        self.a_S = network.outputs(self.case.style, self.kernels)
        self.a_C = network.outputs(self.case.content, self.kernels)
        self.J, self.J_other = self._numbers("J"), self.whole.array("J other")
        self.pictures = self.whole.array("pictures")

    def _numbers(self, field):
        numbers = self.whole.array(field)
        return [] if numbers is None else numbers.ravel()[:MOST_LAYERS]

    @property
    def complete(self):
        """Whether the compiled steps left all that the checks look at."""
        arrays = [self.pictures, self.J_other, self.whole.array("traces")]
        shapes = [None if a is None else a.shape for a in arrays]
        return self.graph.returned and len(self.J) > 0 and shapes == [(len(self.J), *self.case.start.shape), (), ()]

    def costs(self, picture):
        """(J_content, J_style) of a picture."""
        a_G = network.outputs(picture, self.kernels)
        return np.array([oracle.content_cost(self.a_C, a_G), oracle.style_cost(self.a_S, a_G, self.lambdas)])

    def total(self, picture):
        return oracle.total_cost(*self.costs(picture))

    @property
    def before(self):
        """The picture before each compiled step."""
        return [self.case.start, *self.pictures[:-1]]

    @cached_property
    def gradients(self):
        """Gradients of J_content and of J_style with respect to the first picture."""
        return oracle.gradient(self.costs, self.case.start)

    def step(self, alpha=oracle.ALPHA, beta=oracle.BETA):
        """How one step of the probe's Adam down the gradient of alpha J_content + beta J_style moves the picture."""
        slope = alpha * self.gradients[0] + beta * self.gradients[1]
        return -LEARNING_RATE * slope / (np.abs(slope) + EPSILON)

    @property
    def moved(self):
        return self.pictures[0] - self.case.start

    def inside(self, step):
        """As much of a step as [0, 1] lets happen."""
        return np.clip(self.case.start + step, 0, 1) - self.case.start

    def moved_as(self, step):
        """Whether the first step moved the picture by `step`, as far as [0, 1] lets it."""
        inside = self.inside(step)
        return bool(np.linalg.norm(self.moved - inside) <= 0.002 * np.linalg.norm(inside))

    def moved_along(self, gradient):
        """Whether the pixels that were not clipped moved against `gradient`, by whatever rule but one length."""
        free = (self.pictures[0] > 0) & (self.pictures[0] < 1)
        a, b = self.moved[free], -gradient[free]
        return bool(a @ b >= 0.9999 * np.linalg.norm(a) * np.linalg.norm(b) > 0)

    @property
    def oddest_pixel(self):
        """Row and column of the pixel that is furthest from where a right step would have moved it."""
        apart = np.abs(self.moved - self.inside(self.step()))[0].max(axis=-1)
        return np.unravel_index(np.argmax(apart), apart.shape)

    @property
    def descended(self):
        """Whether the first step went down the gradient of J, by Adam or by plain descent."""
        slope = oracle.ALPHA * self.gradients[0] + oracle.BETA * self.gradients[1]
        return self.moved_as(self.step()) or self.moved_along(slope)

    @property
    def optimized(self):
        """Whether the step had an optimizer apply a gradient."""
        return self.applied > 0

    @property
    def applied(self):
        """How often the optimizer applied a gradient in the eager step."""
        applied = self.eager.array("applied")
        return 0 if applied is None or applied.shape != () else float(applied)

    @property
    def moved_towards(self):
        """Whether no pixel moved against the descent of J, and any moved at all."""
        return bool(np.all(self.moved * self.inside(self.step()) >= 0) and np.any(self.moved))

    def J_is(self, formula):
        """Whether J was what `formula` says, at every step and for the second picture."""
        pictures = [*self.before, self.case.other_start]
        return all(close(J, formula(self, picture)) for J, picture in zip(self.every_J, pictures, strict=True))

    @property
    def every_J(self):
        return [*self.J, self.J_other]

    def seen_J_is(self, formula):
        """The same for the J of the eager step, which is known even when the step crashed after it."""
        return close(self.eager.array("seen value"), formula(self, self.case.start))

    def raised(self, *words):
        """Whether an error was raised, in either run, whose type and message hold any of the words."""
        return self.eager.raised(*words) or self.graph.raised(*words)

    def raised_on(self, source, *words):
        """The same, on a line of the student's that holds `source`."""
        return self.eager.raised_on(source, *words) or self.graph.raised_on(source, *words)

    @property
    def called_on_another_size(self):
        """Whether the network was last called on a picture of another size than the argument."""
        return self.eager.text("network input") not in ("", str(self.case.start.shape))

    @property
    def no_gradient(self):
        """Whether the step broke off because tape.gradient gave None."""
        return self.raised("No gradients provided", "None values not supported", "'NoneType'")
