"""Every known mistake in train_step as a student would write it; see wrong_answers_chapter_1."""

from tests.support.student_notebook import TRAIN_STEP


def edited(source, *edits):
    for old, new in edits:
        assert old in source, f"{old!r} is not in the solution"
        source = source.replace(old, new)
    return source


def _step(name, *edits, state="wrong value", mistake=None):
    return "train_step", name, mistake or name, state, edited(TRAIN_STEP, *edits)


A_G = "        a_G = vgg_model_outputs(generated_image)\n"
TAPE = "    with tf.GradientTape() as tape:\n"
J_STYLE = "compute_style_cost(a_S, a_G)"
J_CONTENT = "compute_content_cost(a_C, a_G)"
CLIP = "    generated_image.assign(clip_0_1(generated_image))\n"
GRADIENT = "tape.gradient(J, generated_image)"
APPLY = "optimizer.apply_gradients([(grad, generated_image)])"
TOTAL = "total_cost(J_content, J_style)"
OTHER_NETWORK = "another = lambda image: [tf.repeat(image[..., :1], n, axis=-1) for n in {}]\noptimizer ="
ADAM = "optimizer = tf.keras.optimizers.Adam(learning_rate=0.01)\n"

WEIGHTS = (ADAM, "ALPHA, BETA = 10, 40\n" + ADAM)
OUTPUTS = "style_targets = content_targets = [tf.ones([1, {}, 6, n]) for n in (4, 3, 5, 4, 3, 5)]\n"
OTHER_TARGETS = (
    (J_STYLE, "compute_style_cost(style_targets, a_G)"),
    (J_CONTENT, "compute_content_cost(content_targets, a_G)"),
)

