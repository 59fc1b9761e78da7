"""What train_step did on the small network, and what it should have done, in NumPy.

The small network stands in for VGG-19. Each output is one 3 x 3 convolution of the picture with zero padding and
softplus. The convolutions are side by side rather than in a chain, so that every output has a similar size however many
there are; softplus rather than ReLU, so that finite differences are exact to many digits. The probe builds the same
network in Keras from the same kernels.
"""

from functools import cache

import numpy as np

from grading.exercises.train_step import MOST_LAYERS, step_case
from grading.judge.compute_content_cost import content_cost
from grading.judge.compute_style_cost import style_cost
from grading.judge.mistakes import CaseResult, Errors
from grading.judge.numbers import as_float, close, finite_difference
from grading.judge.total_cost import ALPHA, BETA, total_cost

# The same as in the Adam that the probe uses instead of the student's optimizer.
LEARNING_RATE = 0.02
EPSILON = 0.1


def network_outputs(image, kernels):
    """Softplus of each convolution, as a list; image (1, H, W, 3), kernels (3, 3, 3, nC) -> (1, H, W, nC) each."""
    return [np.logaddexp(0, convolve(as_float(image), as_float(kernel))) for kernel in kernels]


def convolve(x, kernel):
    """Convolution with zero padding, without a flip as in neural networks; (1, H, W, n_in) -> (1, H, W, n_out)."""
    height, width = x.shape[1:3]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return sum(padded[:, i : i + height, j : j + width] @ kernel[i, j] for i in range(3) for j in range(3))


def weighted(alpha, beta):
    """The formula of J with other weights."""
    return lambda step, picture: np.array([alpha, beta]) @ step.costs(picture)


def compared(content_target, content, style_target, style):
    """The formula of J with other outputs in the two costs, "a_C", "a_S" or "a_G" each."""

    def J(step, picture):
        outputs = {"a_C": step.a_C, "a_S": step.a_S, "a_G": network_outputs(picture, step.kernels)}
        J_style = style_cost(outputs[style_target], outputs[style], step.lambdas)
        return ALPHA * content_cost(outputs[content_target], outputs[content]) + BETA * J_style

    return J


@cache  # the same for every submission, and slow
def find_gradients(seed, count):
    """Gradients of J_content and of J_style with respect to the first picture, with `count` style layers."""
    right = StepEvidence({"lambdas": np.ones(count)}, seed)
    return finite_difference(right.costs, right.case.start)


