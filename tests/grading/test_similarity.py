"""Copied code is found again under other names, and honest work is not accused for being short."""

import ast
import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.exercises import CHAPTERS
from grading.submissions.similarity import find_groups, fingerprint_solutions
from tests.support.answers_of_all_chapters import RIGHT_ANSWERS, SOLUTIONS, STUBS

GRAM = "def gram_matrix(A):\n    B = tf.transpose(A)\n    return tf.matmul(A, B)\n"
SAME = {
    "other names": "def gram_matrix(x):\n    y = tf.transpose(x)\n    return tf.matmul(x, y)\n",
    "a comment": "# mine\n" + GRAM.replace("return", "# I wrote this\n    return"),
    "a docstring": GRAM.replace("    B", '    """The Gram matrix."""\n    B'),
    "other layout": "def gram_matrix( A ) :\n  B=(tf.transpose(A));  return tf.matmul(\n      A, B,)",
    "indented as a whole": "    " + GRAM.replace("\n", "\n    "),
    "annotations": GRAM.replace("(A):", "(A: tf.Tensor) -> tf.Tensor:").replace("    B =", "    B: tf.Tensor ="),
    "a variable announced": GRAM.replace("    B =", "    B: int\n    B ="),
    "a decorator": "@tf.function\n" + GRAM,
}
OTHER = {
    "another order": GRAM.replace("A, B", "B, A"),
    "one line": "def gram_matrix(A):\n    return tf.matmul(A, tf.transpose(A))\n",
    "another function": GRAM.replace("transpose", "reverse"),
    "another global": GRAM.replace("tf.matmul", "keras.ops.matmul"),
    "another constant": GRAM.replace("return", "return 2 *"),
    "a global in place of a local": GRAM.replace("    B =", "    global B\n    B ="),
    "a default": GRAM.replace("(A):", "(A, b=1):"),
}


def mark(source):
    return fingerprint_solutions({"gram_matrix": source})["gram_matrix"]


@pytest.mark.parametrize("source", SAME.values(), ids=SAME)
def test_a_copy_in_disguise_is_the_same(source):
    assert mark(source) == mark(GRAM)


@pytest.mark.parametrize("source", OTHER.values(), ids=OTHER)
def test_another_way_to_write_it_is_not(source):
    assert mark(source) != mark(GRAM)


NAMES = st.lists(st.sampled_from("abcdefghxyz"), min_size=4, max_size=4, unique=True)


@given(NAMES)
def test_names_inside_the_function_do_not_count(names):
    source = (
        "def gram_matrix({0}):\n    def {1}({2}):\n        return tf.transpose({2})\n    try:\n"
        "        return sum({3} for {3} in {1}({0}))\n    except ValueError as {2}:\n        raise {2}\n"
    )
    assert mark(source.format(*names)) == mark(source.format(*"ABCD"))


def test_names_outside_the_function_do():
    source = "{0} = tf.matmul\ngram_matrix = lambda A: {0}(A, A, transpose_b=True)\n"
    assert mark(source.format("times")) != mark(source.format("product"))
    assert mark(source.format("times")) == mark(source.format("times").replace("A", "Q"))


@pytest.mark.parametrize(
    "source",
    [
        "def gram_matrix(A:",
        "\x00",
        "\ud800",
        "  x\n y",
        "(" * 100_000,
        "x = " + "-" * 100_000 + "1",
        "x = " + "1 + " * 20_000 + "1",
        "x = " + "not " * 1_000 + "1",
        "x = 0x" + "f" * 10_000,
    ],
    ids=lambda source: ascii(source[:20]),
)
def test_what_is_no_python_or_too_deep_is_left_out(source):
    assert fingerprint_solutions({"gram_matrix": source, "total_cost": SOLUTIONS["total_cost"]}).keys() == {
        "total_cost"
    }


def test_a_text_with_a_strange_escape_warns_nobody(recwarn):
    assert mark(r"def gram_matrix(A): return '\d'")
    assert list(recwarn) == []


def test_every_right_answer_that_the_tests_know_has_a_fingerprint():
    for exercise, cells in RIGHT_ANSWERS.items():
        assert all(exercise in fingerprint_solutions({exercise: cell}) for cell in cells)


CHAPTER_1, CHAPTER_2, CHAPTER_3, CHAPTER_4 = (list(exercises) for exercises in CHAPTERS.values())
TWO_CHAPTERS = CHAPTER_2 + CHAPTER_3  # as one notebook
ANOTHER = "def another(x):\n    return x\n"


def solutions(names=CHAPTER_1, **changed):
    return fingerprint_solutions({**{name: function(name, SOLUTIONS[name]) for name in names}, **changed})


