"""Every known mistake is told from every other and from right answers, and right answers pass."""

import itertools

import numpy as np
import pytest

from grading.exercises import EXERCISES
from grading.exercises.exercise import VISIBLE_SEED
from grading.judge import KEYS, general_mistakes
from grading.judge.mistakes import WouldCrash, combine, explanations
from grading.judge.numbers import as_scalar, close
from grading.judge.train_step.evidence import StepEvidence, compared, weighted
from tests.support import snapshots
from tests.support.answers_of_all_chapters import RIGHT_ANSWERS, SOLUTIONS, WRONG_ANSWERS, judged
from tests.support.parameters import mostly_slow
from tests.support.right_answers_chapter_1 import HANDED_OVER
from tests.support.student_notebook import graded, told

SEEDS = [VISIBLE_SEED, *range(1, 26)]
WITH_RIGHT_ANSWER = [name for name, key in KEYS.items() if key.right_answer]
ALL_RIGHT = [
    answer
    for exercise, cells in RIGHT_ANSWERS.items()
    for answer in mostly_slow([(exercise, n) for n in range(len(cells))], quick=5)
]

# A wrong train_step takes a second to judge: `make test` judges twelve of the sixty.
LONGEST_LAST = sorted(WRONG_ANSWERS, key=lambda row: row[0] == "train_step")


@pytest.mark.parametrize(
    ("exercise", "name", "mistake", "state"),
    mostly_slow([row[:4] for row in LONGEST_LAST], quick=len(WRONG_ANSWERS) - 48),
    ids=[f"{exercise}-{name}" for exercise, name, *_ in LONGEST_LAST],
)
def test_a_wrong_answer_fails_and_its_mistake_is_named(exercise, name, mistake, state):
    outcome = judged(exercise, name)
    assert (outcome.state, outcome.mistake, outcome.details) == (state, mistake, "")


@pytest.mark.parametrize(
    "exercise", mostly_slow(sorted(EXERCISES, key=lambda name: name == "train_step"), quick=len(EXERCISES) - 1)
)
def test_each_mistake_is_told_in_its_own_words(exercise):
    messages = {name: told(judged(of, name)) for of, name, *_ in WRONG_ANSWERS if of == exercise}
    snapshots.check(exercise, messages)


@pytest.mark.parametrize(("exercise", "n"), ALL_RIGHT)
def test_a_right_answer_passes_however_it_is_written(exercise, n):
    outcome = graded(exercise, RIGHT_ANSWERS[exercise][n])
    assert outcome.state == "passed", outcome


@pytest.mark.parametrize(
    ("exercise", "way"),
    [
        (name, way)
        for name, exercise in EXERCISES.items()
        for way in HANDED_OVER
        if not (exercise.in_numpy and way == "tf.Module")
    ],
)  # whose @tf.function lets no NumPy array in
def test_a_right_answer_passes_however_it_is_handed_over(exercise, way):
    outcome = graded(exercise, SOLUTIONS[exercise] + HANDED_OVER[way].format(name=exercise))
    assert outcome.state == "passed", outcome


@pytest.mark.parametrize(
    "exercise", [name for name, exercise in EXERCISES.items() if name != "train_step" and not exercise.in_numpy]
)
def test_a_mistake_is_named_however_it_is_handed_over(exercise):
    [mistake, cell] = next(
        [mistake, cell] for of, _, mistake, state, cell in WRONG_ANSWERS if of == exercise and state == "wrong value"
    )
    assert graded(exercise, cell + HANDED_OVER["tf.Module"].format(name=exercise)).mistake == mistake


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_solution_passes_on_other_inputs_too(exercise, seed):
    assert graded(exercise, SOLUTIONS[exercise], seed).state == "passed"


@pytest.mark.slow
@pytest.mark.parametrize(
    "exercise",
    [
        "gram_matrix",
        "compute_layer_style_cost",
        "total_cost",
        "total_variation_cost",
        "value_and_gradient",
        "match_colors",
        "perceptual_step",
    ],
)
def test_mistakes_are_named_on_other_inputs_too(exercise):
    for of, _, mistake, state, cell in WRONG_ANSWERS:
        if of == exercise:
            outcome = graded(exercise, cell, 7)
            assert (outcome.state, outcome.mistake) == (state, mistake)


def test_at_least_five_right_answers_are_tried_for_each_exercise():
    assert RIGHT_ANSWERS.keys() == EXERCISES.keys()
    assert all(len(cells) >= 5 for cells in RIGHT_ANSWERS.values())


def test_every_mistake_of_the_catalogue_is_made_by_a_wrong_answer():
    made = {(exercise, id_) for exercise, _, mistake, *_ in WRONG_ANSWERS for id_ in (mistake, *mistake.split("+"))}
    known = {(exercise, mistake.id) for exercise, key in KEYS.items() for mistake in key.mistakes}
    assert known - made == {("train_step", "stale-optimizer")}  # which takes a picture: see test_messages


