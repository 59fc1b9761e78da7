"""Two ways to descend J over the pixels of a picture, which stay in [0, 1]. Nothing here knows files or screens.

Both are stepped: `step(objective)` improves `image` once. objective: a function of a float32 picture that returns
(J, gradient, ...). `state()` is all that the next step depends on, as arrays; `restore` takes it back.
"""

from collections import deque

import numpy as np

LOWEST, HIGHEST = np.float32(0), np.float32(1)


class LBFGS:
    """Limited-memory BFGS with exact bounds, in float32.

    The direction is -H g by the two-loop recursion (Nocedal and Wright 2006, algorithm 7.4), over the pixels that are
    free: a pixel at a bound whose gradient points outwards stays. A step is projected onto the bounds and halved
    until J has fallen enough (Armijo). SciPy's L-BFGS-B does more to find the active bounds, in float64: at 512 pixels
    it takes longer than the small network's evaluation does.
    """

    MEMORY = 10
    FIRST_MOVE = 0.02  # of the mean pixel, before there is any curvature to go by
    ENOUGH = 1e-4
    HALVINGS = 8

    def __init__(self, start):
        self.image = np.clip(np.asarray(start, np.float32), LOWEST, HIGHEST)
        self.J, self.gradient, self.evaluations = None, None, 0
        self._pairs = deque(maxlen=self.MEMORY)

    def step(self, objective):
        """One line search; returns whether J fell."""
        if self.gradient is None:
            self._evaluate(objective, self.image)
        free = self._free()
        direction = self._direction(free)
        slope = float(np.vdot(direction, self.gradient))
        if slope >= 0:  # the memory is of no use here
            self._pairs.clear()
            direction = self._direction(free)
            slope = float(np.vdot(direction, self.gradient))
        return slope < 0 and self._search(objective, direction, slope)

    def _free(self):
        outwards = ((self.image <= LOWEST) & (self.gradient > 0)) | ((self.image >= HIGHEST) & (self.gradient < 0))
        return ~outwards

    def _direction(self, free):
        q = np.where(free, -self.gradient, np.float32(0))
        if not self._pairs:
            return q * np.float32(self.FIRST_MOVE / max(float(np.mean(np.abs(q))), 1e-30))
        kept = []
        for s, y, rho in reversed(self._pairs):
            a = rho * np.vdot(s, q)
            q -= a * y
            kept.append(a)
        s, y, rho = self._pairs[-1]
        q *= np.float32(1 / (rho * np.vdot(y, y)))
        for (s, y, rho), a in zip(self._pairs, reversed(kept), strict=True):
            q += (a - rho * np.vdot(y, q)) * s
        return np.where(free, q, np.float32(0))

    def _search(self, objective, direction, slope):
        before, start, gradient, length = self.J, self.image, self.gradient, np.float32(1)
        for _ in range(self.HALVINGS):
            self._evaluate(objective, np.clip(start + length * direction, LOWEST, HIGHEST))
            if np.isfinite(self.J) and before + self.ENOUGH * float(length) * slope >= self.J:
                self._remember(self.image - start, self.gradient - gradient)
                return True
            length /= 2
        self.J, self.image, self.gradient = before, start, gradient
        return False

    def _remember(self, s, y):
        curvature = np.vdot(s, y)
        if curvature > 1e-10 * np.vdot(y, y):
            self._pairs.append((s, y, np.float32(1) / curvature))

    def _evaluate(self, objective, image):
        self.J, self.gradient = objective(image)[:2]
        self.image, self.evaluations = image, self.evaluations + 1


class Adam:
    """Adam with a rate that falls to 0 along half a cosine wave, and clipping: chapter 1's optimiser.

    Kingma and Ba (2015), algorithm 1; beta1 0.9, beta2 0.999, epsilon 1e-7, as Keras has them.
    """

    BETA_1, BETA_2, EPSILON = np.float32(0.9), np.float32(0.999), np.float32(1e-7)

    def __init__(self, start, steps, rate=0.03):
        self.image = np.clip(np.asarray(start, np.float32), LOWEST, HIGHEST)
        self.J, self.evaluations = None, 0
        self._steps, self._rate = steps, rate
        self._mean, self._square = np.zeros_like(self.image), np.zeros_like(self.image)

    def step(self, objective):
        """One update; J is that of the picture before it."""
        self.J, gradient = objective(self.image)[:2]
        n = self.evaluations = self.evaluations + 1
        self._mean += (1 - self.BETA_1) * (gradient - self._mean)
        self._square += (1 - self.BETA_2) * (gradient * gradient - self._square)
        rate = self._rate * (1 + np.cos(np.pi * (n - 1) / self._steps)) / 2
        mean, square = self._mean / (1 - self.BETA_1 ** n), self._square / (1 - self.BETA_2 ** n)
        move = np.float32(rate) * mean / (np.sqrt(square) + self.EPSILON)
        self.image = np.clip(self.image - move, LOWEST, HIGHEST)
        return True
