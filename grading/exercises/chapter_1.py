"""Chapter 1: the six functions of a painting."""

from grading.exercises import cases
from grading.exercises.exercise import Exercise

COMPUTE_CONTENT_COST = Exercise(
    name="compute_content_cost",
    chapter=1,
    number=1,
    points=10,
    section="4.1",
    signature="compute_content_cost(content_output, generated_output)",
    cases=cases.content_cases,
    gradient_paths=lambda args: [(1, len(args[1]) - 1)],
    properties=("zero", "scaled"),
    degree=2,
    tries="work the cost out on paper for one position and one channel, then for two",
    hints=(
        "Both arguments are lists, one entry per layer. Which entry is the content layer's, and what is its shape?",
        "Take the last entry of each list. Subtract, square, sum with tf.reduce_sum; nH, nW and nC are in "
        "a_G.shape[1:].",
        "a_C, a_G = content_output[-1], generated_output[-1], then\n"
        "J = tf.reduce_sum(tf.square(tf.subtract(..., ...))) / (4 * n_H * ... * ...)",
    ),
)

GRAM_MATRIX = Exercise(
    name="gram_matrix",
    chapter=1,
    number=2,
    points=15,
    section="4.2",
    signature="gram_matrix(A)",
    cases=cases.gram_cases,
    gradient_paths=lambda args: [(0,)],
    properties=("symmetric", "semi-definite", "permuted", "scaled"),
    degree=2,
    tries="write down row 1 times row 2 of A by hand and look for it in your answer",
    hints=(
        "A has one row per channel. Entry (i, j) compares channel i with channel j: which two rows does it need?",
        "Each entry is the dot product of two rows of A. A matrix product takes rows of its first factor and "
        "columns of its second, so one of the two factors is transposed.",
        "return tf.matmul(A, A, transpose_...=True): one of transpose_a and transpose_b gives shape (nC, nC).",
    ),
)

COMPUTE_LAYER_STYLE_COST = Exercise(
    name="compute_layer_style_cost",
    chapter=1,
    number=3,
    points=15,
    section="4.3",
    signature="compute_layer_style_cost(a_S, a_G)",
    cases=cases.layer_style_cases,
    needs=("gram_matrix",),
    gradient_paths=lambda args: [(1,)],
    properties=("zero", "permuted", "scaled"),
    degree=4,
    tries="print both Gram matrices for the smallest input and compare them with A A^T worked out by hand",
    hints=(
        "gram_matrix wants channels as rows, (nC, nH*nW). In a_S, of shape (1, nH, nW, nC), where are the channels?",
        "The channels come last, and a reshape keeps the order of the numbers: reshape to (nH*nW, nC) first, then "
        "transpose. The sum of squared differences is divided by 4 nC^2 (nH nW)^2.",
        "S = tf.transpose(tf.reshape(a_S, [-1, n_C])), the same for a_G, then\n"
        "J = tf.reduce_sum(tf.square(gram_matrix(S) - gram_matrix(...))) / (4 * n_C**2 * (...)**2)",
    ),
)

COMPUTE_STYLE_COST = Exercise(
    name="compute_style_cost",
    chapter=1,
    number=4,
    points=15,
    section="4.4",
    signature="compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS)",
    cases=cases.style_cases,
    needs=("gram_matrix", "compute_layer_style_cost"),
    gradient_paths=lambda args: [(1, layer) for layer in range(len(args[1]) - 1)],
    properties=("zero", "scaled"),
    degree=4,
    tries="print lambda and the layer's own cost in every turn of the loop, and add them up by hand",
    hints=(
        "The lists hold one output per style layer and, last, the content layer's. Which of them belong to style?",
        "Drop the last entry of both lists with [:-1]; then walk through the two lists and STYLE_LAYERS together, "
        "adding lambda times compute_layer_style_cost for each.",
        "Start with J = 0.0, and in the loop\n"
        "for a, g, (_, weight) in zip(style_image_output[:-1], ..., STYLE_LAYERS):\n"
        "    J += weight * compute_layer_style_cost(a, ...)",
    ),
)

TOTAL_COST = Exercise(
    name="total_cost",
    chapter=1,
    number=5,
    points=10,
    section="4.5",
    signature="total_cost(J_content, J_style, alpha=10, beta=40)",
    cases=cases.total_cases,
    gradient_paths=lambda args: [(0,), (1,)],
    tries="put in J_content = 1, J_style = 0, and then the other way round: alpha and beta should come out",
    hints=(
        "Two costs pull at the picture. Which weight belongs to which of them?",
        "alpha is the weight of the content cost, beta that of the style cost; both are arguments, so use them "
        "rather than their values.",
        "return alpha * J_content + ... * ...",
    ),
)

TRAIN_STEP = Exercise(
    name="train_step",
    chapter=1,
    number=6,
    points=35,
    section="5",
    signature="train_step(generated_image)",
    needs=("compute_content_cost", "gram_matrix", "compute_layer_style_cost", "compute_style_cost", "total_cost"),
    tries="go through the step line by line: outputs of the network, two costs, their total, gradient, update, clip",
    hints=(
        "What has to happen while the tape is watching, and what only after it?",
        "Inside the tape: a_G = vgg_model_outputs(generated_image), the two costs, their total. After it: the "
        "gradient of J with respect to generated_image, one optimizer step, and the pixels clipped to [0, 1].",
        "grad = tape.gradient(J, generated_image)\n"
        "optimizer.apply_gradients([(..., generated_image)])\n"
        "generated_image.assign(clip_0_1(...))\n"
        "return ...",
    ),
)

EXERCISES = (COMPUTE_CONTENT_COST, GRAM_MATRIX, COMPUTE_LAYER_STYLE_COST, COMPUTE_STYLE_COST, TOTAL_COST, TRAIN_STEP)
