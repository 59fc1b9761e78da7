"""The texts that `python -m tools.exercise new` writes, with {name}, {number}, {chapter} and {points} to fill in."""

WITHOUT_ANSWER = {"stale-optimizer"}  # a mistake of train_step that only a picture of the student's own shows
STORE_MESSAGES = (
    "RENEW_SNAPSHOTS=1 python -m pytest tests/grading/test_mistakes.py tests/grading/test_messages.py, then read them"
)

EXERCISE = '''"""Exercise {number}: TODO, what it computes."""

from grading.exercises.exercise import Case, Draw, Exercise


def cases(seed):
    draw = Draw(seed)
    return [
        Case("small", "value", (draw.array(2, 3),)),
        Case("tall", "value", (draw.array(5, 2),)),
        Case("square", "value", (draw.array(3, 3),)),
        Case("quarters", "value", (draw.quarters(2, 3),)),
        Case("large", "value", (draw.large(2, 2),)),
    ]


EXERCISE = Exercise(
    name="{name}",
    chapter={chapter},
    number={number},
    points={points},
    section="TODO",
    heading="TODO",
    signature="{name}(x)",
    cases=cases,
    gradient_paths=lambda args: [(0,)],
    tries="TODO: what to try when no known mistake explains the failure",
    hints=("TODO: a question?", "TODO: a pointer.", "TODO: almost the line, with ... for what is left out"),
)
'''

ANSWER_KEY = '''"""Exercise {number}, {name}: right answer and known mistakes."""

from grading.judge.mistakes import AnswerKey, advise
from grading.judge.numbers import printed


def {name}(x):
    """TODO: the formula, the shapes, and the source."""
    raise NotImplementedError("TODO: the right answer in float64 NumPy")


def describe(x):
    return [f"x has shape {{x.shape}}", *printed(x=x)]


# TODO: at least five, as
# wrong("id", lambda x: ...).because("what was computed, and what is asked for", "one thing to try").
MISTAKES = advise()

KEY = AnswerKey({name}, describe, MISTAKES)
'''

ANSWERS = '''"""What students write for {name}: the stub, right answers, and a wrong one for each known mistake."""

STUB = """
def {name}(x):
    raise NotImplementedError("Exercise {number}: {name}")
"""

SOLUTION = """
def {name}(x):
    TODO
"""

RIGHT_ANSWERS = [SOLUTION]  # TODO: at least five, written in different ways

# TODO: (exercise, title, id of the mistake, state, cell), as
# ("{name}", "no-sum", "no-sum", "wrong shape", "def ...").
WRONG_ANSWERS = []
'''

TEST = '''def {name}_test(target: Callable) -> Result:
    """Test exercise {number}, `{name}`: TODO, its formula.

    Args:
        target: your {name}(x) -> TODO, with its shape.

    Returns:
        A `Result`; the verdict is shown.

    >>> {name}_test(None).outcome
    {name}: not attempted
      {name} is None: it is not written yet.
      Try: define {name}(x) (section TODO)
    'not attempted'
    """
    return _test("{name}", target)

'''

CELLS = '''

# %% [markdown]
# ### Exercise {number}: `{name}`
#
# TODO: what it is for, and a prediction. Move these cells to their place.

# %% exercise="{number}: {name}"
def {name}(x):
    """TODO: one sentence, with shapes."""
    ### BEGIN SOLUTION
    TODO
    ### END SOLUTION


# %% test="{name}" points={points}
{name}_test({name}).assert_passed()
'''

NEXT_STEPS = """
Replace every TODO in these files, in this order:

1. grading/exercises/{name}.py: the inputs and the hints.
2. grading/judge/{name}.py: the right answer and the known mistakes.
3. tests/support/answers_to_{name}.py: the solution, other right answers, a wrong one for each mistake.
4. public_tests.py and the chapter's source: the docstring and the cells; then python -m tools.build_notebooks.

python -m tools.exercise check {name} says what is missing."""
