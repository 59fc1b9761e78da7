"""Right answers, written in different ways: exercise -> list of cells."""

from student_notebook import (
    COMPUTE_CONTENT_COST,
    COMPUTE_LAYER_STYLE_COST,
    COMPUTE_STYLE_COST,
    GRAM_MATRIX,
    STYLE_LAYERS,
    TOTAL_COST,
    TRAIN_STEP,
)


def _content(lines):
    return "def compute_content_cost(content_output, generated_output):\n" + _indented(lines)


def _gram(lines):
    return "def gram_matrix(A):\n" + _indented(lines)


def _layer(lines):
    return "def compute_layer_style_cost(a_S, a_G):\n" + _indented(lines)


def _style(lines):
    return STYLE_LAYERS + ("def compute_style_cost(style_image_output, generated_image_output, "
                           "STYLE_LAYERS=STYLE_LAYERS):\n") + _indented(lines)


def _total(lines):
    return "def total_cost(J_content, J_style, alpha=10, beta=40):\n" + _indented(lines)


def _indented(lines):
    return "".join(f"    {line}\n" for line in lines.strip("\n").split("\n"))


UNROLLED = """
a_C, a_G = content_output[-1], generated_output[-1]
m, n_H, n_W, n_C = a_G.get_shape().as_list()
a_C_unrolled = tf.transpose(tf.reshape(a_C, shape=[n_H * n_W, n_C]))
a_G_unrolled = tf.transpose(tf.reshape(a_G, shape=[n_H * n_W, n_C]))
return 1 / (4 * n_H * n_W * n_C) * tf.reduce_sum(tf.square(tf.subtract(a_C_unrolled, a_G_unrolled)))
"""

CONTENT = [
    COMPUTE_CONTENT_COST,
    "@tf.function\n" + COMPUTE_CONTENT_COST.strip(),
    _content(UNROLLED),
    _content("return tf.reduce_mean((content_output[-1] - generated_output[-1]) ** 2) / 4"),
    _content("d = content_output[-1] - generated_output[-1]\n"
             "return tf.einsum('bhwc,bhwc->', d, d) / (4.0 * tf.cast(tf.size(d), tf.float32))"),
    _content("d = tf.reshape(content_output[-1] - generated_output[-1], [1, -1])\n"
             "return tf.reshape(tf.matmul(d, d, transpose_b=True), [1]) / (4 * d.shape[1])"),
    _content("d = tf.reshape(content_output[-1] - generated_output[-1], [-1])\n"
             "return tf.tensordot(d, d, 1) / (4 * d.shape[0])"),
    _content("ops = keras.ops\nd = ops.subtract(content_output[-1], generated_output[-1])\n"
             "return ops.mean(ops.square(d)) / 4"),
    _content("a_C, a_G, J = content_output[-1], generated_output[-1], 0.0\n"
             "_, n_H, n_W, n_C = a_G.shape\n"
             "for h in range(n_H):\n    for w in range(n_W):\n        for c in range(n_C):\n"
             "            J += (a_C[0, h, w, c] - a_G[0, h, w, c]) ** 2\n"
             "return J / (4 * n_H * n_W * n_C)"),
    _content("d = tf.norm(content_output[-1] - generated_output[-1])\n"
             "return d * d / (4 * np.prod(content_output[-1].shape))"),
    _content("s = tf.cast(tf.shape(generated_output[-1]), tf.float32)\n"
             "return tf.reduce_sum(tf.math.squared_difference(content_output[-1], generated_output[-1])) "
             "/ (4.0 * s[1] * s[2] * s[3])"),
]

GRAM = [
    GRAM_MATRIX,
    "@tf.function\n" + GRAM_MATRIX.strip(),
    _gram("return tf.matmul(A, tf.transpose(A))"),
    _gram("return A @ tf.transpose(A)"),
    _gram("return tf.einsum('ip,jp->ij', A, A)"),
    _gram("return tf.tensordot(A, A, axes=[[1], [1]])"),
    _gram("return keras.ops.matmul(A, keras.ops.transpose(A))"),
    _gram("return tf.reduce_sum(A[:, None, :] * A[None, :, :], axis=-1)"),
    _gram("rows = tf.unstack(A)\nreturn tf.stack([tf.stack([tf.reduce_sum(a * b) for b in rows]) for a in rows])"),
    _gram("return tf.linalg.matmul(A, A, adjoint_b=True)"),
]

