"""The optimizer's own time between two evaluations of J: SciPy's L-BFGS-B and the engine's L-BFGS.

    python -m benchmarks.optimizer_overhead [--size 512] [--evaluations 40]

Both minimize the J of `nst.stylize` with the bundled network, in float32, from the content picture. Prints a table with
the seconds of J and the seconds of everything else, per evaluation.
"""

import argparse
import time

import numpy as np
from scipy.optimize import minimize

from benchmarks.machine import describe_machine
from nst import images
from nst.engine.losses import Objective, Style
from nst.engine.optimizers import LBFGS
from nst.engine.settings import Settings
from nst.network.vgg import layer_outputs, load_vgg19
from nst.paths import IMAGES


class TimedFunction:
    """A function that counts its calls and their seconds."""

    def __init__(self, function):
        self._function, self.calls, self.seconds = function, 0, 0.0

    def __call__(self, argument):
        began = time.perf_counter()
        result = self._function(argument)
        self.seconds += time.perf_counter() - began
        self.calls += 1
        return result


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=512, help="longest side (default %(default)s)")
    parser.add_argument(
        "--evaluations", type=int, default=40, help="evaluations of J for each optimizer (default %(default)s)"
    )
    options = parser.parse_args(arguments)
    objective, start = make_objective(options.size)
    objective(start)  # the first call traces
    print(f"{describe_machine()}, {options.size} pixels\n\n| optimizer | evaluations | seconds of J | other seconds |")
    print("| --- | --- | --- | --- |")
    for name, minimize_J in (("SciPy's L-BFGS-B", run_scipy), ("the engine's L-BFGS", run_engine)):
        J = TimedFunction(objective)
        began = time.perf_counter()
        minimize_J(J, start, options.evaluations)
        other = time.perf_counter() - began - J.seconds
        print(f"| {name} | {J.calls} | {J.seconds / J.calls:.4f} | {other / J.calls:.4f} |")


def make_objective(size):
    """J of the engine's defaults for two pictures of the course, and the content picture."""
    settings = Settings()
    network = layer_outputs(load_vgg19("pocket"), settings.layers)
    objective = Objective(
        network,
        [settings.style_weight * weight for _, weight in settings.style_layers],
        settings.content_weight,
        settings.tv_weight,
    )
    content_image = images.load(IMAGES / "persepolis.jpg", size)
    style_image = images.cover(images.load(IMAGES / "starry_night.jpg"), *content_image.shape[1:3])
    objective.set_targets(content_image, [Style(style_image)])
    return objective, content_image


def run_scipy(J, start, evaluations):
    def value_and_gradient(pixels):
        value, gradient, _ = J(pixels.reshape(start.shape).astype(np.float32))
        return value, gradient.ravel().astype(np.float64)

    minimize(
        value_and_gradient,
        start.ravel().astype(np.float64),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, 1)] * start.size,
        options={"maxfun": evaluations, "maxiter": evaluations, "maxcor": LBFGS.MEMORY, "ftol": 0, "gtol": 0},
    )


def run_engine(J, start, evaluations):
    optimizer = LBFGS(start)
    while optimizer.evaluations < evaluations and optimizer.step(J):
        pass


if __name__ == "__main__":
    main()
