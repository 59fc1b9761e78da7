"""One submission -> one record: the unit of a batch. It needs nothing but its arguments, so it runs anywhere.

All exercises of the submission's chapter are tried in this order: on the visible inputs; on the hidden ones; and where
one of the two fails and earlier exercises are called, once more with ours in their place, so that one mistake costs
once. So no right answer enters the process before its own exercise is judged. And what a student reads in full was
computed before any hidden input entered it: of what comes later only the verdict and its explanation are told. What had
to be stopped is not tried again; what calls it is tried with ours on the visible inputs too, in another process, so
that nothing is kept from its author.
"""

import time
from dataclasses import dataclass, replace

from foundation.printable import printable_line, printable_lines
from grading.exercises import CHAPTERS, EXERCISES, FIRST
from grading.exercises.cases import VISIBLE_SEED
from grading.judge import reference
from grading.judge.failures import tampered
from grading.judge.outcomes import PASSED, Outcome, text
from grading.judge.verdict import judge
from grading.reports import records
from grading.runner import worker
from grading.sandbox import containment
from grading.sandbox.process import Limits, Sandbox, SandboxError, Stopped
from grading.submissions import cells, similarity
from grading.submissions.extract import extract

LONGEST_NOTE = 500
LONGEST_FEEDBACK = 10_000


@dataclass(frozen=True)
class Settings:
    """What all submissions of a batch are graded by."""

    seed: int
    limits: Limits


def grade(student, candidates, settings, key=""):
    """The record of a submission.

    candidates: the files that a student handed in, [(name, content in bytes or an UnreadableError), ...]; the one in
    which most exercises are attempted is graded; of several, the first that defines most. key: what the record is to be
    known by.
    """
    began, record = time.monotonic(), records.ungraded(student) | {"key": key}
    try:
        name, extracted, notes = _chosen(candidates)
        contained = containment.detected()
        record |= {
            "file": name,
            "chapter": extracted.chapter,
            "containment": contained.level,
            "exercises": records.blank(extracted.chapter or FIRST, "not graded"),
            "solutions": {},
        }
        sandbox = Sandbox(extracted.cells, settings.limits, contained)
        record |= _Submission(extracted, sandbox, settings.seed, notes).graded()
    except cells.UnreadableError as error:
        record |= {
            "status": "unreadable",
            "reason": printable_line(str(error)),
            "exercises": records.blank(FIRST, "unreadable"),
        }
    except SandboxError as error:
        record |= {"status": "failed", "reason": printable_line(str(error))}
    except Exception as error:  # whatever it is, it is no reason to leave the others without their grades
        record |= {"status": "failed", "reason": printable_line(own_failure(error))}
    return record | {"seconds": round(time.monotonic() - began, 2)}


def own_failure(error):
    """What is told of an error that nobody has foreseen."""
    return (
        f"the grader itself failed: {type(error).__name__}: {error}. Run the same command again; where that does "
        "not help, look at the submission yourself, and set its points with --overrides"
    )


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
    name, extracted = max(read, key=lambda one: (len(one[1].attempted), len(one[1].sources)))
    return name, extracted, list(_left_out(name, extracted, candidates, read))


def _left_out(name, extracted, candidates, read):
    """What an instructor should know of the files, and of the functions, that were not graded."""
    if len(candidates) > 1:
        yield f"of {len(candidates)} files, {name} was graded"
    for other, found in read:
        if found.chapter not in (None, extracted.chapter):
            yield (
                f"{other} is of chapter {found.chapter} and {name} of chapter {extracted.chapter}: one chapter is "
                f"graded at a time, so grade {other} by itself"
            )
    if extracted.elsewhere:
        yield (
            f"{name} is graded as chapter {extracted.chapter}, without {', '.join(extracted.elsewhere)}: one "
            "chapter is graded at a time, so grade these in a file of their own"
        )


