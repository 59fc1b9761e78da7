"""Exercise 12, perceptual_step: its checks of type, J, the painter's weights, optimizer and tracing."""

from dataclasses import replace

import numpy as np

from grading.judge.general_mistakes import IN_ANY_FUNCTION
from grading.judge.judgement import unfilled_lines
from grading.judge.mistakes import AnswerKey
from grading.judge.numbers import Comparison, allowed, close, difference
from grading.judge.outcomes import PASSED, Outcome, crash, failed, not_attempted
from grading.judge.perceptual_step.evidence import TOLERANCE, PerceptualEvidence, right_J
from grading.judge.perceptual_step.mistakes import MISTAKES

RESULT_TYPES = ("tf.Tensor", "NumPy number", "NumPy array", "Python number")


class PerceptualJudgement:
    """The checks of perceptual_step: generators of (state, lines) for what is wrong, coarse to fine."""

    def __init__(self, exercise, key, arrays, seed):
        self.exercise, self.key, self.evidence = exercise, key, PerceptualEvidence(arrays, seed)

    def outcome(self):
        """Half of the points for a right J; the rest depends on what the step does with it."""
        evidence = self.evidence
        if stub := not_attempted(self.exercise, [evidence.eager, evidence.graph]):
            return stub
        for share, check in ((0, check_call), (0, check_J), (0.5, check_weights), (0.8, check_traces)):
            if failure := next(check(evidence), None):  # the later checks need what this one lacks
                return self.failure(*failure, share)
        return Outcome(self.exercise.name, PASSED, notes=_notes(evidence), share=1.0)

    def failure(self, state, lines, share):
        evidence = self.evidence
        states = (state, "wrong gradient") if state == "wrong property" else (state,)
        general = IN_ANY_FUNCTION if state in ("crashed", "wrong type") else ()
        mistakes = [m for m in (*MISTAKES, *general) if m.state in states and m.symptom(evidence)][:1]
        result = evidence.graph if evidence.eager.returned else evidence.eager
        setting = ("the test uses a small painter, a small frozen network, and batches of two photographs",)
        return replace(failed(self.exercise, state, setting, lines, (), mistakes, result), share=share)


def check_call(evidence):
    eager = evidence.eager
    if not eager.returned:
        yield "crashed", crash(eager)
    if eager.text("type") not in RESULT_TYPES:
        lines = unfilled_lines(eager, evidence.whole)
        yield "wrong type", (Comparison("J, a tf.Tensor", eager.text("type")), *lines)
    if eager.unreadable or eager.text("dtype") != "float32":
        yield "wrong dtype", (Comparison("J in float32", eager.text("dtype")),)
    if eager.shape != ():
        yield "wrong shape", (Comparison("J to be a scalar", f"shape {eager.shape}"),)
    if not evidence.complete:
        yield "crashed", (*crash(evidence.graph), "(it runs line by line, but fails inside a tf.function)")


def check_J(evidence):
    if evidence.graph.text("network") != "kept":
        yield "wrong property", ("expected the network's weights to stay the same: only the painter is trained",)
    names = [*(f"step {n}" for n in range(1, len(evidence.calls))), "other photographs"]
    for name, (J, flat, batch) in zip(names, evidence.calls, strict=True):
        expected = np.asarray(right_J(evidence, evidence.split(flat), batch))
        if not close(np.asarray(J), expected):
            yield "wrong value", (f"J of {name}:", *difference(J, expected, allowed(expected), 4))


def check_weights(evidence):
    if not np.any(evidence.moved):
        yield "wrong property", ("expected the step to change the painter's weights, but none changed",)
    if not all(evidence.moved_right()):
        index = evidence.moved_right().index(False)
        got, right = (np.ravel(evidence.split(flat)[index])[:4] for flat in (evidence.moved, evidence.step))
        limit = allowed(evidence.split(evidence.step)[index], TOLERANCE)
        where = f"the change of painter.trainable_variables[{index}], its first numbers:"
        yield "wrong gradient", (where, *difference(got, right, limit, 3))
    if not evidence.applied:
        yield "wrong property", ("expected the optimizer to apply the gradients, but it was not called",)


def check_traces(evidence):
    traces = int(evidence.whole.array("traces"))
    if traces > 1 and not evidence.whole.text("mode"):
        yield "wrong graph", (Comparison("one trace for two batches of the same shape", str(traces)),)


def _notes(evidence):
    if evidence.whole.text("decorated") == "yes":
        return ()
    return (
        "About @tf.function: without it, each step runs line by line, several times slower. With it, TensorFlow "
        "traces the step once and then runs the graph.",
    )


KEY = AnswerKey(mistakes=MISTAKES, judgement=PerceptualJudgement)
