"""What a test of public_tests returns, and the error that stops a run of the notebook."""

from dataclasses import dataclass
from textwrap import wrap

NARROW = 50  # characters: JupyterLab breaks the lines of an error anywhere, and has room for so many at 800 pixels


class NotPassed(AssertionError):
    """The visible tests of an exercise did not pass. A notebook shows it without a traceback."""

    def _render_traceback_(self) -> list[str]:  # the name by which IPython asks
        return wrap(str(self), NARROW)


@dataclass(frozen=True, repr=False)
class Result:
    """The verdict on one exercise. It is true if the tests passed: `assert gram_matrix_test(gram_matrix)`.

    outcome: "passed", or the state of the first check that failed, as "wrong shape". mistake: the short id of a known
    mistake, or None. details: the traceback if the test itself failed, otherwise empty. status: the outcome in words.
    """

    exercise: str
    passed: bool
    outcome: str
    mistake: str | None
    details: str = ""
    status: str = ""

    def assert_passed(self) -> None:
        """Raise NotPassed unless the tests passed, so that a run of the whole notebook stops here.

        >>> Result("gram_matrix", False, "wrong shape", None, status="wrong shape").assert_passed()
        Traceback (most recent call last):
        grading.result.NotPassed: gram_matrix: wrong shape. The run stops here.
        """
        if not self.passed:
            raise NotPassed(f"{self.exercise}: {self.status}. The run stops here.")

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return f"<{self.exercise}: {self.outcome}>"