class _Submission:
    def __init__(self, extracted, sandbox, seed, notes):
        self.extracted, self.sandbox, self.seed, self.notes = extracted, sandbox, seed, notes
        self.exercises = CHAPTERS[extracted.chapter or FIRST]
        self.stops, self.kinds, self.seconds = {}, {}, dict.fromkeys(self.exercises, 0.0)

    def graded(self):
        """The fields of the record that running the submission decides."""
        self.notes += [
            f"{where} was left out, since it does not compile. {words}, in line {line}: {source}"
            for where, line, source, words, _ in self.extracted.broken[: worker.MOST_NOTES]
        ]
        try:
            with self.sandbox:
                self._load()
                visible = {name: self._outcome(name, VISIBLE_SEED) for name in self.exercises}
                own = {name: _lesser(visible[name], self._hidden(name)) for name in self.exercises}
                alone = {name: self._hidden(name, references) for name, references in self._to_replace(own)}
            with self.sandbox:  # another process, in which no hidden input has been
                told = {
                    name: self._outcome(name, VISIBLE_SEED, references)
                    for name, references in self._to_replace(own)
                    if self._stopped_before(name)
                }
        except Stopped as stopped:  # while its cells were run, before any exercise
            self.stops = {"its cells": stopped}
            words = f"the cells before it could not be run: {stopped}"
            own, alone, told = {name: _stopped(name, words) for name in self.exercises}, {}, {}
        alone |= {name: _lesser(outcome, alone[name]) for name, outcome in told.items()}
        final = self._final(own, alone)
        exercises = [self._exercise(name, final[name]) for name in self.exercises]
        return {
            "status": "stopped" if self.stops else "graded",
            "reason": self._reason(),
            "exercises": exercises,
            "notes": [printable_line(note[:LONGEST_NOTE]) for note in self.notes],
            "solutions": similarity.fingerprint(self._attempted(final)),
        }

    def _load(self):
        if not self.extracted.cells:
            self.kinds = dict.fromkeys(self.exercises, "missing")
            return
        answer = {name: str(value) for name, value in self.sandbox.load().items()}
        if "failure" in answer:
            error = answer["failure"].strip().splitlines()[-1:]
            raise Stopped(
                "ended",
                " ".join(
                    [
                        "nothing of its cells could be run. What they import or define may take "
                        "the place of what the grader needs.",
                        *error,
                    ]
                ),
            )
        self.kinds = {name: answer.get(f"kind/{name}", "missing") for name in self.exercises}
        self.notes += [note for name, note in answer.items() if name.startswith("note/")][: worker.MOST_NOTES]

    def _to_replace(self, own):
        """(name, ours for the earlier ones) of each exercise that fails, and calls one that fails, and can be tried."""
        for name, exercise in self.exercises.items():
            upstream = any(own[need].state != PASSED for need in exercise.needs)
            can_be_tried = self.kinds[name] == "function" and name not in self.stops and not _stub(own[name])
            if upstream and own[name].state != PASSED and can_be_tried:
                yield name, reference.sources_before(exercise.number)

    def _stopped_before(self, name):
        return [need for need in EXERCISES[name].needs if need in self.stops]

    def _final(self, own, alone):
        """The outcomes that count: the better of the student's own and those with ours for the earlier exercises."""
        final = dict(own)
        for name, outcome in alone.items():
            to_mend = [need for need in EXERCISES[name].needs if final[need].share < 1]
            final[name] = _better(own[name], outcome, to_mend)
        return final

    def _hidden(self, name, references=None):
        """The outcome on hidden inputs, of which nothing is told."""
        if name in self.stops:
            return _stopped(name, f"{name} was stopped: {self.stops[name]}")
        outcome = self._outcome(name, self.seed, references)
        untold = outcome.state == PASSED or name in self.stops or self.kinds[name] != "function"
        return outcome if untold else _stripped(outcome)

    def _outcome(self, name, seed, references=None):
        if self.kinds[name] != "function":
            return self._no_function(name)
        stopped = self._stopped_before(name)
        if stopped and not references:  # it would be waited for once more
            return Outcome(
                name,
                "crashed",
                EXERCISES[name].section,
                found=(f"{stopped[0]} was stopped",),
                says=(f"It calls {stopped[0]}, which had to be stopped.",),
                tries=f"mend {stopped[0]} first",
            )
        began = time.monotonic()
        try:
            return _judged(name, self.sandbox.run(name, seed, references), seed)
        except Stopped as stopped:
            self.stops[name] = stopped
            return _stopped(name, f"{name} was stopped: {stopped}")
        finally:
            self.seconds[name] += time.monotonic() - began

    def _no_function(self, name):
        exercise, kind = EXERCISES[name], self.kinds[name]
        for where, line, source, words, defines in self.extracted.broken:
            if kind == "missing" and name in defines:
                return Outcome(
                    name,
                    "crashed",
                    exercise.section,
                    found=(f"line {line} of {where}: {source}", words),
                    says=("The cell does not compile, so nothing in it can be run.",),
                    tries="run the cell in Jupyter: it marks the place",
                )
        if kind == "missing":
            return Outcome(
                name,
                "not attempted",
                exercise.section,
                tries=f"define {exercise.signature}",
                says=(f"There is no function {name} in what was handed in.",),
            )
        return Outcome(
            name,
            "wrong type",
            exercise.section,
            tries=f"define {exercise.signature}",
            found=(f"{name} is no function, but of type {kind}",),
        )

    def _exercise(self, name, outcome):
        exercise = EXERCISES[name]
        return {
            "name": name,
            "points": outcome.share * exercise.points,
            "max": exercise.points,
            "state": outcome.state,
            "mistake": outcome.mistake,
            "feedback": printable_lines(text(outcome, passed="passed"))[:LONGEST_FEEDBACK],
            "seconds": round(self.seconds[name], 2),
        }

    def _reason(self):
        if set(self.kinds.values()) == {"missing"} and not self.extracted.broken:
            return "none of the course's functions is in it: is it a notebook of this course?"
        stops = dict.fromkeys(f"{name}: {stopped}" for name, stopped in self.stops.items())
        return printable_line("; ".join([*stops, *self.notes])[:LONGEST_NOTE])

    def _attempted(self, outcomes):
        return {
            name: source for name, source in self.extracted.sources.items() if outcomes[name].state != "not attempted"
        }


