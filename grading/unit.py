"""One submission -> one record: the unit of a batch. It needs nothing but its arguments, so it runs anywhere.

For each exercise, with the hidden seed: the student's own function first; then, where it fails and calls earlier
exercises, with ours in their place, so that one mistake costs once. What the student is told comes from the visible
seed where that fails too, and is otherwise stripped of everything that could show a hidden input.
"""

import time
from dataclasses import dataclass, replace

from grading import reference
from grading.cases import VISIBLE_SEED
from grading.exercises import EXERCISES
from grading.handed_in import cells, similarity
from grading.handed_in.extract import extract
from grading.judge import judge
from grading.report import PASSED, Outcome, text
from grading.reports import records
from grading.reports.printable import lines, one_line
from grading.sandbox import containment
from grading.sandbox.process import Limits, Sandbox, SandboxError, Stopped

LONGEST_NOTE = 500
LONGEST_FEEDBACK = 10_000
SHOWN = ("not attempted", "wrong type", "wrong dtype", "wrong shape")  # nothing of an input's values


@dataclass(frozen=True)
class Settings:
    """What all submissions of a batch are graded by."""

    seed: int
    limits: Limits


def grade(student, candidates, settings, key=""):
    """The record of a submission.

    candidates: the files that a student handed in, [(name, content in bytes or an UnreadableError), ...]; the one that
    defines most exercises is graded, the first of several. key: what the record is to be known by.
    """
    began, record = time.monotonic(), records.ungraded(student) | {"key": key}
    try:
        name, extracted, notes = _chosen(candidates)
        contained = containment.detected()
        record |= {"file": name, "containment": contained.level, "solutions": {}}
        with Sandbox(extracted.cells, settings.limits, contained) as sandbox:
            record |= _Submission(extracted, sandbox, settings.seed, notes).graded()
    except cells.UnreadableError as error:
        record |= _without_points("unreadable", str(error))
    except SandboxError as error:
        record |= {"status": "failed", "reason": one_line(str(error))}
    return record | {"seconds": round(time.monotonic() - began, 2)}


def _chosen(candidates):
    """(name, extract, notes) of the file to grade."""
    read, errors = [], []
    for name, content in candidates:
        try:
            if isinstance(content, cells.UnreadableError):
                raise content
            read.append((name, extract(cells.read(name, content))))
        except cells.UnreadableError as error:
            errors.append(error)
    if not read:
        raise errors[0]
    name, extracted = max(read, key=lambda one: len(one[1].sources))
    return name, extracted, [f"of {len(candidates)} files, {name} was graded"] if len(candidates) > 1 else []


def _without_points(status, reason):
    exercises = [{"name": exercise.name, "points": 0, "max": exercise.points, "state": status, "mistake": None,
                  "feedback": "", "seconds": 0} for exercise in EXERCISES.values()]
    return {"status": status, "reason": one_line(reason), "exercises": exercises}