def found(*different):
    """The groups of students whose solutions are given, by the letters of the alphabet."""
    return find_groups(dict(zip("abcdef", different, strict=False)))


@pytest.mark.parametrize("names", [CHAPTER_1, CHAPTER_2, TWO_CHAPTERS, CHAPTER_4])
def test_students_with_the_same_solutions_are_named_once_together(names):
    copied, own = solutions(names), solutions(names, **dict.fromkeys(names, ANOTHER))
    assert found(copied, copied, own, copied) == [(["a", "b", "d"], names)]


def test_the_one_exercise_of_chapter_3_tells_a_copy_only_if_it_is_long():
    longest = {"match_colors": max(marks("match_colors"), key=nodes)}
    assert found(longest, longest) == [(["a", "b"], CHAPTER_3)]
    assert found(solutions(CHAPTER_3), solutions(CHAPTER_3)) == []


def test_several_groups_are_told_apart_and_sorted():
    one, other = solutions(), {name: max(marks(name), key=nodes) for name in CHAPTER_1}
    assert found(one, other, one, other) == [(["a", "c"], CHAPTER_1), (["b", "d"], CHAPTER_1)]


@pytest.mark.parametrize(("names", "name"), [(names, name) for names in (CHAPTER_1, TWO_CHAPTERS) for name in names])
def test_an_exercise_that_is_unfinished_or_changed_hides_no_copy(names, name):
    whole, rest = solutions(names), [other for other in names if other != name]
    unfinished = {other: mark for other, mark in whole.items() if other != name}
    changed = solutions(names, **{name: ANOTHER})
    for other in (unfinished, changed):
        assert found(whole, other) == [(["a", "b"], rest)]


def test_who_shares_less_is_in_a_group_of_less():
    less = solutions(gram_matrix=ANOTHER, train_step=ANOTHER)
    rest = [name for name in CHAPTER_1 if name not in ("gram_matrix", "train_step")]
    assert found(solutions(), less, solutions()) == [(["a", "b", "c"], rest), (["a", "c"], CHAPTER_1)]


@pytest.mark.parametrize(
    "attempted",
    [
        [],
        ["gram_matrix"],
        ["compute_layer_style_cost", "train_step"],
        ["gram_matrix", "total_cost"],
        ["gram_matrix", "total_cost", "compute_style_cost", "train_step"],
        ["gram_matrix", "total_cost", "compute_layer_style_cost"],
        *([name] for name in TWO_CHAPTERS),
    ],
)
def test_little_code_accuses_nobody(attempted):
    few = fingerprint_solutions({name: function(name, SOLUTIONS[name]) for name in attempted})
    assert found(few, few) == []


@pytest.mark.parametrize(("chapter", "count"), [(CHAPTER_1, 4), (TWO_CHAPTERS, 2), (CHAPTER_3, 1), (CHAPTER_4, 3)])
def test_so_many_exercises_in_the_shortest_way_are_little_code(chapter, count):
    shortest = {name: min(marks(name), key=nodes) for name in chapter}
    for names in itertools.combinations(shortest, count):
        few = {name: shortest[name] for name in names}
        assert found(few, few) == [], names


def test_gram_matrix_total_cost_and_any_other_are_little_code():
    for exercise in CHAPTERS[1].keys() - {"gram_matrix", "total_cost"}:
        for mark in marks(exercise):
            few = fingerprint_solutions({name: SOLUTIONS[name] for name in ("gram_matrix", "total_cost")}) | {
                exercise: mark
            }
            assert found(few, few) == [], mark


def marks(exercise):
    """The fingerprints of the right answers to an exercise that are a function of its name, as a record has them."""
    functions = filter(None, (function(exercise, cell) for cell in RIGHT_ANSWERS[exercise]))
    return [fingerprint_solutions({exercise: source})[exercise] for source in functions]


def function(name, cell):
    """The source of a cell's function of that name; None where the cell has no such."""
    found = [node for node in ast.parse(cell).body if isinstance(node, ast.FunctionDef) and node.name == name]
    return ast.unparse(found[-1]) if found else None


def nodes(mark):
    return int(mark.split("-")[1])


def test_untouched_stubs_would_be_little_code_too():
    stubs = fingerprint_solutions(STUBS)
    assert found(stubs, stubs) == []


def test_a_thousand_students_are_compared_in_a_moment():
    began, alike = time.monotonic(), solutions()
    [(students, exercises)] = find_groups(
        {f"{number}": {**alike, "gram_matrix": f"{number}-16"} for number in range(1000)}
    )
    assert (len(students), exercises) == (1000, [name for name in CHAPTER_1 if name != "gram_matrix"])
    assert time.monotonic() - began < 20