def answers(exercise, formula, seed):
    """What a formula gives for the value cases of a seed, as tuples of arrays; None where it would crash."""
    given = []
    for case in EXERCISES[exercise].cases(seed):
        if case.role == "value":
            try:
                answer = formula(*case.args, **case.options)
                parts = answer if isinstance(answer, tuple) else (answer,)
                given.append(tuple(as_scalar(np.asarray(part)) for part in parts))
            except (WouldCrash, np.linalg.LinAlgError):
                given.append(None)
    return given


def same(some, others):
    return all(
        (a is None and b is None) or (a is not None and b is not None and alike(a, b))
        for a, b in zip(some, others, strict=True)
    )


def alike(some, others):
    return all(close(a, b) or close(b, a) for a, b in zip(some, others, strict=True))


@pytest.mark.parametrize("exercise", WITH_RIGHT_ANSWER)
@pytest.mark.parametrize("seed", mostly_slow(SEEDS, quick=6))
def test_no_two_mistakes_and_no_right_answer_give_the_same_output(exercise, seed):
    right_answer, mistakes = KEYS[exercise].right_answer, KEYS[exercise].mistakes
    singles = [found for found in explanations(mistakes) if len(found) == 1]
    given = {n: answers(exercise, combine(found, right_answer), seed) for n, found in enumerate(singles)}
    right = answers(exercise, right_answer, seed)
    for n, found in enumerate(singles):
        assert not same(given[n], right), found[0].id
    for (m, one), (n, other) in itertools.combinations(enumerate(singles), 2):
        assert one[0].id == other[0].id or not same(given[m], given[n]), (one[0].id, other[0].id)


@pytest.mark.parametrize("exercise", WITH_RIGHT_ANSWER)
@pytest.mark.parametrize("seed", mostly_slow(SEEDS, quick=6))
def test_no_two_mistakes_together_give_the_right_answer(exercise, seed):
    right_answer, mistakes = KEYS[exercise].right_answer, KEYS[exercise].mistakes
    right = answers(exercise, right_answer, seed)
    for found in explanations(mistakes):
        if len(found) == 2:
            assert not same(answers(exercise, combine(found, right_answer), seed), right), [m.id for m in found]


@pytest.fixture(scope="module", params=[(seed, count) for seed in SEEDS[:8] for count in (1, 3, 5)], ids=str)
def evidence(request):
    """What should happen in a train_step with so many style layers; what did happen is to be filled in."""
    seed, count = request.param
    return StepEvidence({"lambdas": np.full(count, 1 / count)}, seed)


def moved(evidence, step):
    """Fill in the pictures after three steps, all of them `step`."""
    evidence.pictures = np.stack([np.clip(evidence.case.start + n * step, 0, 1) for n in (1, 2, 3)])


J_FORMULAS = [
    ("right", weighted(10, 40)),
    ("content-missing", weighted(0, 40)),
    ("J_style", weighted(0, 1)),
    ("style-missing", weighted(10, 0)),
    ("J_content", weighted(1, 0)),
    ("unweighted", weighted(1, 1)),
    ("costs-swapped", weighted(40, 10)),
    ("targets-swapped", compared("a_S", "a_G", "a_C", "a_G")),
    ("a_S for both", compared("a_S", "a_G", "a_S", "a_G")),
    ("a_C for both", compared("a_C", "a_G", "a_C", "a_G")),
    ("a_C-for-a_G", compared("a_C", "a_G", "a_S", "a_C")),
    ("a_S-for-a_G", compared("a_C", "a_S", "a_S", "a_G")),
]

STEPS = [
    (name, lambda step, weights=weights: step.step(*weights))
    for name, weights in (
        ("right", (10, 40)),
        ("style", (0, 40)),
        ("J_style", (0, 1)),
        ("content", (10, 0)),
        ("J_content", (1, 0)),
        ("up", (-10, -40)),
    )
]


def test_no_two_mistakes_in_a_step_give_the_same_J(evidence):
    moved(evidence, evidence.step())
    for name, formula in J_FORMULAS:
        *evidence.J, evidence.J_other = [formula(evidence, picture) for picture in evidence.every_picture]
        assert [other for other, guess in J_FORMULAS if evidence.J_is(guess)] == [name]


def test_no_two_mistakes_in_a_step_move_the_picture_alike(evidence):
    for name, step in STEPS:
        moved(evidence, step(evidence))
        assert [other for other, guess in STEPS if evidence.moved_as(guess(evidence))] == [name]
        assert evidence.descended == (name == "right")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gradient-of-content", "gradient-of-weighted-content"])
@pytest.mark.parametrize("seed", [4, 5])
def test_a_wrong_gradient_is_named_even_where_J_fails_to_fall_first(name, seed):
    [cell] = [cell for _, other, _, _, cell in WRONG_ANSWERS if other == name]
    assert graded("train_step", cell, seed).mistake == "gradient-of-content"


def test_every_mistake_says_what_it_is_and_what_to_try_next():
    every = [mistake for key in KEYS.values() for mistake in key.mistakes]
    for mistake in [*every, *general_mistakes.MISTAKES]:
        assert mistake.says.endswith((".", ".)", "?")), mistake
        assert mistake.tries, mistake
        assert "!" not in mistake.says
        assert "check your" not in mistake.says
