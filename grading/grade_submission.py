"""Grade one submission: its files become one record. `grade` needs only its arguments, so it runs on any machine.

All exercises of the submission's chapters are run in this order:

1. on the visible inputs;
2. on the hidden inputs;
3. where one of these fails and the exercise calls earlier ones, again with right solutions in their place, so that one
   mistake costs points once.

So no right solution enters the process before its own exercise is judged. And the feedback that students read in full
was computed before any hidden input entered the process; of later runs they read only the verdict and its explanation.
An exercise that had to be stopped is not run again. Exercises that call it, and those that fail with right solutions in
place of earlier ones, are run with these on the visible inputs, too, in a new process: their feedback has the mistake,
and nothing that could be copied from these solutions.
"""

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from foundation.printable import printable_lines, printable_sentence
from grading.exercises import EXERCISES, FIRST, exercises_of
from grading.exercises.exercise import VISIBLE_SEED
from grading.hidden_inputs import choose_seed, hash_submission, hide_inputs, hide_reason, hide_solutions
from grading.judge import stand_ins_before
from grading.judge.answer import judge_answer
from grading.judge.outcomes import PASSED, Outcome, text
from grading.limited_process import MAX_MEMORY, EndedError, LimitError, call_within_limits
from grading.reports import records
from grading.reports.records import Record, ReportedExercise
from grading.runner.protocol import MAX_NOTES
from grading.sandbox.containment import RootError, find_containment
from grading.sandbox.process import Limits, Sandbox, SandboxError, SandboxKilled, Stopped
from grading.submission_outcomes import choose_better, choose_worse, describe_stopped, describe_waiting, not_a_function
from grading.submissions.cells import UnreadableError
from grading.submissions.extract import Extract
from grading.submissions.read_work import FILE_SECONDS, read_work
from grading.submissions.similarity import fingerprint_solutions

MAX_NOTE = 500  # characters
MAX_FEEDBACK = MAX_CODE = 10_000
VERDICT_SECONDS = 30  # usually a tenth of one


@dataclass(frozen=True)
class Settings:
    """What all submissions of a batch have in common.

    seed: a secret of the class, from which `choose_seed` derives that of a submission's hidden inputs. allow_root: of
    `find_containment`.
    """

    seed: int
    limits: Limits
    allow_root: bool = False


def grade(student: str, candidates: list, settings: Settings, key: str = "") -> Record:
    """Grade a submission.

    student: the student's id. candidates: the submitted files, [(name, content in bytes or an UnreadableError), ...],
    which are graded as one work. key: stored in the record. If the grader itself fails, the
    record has the status "failed" and says why. Raises only SandboxKilled.

    >>> record = grade("Ada", [("work.py", b"")], Settings(7, Limits()))
    >>> record["status"], record["reason"]
    ('unreadable', 'work.py is empty. Save your work and submit it again.')
    """
    began, record = time.monotonic(), records.ungraded_record(student)
    record["key"] = key
    try:
        record["hash"] = hash_submission(candidates)
        extract, notes = read_work(candidates)
        record["file"] = ", ".join(dict.fromkeys(extract.files.values()))
        record["chapters"] = list(extract.chapters)
        record["exercises"] = records.blank_exercises(extract.chapters, "not graded")
        containment = find_containment(settings.allow_root)
        record["containment"] = containment.name
        sandbox = Sandbox(extract.cells, settings.limits, containment)
        seed = choose_seed(settings.seed, student, candidates)
        _SubmissionRun(extract, sandbox, seed, notes).grade(record)
    except UnreadableError as error:
        record["status"], record["reason"] = "unreadable", printable_sentence(str(error))
        record["exercises"] = records.blank_exercises([FIRST], "unreadable")
    except SandboxKilled:
        raise
    except EndedError as error:
        raise SandboxKilled(str(error)) from None
    except (SandboxError, RootError) as error:
        record["reason"] = printable_sentence(str(error))
    except Exception as error:  # of any type: the other students must still get their grades
        record["reason"] = printable_sentence(describe_failure(error))
    record["seconds"] = round(time.monotonic() - began, 2)
    return record