LAYER_STYLE = [
    COMPUTE_LAYER_STYLE_COST,
    "@tf.function\n" + COMPUTE_LAYER_STYLE_COST.strip(),
    _layer("""
_, n_H, n_W, n_C = a_G.get_shape().as_list()
a_S = tf.transpose(tf.reshape(a_S, [-1, n_C]))
a_G = tf.transpose(tf.reshape(a_G, [-1, n_C]))
GS, GG = gram_matrix(a_S), gram_matrix(a_G)
return 1 / (4 * n_C ** 2 * (n_H * n_W) ** 2) * tf.reduce_sum(tf.square(tf.subtract(GS, GG)))
"""),
    _layer("""
n = a_S.shape[1] * a_S.shape[2]
d = tf.einsum('bhwc,bhwd->cd', a_S, a_S) - tf.einsum('bhwc,bhwd->cd', a_G, a_G)
return tf.reduce_mean(d ** 2) / (4 * n ** 2)
"""),
    _layer("""
_, n_H, n_W, n_C = a_G.shape
S = tf.reshape(tf.transpose(a_S, [3, 0, 1, 2]), [n_C, -1])
G = tf.reshape(tf.transpose(a_G, [3, 0, 1, 2]), [n_C, -1])
return tf.reduce_sum((gram_matrix(S) - gram_matrix(G)) ** 2) / (2 * n_C * n_H * n_W) ** 2
"""),
    _layer("""
_, n_H, n_W, n_C = a_G.shape
S = tf.reshape(tf.transpose(a_S), [n_C, -1])
G = tf.reshape(tf.transpose(a_G), [n_C, -1])
return tf.reduce_sum((gram_matrix(S) - gram_matrix(G)) ** 2) / (4. * n_C ** 2 * n_H ** 2 * n_W ** 2)
"""),
    _layer("""
ops = keras.ops
n_C, n = a_G.shape[3], a_G.shape[1] * a_G.shape[2]
S, G = ops.reshape(a_S, (n, n_C)), ops.reshape(a_G, (n, n_C))
d = ops.matmul(ops.transpose(S), S) - ops.matmul(ops.transpose(G), G)
return ops.sum(ops.square(d)) / (4 * n_C ** 2 * n ** 2)
"""),
    _layer("""
shape = tf.cast(tf.shape(a_S), tf.float32)
size = shape[1] * shape[2] * shape[3]
S = tf.transpose(tf.reshape(a_S, [-1, a_S.shape[3]]))
G = tf.transpose(tf.reshape(a_G, [-1, a_G.shape[3]]))
return tf.reshape(tf.reduce_sum(((gram_matrix(S) - gram_matrix(G)) / size) ** 2) / 4, [1])
"""),
]

STYLE = [
    STYLE_LAYERS + COMPUTE_STYLE_COST,
    STYLE_LAYERS + "@tf.function\n" + COMPUTE_STYLE_COST.strip(),
    _style("""
J_style = 0
a_S, a_G = style_image_output[:-1], generated_image_output[:-1]
for i, weight in zip(range(len(a_S)), STYLE_LAYERS):
    J_style_layer = compute_layer_style_cost(a_S[i], a_G[i])
    J_style += weight[1] * J_style_layer
return J_style
"""),
    _style("pairs = zip(style_image_output, generated_image_output, STYLE_LAYERS)\n"
           "return sum(layer[1] * compute_layer_style_cost(a, g) for a, g, layer in pairs)"),
    _style("return tf.add_n([STYLE_LAYERS[i][1] * compute_layer_style_cost(style_image_output[i], "
           "generated_image_output[i])\n                 for i in range(len(STYLE_LAYERS))])"),
    _style("weights = tf.constant([w for _, w in STYLE_LAYERS], dtype=tf.float32)\n"
           "costs = tf.stack([compute_layer_style_cost(a, g) for a, g in "
           "zip(style_image_output[:-1], generated_image_output[:-1])])\n"
           "return tf.reduce_sum(weights * costs)"),
    _style("J = tf.constant(0.0)\nfor i, (name, weight) in enumerate(STYLE_LAYERS):\n"
           "    J = J + tf.multiply(weight, compute_layer_style_cost(style_image_output[i], "
           "generated_image_output[i]))\nreturn J"),
    _style("J = tf.zeros([1])\nfor i in range(len(style_image_output) - 1):\n"
           "    J += STYLE_LAYERS[i][1] * compute_layer_style_cost(style_image_output[i], "
           "generated_image_output[i])\nreturn J"),
]