class _Submission:
    def __init__(self, extracted, sandbox, seed, notes):
        self.extracted, self.sandbox, self.seed, self.notes = extracted, sandbox, seed, notes
        self.stops, self.kinds, self.seconds = {}, {}, dict.fromkeys(EXERCISES, 0.0)

    def graded(self):
        """The fields of the record that running the submission decides."""
        self.notes = [f"{where} was left out, since it does not compile. {words}, in line {line}: {source}"
                      for where, line, source, words, _ in self.extracted.broken] + self.notes
        try:
            self._load()
            hidden = self._outcomes(self.seed, EXERCISES)
            failing = [name for name in EXERCISES if hidden[name].state != PASSED and name not in self.stops]
            visible = self._outcomes(VISIBLE_SEED, failing)
        except Stopped as stopped:  # while its cells were run, before any exercise
            self.stops = {"its cells": stopped}
            words = f"the cells before it could not be run: {stopped}"
            hidden, visible = {name: _stopped(name, words) for name in EXERCISES}, {}
        exercises = [self._exercise(name, hidden[name], visible.get(name)) for name in EXERCISES]
        return {"status": "stopped" if self.stops else "graded", "reason": self._reason(), "exercises": exercises,
                "notes": [one_line(note)[:LONGEST_NOTE] for note in self.notes],
                "solutions": similarity.fingerprint(self._attempted(hidden))}

    def _load(self):
        if not self.extracted.cells:
            self.kinds = dict.fromkeys(EXERCISES, "missing")
            return
        answer = {name: str(value) for name, value in self.sandbox.load().items()}
        if "failure" in answer:
            raise Stopped("ended", "its cells could not be run")
        self.kinds = {name: answer.get(f"kind/{name}", "missing") for name in EXERCISES}
        self.notes += [note for name, note in answer.items() if name.startswith("note/")]

    def _outcomes(self, seed, names):
        """Outcomes by exercise: each on its own first, so that no right answer enters before its exercise is judged."""
        outcomes = {name: self._outcome(name, seed) for name in names}
        for name in names:
            own, needs = outcomes[name], EXERCISES[name].needs
            if needs and own.state != PASSED and self.kinds[name] == "function" and not _stub(own):
                alone = self._outcome(name, seed, reference.sources_before(EXERCISES[name].number))
                to_mend = [EXERCISES[need] for need in needs if need in outcomes and outcomes[need].share < 1]
                outcomes[name] = _better(own, alone, to_mend)
        return outcomes

    def _outcome(self, name, seed, references=None):
        if self.kinds[name] != "function":
            return self._no_function(name)
        stopped = [need for need in EXERCISES[name].needs if need in self.stops]
        if stopped and not references:  # it would be waited for once more
            return Outcome(name, "crashed", EXERCISES[name].section, found=(f"{stopped[0]} was stopped",),
                           says=(f"It calls {stopped[0]}, which had to be stopped.",), tries=f"mend {stopped[0]} first")
        began = time.monotonic()
        try:
            arrays = self.sandbox.run(name, seed, references)
            self.stops.pop(name, None)
            return _judged(name, arrays, seed)
        except Stopped as stopped:
            self.stops[name] = stopped
            return _stopped(name, f"{name} was stopped: {stopped}")
        finally:
            self.seconds[name] += time.monotonic() - began

    def _no_function(self, name):
        exercise, kind = EXERCISES[name], self.kinds[name]
        for where, line, source, words, defines in self.extracted.broken:
            if kind == "missing" and name in defines:
                return Outcome(name, "crashed", exercise.section, found=(f"line {line} of {where}: {source}", words),
                               says=("The cell does not compile, so nothing in it can be run.",),
                               tries="run the cell in Jupyter: it marks the place")
        if kind == "missing":
            return Outcome(name, "not attempted", exercise.section, tries=f"define {exercise.signature}",
                           says=(f"There is no function {name} in what was handed in.",))
        return Outcome(name, "wrong type", exercise.section, tries=f"define {exercise.signature}",
                       found=(f"{name} is no function, but of type {kind}",))

    def _exercise(self, name, hidden, visible):
        exercise = EXERCISES[name]
        told = hidden if hidden.state == PASSED or name in self.stops else _stripped(hidden)
        if visible and visible.state != PASSED:
            told = visible
        return {"name": name, "points": hidden.share * exercise.points, "max": exercise.points, "state": hidden.state,
                "mistake": hidden.mistake, "feedback": lines(text(told, passed="passed"))[:LONGEST_FEEDBACK],
                "seconds": round(self.seconds[name], 2)}

    def _reason(self):
        if self.stops:
            return one_line("; ".join(dict.fromkeys(f"{name}: {stopped}" for name, stopped in self.stops.items())))
        if set(self.kinds.values()) == {"missing"} and not self.extracted.broken:
            return "none of the six functions is in it: is it a notebook of this course?"
        return one_line(self.notes[0])[:LONGEST_NOTE] if self.notes else ""

    def _attempted(self, outcomes):
        return {name: source for name, source in self.extracted.sources.items()
                if outcomes[name].state != "not attempted"}


def _judged(name, arrays, seed):
    """The judge's outcome; what makes the judge stumble was not made by the probe."""
    try:
        if "failure" not in arrays:
            return judge(name, arrays, seed)
    except Exception:  # arrays may hold anything, and one submission must not stop a batch
        pass
    return Outcome(
        name, "crashed", EXERCISES[name].section, tries="change nothing but your own names",
        says=("What came back is no answer: the submission changes something that the grader, NumPy or TensorFlow "
              "needs.",))


def _stopped(name, words):
    return Outcome(name, "crashed", EXERCISES[name].section, found=(words,),
                   tries="run it once more yourself, and look for what does not end or grows without bound")


def _stub(outcome):
    """Whether the exercise itself is still a stub."""
    return outcome.state == "not attempted" and not outcome.waiting_for


def _better(own, alone, to_mend):
    """The better of two outcomes, with a word on the earlier exercises that were replaced."""
    names = " and ".join(exercise.name for exercise in to_mend)
    if alone.state == PASSED:
        note = f"It calls {names}, which is not right yet. With a correct one in its place all checks pass."
        return replace(alone, notes=(*alone.notes, note))
    if alone.share < own.share or not to_mend:
        return own
    return replace(alone, notes=(*alone.notes, f"(Tried with a correct {names} in place of yours.)"))


def _stripped(outcome):
    """The outcome without what could show a hidden input: its values, its words, what was printed."""
    found = outcome.found if outcome.state in SHOWN else outcome.found[:1] if outcome.state == "crashed" else ()
    return replace(outcome, found=found, printed=(), case=(
        "the visible tests pass; this failed on other inputs, which are not shown",))
