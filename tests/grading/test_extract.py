"""What is kept of a submission: the exercises, and what they need, transitively."""

import ast
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.exercises import CHAPTERS
from grading.submissions.extract import extract_code
from grading.submissions.python_code import Source
from tests.support.student_notebook import IMPORTS, SOLUTIONS, STUBS
from tests.support.student_notebook_chapter_2 import SOLUTIONS_2

GRAM = "def gram_matrix(A):\n    return {}\n"


def keep_statements(*codes):
    """The source of every kept statement, in order."""
    sources = [Source(f"cell {number}", code) for number, code in enumerate(codes, 1)]
    lines = []
    for cell in extract_code(sources).cells:
        body = ast.parse(cell.source).body
        lines += [ast.unparse(body[number]) for number in cell.keep]
    return lines


def test_an_exercise_is_kept_with_the_imports_it_needs_and_no_others():
    assert keep_statements("import tensorflow as tf\nimport seaborn", GRAM.format("tf.matmul(A, A)")) == [
        "import tensorflow as tf",
        "def gram_matrix(A):\n    return tf.matmul(A, A)",
    ]


def test_what_a_needed_name_needs_is_kept_too():
    code = "a = 1\nb = a + 1\nc = b\nunrelated = 7\ndef helper(x):\n    return x * c\n"
    assert keep_statements(code, GRAM.format("helper(A)"))[:4] == [
        "a = 1",
        "b = a + 1",
        "c = b",
        "def helper(x):\n    return x * c",
    ]


def test_default_arguments_and_decorators_count_as_needs():
    code = "WEIGHT = 2\ndef twice(f):\n    return f\n@twice\ndef gram_matrix(A, weight=WEIGHT):\n    return A"
    assert len(keep_statements(code)) == 3


def test_local_names_are_no_needs():
    assert keep_statements("J = open('/etc/passwd')", "def gram_matrix(A):\n    J = A\n    return [J for J in A]") == [
        "def gram_matrix(A):\n    J = A\n    return [J for J in A]"
    ]


def test_names_in_classes_and_nested_functions_are_needs():
    code = "scale = 3\nclass Product:\n    factor = scale\n"
    nested = "def gram_matrix(A):\n    def inner():\n        return Product.factor * A\n    return inner()"
    assert keep_statements(code, nested)[0] == "scale = 3"


def test_calls_loops_and_plots_are_left_out():
    code = "print(1)\nfor i in range(9):\n    J = train_step(x)\nplt.show()\nlist.append(3)\ntf.random.set_seed(1)"
    assert keep_statements(code, GRAM.format("A")) == ["def gram_matrix(A):\n    return A"]


def test_a_loop_that_sets_a_needed_name_stays():
    assert keep_statements("for size in (1, 2):\n    pass", GRAM.format("A * size")) == [
        "for size in (1, 2):\n    pass",
        "def gram_matrix(A):\n    return A * size",
    ]


def test_what_takes_the_network_and_the_pictures_is_supplied_instead():
    code = "vgg = load_vgg19()\na_C = vgg(load('louvre.jpg'))\ngenerated_image = tf.Variable(a_C)"
    step = "def train_step(generated_image):\n    return vgg(generated_image) + a_C"
    assert keep_statements(code, step) == [step]


def test_what_changes_a_needed_value_in_place_is_kept():
    code = (
        "LAYERS = []\nfor n in range(3):\n    LAYERS.append(n)\nweights = {}\nweights['a'] = 1\n"
        "weights.update(b=2)\nLAYERS += [weights]\nLAYERS[0] = 7\nunrelated = []\nunrelated.append(1)"
    )
    assert keep_statements(code, GRAM.format("LAYERS")) == [
        "LAYERS = []",
        "for n in range(3):\n    LAYERS.append(n)",
        "weights = {}",
        "weights['a'] = 1",
        "weights.update(b=2)",
        "LAYERS += [weights]",
        "LAYERS[0] = 7",
        "def gram_matrix(A):\n    return LAYERS",
    ]