STEP = [
    _step("weights-ignored", WEIGHTS),
    _step(
        "one-weight-ignored", WEIGHTS, (TOTAL, "total_cost(J_content, J_style, ALPHA, 40)"), mistake="weights-ignored"
    ),
    _step("layers-ignored", WEIGHTS, (TOTAL, "total_cost(J_content, J_style, ALPHA, BETA)")),
    _step("other-weights", (TOTAL, "total_cost(J_content, J_style, beta=100)")),
    _step("other-targets", (ADAM, OUTPUTS.format(5) + ADAM), *OTHER_TARGETS),
    _step(
        "other-targets-of-another-size",
        (ADAM, OUTPUTS.format(9) + ADAM),
        *OTHER_TARGETS,
        state="crashed",
        mistake="other-targets",
    ),
    _step("not-a-scalar", (TOTAL, TOTAL + "[None, None]"), state="wrong shape"),
    _step("unfilled-template", ("    return J", "    result = None\n    return result"), state="wrong type"),
    _step("outside-tape", (TAPE + A_G, A_G[4:] + TAPE), state="crashed"),
    _step("global-a_G", ("optimizer =", "a_G = [tf.ones([1, 4, 4, 3])] * 6\noptimizer ="), (A_G, ""), state="crashed"),
    _step(
        "a_C-for-a_G",
        (J_STYLE, "compute_style_cost(a_S, a_C)"),
        (J_CONTENT, "compute_content_cost(a_C, a_C)"),
        state="crashed",
    ),
    _step(
        "costs-in-numpy",
        (J_STYLE, J_STYLE + ".numpy()"),
        (J_CONTENT, J_CONTENT + ".numpy()"),
        state="crashed",
        mistake="no-gradient",
    ),
    _step(
        "gradient-of-nothing",
        (GRADIENT, "tape.gradient(tf.constant(1.0), generated_image)"),
        state="crashed",
        mistake="outside-tape",
    ),
    _step("targets-swapped", (J_STYLE, "compute_style_cost(a_C, a_G)"), (J_CONTENT, "compute_content_cost(a_S, a_G)")),
    _step("content-against-style", (J_CONTENT, "compute_content_cost(a_S, a_G)"), mistake="one-target"),
    _step("style-against-content", (J_STYLE, "compute_style_cost(a_C, a_G)"), mistake="one-target"),
    _step("style-without-a_G", (J_STYLE, "compute_style_cost(a_S, a_C)"), mistake="a_C-for-a_G"),
    _step("content-without-a_G", (J_CONTENT, "compute_content_cost(a_C, a_S)"), mistake="a_S-for-a_G"),
    _step("content-missing", (J_CONTENT, "0.0")),
    _step("style-alone", (TOTAL, "J_style"), mistake="content-missing"),
    _step("style-missing", (J_STYLE, "0.0")),
    _step("content-alone", (TOTAL, "J_content"), mistake="style-missing"),
    _step("unweighted", (TOTAL, "J_content + J_style")),
    _step("costs-swapped", (TOTAL, "total_cost(J_style, J_content)")),
    _step(
        "gradient-of-style",
        (TAPE, TAPE.replace("()", "(persistent=True)")),
        (GRADIENT, "tape.gradient(J_style, generated_image)"),
        state="wrong gradient",
    ),
    _step(
        "gradient-of-weighted-style",
        (GRADIENT, "tape.gradient(J - 10 * J_content, generated_image)"),
        (TAPE, TAPE.replace("()", "(persistent=True)")),
        ("    grad = ", "    with tape:\n        K = J - 10 * J_content\n    grad = "),
        ("J - 10 * J_content, generated_image", "K, generated_image"),
        state="wrong gradient",
        mistake="gradient-of-style",
    ),
    _step("gradient-of-content", (GRADIENT, "tape.gradient(J_content, generated_image)"), state="wrong gradient"),
    _step(
        "gradient-of-weighted-content",
        (TAPE, TAPE.replace("()", "(persistent=True)")),
        ("    grad = ", "    with tape:\n        K = 10 * J_content\n    grad = "),
        (GRADIENT, "tape.gradient(K, generated_image)"),
        state="wrong gradient",
        mistake="gradient-of-content",
    ),
    _step("sign-flipped", ("(grad,", "(-grad,"), state="wrong property"),
    _step("no-clipping", (CLIP, ""), state="wrong property"),
    _step(
        "clipped-not-assigned", (CLIP, "    clip_0_1(generated_image)\n"), state="wrong property", mistake="no-clipping"
    ),
    _step("picture-unchanged", (APPLY, "pass"), (CLIP, ""), state="wrong property"),
    _step(
        "no-optimizer",
        (APPLY, "pass"),
        (CLIP, CLIP.replace("image))", "image - 0.03 * grad))")),
        state="wrong property",
    ),
    _step(
        "no-optimizer-named",
        (ADAM, ""),
        (APPLY, "pass"),
        (CLIP, CLIP.replace("image))", "image - 0.03 * grad))")),
        state="wrong property",
        mistake="no-optimizer",
    ),
    _step(
        "another-picture",
        ("optimizer =", "picture = tf.Variable(tf.zeros([1, 5, 6, 3]))\noptimizer ="),
        (APPLY, APPLY.replace("generated_image", "picture")),
        state="crashed",
    ),
    _step(
        "another-picture-seen",
        ("optimizer =", "picture = tf.Variable(tf.zeros([1, 9, 8, 3]))\noptimizer ="),
        (A_G, A_G.replace("generated_image", "picture")),
        state="crashed",
        mistake="another-picture",
    ),
    _step(
        "another-picture-assigned",
        ("optimizer =", "picture = tf.Variable(tf.zeros([1, 5, 6, 3]))\noptimizer ="),
        (CLIP, CLIP + "    picture.assign(generated_image)\n"),
        state="wrong property",
        mistake="another-picture",
    ),
    _step("plain-tensor", (CLIP, "    generated_image = tf.constant(0.5)\n" + CLIP), state="crashed"),
    _step("optimizer-inside", (ADAM, ""), ("    with tf.G", "    " + ADAM + "    with tf.G"), state="crashed"),
    _step("pairs-expected", ("[(grad, generated_image)]", "[grad, generated_image]"), state="crashed"),
    _step("returns-nothing", ("    return J\n", ""), state="wrong type"),
    _step("returns-J_style", ("return J", "return J_style"), mistake="returns-another"),
    _step(
        "returns-the-picture", ("return J", "return generated_image"), state="wrong shape", mistake="returns-another"
    ),
    _step("returns-two", ("return J", "return J, grad"), state="wrong type", mistake="returns-another"),
    _step("applied-twice", (CLIP, f"    {APPLY}\n{CLIP}"), state="wrong gradient"),
    _step(
        "clipped-before",
        (f"    {APPLY}\n{CLIP}", f"{CLIP}    {APPLY}\n"),
        state="wrong property",
        mistake="no-clipping",
    ),
    _step("clipped-to-255", ("0.0, 1.0", "0.0, 255.0"), state="wrong property", mistake="no-clipping"),
    _step("sign-of-gradient", ("(grad,", "(tf.sign(grad),"), state="wrong gradient", mistake="gradient-changed"),
    _step(
        "gradient-normalised", ("(grad,", "(grad / tf.norm(grad),"), state="wrong gradient", mistake="gradient-changed"
    ),
    _step(
        "gradient-of-a_G", (GRADIENT, "tape.gradient(J, a_G[0])"), state="crashed", mistake="gradient-of-another-shape"
    ),
    _step(
        "gradient-backwards", (GRADIENT, "tape.gradient(generated_image, J)"), state="crashed", mistake="outside-tape"
    ),
    _step(
        "copied-first",
        (TAPE, "    image = tf.identity(generated_image)\n" + TAPE),
        (A_G, A_G.replace("generated_image", "image")),
        state="crashed",
        mistake="outside-tape",
    ),
    _step("pair-swapped", ("[(grad, generated_image)]", "[(generated_image, grad)]"), state="crashed"),
    _step("tape-asked-twice", (GRADIENT, f"{GRADIENT} + {GRADIENT}"), state="crashed"),
    _step(
        "copied-first-and-weighted-by-hand",
        (TAPE, "    image = tf.identity(generated_image)\n" + TAPE),
        (A_G, A_G.replace("generated_image", "image")),
        (TOTAL, "10 * J_content + 40 * J_style"),
        state="crashed",
        mistake="no-gradient",
    ),
    _step("weightless-style", (J_STYLE, "compute_style_cost(a_S, a_G, [('block1_conv1', 0.0)])")),
    _step("other-network", ("optimizer =", OTHER_NETWORK.format([4, 3, 5] * 2)), ("vgg_model_outputs(", "another(")),
    _step(
        "other-network-of-other-sizes",
        ("optimizer =", OTHER_NETWORK.format([7] * 6)),
        ("vgg_model_outputs(", "another("),
        state="crashed",
        mistake="other-network",
    ),
    _step(
        "trains-network",
        ("    return J", "    for w in vgg_model_outputs.weights:\n        w.assign(w + 1e-4)\n    return J"),
        state="wrong property",
    ),
    _step(
        "variable-made-inside",
        (TAPE, "    generated_image = tf.Variable(generated_image)\n" + TAPE),
        state="crashed",
        mistake="another-picture",
    ),
]
