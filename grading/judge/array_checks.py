"""How the judge goes about exercises that take and give NumPy arrays: of their answers no gradient is asked for."""

import numpy as np

from grading.judge import checks, oracle
from grading.judge.case_result import allowed, close
from grading.judge.checks import Judgement
from grading.judge.checks import shape as in_words
from grading.judge.descriptions import difference
from grading.judge.outcomes import array

CHECKS = {name: share for name, share in checks.CHECKS.items() if name not in ("differentiable", "compilable")}
NUMBERS = ("Python number", "NumPy number", "NumPy array")


class OfAPicture(Judgement):
    """Of match_colours, whose answer is a picture."""

    checks = CHECKS
    changed = "a picture that was passed in is another after the call"

    def typed(self):
        return self.first(
            lambda case, trial: trial.text("type") not in ("NumPy array", "tf.Tensor") or trial.array("shape") is None,
            "wrong type",
            lambda case, trial: (f"expected a NumPy array, got {trial.text('type')}",),
        )

    def dtyped(self):
        def wrong(case, trial):
            return (trial.value is None and not trial.too_large) or "float" not in trial.text("dtype")

        return self.first(
            wrong, "wrong dtype", lambda case, trial: (f"expected float32 or float64, got {trial.text('dtype')}",)
        )

    def valued(self):
        def wrong(case, trial):
            return case.role == "value" and not close(trial.value, self.right(case))

        return self.first(
            wrong,
            "wrong value",
            lambda case, trial: (
                *_first_pixel(case.args[0], trial.value, self.right(case)),
                *_moments(trial.value, oracle.moments(case.args[1])),
            ),
        )


def _first_pixel(style_image, got, right):
    """The first pixel that is not where it should be."""
    limit = allowed(right)
    wrong = np.any(~(np.abs(got - right) <= limit), axis=-1)
    _, row, column = np.argwhere(wrong)[0]
    before, got, right = (picture[0, row, column] for picture in (style_image, got, right))
    return f"the pixel in row {row}, column {column}, which was {array(before)}:", *difference(got, right, limit)


def _moments(got, right):
    """What mean and covariance of the answer are, and what they should be."""
    if not np.all(np.isfinite(got)):
        return
    for name, of_got, of_right in zip(("mean", "covariance"), oracle.moments(got), right, strict=True):
        if close(of_got, of_right):
            yield f"{name} of your answer: that of the content picture, as it should be"
        else:
            yield f"{name} of your answer: {array(of_got, 3)}"
            yield f"{name} of the content picture: {array(of_right, 3)}"


class OfAPair(Judgement):
    """Of value_and_gradient, whose answer is J and its gradient."""

    checks = CHECKS
    changed = "the pixels that were passed in are others after the call"

    def typed(self):
        return (
            self.first(lambda case, trial: trial.text("length") != "2", "wrong type", _no_pair)
            or self.first(
                lambda case, trial: trial.part(0).text("type") not in NUMBERS,
                "wrong type",
                lambda case, trial: (f"expected J to be a number, got {_kind(trial.part(0))}",),
            )
            or self.first(
                lambda case, trial: trial.part(1).text("type") != "NumPy array",
                "wrong type",
                lambda case, trial: (f"expected the gradient to be a NumPy array, got {_kind(trial.part(1))}",),
            )
        )

    def dtyped(self):
        return self.first(
            lambda case, trial: trial.part(0).array("shape") is None or _unread(trial.part(0)),
            "wrong dtype",
            lambda case, trial: (f"expected J in float64, got {trial.part(0).text('dtype')}",),
        ) or self.first(
            lambda case, trial: trial.part(1).text("dtype") != "float64" or _unread(trial.part(1)),
            "wrong dtype",
            lambda case, trial: (f"expected the gradient in float64, got {trial.part(1).text('dtype')}",),
        )

    def shaped(self):
        def wrong(case, trial):
            return (trial.part(0).shape, trial.part(1).shape) != ((), case.args[0].shape)

        def found(case, trial):
            J, gradient = trial.part(0), trial.part(1)
            if J.shape != ():
                return (f"expected J to be a scalar, got shape {J.shape}",)
            return (f"expected the gradient in shape {case.args[0].shape}, got {in_words(gradient.shape)}",)

        return self.first(wrong, "wrong shape", found)

    def valued(self):
        return self.first(
            lambda case, trial: not close(trial.part(0).value, self.right(case)[0]), "wrong value", self.wrong_J
        ) or self.first(
            lambda case, trial: not close(trial.part(1).value, self.right(case)[1]), "wrong value", self.wrong_gradient
        )

    def wrong_J(self, case, trial):
        J = self.right(case)[0]
        return ("J is not what cost gives at this picture:", *difference(trial.part(0).value, J, allowed(J)))

    def wrong_gradient(self, case, trial):
        gradient = self.right(case)[1]
        return (
            "J is right, and the gradient is not its slope:",
            *difference(trial.part(1).value, gradient, allowed(gradient)),
        )

    def right(self, case):
        return self.oracle(*case.args)

    def ratios(self, evidence):
        """None: J and the gradient may be off by different factors."""

    def notes(self):
        if any(trial.part(0).text("dtype") == "float32" for trial in self.trials):
            return (
                "A word on J: it came back in float32, which SciPy takes. float(J) makes it the float64 that the "
                "rest of SciPy's numbers are.",
            )
        return ()


def _no_pair(case, trial):
    length = trial.text("length")
    told = f"{trial.text('type')} of {length}" if length else trial.text("type")
    return (f"expected a pair, J and the gradient, got {told}",)


def _kind(part):
    shape = part.shape
    return part.text("type") + (f" of shape {shape}" if shape else "")


def _unread(part):
    return part.value is None and not part.too_large
