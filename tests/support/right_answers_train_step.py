"""Right answers to train_step, written in different ways, and kept in different places."""

from tests.support.student_notebook import TRAIN_STEP

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
    TRAIN_STEP.replace("Adam(learning_rate=0.01)", "SGD(learning_rate=0.1, momentum=0.9)")
    .replace("optimizer.", "sgd.")
    .replace("optimizer =", "sgd ="),
    FLAT.format(
        update="optimizer.apply([tape.gradient(J, generated_image)], [generated_image])\n"
        "    generated_image.assign(tf.clip_by_value(generated_image, 0.0, 1.0))"
    ),
    FLAT.format(
        update="grads = tape.gradient(J, [generated_image])\n"
        "    optimizer.apply_gradients(zip(grads, [generated_image]))\n"
        "    generated_image.assign(tf.minimum(tf.maximum(generated_image, 0.0), 1.0))"
    ),
    TRAIN_STEP.replace("Adam(learning_rate=0.01)", "RMSprop(0.01)"),
    TRAIN_STEP.replace("tape:\n", "tape:\n        tape.watch(generated_image)\n").replace(
        "return J", "return tf.reshape(J, [1])"
    ),
    TRAIN_STEP.replace(
        "@tf.function",
        "def update(picture, grad):\n    optimizer.apply_gradients([(grad, picture)])\n"
        "    picture.assign(clip_0_1(picture))\n\n@tf.function",
    ).replace(
        "    optimizer.apply_gradients([(grad, generated_image)])\n"
        "    generated_image.assign(clip_0_1(generated_image))\n    return",
        "    update(generated_image, grad)\n    return",
    ),
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
        "@tf.function", "\n".join([*lines, "@tf.function"])
    )


def _painter(base, decorator, name, target):
    """An object that holds all that its step needs."""
    return (
        SURROUNDINGS
        + f"""
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
    )


OF_ALL = SURROUNDINGS + TRAIN_STEP.replace(
    "@tf.function\ndef train_step(generated_image)", "def step(network, optimizer, a_S, a_C, generated_image)"
).replace("vgg_model_outputs(generated", "network(generated")
COSTS = """
@tf.function
def costs(image):
    a_G = vgg_model_outputs(image)
    return total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G))

@tf.function"""

# The optimizer, the network and the targets may be kept anywhere, and a step may have lambdas of its own.
STEP_KEEPING = {
    "default argument": TRAIN_STEP.replace("(generated_image):", "(generated_image, optimizer=optimizer):"),
    "keyword defaults": SURROUNDINGS
    + TRAIN_STEP.replace(
        "(generated_image):", "(generated_image, *, adam=optimizer, style=a_S, net=vgg_model_outputs):"
    )
    .replace("vgg_model_outputs(gen", "net(gen")
    .replace("cost(a_S", "cost(style")
    .replace("optimizer.apply", "adam.apply"),
    "class attribute": _kept_as("Kit.adam", "class Kit:", "    adam = optimizer"),
    "dictionary": _kept_as("kit['adam']", "kit = {'adam': optimizer}"),
    "list": _kept_as("kit[0]", "kit = [optimizer]"),
    "tuple in a list": _kept_as("kit[0][1]", "kit = [('adam', optimizer)]"),
    "attribute": _kept_as("kit.adam", "import types", "kit = types.SimpleNamespace(adam=optimizer)"),
    "made when first asked for": _kept_as(
        "adam()",
        "import functools",
        "@functools.lru_cache",
        "def adam():",
        "    return tf.keras.optimizers.Adam(0.01)",
        "adam()",
    ),
    "partial of its method": TRAIN_STEP.replace("optimizer.apply_gradients(", "update(").replace(
        "@tf.function", "import functools\nupdate = functools.partial(optimizer.apply_gradients)\n@tf.function"
    ),
    "partial of the step": OF_ALL + "\nimport functools\n"
    "train_step = functools.partial(step, vgg_model_outputs, optimizer, a_S, a_C)\n",
    "tf.function of a partial": OF_ALL + "\nfrom functools import partial\n"
    "train_step = tf.function(partial(step, vgg_model_outputs, optimizer, a_S, a_C))\n",
    "lambda": OF_ALL + "\ntrain_step = lambda image: step(vgg_model_outputs, optimizer, a_S, a_C, image)\n",
    "object": _painter("object", "", "__call__", "painter"),
    "method": _painter("object", "@tf.function", "step", "painter.step"),
    "tf.Module": _painter("tf.Module", "@tf.function", "__call__", "painter"),
    "costs in a tf.function of their own": TRAIN_STEP.replace("@tf.function", COSTS).replace(
        TRAIN_STEP[TRAIN_STEP.index("        a_G =") : TRAIN_STEP.index("    grad =")],
        "        J = costs(generated_image)\n",
    ),
    "two layers of its own": TRAIN_STEP.replace(
        "cost(a_S, a_G)", "cost(a_S, a_G, [('block1_conv1', 0.7), ('block2_conv1', 0.3)])"
    ),
    "seven layers of its own": TRAIN_STEP.replace("cost(a_S, a_G)", "cost(a_S, a_G, STYLE_LAYERS=LAYERS)").replace(
        "@tf.function", "LAYERS = [(f'block{n}', n / 28) for n in range(1, 8)]\n@tf.function"
    ),
    "learning rate that falls": TRAIN_STEP.replace(
        "    return J", "    optimizer.learning_rate.assign(0.9 * optimizer.learning_rate)\n    return J"
    ),
    "built in the step": TRAIN_STEP.replace("    grad =", "    optimizer.build([generated_image])\n    grad ="),
}
STEP += STEP_KEEPING.values()
