"""Two ways to descend J over the pixels of a picture, which stay in [0, 1]. Nothing here knows files or screens.

Both are stepped: `step(objective)` improves `image` once. objective: a function of a float32 picture that returns
(J, gradient, ...). Where J or a gradient is not finite, the last good picture stays, the step gets smaller, and
`recoveries` counts it. `state()` is all that the next step depends on, a dict of arrays; `restore` takes it back.
"""

from collections import deque

import numpy as np

NO_START = "J is not a finite number for the first picture. The weights of the network or of J cannot be right."
LOWEST, HIGHEST = np.float32(0), np.float32(1)


class DivergedError(ArithmeticError):
    """J is not a finite number for the very first picture, so there is nothing to go back to."""


class _Descent:
    """A picture, how good it is, and what it took to get there."""

    def __init__(self, start):
        self.image = np.clip(np.asarray(start, np.float32), LOWEST, HIGHEST)
        self.J, self.gradient, self.evaluations, self.recoveries = None, None, 0, 0

    def _evaluate(self, objective, image):
        """(J, gradient) there; J is NaN where either is not finite."""
        J, gradient = objective(image)[:2]
        self.evaluations += 1
        if np.isfinite(J) and np.isfinite(gradient).all():
            return J, gradient
        self.recoveries += 1
        return np.nan, gradient


class LBFGS(_Descent):
    """Limited-memory BFGS with exact bounds, in float32.

    The direction is -H g by the two-loop recursion (Nocedal and Wright 2006, algorithm 7.4), over the pixels that are
    free: a pixel at a bound whose gradient points outwards stays. A step is projected onto the bounds and halved
    until J has fallen enough (Armijo). SciPy's L-BFGS-B does more to find the active bounds, in float64: at 512 pixels
    on two cores that is 0.17 s for each evaluation, and 0.02 s here (`python -m benchmarks.optimizer_overhead`).
    """

    MEMORY = 10
    FIRST_MOVE = 0.02  # of the mean pixel, before there is any curvature to go by
    ENOUGH = 1e-4
    HALVINGS = 8

    def __init__(self, start):
        super().__init__(start)
        self._pairs = deque(maxlen=self.MEMORY)

    def step(self, objective):
        """One line search; returns whether J fell. Raises DivergedError where the first J is not finite."""
        if self.gradient is None:
            self.J, self.gradient = self._evaluate(objective, self.image)
            if np.isnan(self.J):
                raise DivergedError(NO_START)
        if self._searched(objective):
            return True
        if not self._pairs:
            return False
        self._pairs.clear()  # what was learnt about the curvature is of no use here
        return self._searched(objective)

    def state(self):
        arrays = {
            "image": self.image,
            "evaluations": np.int64(self.evaluations),
            "recoveries": np.int64(self.recoveries),
            "pairs": np.int64(len(self._pairs)),
        }
        if self.gradient is not None:
            arrays |= {"J": np.float64(self.J), "gradient": self.gradient}
        for n, (s, y, rho) in enumerate(self._pairs):
            arrays |= {f"s{n}": s, f"y{n}": y, f"rho{n}": rho}
        return arrays

    def restore(self, state):
        self.image, self.evaluations = state["image"], int(state["evaluations"])
        self.recoveries = int(state["recoveries"])
        if "J" in state:
            self.J, self.gradient = float(state["J"]), state["gradient"]
        self._pairs.clear()
        self._pairs.extend(
            (state[f"s{n}"], state[f"y{n}"], np.float32(state[f"rho{n}"])) for n in range(int(state["pairs"]))
        )

    def _searched(self, objective):
        direction = self._direction()
        slope = float(np.vdot(direction, self.gradient))
        return slope < 0 and self._search(objective, direction, slope)

    def _direction(self):
        outwards = ((self.image <= LOWEST) & (self.gradient > 0)) | ((self.image >= HIGHEST) & (self.gradient < 0))
        q = np.where(outwards, np.float32(0), -self.gradient)
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
        return np.where(outwards, np.float32(0), q)

    def _search(self, objective, direction, slope):
        length = np.float32(1)
        for _ in range(self.HALVINGS):
            image = np.clip(self.image + length * direction, LOWEST, HIGHEST)
            J, gradient = self._evaluate(objective, image)
            if self.J + self.ENOUGH * float(length) * slope >= J:  # never true of NaN
                self._remember(image - self.image, gradient - self.gradient)
                self.J, self.image, self.gradient = J, image, gradient
                return True
            length /= 2
        return False

    def _remember(self, s, y):
        curvature = np.vdot(s, y)
        if curvature > 1e-10 * np.vdot(y, y):
            self._pairs.append((s, y, np.float32(1) / curvature))


class Adam(_Descent):
    """Adam with a rate that falls to 0 along half a cosine wave, and clipping: chapter 1's optimiser.

    Kingma and Ba (2015), algorithm 1; beta1 0.9, beta2 0.999, epsilon 1e-7, as Keras has them.
    """

    BETA_1, BETA_2, EPSILON = np.float32(0.9), np.float32(0.999), np.float32(1e-7)

    def __init__(self, start, steps, rate=0.03):
        super().__init__(start)
        self._steps, self._rate = steps, rate
        self._good = self.image
        self._forget()

    def step(self, objective):
        """One update; J is that of the picture before it. Raises DivergedError where the first J is not finite."""
        J, gradient = self._evaluate(objective, self.image)
        if np.isnan(J):
            if self.J is None:
                raise DivergedError(NO_START)
            self.image, self._rate = self._good, self._rate / 2
            self._forget()
            return True
        self.J, self._good, self._updates = J, self.image, self._updates + 1
        self._mean = self._mean + (1 - self.BETA_1) * (gradient - self._mean)
        self._square = self._square + (1 - self.BETA_2) * (gradient * gradient - self._square)
        rate = self._rate * (1 + np.cos(np.pi * min(1, (self.evaluations - 1) / self._steps))) / 2
        mean = self._mean / (1 - self.BETA_1**self._updates)
        square = self._square / (1 - self.BETA_2**self._updates)
        move = np.float32(rate) * mean / (np.sqrt(square) + self.EPSILON)
        self.image = np.clip(self.image - move, LOWEST, HIGHEST)
        return True

    def state(self):
        arrays = {
            "image": self.image,
            "good": self._good,
            "evaluations": np.int64(self.evaluations),
            "recoveries": np.int64(self.recoveries),
            "updates": np.int64(self._updates),
            "rate": np.float64(self._rate),
            "mean": self._mean,
            "square": self._square,
        }
        return arrays if self.J is None else {**arrays, "J": np.float64(self.J)}

    def restore(self, state):
        self.image, self._good = state["image"], state["good"]
        self.evaluations, self.recoveries = int(state["evaluations"]), int(state["recoveries"])
        self._updates, self._rate = int(state["updates"]), float(state["rate"])
        self._mean, self._square = state["mean"], state["square"]
        self.J = float(state["J"]) if "J" in state else None

    def _forget(self):
        self._mean, self._square, self._updates = np.zeros_like(self.image), np.zeros_like(self.image), 0