class StepEvidence(Errors):
    """The probe's record of train_step, and the right answers for it."""

    def __init__(self, arrays, seed):
        self.case, self.seed = step_case(seed), seed
        self.whole, self.changed = CaseResult(arrays, ""), CaseResult(arrays, "settings")
        self.results = self.eager, self.graph = CaseResult(arrays, "eager"), CaseResult(arrays, "graph")
        self.own_lambdas = self._numbers("lambdas")  # of the student's STYLE_LAYERS; the test replaces them by its own
        self.lambdas = self.case.layers(len(self.own_lambdas))
        self.kernels = self.case.kernels[: len(self.lambdas) + 1]
        self.a_S = network_outputs(self.case.style, self.kernels)
        self.a_C = network_outputs(self.case.content, self.kernels)
        self.unfilled, self.other_targets = self.whole.text("unfilled"), self.whole.text("other targets")
        self.J, self.J_other = self._numbers("J"), self.whole.array("J other")
        self.pictures = self.whole.array("pictures")

    def _numbers(self, field):
        numbers = self.whole.array(field)
        return [] if numbers is None else numbers.ravel()[:MOST_LAYERS]

    @property
    def complete(self):
        """Whether the compiled steps recorded everything that the checks need."""
        arrays = [self.pictures, self.J_other, self.whole.array("traces")]
        shapes = [None if a is None else a.shape for a in arrays]
        return self.graph.returned and len(self.J) > 0 and shapes == [(len(self.J), *self.case.start.shape), (), ()]

    def costs(self, picture):
        """(J_content, J_style) of a picture."""
        a_G = network_outputs(picture, self.kernels)
        return np.array([content_cost(self.a_C, a_G), style_cost(self.a_S, a_G, self.lambdas)])

    def total(self, picture):
        return total_cost(*self.costs(picture))

    def changed_J(self, weights=None, lambdas=None):
        """J of the first picture after the change of settings; with some of them as they were, if given."""
        alpha, beta = weights or self.case.other_weights.values()
        a_G = network_outputs(self.case.start, self.kernels)
        J_style = style_cost(self.a_S, a_G, lambdas or self.case.other_layers(len(self.lambdas)))
        return total_cost(content_cost(self.a_C, a_G), J_style, alpha, beta)

    def changed_J_is(self, **kept):
        return close(self.changed.value, self.changed_J(**kept))

    def slope(self, alpha=ALPHA, beta=BETA):
        """The gradient of alpha J_content + beta J_style with respect to the first picture."""
        gradients = find_gradients(self.seed, len(self.lambdas))
        return alpha * gradients[0] + beta * gradients[1]

    def step(self, alpha=ALPHA, beta=BETA):
        """How one step of the probe's Adam against that gradient moves the picture."""
        slope = self.slope(alpha, beta)
        return -LEARNING_RATE * slope / (np.abs(slope) + EPSILON)

    @property
    def moved(self):
        return self.pictures[0] - self.case.start

    def clip_step(self, step):
        """The part of a step that stays inside [0, 1]."""
        return np.clip(self.case.start + step, 0, 1) - self.case.start

    def moved_as(self, step):
        """Whether the first step moved the picture by `step`, clipped to [0, 1]."""
        clipped = self.clip_step(step)
        return bool(np.linalg.norm(self.moved - clipped) <= 0.002 * np.linalg.norm(clipped))

    def moved_along(self, gradient):
        """Whether the pixels that were not clipped moved against `gradient`, all by the same multiple of it."""
        free = (self.pictures[0] > 0) & (self.pictures[0] < 1)
        a, b = self.moved[free], -gradient[free]
        return bool(a @ b >= 0.9999 * np.linalg.norm(a) * np.linalg.norm(b) > 0)

    @property
    def worst_pixel(self):
        """Row and column of the pixel that is farthest from where a right step would have moved it."""
        apart = np.abs(self.moved - self.clip_step(self.step()))[0].max(axis=-1)
        return np.unravel_index(np.argmax(apart), apart.shape)

    @property
    def descended(self):
        """Whether the first step went down the gradient of J, by Adam or by plain descent."""
        return self.moved_as(self.step()) or self.moved_along(self.slope())

    @property
    def applied(self):
        """How often the optimizer applied a gradient in the eager step."""
        applied = self.eager.array("applied")
        return 0 if applied is None or applied.shape != () else float(applied)

    @property
    def moved_towards(self):
        """Whether some pixels moved, and none in the wrong direction."""
        return bool(np.all(self.moved * self.clip_step(self.step()) >= 0) and np.any(self.moved))

    @property
    def every_J(self):
        return [*self.J, self.J_other]

    @property
    def every_picture(self):
        """The picture before each compiled step, and the second picture."""
        return [self.case.start, *self.pictures[:-1], self.case.other_start]

    def J_is(self, formula):
        """Whether J was as `formula` says, in every step and for the second picture."""
        return all(
            close(J, formula(self, picture)) for J, picture in zip(self.every_J, self.every_picture, strict=True)
        )

    @property
    def fitted_weights(self):
        """The weights of the two costs that explain every J best."""
        return np.linalg.lstsq([self.costs(picture) for picture in self.every_picture], self.every_J, rcond=None)[0]

    @property
    def has_other_weights(self):
        return self.J_is(weighted(*self.fitted_weights))

    def seen_J_is(self, formula):
        """The same for the J of the eager step, which is known even if the step crashed after it."""
        return close(self.eager.array("seen value"), formula(self, self.case.start))

    @property
    def called_on_another_size(self):
        """Whether the network was last called with a picture of another size than the argument."""
        return self.eager.text("network input") not in ("", str(self.case.start.shape))

    @property
    def weightless(self):
        """Whether the student's lambdas add up to 0 or are not numbers."""
        return not np.sum(self.own_lambdas) > 1e-3

    @property
    def no_gradient(self):
        """Whether the step crashed because tape.gradient returned None."""
        return self.raised("No gradients provided", "None values not supported", "'NoneType'")