def describe_failure(error: BaseException) -> str:
    """The message about an unexpected error of the grader."""
    return (
        f"the grader itself failed: {type(error).__name__}: {error}. Run the same command again. If that does not "
        "help, grade this submission yourself and set its points with --overrides"
    )


class _SubmissionRun:
    """One submission in its sandbox. stops: {exercise: why it was stopped}; kinds: {exercise: "function", "missing" or
    another type}; failures: {exercise: the line that could not define it, and the error}; seconds: {exercise: duration
    of all its runs}."""

    def __init__(self, extract: Extract, sandbox: Sandbox, seed: int, notes: list[str]) -> None:
        self.extract, self.sandbox, self.seed = extract, sandbox, seed
        self.exercises = exercises_of(extract.chapters)
        self.stops: dict[str, Stopped] = {}
        self.kinds: dict[str, str] = {}
        self.failures: dict[str, str] = {}
        self.newer = dict(extract.newer)
        self.seconds = dict.fromkeys(self.exercises, 0.0)
        self.notes = notes + [
            f"{cell.part} was left out, because it does not compile: {cell.error}, in line {cell.line}: {cell.source}"
            for cell in extract.broken[:MAX_NOTES]
        ]

    def grade(self, record: Record) -> None:
        """Run all exercises, and fill in the record."""
        try:
            outcomes = self._run_all()
        except Stopped as stopped:  # while its cells were run, before any exercise
            self.stops = {"its cells": stopped}
            message = f"the cells before it could not be run: {stopped}"
            outcomes = {name: describe_stopped(name, message) for name in self.exercises}
        attempted = {
            name: source for name, source in self.extract.definitions.items() if outcomes[name].state != "not attempted"
        }
        record["status"] = "stopped" if self.stops else "graded"
        record["reason"] = self._reason()
        record["exercises"] = [self._report(name, outcomes[name]) for name in self.exercises]
        record["notes"] = [printable_sentence(note[:MAX_NOTE]) for note in self.notes]
        with suppress(LimitError):  # a solution that is so complex is compared with no other
            record["solutions"] = call_within_limits(fingerprint_solutions, attempted, seconds=FILE_SECONDS)

    def _run_all(self):
        """{exercise: the outcome that counts}."""
        with self.sandbox:
            self._load()
            visible = {name: self._run(name, VISIBLE_SEED) for name in self.exercises}
            own = {name: choose_worse(visible[name], self._run_hidden(name)) for name in self.exercises}
            replaced = {name: self._run_hidden(name, references) for name, references in self._references(own)}
        with self.sandbox:  # a new process, which no hidden input has entered
            for name, references in self._references(own):
                if self._find_stopped(name) or replaced[name].state != PASSED:  # for feedback that names its input
                    replaced[name] = choose_worse(self._run_beside_solutions(name, references), replaced[name])
        final = dict(own)
        for name, outcome in replaced.items():
            wrong = [need for need in EXERCISES[name].needs if final[need].share < 1]
            final[name] = choose_better(own[name], outcome, wrong)
        return final

    def _load(self):
        if not self.extract.cells:
            self.kinds = dict.fromkeys(self.exercises, "missing")
            return
        answer = {name: str(value) for name, value in self.sandbox.load().items()}
        if "failure" in answer:
            error = " ".join(answer["failure"].strip().splitlines()[-1:])
            raise Stopped(
                "ended",
                "no code of its cells could be run. They may import or define something that replaces what the grader "
                f"needs. {error}",
            )
        self.kinds = {name: answer.get(f"kind/{name}", "missing") for name in self.exercises}
        self.notes += [note for name, note in answer.items() if name.startswith("note/")][:MAX_NOTES]
        self.failures = {name: answer[f"failed/{name}"] for name in self.exercises if f"failed/{name}" in answer}
        self.newer |= {name: answer[f"newer/{name}"] for name in self.exercises if f"newer/{name}" in answer}

    def _references(self, own):
        """(name, right solutions of earlier exercises) of each exercise to run again: it and one that it calls fail."""
        for name, exercise in self.exercises.items():
            calls_failed = any(own[need].state != PASSED for need in exercise.needs)
            is_stub = own[name].state == "not attempted" and not own[name].waiting_for
            can_run = self.kinds[name] == "function" and name not in self.stops and not is_stub
            if calls_failed and own[name].state != PASSED and can_run:
                yield name, stand_ins_before(exercise.number)

    def _find_stopped(self, name):
        return next((need for need in EXERCISES[name].needs if need in self.stops), None)

    def _run_hidden(self, name, references=None):
        """The outcome on hidden inputs, which shows none of them."""
        return self._run_secretly(name, self.seed, references, hide_inputs)

    def _run_beside_solutions(self, name, references):
        """The outcome on visible inputs with right solutions of earlier exercises, which shows none of these."""
        return self._run_secretly(name, VISIBLE_SEED, references, partial(hide_solutions, cells=self.extract.cells))

    def _run_secretly(self, name, seed, references, hide):
        if name in self.stops:
            return self._describe_stop(name)
        outcome = self._run(name, seed, references)
        if name in self.stops:
            self.stops[name] = hide_reason(self.stops[name])
            return self._describe_stop(name)
        shows_none = outcome.state == PASSED or self.kinds[name] != "function"
        return outcome if shows_none else hide(outcome)

    def _run(self, name, seed, references=None):
        if self.kinds[name] != "function":
            return not_a_function(name, self.kinds[name], self.extract.broken, self.failures.get(name))
        if (needed := self._find_stopped(name)) and not references:
            return describe_waiting(name, needed)
        began = time.monotonic()
        try:
            arrays = self.sandbox.run(name, seed, references)
            return call_within_limits(judge_answer, name, arrays, seed, seconds=VERDICT_SECONDS)
        except LimitError:
            message = f"no verdict on its results was possible within {VERDICT_SECONDS} s and {MAX_MEMORY / 1e9:.0f} GB"
            self.stops[name] = Stopped("time", message)
            return self._describe_stop(name)
        except Stopped as stopped:
            self.stops[name] = stopped
            return self._describe_stop(name)
        finally:
            self.seconds[name] += time.monotonic() - began

    def _describe_stop(self, name):
        return describe_stopped(name, f"{name} was stopped: {self.stops[name]}")

    def _report(self, name, outcome: Outcome) -> ReportedExercise:
        exercise = EXERCISES[name]
        why, is_function = self.newer.get(name), self.kinds.get(name) == "function"
        code = self.extract.definitions.get(name, "")
        if why and (is_function or outcome.state == "not attempted"):
            note = f"This is the verdict on an older {name}: {why}." if is_function else f"{why}."
            outcome = replace(outcome, notes=(*outcome.notes, note))
        return {
            "name": name,
            "points": outcome.share * exercise.points,
            "max": exercise.points,
            "state": outcome.state,
            "mistake": outcome.mistake,
            "feedback": printable_lines(text(outcome, passed="passed"))[:MAX_FEEDBACK],
            "seconds": round(self.seconds[name], 2),
            "file": self.extract.files.get(name, "") if code else "",
            "code": printable_lines(code[:MAX_CODE]),
            "case": printable_sentence("; ".join(outcome.case))[:MAX_NOTE],
        }

    def _reason(self):
        if set(self.kinds.values()) == {"missing"} and not (self.extract.broken or self.newer):
            return "it defines none of the course's functions: check that it is a notebook of this course"
        stops = dict.fromkeys(f"{name}: {stopped}" for name, stopped in self.stops.items())
        return printable_sentence("; ".join([*stops, *self.notes])[:MAX_NOTE])
