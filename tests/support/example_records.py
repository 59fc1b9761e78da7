"""Records of submissions, made up: what the grader's reports are tried with."""

import random

from grading.exercises import CHAPTERS, EXERCISES, exercises_of
from grading.reports.records import FORMAT

# What a student may put into any text: markup, quotes, line breaks, control characters, turned writing, a formula.
HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "a,b;c\r\nd\te",
    "\x00\x1b[31m\x7f",
    "\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe",
    "\udfff\ud800",
    "=1+cmd|' /C calc'!A0",
    "-rf",
    "{{ 7*7 }} {% raw %}",
    "</pre></body></html>",
    "&amp;&#0;",
    "\N{LINE SEPARATOR}x\x85y",
)

WRONG = {
    "compute_content_cost": [("wrong value", "no-quarter"), ("wrong value", "absolute"), ("crashed", "whole-list")],
    "gram_matrix": [("wrong shape", "transposed"), ("wrong gradient", "no-gradient"), ("crashed", "dot-T")],
    "compute_layer_style_cost": [("wrong value", None), ("crashed", "three-sizes")],
    "compute_style_cost": [("wrong value", None), ("crashed", "undefined-name")],
    "total_cost": [("wrong value", None), ("wrong type", "returns-nothing")],
    "train_step": [
        ("wrong property", "no-clipping"),
        ("wrong value", "style-missing"),
        ("crashed", "outside-tape"),
        ("not attempted", None),
    ],
}


def record(student="Ada Lovelace_1234", status="graded", chapters=(1,), **changed):
    """A record in which everything passed; `changed` replaces fields, or whole exercises by their name."""
    exercises = [exercise(name, **changed.pop(name, {})) for name in exercises_of(chapters)]
    return {
        "format": FORMAT,
        "student": student,
        "file": f"{student}.ipynb",
        "hash": "0123456789ab",
        "chapters": list(chapters),
        "key": "0" * 64,
        "status": status,
        "reason": "",
        "notes": [],
        "exercises": exercises,
        "containment": "bubblewrap",
        "seconds": 7.9,
        "solutions": {},
        **changed,
    }


def exercise(name, **changed):
    return {
        "name": name,
        "points": EXERCISES[name].points,
        "max": EXERCISES[name].points,
        "state": "passed",
        "mistake": None,
        "feedback": f"{name}: all tests passed",
        "seconds": 0.2,
        "file": "",
        "code": "",
        "case": "",
        **changed,
    }


def wrong(name, state="wrong value", mistake=None, points=0):
    """What `record` takes for an exercise that failed."""
    told = f"{name}: {state}\n  A = [[1, 2], [3, 4]]\n  expected 5, got 6\n  Try: something else (section 4.2)"
    return {name: {"points": points, "state": state, "mistake": mistake, "feedback": told}}


def a_class(count, seed=0):
    """So many records: good ones, wrong ones, stopped and unreadable ones; the same for the same arguments."""
    dice = random.Random(seed)
    return [_drawn(f"{dice.choice(FIRST)} {dice.choice(LAST)}_{1000 + number}", count, dice) for number in range(count)]


FIRST = ("Ada", "Emmy", "Maryam", "Sofia", "Alan", "Kurt", "Omar", "شبنم", "José", "Zoë", "李")
LAST = ("Lovelace", "Noether", "Mirzakhani", "Kovalevskaya", "Turing", "Gödel", "Khayyam", "آزادی", "O'Brien", "Nguyễn")
TROUBLE = (
    ("stopped", "train_step: stopped after 60 s"),
    ("unreadable", "hw1.ipynb: not valid JSON (line 1)"),
    ("failed", "the grader itself failed: BrokenProcessPool"),
)


def _drawn(student, count, dice):
    skill = dice.random()
    changed = {"seconds": round(dice.lognormvariate(2, 0.3), 2)}
    for name, ways in WRONG.items():
        if dice.random() > 0.5 + skill / 2:
            state, mistake = dice.choice(ways)
            most = EXERCISES[name].points
            changed |= wrong(name, state, mistake, 0 if state in ("crashed", "not attempted") else most / 4)
    status, reason = dice.choice(TROUBLE) if dice.random() < 0.04 else ("graded", "")
    if status in ("unreadable", "failed"):
        changed = {name: {"points": 0, "state": "not graded", "feedback": ""} for name in CHAPTERS[1]}
    copied = dict.fromkeys(CHAPTERS[1], f"{dice.randrange(9 * count)}-60")
    return record(student, status, reason=reason, solutions=copied, **changed)
