"""Two optimizers of J over the pixels of a picture, which stay in [0, 1]: L-BFGS and Adam.

Both have the same methods. `step(objective)` improves `image` once. objective: a function of a float32 picture that
returns (J, gradient, ...). Where J or the gradient is not finite, the optimizer goes back to the last good picture,
takes a smaller step, and counts it in `recoveries`. `state()` returns all that the next step depends on, as a dict of
arrays; `restore` takes it back.
"""

from collections import deque
from typing import Any

import numpy as np

NO_START = "J is not a finite number for the first picture. Check the network's weight file and the weights in J."
LOWEST, HIGHEST = np.float32(0), np.float32(1)


class DivergedError(ArithmeticError):
    """J is not a finite number for the very first picture, so there is no good picture to go back to."""


class _Optimizer:
    """A picture, its J and gradient, and the number of evaluations and recoveries so far."""

    def __init__(self, start) -> None:
        self.image = np.clip(np.asarray(start, np.float32), LOWEST, HIGHEST)
        self.J: Any = None
        self.gradient: Any = None
        self.evaluations, self.recoveries = 0, 0

    def _evaluate(self, objective, image):
        """Return (J, gradient); J is NaN if either is not finite."""
        J, gradient = objective(image)[:2]
        self.evaluations += 1
        if np.isfinite(J) and np.isfinite(gradient).all():
            return J, gradient
        self.recoveries += 1
        return np.nan, gradient


class LBFGS(_Optimizer):
    """Limited-memory BFGS with exact bounds, in float32.

    The direction is -H g by the two-loop recursion (Nocedal and Wright 2006, algorithm 7.4), over the free pixels: a
    pixel at a bound whose gradient points outwards does not move. A step is projected onto the bounds and halved until
    J has decreased enough (Armijo's condition). SciPy's L-BFGS-B searches for the active bounds more carefully, in
    float64: at 512 pixels on two cores that takes 0.17 s per evaluation, and this class 0.02 s (`python -m
    benchmarks.optimizer_overhead`).
    """

    MEMORY = 10
    FIRST_MOVE = 0.02  # mean change of a pixel in the first step, when no curvature is known
    ARMIJO = 1e-4
    HALVINGS = 8

    def __init__(self, start):
        super().__init__(start)
        self._pairs = deque(maxlen=self.MEMORY)

    def step(self, objective):
        """Search along one line; return whether J decreased. Raises DivergedError if the first J is not finite."""
        if self.gradient is None:
            self.J, self.gradient = self._evaluate(objective, self.image)
            if np.isnan(self.J):
                raise DivergedError(NO_START)
        if self._search_line(objective):
            return True
        if not self._pairs:
            return False
        self._pairs.clear()  # the estimated curvature is wrong here
        return self._search_line(objective)

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

    def _search_line(self, objective):
        direction = self._direction()
        slope = float(np.vdot(direction, self.gradient))
        return slope < 0 and self._backtrack(objective, direction, slope)

    def _direction(self):
        outwards = ((self.image <= LOWEST) & (self.gradient > 0)) | ((self.image >= HIGHEST) & (self.gradient < 0))
        q = np.where(outwards, np.float32(0), -self.gradient)
        if not self._pairs:
            return q * np.float32(self.FIRST_MOVE / max(float(np.mean(np.abs(q))), 1e-30))
        factors = []
        for s, y, rho in reversed(self._pairs):
            a = rho * np.vdot(s, q)
            q -= a * y
            factors.append(a)
        s, y, rho = self._pairs[-1]
        q *= np.float32(1 / (rho * np.vdot(y, y)))
        for (s, y, rho), a in zip(self._pairs, reversed(factors), strict=True):
            q += (a - rho * np.vdot(y, q)) * s
        return np.where(outwards, np.float32(0), q)

    def _backtrack(self, objective, direction, slope):
        length = np.float32(1)
        for _ in range(self.HALVINGS):
            image = np.clip(self.image + length * direction, LOWEST, HIGHEST)
            J, gradient = self._evaluate(objective, image)
            if self.J + self.ARMIJO * float(length) * slope >= J:  # false for NaN
                self._add_pair(image - self.image, gradient - self.gradient)
                self.J, self.image, self.gradient = J, image, gradient
                return True
            length /= 2
        return False

    def _add_pair(self, s, y):
        curvature = np.vdot(s, y)
        if curvature > 1e-10 * np.vdot(y, y):
            self._pairs.append((s, y, np.float32(1) / curvature))


class Adam(_Optimizer):
    """Adam with clipping and a learning rate that decreases to 0 along half a cosine wave: chapter 1's optimizer.

    Kingma and Ba (2015), algorithm 1, with Keras's defaults: beta1 0.9, beta2 0.999, epsilon 1e-7.
    """

    BETA_1, BETA_2, EPSILON = np.float32(0.9), np.float32(0.999), np.float32(1e-7)

    def __init__(self, start, steps, rate=0.03):
        super().__init__(start)
        self._steps, self._rate = steps, rate
        self._good = self.image
        self._reset()

    def step(self, objective):
        """Update once; J is that of the picture before. Raises DivergedError if the first J is not finite."""
        J, gradient = self._evaluate(objective, self.image)
        if np.isnan(J):
            if self.J is None:
                raise DivergedError(NO_START)
            self.image, self._rate = self._good, self._rate / 2
            self._reset()
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

    def _reset(self):
        self._mean, self._square, self._updates = np.zeros_like(self.image), np.zeros_like(self.image), 0
