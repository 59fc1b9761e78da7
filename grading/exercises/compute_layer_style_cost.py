"""Exercise 3: the style cost of one layer."""

from grading.exercises.exercise import Case, Draw, Exercise


def cases(seed):
    draw = Draw(seed)
    base = draw.pair_of_layers((4, 3, 3))
    same = draw.array(1, 3, 2, 2)
    order = draw.order(12)
    return [
        Case("small", "value", draw.pair_of_layers((1, 3, 2))),
        Case("tall", "value", draw.pair_of_layers((5, 2, 4))),
        Case("square", "value", draw.pair_of_layers((3, 3, 2))),
        Case("wide", "value", draw.pair_of_layers((2, 5, 3))),
        Case("base", "value", base),
        Case("zero", "zero", (same, same)),
        Case("permuted", "permuted", tuple(_reorder_positions(a, order) for a in base)),
        Case("scaled", "scaled", tuple(3 * a for a in base)),
        Case("quarters", "value", draw.pair_of_layers((1, 3, 2), draw.quarters)),
        Case("large", "value", draw.pair_of_layers((1, 2, 3), draw.large)),
    ]


def _reorder_positions(a, order):
    return a.reshape(-1, a.shape[-1])[order].reshape(a.shape)


EXERCISE = Exercise(
    name="compute_layer_style_cost",
    chapter=1,
    number=3,
    points=15,
    section="4.3",
    heading="The style cost of one layer",
    signature="compute_layer_style_cost(a_S, a_G)",
    cases=cases,
    needs=("gram_matrix",),
    gradient_paths=lambda args: [(1,)],
    tries="print both Gram matrices for the smallest input and compare them with A A^T worked out on paper",
    hints=(
        "gram_matrix expects one row per channel, (nC, nH*nW). Which axis of a_S, of shape (1, nH, nW, nC), holds the "
        "channels?",
        "The channels are the last axis, and a reshape keeps the order of the numbers. So reshape to (nH*nW, nC) "
        "first, then transpose. The sum of squared differences is divided by 4 nC^2 (nH nW)^2.",
        "S = tf.transpose(tf.reshape(a_S, [-1, n_C])), the same for a_G, then\n"
        "J = tf.reduce_sum(tf.square(gram_matrix(S) - gram_matrix(...))) / (4 * n_C**2 * (...)**2)",
    ),
)