def test_what_changes_a_module_a_function_or_the_optimizer_is_left_out():
    code = (
        "import numpy as np\nnp.random.seed(1)\nnp.allclose = None\noptimizer = Adam()\n"
        "for step in range(2500):\n    optimizer.apply_gradients(step)\n"
    )
    step = "def train_step(x):\n    return optimizer.step(np.sum(x))"
    assert keep_statements(code, step, "train_step.calls = 0") == ["import numpy as np", "optimizer = Adam()", step]


def test_a_star_is_kept_unless_it_is_the_courses_own():
    assert (
        keep_statements("from public_tests import *\nfrom numpy import *", GRAM.format("A"))[0] == "from numpy import *"
    )


def test_all_definitions_of_a_name_are_kept_and_the_last_is_the_one_compared():
    found = extract_code([Source("cell 1", GRAM.format("1")), Source("cell 2", "@tf.function\n" + GRAM.format("2"))])
    assert [cell.keep for cell in found.cells] == [(0,), (0,)]
    assert found.definitions == {"gram_matrix": "@tf.function\ndef gram_matrix(A):\n    return 2"}


def test_a_cell_that_does_not_compile_is_left_out_and_told_with_what_it_defines():
    found = extract_code(
        [Source("cell 1", "x = 1\ndef gram_matrix(A:\n    return A"), Source("cell 2", GRAM.format("A"))]
    )
    assert [cell.name for cell in found.cells] == ["cell 2"]
    [broken] = found.broken
    assert (broken.name, broken.line, broken.source) == ("cell 1", 2, "def gram_matrix(A:")
    assert broken.exercises == ("gram_matrix",)
    assert broken.error.startswith("SyntaxError: ")


def test_code_nested_too_deeply_is_left_out():
    found = extract_code([Source("cell 1", "x = " + "-" * 5000 + "1"), Source("cell 2", GRAM.format("A"))])
    assert [cell.name for cell in found.cells] == ["cell 2"]
    assert len(found.broken) == 1


@pytest.mark.parametrize("number", [f"0x{'f' * 4400}", f"0o{'7' * 5000}", f"-0b{'1' * 20_000}"])
def test_a_number_too_large_to_be_written_out_is_told_with_its_line(number):
    found = extract_code([Source("cell 1", f"x = 1\n\ny = {number}\n{GRAM}"), Source("cell 2", GRAM.format("A"))])
    assert [cell.name for cell in found.cells] == ["cell 2"]
    [broken] = found.broken
    assert (broken.name, broken.line, broken.error.split(":")[0]) == ("cell 1", 3, "ValueError")


def test_a_long_chain_of_needs_is_followed_in_good_time():
    chain = [f"a{number} = a{number + 1}" for number in range(2000)]
    began = time.monotonic()
    assert len(keep_statements("\n".join(chain), GRAM.format("a0"))) == 2001
    assert time.monotonic() - began < 5


def test_what_is_no_stub_is_attempted_and_what_is_of_another_chapter_is_named():
    own = {"gram_matrix": SOLUTIONS["gram_matrix"], "total_cost": "def total_cost(*J):\n    raise ValueError\n"}
    code = "\n".join([*{**STUBS, **own}.values(), SOLUTIONS_2["total_variation_cost"]])
    found = extract_code([Source("work.py", code)])
    assert (found.chapters, found.attempted, found.other_chapters) == (
        (1,),
        {"gram_matrix", "total_cost"},
        ("total_variation_cost",),
    )


@given(st.permutations(list(SOLUTIONS)), st.lists(st.integers(0, 6), max_size=4))
def test_a_notebook_is_found_complete_in_whatever_cells_it_lies(order, noise):
    sources = [Source("cell 0", IMPORTS), *(Source(f"cell {n}", SOLUTIONS[name]) for n, name in enumerate(order, 1))]
    for place in noise:
        sources.insert(place, Source(f"noise {place}", "print('a word')\nresult = 1 + 1"))
    found = extract_code(sources)
    assert found.chapters == (1,)
    assert found.definitions.keys() == CHAPTERS[1].keys()
    assert not any(cell.name.startswith("noise") for cell in found.cells)