TOTAL = [
    TOTAL_COST,
    TOTAL_COST.replace("@tf.function", "@tf.function()"),
    TOTAL_COST.replace("@tf.function\n", ""),
    _total("return tf.add(tf.multiply(float(alpha), J_content), tf.multiply(float(beta), J_style))"),
    _total("return beta * J_style + J_content * alpha"),
    _total("return tf.reduce_sum(tf.stack([alpha * J_content, beta * J_style]))"),
    _total("return tf.tensordot(tf.cast([alpha, beta], tf.float32), tf.stack([J_content, J_style]), 1)"),
    _total("J = keras.ops.add(alpha * J_content, beta * J_style)\nreturn J"),
    _total("return tf.reshape(alpha * J_content + beta * J_style, [1])"),
]

FLAT = """
optimizer = tf.keras.optimizers.Adam(learning_rate=0.01)
def train_step(generated_image):
    with tf.GradientTape() as tape:
        a_G = vgg_model_outputs(generated_image)
        J = 10 * compute_content_cost(a_C, a_G) + 40 * compute_style_cost(a_S, a_G, STYLE_LAYERS)
    {update}
    return J
"""

STEP = [
    TRAIN_STEP,
    TRAIN_STEP.replace("@tf.function", "@tf.function()").replace("J_style)", "J_style, alpha=10, beta=40)"),
    TRAIN_STEP.replace("@tf.function\n", ""),
    TRAIN_STEP.replace("Adam(learning_rate=0.01)", "SGD(learning_rate=0.1, momentum=0.9)").replace(
        "optimizer.", "sgd.").replace("optimizer =", "sgd ="),
    FLAT.format(update="optimizer.apply([tape.gradient(J, generated_image)], [generated_image])\n"
                       "    generated_image.assign(tf.clip_by_value(generated_image, 0.0, 1.0))"),
    FLAT.format(update="grads = tape.gradient(J, [generated_image])\n"
                       "    optimizer.apply_gradients(zip(grads, [generated_image]))\n"
                       "    generated_image.assign(tf.minimum(tf.maximum(generated_image, 0.0), 1.0))"),
    TRAIN_STEP.replace("Adam(learning_rate=0.01)", "RMSprop(0.01)"),
    TRAIN_STEP.replace("tape:\n", "tape:\n        tape.watch(generated_image)\n").replace(
        "return J", "return tf.reshape(J, [1])"),
    TRAIN_STEP.replace("@tf.function", "def update(picture, grad):\n    optimizer.apply_gradients([(grad, picture)])\n"
                       "    picture.assign(clip_0_1(picture))\n\n@tf.function").replace(
        "    optimizer.apply_gradients([(grad, generated_image)])\n"
        "    generated_image.assign(clip_0_1(generated_image))\n    return",
        "    update(generated_image, grad)\n    return"),
]

# What the notebook around a step holds; small enough for a mix-up with ours to show.
SURROUNDINGS = """
vgg_model_outputs = tf.keras.Sequential([tf.keras.Input([None, None, 3]), tf.keras.layers.Conv2D(4, 3)])
a_S = [tf.ones([1, 7, 7, 4])] * 2 + [tf.zeros([1, 7, 7, 4])] * 4
a_C = [tf.ones([1, 7, 7, 4])] * 6
"""


def _kept_as(expression, *lines):
    """A step whose optimizer is at hand as `expression`, after more lines than the solution's."""
    return TRAIN_STEP.replace("optimizer.apply", f"{expression}.apply").replace(
        "@tf.function", "\n".join([*lines, "@tf.function"]))


def _painter(base, decorator, name, target):
    """An object that holds all that its step needs."""
    return SURROUNDINGS + f"""
class Painter({base}):
    def __init__(self, network, style, content):
        super().__init__()
        self.network, self.style, self.content = network, style, content
        self.optimizer = tf.keras.optimizers.Adam(0.01)

    {decorator}
    def {name}(self, generated_image):
        with tf.GradientTape() as tape:
            a_G = self.network(generated_image)
            J = total_cost(compute_content_cost(self.content, a_G), compute_style_cost(self.style, a_G))
        grad = tape.gradient(J, generated_image)
        self.optimizer.apply_gradients([(grad, generated_image)])
        generated_image.assign(tf.clip_by_value(generated_image, 0, 1))
        return J

painter = Painter(vgg_model_outputs, a_S, a_C)
train_step = {target}
"""


OF_ALL = SURROUNDINGS + TRAIN_STEP.replace(
    "@tf.function\ndef train_step(generated_image)", "def step(network, optimizer, a_S, a_C, generated_image)").replace(
    "vgg_model_outputs(generated", "network(generated")
COSTS = """
@tf.function
def costs(image):
    a_G = vgg_model_outputs(image)
    return total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G))

@tf.function"""