def _judged(name, arrays, seed):
    """The judge's outcome; what makes the judge stumble was not made by the probe."""
    try:
        if "failure" not in arrays:
            return judge(name, arrays, seed)
    except Exception:  # arrays may hold anything, and one submission must not stop a batch
        pass
    return tampered(EXERCISES[name])


def _stopped(name, words):
    return Outcome(
        name,
        "crashed",
        EXERCISES[name].section,
        found=(words,),
        tries="run it once more yourself, and look for what does not end or grows without bound",
    )


def _stub(outcome):
    """Whether the exercise itself is still a stub."""
    return outcome.state == "not attempted" and not outcome.waiting_for


def _lesser(visible, hidden):
    """The outcome of the inputs that went worse; of the visible ones, which are told in full, where both did alike."""
    return visible if visible.state != PASSED and visible.share <= hidden.share else hidden


def _better(own, alone, to_mend):
    """The better of two outcomes, with a word on the earlier exercises that were replaced."""
    if alone.share < own.share:
        return own
    names = ", ".join(to_mend)
    note = (
        f"It calls {names}, not right yet. With correct functions in their place all checks pass."
        if alone.state == PASSED
        else f"(Tried with correct functions in place of your {names}.)"
    )
    return replace(alone, notes=(*alone.notes, note))


def _stripped(outcome):
    """The outcome without anything that the submission could have said of a hidden input."""
    return replace(outcome, found=(), printed=(), case=("this failed on hidden inputs, which are not shown",))
