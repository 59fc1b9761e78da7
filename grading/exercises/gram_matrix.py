"""Exercise 2: the Gram matrix."""

from grading.exercises.exercise import Case, Draw, Exercise


def cases(seed):
    draw = Draw(seed)
    base = draw.array(4, 7)
    return [
        Case("small", "value", (draw.array(3, 2),)),
        Case("wide", "value", (draw.array(2, 5),)),
        Case("square", "value", (draw.array(3, 3),)),
        Case("column", "value", (draw.array(4, 1),)),
        Case("base", "value", (base,)),
        Case("permuted", "permuted", (base[:, draw.order(7)],)),
        Case("scaled", "scaled", (3 * base,)),
        Case("quarters", "value", (draw.quarters(2, 3),)),
        Case("large", "value", (draw.large(2, 2),)),
    ]


EXERCISE = Exercise(
    name="gram_matrix",
    chapter=1,
    number=2,
    points=15,
    section="4.2",
    heading="The Gram matrix",
    signature="gram_matrix(A)",
    cases=cases,
    gradient_paths=lambda args: [(0,)],
    tries="multiply row 1 of A by row 2 on paper, and look for that number in your result",
    hints=(
        "A has one row per channel. Entry (i, j) compares channel i with channel j: which two rows does it need?",
        "Each entry is the dot product of two rows of A. A matrix product multiplies rows of the first factor by "
        "columns of the second, so one of the two factors must be transposed.",
        "return tf.matmul(A, A, transpose_...=True): one of transpose_a and transpose_b gives shape (nC, nC).",
    ),
)