# The optimizer, the network and the targets may be kept anywhere, and a step may have lambdas of its own.
STEP_KEEPING = {
    "default argument": TRAIN_STEP.replace("(generated_image):", "(generated_image, optimizer=optimizer):"),
    "keyword defaults": SURROUNDINGS + TRAIN_STEP.replace(
        "(generated_image):", "(generated_image, *, adam=optimizer, style=a_S, net=vgg_model_outputs):").replace(
        "vgg_model_outputs(gen", "net(gen").replace("cost(a_S", "cost(style").replace("optimizer.apply", "adam.apply"),
    "class attribute": _kept_as("Kit.adam", "class Kit:", "    adam = optimizer"),
    "dictionary": _kept_as("kit['adam']", "kit = {'adam': optimizer}"),
    "list": _kept_as("kit[0]", "kit = [optimizer]"),
    "tuple in a list": _kept_as("kit[0][1]", "kit = [('adam', optimizer)]"),
    "attribute": _kept_as("kit.adam", "import types", "kit = types.SimpleNamespace(adam=optimizer)"),
    "made when first asked for": _kept_as(
        "adam()", "import functools", "@functools.lru_cache", "def adam():",
        "    return tf.keras.optimizers.Adam(0.01)", "adam()"),
    "partial of its method": TRAIN_STEP.replace("optimizer.apply_gradients(", "update(").replace(
        "@tf.function", "import functools\nupdate = functools.partial(optimizer.apply_gradients)\n@tf.function"),
    "partial of the step": OF_ALL + "\nimport functools\n"
                           "train_step = functools.partial(step, vgg_model_outputs, optimizer, a_S, a_C)\n",
    "tf.function of a partial": OF_ALL + "\nfrom functools import partial\n"
                                "train_step = tf.function(partial(step, vgg_model_outputs, optimizer, a_S, a_C))\n",
    "lambda": OF_ALL + "\ntrain_step = lambda image: step(vgg_model_outputs, optimizer, a_S, a_C, image)\n",
    "object": _painter("object", "", "__call__", "painter"),
    "method": _painter("object", "@tf.function", "step", "painter.step"),
    "tf.Module": _painter("tf.Module", "@tf.function", "__call__", "painter"),
    "costs in a tf.function of their own": TRAIN_STEP.replace("@tf.function", COSTS).replace(
        TRAIN_STEP[TRAIN_STEP.index("        a_G ="):TRAIN_STEP.index("    grad =")],
        "        J = costs(generated_image)\n"),
    "two layers of its own": TRAIN_STEP.replace(
        "cost(a_S, a_G)", "cost(a_S, a_G, [('block1_conv1', 0.7), ('block2_conv1', 0.3)])"),
    "seven layers of its own": TRAIN_STEP.replace("cost(a_S, a_G)", "cost(a_S, a_G, STYLE_LAYERS=LAYERS)").replace(
        "@tf.function", "LAYERS = [(f'block{n}', n / 28) for n in range(1, 8)]\n@tf.function"),
    "learning rate that falls": TRAIN_STEP.replace(
        "    return J", "    optimizer.learning_rate.assign(0.9 * optimizer.learning_rate)\n    return J"),
    "built in the step": TRAIN_STEP.replace("    grad =", "    optimizer.build([generated_image])\n    grad ="),
}
STEP += STEP_KEEPING.values()

# How any of the functions may be handed over, after its cell.
HANDED_OVER = {
    "lambda": "first = {name}\n{name} = lambda *args, **options: first(*args, **options)",
    "partial": "import functools\n{name} = functools.partial({name})",
    "object": "class Answer:\n    given = staticmethod({name})\n    def __call__(self, *args, **options):\n"
              "        return self.given(*args, **options)\n{name} = Answer()",
    "method": "class Answer:\n    def given(self, *args, **options):\n        return self.function(*args, **options)\n"
              "answer = Answer()\nanswer.function = {name}\n{name} = answer.given",
    "tf.Module": "class Answer(tf.Module):\n    def __init__(self, function):\n        super().__init__()\n"
                 "        self.function = function\n    @tf.function\n    def __call__(self, *args, **options):\n"
                 "        return self.function(*args, **options)\n{name} = Answer({name})",
}

RIGHT_ANSWERS = {
    "compute_content_cost": CONTENT,
    "gram_matrix": GRAM,
    "compute_layer_style_cost": LAYER_STYLE,
    "compute_style_cost": STYLE,
    "total_cost": TOTAL,
    "train_step": STEP,
}
