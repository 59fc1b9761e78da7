# %% [markdown]
# # Better and faster
#
# [Chapter 1](01_neural_style_transfer.ipynb) ended with a picture of your own. Look at it closely, and
# questions come up. What is the grain that `calm` had to remove? Why does it take so long, and why is the
# picture so small? This chapter answers them, one idea in each section. We try each idea, compare its picture
# with the one before, and measure the gain. [Chapter 3](03_colors_and_places.ipynb) is then about colors,
# regions and mixtures of styles, and combines everything in one call.
#
# The method stays: predict, run, read. You write two functions, exercises 7 and 8. Each has its test and
# three hints. Where you read **Predict**, choose an answer: click it, or move to it with Tab and press Enter.
#
# From chapter 1 you need the two costs, the Gram matrix, and the idea of a training step that changes pixels.
# You do not need its notebook: this chapter runs by itself.
#
# One thing is new. The time that a computation takes differs from machine to machine, so we mostly count
# **evaluations**: how often the cost $J$ and its gradient were computed. And wherever a cell can check a claim,
# it prints the claim and `True`.

# %% [markdown]
# ## 1 What we have
#
# This section shows
#
# - chapter 1's method once more, with a cost whose values can be compared;
# - the picture it paints, its curve, and its faults.
#
# The first two cells find the course's folder and import what we need. New are SciPy, which has an optimizer
# that we will use, and parts of `nst.engine`, the program behind the command `nst`. The engine uses the ideas
# of this chapter. We write them ourselves, and compare our results with the engine's.

# %%
import sys
from importlib.util import find_spec
from pathlib import Path

# VS Code may start Python in another folder, and tells where the notebook is.
NOTEBOOK = Path(globals().get("__vsc_ipynb_file__", "notebook")).absolute()
FOLDERS = [*NOTEBOOK.parents, Path.cwd(), *Path.cwd().parents]
ROOT = next((folder for folder in FOLDERS if (folder / "public_tests.py").is_file()), None)
if ROOT and str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
assert find_spec("public_tests"), "open the notebook inside the course's folder, or install it"

# %%
print("Loading TensorFlow. This takes some seconds.")

import time

import matplotlib.pyplot as plt
import numpy as np
import scipy.optimize

from nst import figures, images
from nst.engine import losses, optimizers
from nst.engine.compiled_cost import compile_cost
from nst.engine.pyramid import multiplications_per_pixel
from nst.network.vgg import build_vgg19, layer_outputs, load_vgg19
from nst.network.weights import find_weights, read_weights
from nst.notebook import Live, compare
from nst.paths import IMAGES, OUTPUT
from nst.quiet_tensorflow import tensorflow as tf  # without its log lines
from public_tests import (
    hint,
    progress,
    total_variation_cost_test,
    value_and_gradient_test,
)

# %%
vgg = load_vgg19("pocket")

# %% [markdown]
# We choose the bundled network by its name: this chapter measures, and all readers should measure the same
# network. If you have downloaded VGG-19, section 5 will use it.

# %%
SIZE = 192  # pixels, of the longest side


def load_pair(content, style, size=SIZE):
    """Load a content picture, and a style picture of its size; (1, nH, nW, 3) in [0, 1]."""
    content_image = images.load(IMAGES / content, size)
    return content_image, images.cover(images.load(IMAGES / style), *content_image.shape[1:3])


def keep(picture, name):
    """Write a picture to output/02_better_and_faster/NAME.png."""
    images.save(picture, OUTPUT / "02_better_and_faster" / f"{name}.png")


CONTENT, STYLE = "persepolis.jpg", "starry_night.jpg"
content_image, style_image = load_pair(CONTENT, STYLE)

# %% [markdown]
# ### A cost that can be compared
#
# In chapter 1, we had to bring all layers to one scale before their costs could be compared. There is a shorter
# way: divide each sum of squared differences by the sum of the squares of its target.
#
# $$J(G) = \alpha \frac{\left|a^{(G)} - a^{(C)}\right|^2}{\left|a^{(C)}\right|^2}
#   + \beta \sum_l \lambda^{[l]}
#   \frac{\left|G^{(G)[l]}_{(gram)} - G^{(S)[l]}_{(gram)}\right|^2}{\left|G^{(S)[l]}_{(gram)}\right|^2}$$
#
# Here $|\cdot|^2$ is the sum of all squares. Each Gram matrix is divided by its number of positions, so that
# pictures of different sizes can be compared. Each fraction is 0 when nothing differs, and 1 when the
# activations of $G$ are all 0. (The terms that we print are weighted: with our $\beta$, the style term of such
# a $G$ is 40. A content term far above 0 is no reason to worry: a painting *differs* from a photograph.)
#
# Now suppose that nobody had scaled the layers, and that all activations of the network became ten times as
# large.

# %% [markdown]
# **Predict.** What happens to chapter 1's content cost, and what to the fraction?
#
# <details><summary>Both become ten times as large.</summary>
#
# No. The differences become ten times as large, but they are squared. And the fraction divides by a square,
# too.
#
# </details>
# <details><summary>The cost becomes 100 times as large, the fraction stays the same.</summary>
#
# Yes. That is why we use the fraction.
#
# </details>
# <details><summary>Both stay the same.</summary>
#
# Only the fraction does. Chapter 1's cost contains the size of the activations; that is why we scaled them
# there.
#
# </details>

# %%
def relative(got, wanted):
    """|got - wanted|^2 / |wanted|^2, a scalar: how far an array is from its target."""
    return tf.reduce_sum((got - wanted) ** 2) / tf.reduce_sum(wanted**2)


content_layer = layer_outputs(vgg, ["block4_conv2"])
[a_C], [a_G] = content_layer(content_image), content_layer(style_image)  # the painting as G
factor = tf.reduce_mean((10 * a_G - 10 * a_C) ** 2) / tf.reduce_mean((a_G - a_C) ** 2)
same = np.isclose(relative(10 * a_G, 10 * a_C), relative(a_G, a_C))
print(f"with activations 10 times as large, the mean square is {factor:.0f} times as large")
print("and the fraction is the same:", same)

# %% [markdown]
# The first becomes 100 times as large; the second does not change. For one network, one layer and one pair of
# pictures, the fraction is chapter 1's cost times a constant. So the picture is pulled in the same direction,
# the weights are easier to understand, and we need no mean activations any more. Here is all of it, with nearly
# the weights of the engine, which were chosen by comparing pictures.

# %%
STYLE_LAYERS = {"block1_conv1": 0.1, "block2_conv1": 0.15, "block3_conv1": 0.3,
                "block4_conv1": 0.3, "block5_conv1": 0.15}  # now a dict, {layer: its weight}
CONTENT_LAYER = "block4_conv2"
ALPHA, BETA = 1, 40
see = layer_outputs(vgg, [*STYLE_LAYERS, CONTENT_LAYER])


def gram(activation):
    """The Gram matrix over the number of positions: (1, nH, nW, nC) -> (nC, nC)."""
    rows = tf.reshape(activation, [-1, activation.shape[-1]])  # a row for each position
    return tf.matmul(rows, rows, transpose_a=True) / tf.cast(tf.shape(rows)[0], tf.float32)


def aim(content_image, style_image, see=see):  # section 5 will pass another network
    """The targets of J: the content layer's activations, the style layers' Gram matrices."""
    *style_activations, _ = see(style_image)
    return {"content": see(content_image)[-1], "grams": [gram(a) for a in style_activations]}

# %%
def terms(image, targets, see=see):
    """The weighted content and style terms of J for a picture (1, nH, nW, 3)."""
    *layers, a_G = see(image)
    style = [weight * relative(gram(a), wanted)
             for a, wanted, weight in zip(layers, targets["grams"], STYLE_LAYERS.values())]
    return tf.stack([ALPHA * relative(a_G, targets["content"]), BETA * tf.add_n(style)])


# %% [markdown]
# `aim` does what `set_targets` did, and `terms` computes the two costs in their new form. Does the engine
# compute the same?

# %%
layer_weights = [BETA * weight for weight in STYLE_LAYERS.values()]
engine = losses.Objective(see, layer_weights, ALPHA, tv_weight=0)
engine.set_targets(content_image, [losses.Style(style_image)])
ours = float(tf.reduce_sum(terms(content_image, aim(content_image, style_image))))
print("the engine's J is ours:", np.isclose(engine(content_image)[0], ours, rtol=1e-3))

# %% [markdown]
# It does. One line remains. `compile_cost` turns $J(\mathrm{image}, \mathrm{targets})$ and its gradient into
# one TensorFlow graph, as chapter 1's `train_step` was one. It returns a function: give it targets, and you get
# a cost of pictures, which a `GradientTape` can differentiate. (How it does this fast is explained in
# `nst/engine/compiled_cost.py`.)

# %%
cost_in_chapter_1 = compile_cost(lambda image, targets: tf.reduce_sum(terms(image, targets)))

# %% [markdown]
# Now we minimize it as in chapter 1: a noisy start, Adam with a learning rate that falls to 0, 100 steps,
# pixels clipped after each. We leave out `calm`, which worked outside of $J$, to see what $J$ by itself leads
# to; section 2 replaces `calm` by something better. The pair is that of your own picture in chapter 1: the
# ruins of Persepolis, and a starry night after Van Gogh, 192 pixels wide, so that you need not wait long.

# %%
def noisy(image, amount=0.05):
    """The picture with uniform noise of that amount, clipped to [0, 1]; a NumPy array."""
    noise = tf.random.stateless_uniform(image.shape, [7, 11], -amount, amount)
    return tf.clip_by_value(image + noise, 0, 1).numpy()


STEPS = 100


def adam(cost, start, steps):
    """Minimize a cost as in chapter 1. Returns the last picture, and J before each step."""
    image, curve = tf.Variable(start), []
    rate = tf.keras.optimizers.schedules.CosineDecay(0.03, steps)
    optimizer = tf.keras.optimizers.Adam(rate)
    with Live("Adam", steps) as live:
        for _ in range(steps):
            with tf.GradientTape() as tape:
                J = cost(image)
            optimizer.apply_gradients([(tape.gradient(J, image), image)])
            image.assign(tf.clip_by_value(image, 0, 1))
            curve.append(float(J))
            live.show_step(J, image)
    return image.numpy(), np.array(curve)

# %% tags=["nbval-ignore-output"]
targets = aim(content_image, style_image)
baseline, baseline_curve = adam(cost_in_chapter_1(targets), noisy(content_image), STEPS)
keep(baseline, "1_baseline")

# %%
def crop(picture, top=0.05, left=0.32, side=0.25):
    """A piece of a picture; all numbers are parts of its height and width."""
    _, height, width, _ = picture.shape
    rows = slice(int(top * height), int((top + side) * height))
    return picture[:, rows, int(left * width):int((left + side) * width)]


figures.row([content_image, baseline, crop(baseline)],
            ["C", "chapter 1's method, without calm", "a piece of its sky"],
            "The ruins of Persepolis; the same in the strokes of a starry night; and a piece "
            "of its sky, enlarged: strokes of many blues, under a fine grain.")

# %% [markdown]
# *Look at the piece of sky:* within each stroke, every pixel is a little different from the next. No brush paints
# like that. Now the curve.

# %%
def plot_curves(curves, alt, price=None, unit="evaluations"):
    """Plot the best J so far of each descent, against its evaluations or against a price."""
    figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
    for (name, curve), line in zip(curves.items(), ["-", "--", ":", "-."]):
        x = np.arange(1, len(curve) + 1) if price is None else price[name]
        axis.semilogy(x, np.minimum.accumulate(curve), line, linewidth=2, label=name)
    axis.set(xlabel=unit, ylabel="J")
    axis.legend()
    figures.show(figure, alt)


plot_curves({"Adam": baseline_curve}, "J falls steeply at first, then ever more slowly.")

# %%
fall = baseline_curve[0] - baseline_curve[-1]
fallen = baseline_curve < baseline_curve[0] - 0.95 * fall
done_after = int(np.argmax(fallen))  # the first step with True
print("95 % of the fall is done within a third of the steps:", done_after < STEPS / 3)
print("J at the end is less than a tenth of J at the start:",
      baseline_curve[-1] < baseline_curve[0] / 10)

# %% [markdown]
# $J$ falls fast at first, and the rest takes long. So these are the faults:
#
# 1. **Grain** in all even areas. (Section 2.)
# 2. **It is slow**: two thirds of the evaluations bring the last twentieth of the improvement. (Sections 3 to 5.)
# 3. **It is small**, and its strokes are short. (Section 4.)
# 4. **The colors** are those of the painting, whether we want them or not; and **all of it is painted in the
#    same way**, sky and stone. ([Chapter 3](03_colors_and_places.ipynb).)
#
# > **Recap.**
# >
# > - Differences relative to their targets make $J$, $\alpha$ and $\beta$ comparable.
# > - The baseline: Adam, 100 evaluations, one size. Its faults: grain, slowness, small size, colors.

# %% [markdown]
# ## 2 Grain
#
# This section shows
#
# - a number that measures grain: the total variation;
# - why we square the differences, and a well-known tutorial that says "squares" and computes something else;
# - the same optimization, with grain as a part of the cost.
#
# Grain means that pixels differ from their neighbors for no reason. Nothing in $J$ prevents that: the content
# layer responds to larger things, and the Gram matrices of a painting ask for some roughness. So we add a term
# that measures it, the **total variation** in its squared form:
#
# $$J_{tv}(G) = \underset{\text{rows}}{\mathrm{mean}} \left(G_{h+1,w,c} - G_{h,w,c}\right)^2
#   + \underset{\text{columns}}{\mathrm{mean}} \left(G_{h,w+1,c} - G_{h,w,c}\right)^2$$
#
# Each mean is over all the differences in its direction, in all three channels.
#
# #### Exercise 7: `total_variation_cost`
#
# The argument is a picture of shape $(1, n_H, n_W, n_C)$; return a scalar tensor. Slices of the picture are
# all you need: all rows but the first, all rows but the last, and their difference.

# %% exercise="7: total_variation_cost"
def total_variation_cost(image):
    """The squared total variation of a picture, a scalar. image: a tensor (1, nH, nW, nC)."""
    ### BEGIN SOLUTION
    between_rows = image[:, 1:, :, :] - image[:, :-1, :, :]
    between_columns = image[:, :, 1:, :] - image[:, :, :-1, :]
    return tf.reduce_mean(between_rows**2) + tf.reduce_mean(between_columns**2)
    ### END SOLUTION


# %% test="total_variation_cost" points=10
total_variation_cost_test(total_variation_cost).assert_passed()

# %% [markdown]
# Now we measure three pictures: the photograph, the painting, and our $G$.

# %% [markdown]
# **Predict.** Which of them has the largest total variation?
#
# <details><summary>The photograph</summary>
#
# No. Its sky and its ground are smooth.
#
# </details>
# <details><summary>The painting</summary>
#
# It is rough all over, but there is something rougher.
#
# </details>
# <details><summary>G, the picture that we painted</summary>
#
# Yes. It is rougher than the painting that it imitates.
#
# </details>

# %%
variations = {"content": float(total_variation_cost(content_image)),
              "style": float(total_variation_cost(style_image)),
              "baseline": float(total_variation_cost(baseline))}
print("from smooth to rough:", ", ".join(sorted(variations, key=variations.get)))

# %% [markdown]
# $G$ is the roughest of the three, rougher than the painting that it imitates. So the paint does not explain
# its roughness: this is grain.
#
# ### Squares or absolute values?
#
# There are two total variations. Programs that remove noise from photographs mostly add up *absolute*
# differences. Mahendran and Vedaldi (2015), who reconstruct pictures from a network's activations, add up
# *squared* ones. They have different effects. Here is an edge from black to white, first sharp and then soft:

# %%
edges = {"sharp": np.array([0, 0, 0, 1, 1, 1]), "soft": np.linspace(0, 1, 6)}
for name, line in edges.items():
    steps = np.diff(line)
    print(f"{name:5} edge: sum of absolute values {np.abs(steps).sum():.1f}, "
          f"of squares {(steps**2).sum():.1f}")

# %% [markdown]
# With absolute values, a sharp edge and a soft one cost the same, 1.0: edges are preserved. With squares, the
# sharp edge costs five times as much: 1.0 instead of 0.2. So squares smooth the picture. They remove single odd
# pixels well, and a large weight blurs. They have one more advantage: at $d = 0$ the slope of $|d|$ jumps from
# $-1$ to $1$, while the slope of $d^2$ changes evenly. Section 3 will need that.
#
# > **Careful.** TensorFlow's tutorial on style transfer says that its regularization is "the sum of the
# > squares of the values". Its code, like `tf.image.total_variation`, adds up *absolute* values. If you use its
# > weight of 30 with squares, you get a different picture. Trust the code, and check it:

# %%
line = tf.reshape(tf.linspace(0.0, 1.0, 6), [1, 1, 6, 1])
print("tf.image.total_variation of the soft edge:", float(tf.image.total_variation(line)[0]))

# %% [markdown]
# 1, and not 0.2.
#
# Do you remember chapter 1's `calm`? It moved each pixel towards the mean of its four neighbors. In which
# direction does $J_{tv}$ decrease fastest? (`alike` is the correlation of the two directions: 1 would mean that
# they are the same.)

# %%
picture = tf.constant(noisy(content_image))
with tf.GradientTape() as tape:
    tape.watch(picture)
    variation = total_variation_cost(picture)
downhill = -tape.gradient(variation, picture)[:, 1:-1, 1:-1]
p = picture.numpy()
four_neighbors = p[:, :-2, 1:-1] + p[:, 2:, 1:-1] + p[:, 1:-1, :-2] + p[:, 1:-1, 2:]
to_the_mean = four_neighbors / 4 - p[:, 1:-1, 1:-1]
alike = np.corrcoef(downhill.numpy().ravel(), to_the_mean.ravel())[0, 1]
print("J_tv decreases fastest towards the mean of the neighbors:", alike > 0.99)

# %% [markdown]
# So `calm` was a step that reduces the total variation, outside of $J$. As a part of $J$ it works better: the
# optimizer can weigh it against style and content, and the curve contains all that is minimized. We chose its
# weight, 15, by comparing pictures.

# %%
TV = 15
cost_of = compile_cost(lambda image, targets: tf.reduce_sum(terms(image, targets))
                       + TV * total_variation_cost(image))

# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
calmer, adam_curve = adam(cost_of(targets), noisy(content_image), STEPS)
adam_seconds = time.perf_counter() - began
keep(calmer, "2_total_variation")

# %%
figures.row([calmer, crop(baseline), crop(calmer)],
            ["with total variation in J", "the sky without", "the sky with"],
            "The ruins with total variation in J, and a piece of the sky without and with it: "
            "the same strokes, in the one under a fine grain, in the other even.")

# %% [markdown]
# *Look at the sky:* the strokes are the same, without the grain. What does this cost? $J$ now has a third term,
# so style and content may have become worse.

# %%
def measured(picture):
    """The content term, the style term, and the total variation of a picture."""
    picture = tf.constant(picture)
    return np.array([*terms(picture, targets), total_variation_cost(picture)])


grainy, smooth = measured(baseline), measured(calmer)

# %% tags=["nbval-ignore-output"]
for name, before, after in zip(["content", "style", "total variation"], grainy, smooth):
    print(f"{name:16} {before:.4f} -> {after:.4f}")

# %%
print("total variation fell by more than a third:", smooth[2] < grainy[2] * 2 / 3)
print("the content and the style term rose by less than a tenth:",
      all(smooth[:2] < 1.1 * grainy[:2]))
print("the engine's total variation is ours:",
      np.isclose(smooth[2], losses.total_variation(calmer), rtol=1e-4))

# %% [markdown]
# Total variation fell by nearly a half, while content and style hardly changed: that part of the roughness did
# nothing for the style. That is a low price for a clean sky.
#
# > **Recap.**
# >
# > - $J_{tv}$ is the mean squared difference between neighbors, down plus across.
# > - Absolute values preserve edges, squares preserve slopes. Say which you mean, and read the code.
# > - As a part of $J$, the optimizer weighs it against style; `calm`, outside of $J$, could not do that.

# %% [markdown]
# ## 3 A better optimizer
#
# This section shows
#
# - why Adam is slow here;
# - L-BFGS, which estimates the curvature of $J$ as it goes;
# - how many evaluations it saves.
#
# Adam was made for training networks. There each step uses other data, so the gradient is uncertain, and Adam
# moves every parameter by about the same small amount, the learning rate. Our $J$ is different: every step uses
# the same pictures, and the gradient is exact. Then two gradients at two places show how the slope *changes*
# between them, which is the curvature of $J$, and the curvature shows how far to go. If the slope is $-6$ here
# and $-4$ one step further, it will be 0 after two more steps: there is the minimum. (Here it helps that
# section 2 took squares: where a slope jumps, two gradients say nothing about what is between them.)
#
# **L-BFGS** does that in all the pixels at once. (The letters stand for Broyden, Fletcher, Goldfarb and Shanno,
# and *limited memory*.) It stores its last ten moves and what each did to the gradient, estimates the curvature
# from them, and goes to where the minimum should be. Gatys et al. (2016) used it. TensorFlow does not have it.
# SciPy has it with bounds: L-BFGS-B (Byrd et al. 1995) keeps every pixel in $[0, 1]$ and takes the bounds into
# account, whereas Adam does not know that we clip.

# %% [markdown]
# SciPy knows nothing about pictures. It needs a function that takes *one vector of float64 numbers* and returns
# $J$ and the gradient, a vector of the same length. TensorFlow needs a float32 picture. You write the function
# that translates.
#
# #### Exercise 8: `value_and_gradient`
#
# 1. Turn the vector `pixels` into a float32 tensor of the shape `shape`, $(1, n_H, n_W, 3)$.
# 2. Compute `J = cost(...)` of it under a `tf.GradientTape`, and the gradient.
# 3. Return both: $J$ as a Python float, the gradient as a flat NumPy vector of float64.
#
# > **Careful.** A tape watches variables by itself, but not constant tensors: call `tape.watch` on yours, or the
# > gradient will be `None`.

# %% [markdown]
# Here is the first hint. Run the cell again for a plainer one.

# %%
hint("value_and_gradient")

# %% exercise="8: value_and_gradient"
def value_and_gradient(pixels, cost, shape):
    """(J, gradient), as SciPy wants them: a float, and a float64 vector (n,).

    pixels: a float64 vector (n,). cost: a function of a float32 tensor of that shape, which
        returns the scalar tensor J. shape: (1, nH, nW, 3).
    """
    ### BEGIN SOLUTION
    picture = tf.constant(pixels.reshape(shape), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(picture)
        J = cost(picture)
    grad = tape.gradient(J, picture)
    return float(J), grad.numpy().ravel().astype(np.float64)
    ### END SOLUTION


# %% test="value_and_gradient" points=20
value_and_gradient_test(value_and_gradient).assert_passed()

# %% [markdown]
# The rest is a call. `evaluations` limits how often SciPy may call your function. (It calls it a little more
# often than it moves: after a step that was too long, it tries a shorter one.)

# %%
def lbfgs(cost, start, evaluations=60):
    """Minimize a cost by SciPy's L-BFGS: the best picture, and J at each evaluation."""
    curve = []

    def evaluate(pixels):
        J, gradient = value_and_gradient(pixels, cost, start.shape)
        curve.append(J)
        live.show_step(J, pixels.reshape(start.shape))
        return J, gradient

    options = {"maxfun": evaluations, "maxiter": evaluations}
    with Live("SciPy's L-BFGS", evaluations, unit="evaluation") as live:
        scipy.optimize.minimize(
            evaluate, start.ravel().astype(np.float64), method="L-BFGS-B", jac=True,
            bounds=scipy.optimize.Bounds(0, 1), options=options)
    return live.best.astype(np.float32), np.array(curve)


# %% [markdown]
# The same cost, the same start. Adam had 100 evaluations.

# %% [markdown]
# **Predict.** How many does L-BFGS need to reach the $J$ with which Adam ended?
#
# <details><summary>About as many</summary>
#
# Fewer. It knows not only the slope but also the curvature.
#
# </details>
# <details><summary>About half as many</summary>
#
# Yes. Knowing the curvature saves nearly half of the evaluations.
#
# </details>
# <details><summary>Two or three</summary>
#
# That would be so if $J$ were a parabola in all pixels. It is not, so L-BFGS has to update its estimate again
# and again.
#
# </details>

# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
sharper, lbfgs_curve = lbfgs(cost_of(targets), noisy(content_image))
scipy_seconds = time.perf_counter() - began
keep(sharper, "3_lbfgs")

# %%
def evaluations_to(J, curve):
    """The number of evaluations until a descent reached J; infinity if it never did."""
    reached = np.flatnonzero(np.asarray(curve) <= J)
    return reached[0] + 1 if len(reached) else np.inf


plot_curves({"Adam": adam_curve, "L-BFGS": lbfgs_curve},
            "Two falling curves, close together at first. Later L-BFGS is below Adam, and a "
            "little more than halfway it reaches the J with which Adam ends.")

# %% tags=["nbval-ignore-output"]
print("evaluations to the cost that Adam ends with:")
print("Adam:  ", len(adam_curve))
print("L-BFGS:", evaluations_to(adam_curve[-1], lbfgs_curve))

# %%
print("L-BFGS needs less than two thirds of Adam's evaluations:",
      evaluations_to(adam_curve[-1], lbfgs_curve) < len(adam_curve) * 2 / 3)

# %% [markdown]
# *Where does the dashed line reach the height at which the solid line ends?* When Adam is about halfway. But
# is that fair? Adam's learning rate fell over 100 steps. With fewer steps, it would fall faster. So let Adam have
# as many evaluations as L-BFGS had, with a rate that falls over just these.

# %% tags=["nbval-ignore-output"]
hurried, hurried_curve = adam(cost_of(targets), noisy(content_image), steps=len(lbfgs_curve))
keep(hurried, "3_hurried_adam")

# %%
print("L-BFGS reaches a lower J than Adam with as many evaluations:",
      hurried_curve[-1] > 1.05 * lbfgs_curve.min())
print("and its darkest tenth is darker:",
      np.quantile(sharper, 0.1) < np.quantile(hurried, 0.1))
figures.row([calmer, hurried, sharper],
            ["Adam, 100 evaluations", f"Adam, {len(hurried_curve)} evaluations",
             f"L-BFGS, {len(lbfgs_curve)} evaluations"],
            "The ruins three times. With L-BFGS dark blues are deeper, and between two "
            "columns there is a whirl.")

# %% [markdown]
# *Compare the last two, which had the same number of evaluations.* They are similar, but with L-BFGS the dark
# parts of the sky are darker. What we have gained is evaluations, and section 4 will spend them.
#
# One thing remains. Between two evaluations SciPy does arithmetic of its own, in float64 and very carefully
# where pixels are at their bounds. The engine therefore has its own L-BFGS, in float32, with a simpler
# treatment of bounds: it clips a step that leaves $[0, 1]$ *before* it computes $J$, and halves the step until
# $J$ has fallen. Does it reach the same $J$, and in what time?

# %%
def descend(cost, start, evaluations=60):
    """Minimize a cost by the engine's L-BFGS: the last picture, and J at each evaluation."""
    curve = []

    def evaluate(image):
        J, gradient = value_and_gradient(image.ravel().astype(np.float64), cost, image.shape)
        curve.append(J)
        return J, gradient.reshape(image.shape).astype(np.float32)

    optimizer = optimizers.LBFGS(start)
    with Live("L-BFGS", evaluations) as live:
        while optimizer.evaluations < evaluations and optimizer.step(evaluate):
            live.show_step(optimizer.J, optimizer.image)
    return optimizer.image, np.array(curve)


# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
by_engine, engine_curve = descend(cost_of(targets), noisy(content_image))
engine_seconds = time.perf_counter() - began
keep(by_engine, "3_engine")
print("milliseconds for each evaluation, with the optimizer's own work:")
for name, seconds, curve in (("Adam", adam_seconds, adam_curve),
                             ("SciPy's L-BFGS", scipy_seconds, lbfgs_curve),
                             ("the engine's", engine_seconds, engine_curve)):
    print(f"  {name:14} {1000 * seconds / len(curve):4.0f}")

# %%
print("the engine's L-BFGS reaches the same J, to within a tenth:",
      engine_curve.min() < 1.1 * lbfgs_curve.min())

# %% [markdown]
# It reaches it, without SciPy's arithmetic in between. So we use it from here on. It still calls your
# `value_and_gradient`.
#
# > **Recap.**
# >
# > - Adam moves every pixel by about the same amount; L-BFGS learns from pairs of gradients how far to go.
# > - SciPy needs $J$ and the gradient as float64 vectors; `value_and_gradient` translates.
# > - Clip before $J$ is computed, not after: then the optimizer knows which picture it has.

# %% [markdown]
# ## 4 Start small
#
# This section shows
#
# - how much of a picture a unit of a deep layer sees, in a small picture and in a large one;
# - the pyramid: paint small, enlarge, go on;
# - what an evaluation really costs.
#
# Our third fault was that the picture is small. Why not simply paint a larger one? A *unit*, which is one
# number of an activation map, depends on a patch of the picture, and style is compared in these patches. How
# large is such a patch in the deepest style layer? Each 3 x 3 convolution adds one position on either side, and
# after each pooling a position is twice as wide.

# %%
seen, width = 1, 1
for convolutions in (2, 2, 4, 4):  # of blocks 1 to 4; then comes block5_conv1
    seen += 2 * width * convolutions + width  # a pooling adds half as much as a convolution
    width *= 2
seen += 2 * width
print(f"a unit of block5_conv1 sees {seen} x {seen} pixels:")
for size in (80, 160, 320):
    print(f"  of a picture {size} pixels wide, {min(1, seen / size):.0%} of the width")

# %% [markdown]
# 156 pixels: more than all of a picture that is 80 pixels wide, and less than half of one that is 320. In the
# small picture, even layers of middle depth see a whole swirl of the night sky at once. In the large one,
# hardly any unit sees it whole. So let a *small* picture get the large strokes. Its evaluations are cheap, too:
# with half the width and half the height, there is a quarter of the pixels. Then enlarge it, add the detail of
# $C$ that the small picture could not contain, and go on from there. This is the **pyramid** (Gatys et al.
# 2017).
#
# (`images.resize_longest(picture, size)` returns the picture with that many pixels on its longest side.)

# %%
def enlarged(image, content_image):
    """A picture at the size of C, with the detail of C that was lost at the smaller size."""
    small, large = image.shape[1:3], content_image.shape[1:3]
    detail = content_image - images.resize(images.resize(content_image, *small), *large)
    return np.clip(images.resize(image, *large) + detail, 0, 1)


# %% [markdown]
# Each size has its own $J$, with targets of that size. So `pyramid` takes a function `cost_at`: give it
# $C$ at a size, and it returns the cost of pictures of that size.

# %%
def pyramid(content_image, cost_at, stages, name):
    """Paint at each (size, evaluations) of `stages`, from small to large.

    The first stage starts from C with noise, each other one from the picture before. Returns
    the last picture, and for each stage J at each evaluation. Saves NAME_SIZE.png.
    """
    image, curves = None, []
    prices = [size**2 * evaluations for size, evaluations in stages]
    with Live(name, prices, unit="size") as live:
        for size, evaluations in stages:
            smaller = images.resize_longest(content_image, size)
            image = noisy(smaller) if image is None else enlarged(image, smaller)
            image, curve = descend(cost_at(smaller), image, evaluations)
            keep(image, f"{name}_{size}")
            curves.append(curve)
            live.show_step()
    return image, curves


def towards(style_image):
    """The `cost_at` of a style: a function from C at some size to the cost at that size."""
    return lambda C: cost_of(aim(C, images.cover(style_image, *C.shape[1:3])))

# %% [markdown]
# We paint 320 pixels in two ways: 45 evaluations at the full size, or 20 at 80 pixels, 40 at 160, and only 15
# at 320.

# %% tags=["nbval-ignore-output"]
large_content, large_style = load_pair(CONTENT, STYLE, size=320)
STAGES = [(80, 20), (160, 40), (320, 15)]
at_once, once_curves = pyramid(large_content, towards(large_style), [(320, 45)], "4_at_once")
grown, grown_curves = pyramid(large_content, towards(large_style), STAGES, "4_pyramid")

# %%
compare(at_once, grown, ["320 pixels at once", "the pyramid"],
        "The ruins twice. On the left the sky has short strokes, and the clouds are still "
        "clouds. On the right the cloud in the corner glows like the moon, there are round "
        "stars in the sky, and the two gates shine like lamps.")

# %% [markdown]
# *Look at the sky.* At once, the strokes are short, and the clouds are still clouds. In the pyramid's picture the
# one in the corner has become the moon, with its halo, and there are stars: they were painted when all the sky
# was 80 pixels wide, and were only refined later. What did each picture cost? The real price of an evaluation
# is the number of its pixels:

# %%
def price(size, evaluations):
    """Pixels times evaluations for a 4 : 3 picture of that width, in millions."""
    return size * (size * 3 / 4) * evaluations / 1e6


price_at_once = price(320, len(once_curves[0]))
price_grown = sum(price(size, len(curve)) for (size, _), curve in zip(STAGES, grown_curves))

# %% tags=["nbval-ignore-output"]
print(f"million pixels: {price_at_once:.1f} at once, {price_grown:.1f} by the pyramid")

# %%
print("the pyramid costs less than two thirds of the other:",
      price_grown < price_at_once * 2 / 3)

# %% [markdown]
# And which is nearer to the painting? That depends on how far away one stands. We shrink both pictures
# to the sizes of the pyramid and compute their style terms there.

# %% [markdown]
# **Predict.** Which picture has the lower style term at 80 pixels, and which at 320?
#
# <details><summary>The pyramid's, at both sizes.</summary>
#
# At 80 pixels, yes. At 320 the other picture had three times as many evaluations, and this shows.
#
# </details>
# <details><summary>The pyramid's at 80; at 320 they are about equal.</summary>
#
# Yes. Seen from afar, only the pyramid's picture has the large strokes of the painting.
#
# </details>
# <details><summary>The one painted at once, at both sizes.</summary>
#
# No. All its evaluations were at 320 pixels, where $J$ hardly responds to large strokes.
#
# </details>

# %%
def style_seen_at(size, picture):
    """The style term of a picture shrunk to that size, against the painting at that size."""
    smaller, style = (images.resize_longest(image, size) for image in (picture, large_style))
    return float(terms(tf.constant(smaller), aim(smaller, style))[1])


distances = {size: (style_seen_at(size, at_once), style_seen_at(size, grown))
             for size in (80, 160, 320)}

# %% tags=["nbval-ignore-output"]
for size, (once, by_pyramid) in distances.items():
    print(f"seen at {size:3} pixels: style term {once:.2f} at once, "
          f"{by_pyramid:.2f} with the pyramid")

# %%
print("from afar, at 80 pixels, the pyramid's style term is less than half as large:",
      distances[80][1] < distances[80][0] / 2)
print("at 160, it is less than three quarters:", distances[160][1] < distances[160][0] * 3 / 4)
print("close up, at 320, it is less than one and a half times as large:",
      distances[320][1] < 1.5 * distances[320][0])

# %% [markdown]
# From close up, both are about equally near to the painting. From afar the pyramid's is much nearer: at 320
# pixels $J$ hardly responds to large strokes, and more evaluations there would not change that. So the pyramid
# does not only save time: for less than two thirds of the price we get large strokes as well as small ones.
#
# > **Recap.**
# >
# > - A layer compares style within the patches that its units see; in a small picture such a patch is nearly
# >   everything.
# > - The price of an evaluation is its number of pixels: evaluations of small pictures cost very little.
# > - Large strokes come from the small sizes, and stay when the picture is enlarged.

# %% [markdown]
# ## 5 Start near
#
# This section shows
#
# - how a cheap network paints first and an expensive one finishes;
# - what the cheap one costs, and what it saves.
#
# The pyramid saves time by starting small. There is another way to start near the end: begin with a network
# that responds to almost the same things and costs less. The price of a convolution is its number of input
# channels times its number of output channels, so with half the channels it costs a quarter.

# %% [markdown]
# The engine does this with VGG-19: the Pocket paints the smaller sizes for it. If you have downloaded VGG-19,
# the next cells use VGG-19 as the expensive network and the Pocket as the cheap one. If not, the Pocket is the
# expensive one, and we make a cheap one from it. In every layer we keep the half of the channels with the
# largest activations, and estimate each of the others as a weighted sum of those. (`np.linalg.lstsq` finds the
# best weights. You need not follow `halved` line by line.) The cheap network is not trained at all.

# %% [markdown]
# **Predict.** Is such a network of any use?
#
# <details><summary>No: its picture is so far off that the expensive network has to start again.</summary>
#
# It is better than that. The next picture shows it.
#
# </details>
# <details><summary>Yes: it saves somewhat more than it costs.</summary>
#
# Yes. It agrees with the Pocket only roughly, because it was never trained to agree.
#
# </details>
# <details><summary>Yes: it saves nearly all of the price.</summary>
#
# A *trained* small network can. This one was made by leaving channels out.
#
# </details>

# %%
def halved(weights, pictures):
    """The Pocket's weights {layer: (kernel, bias)} with half of the channels of each layer."""
    thin, estimate = {}, np.eye(3)
    of_layers = zip(*map(layer_outputs(vgg, list(weights)), pictures))
    for (name, (kernel, bias)), activations in zip(weights.items(), of_layers):
        positions = np.concatenate([np.reshape(a, (-1, a.shape[-1])) for a in activations])
        kept = np.sort(np.argsort(positions.mean(axis=0))[len(bias) // 2:])
        kernel = np.einsum("kc,hwco->hwko", estimate, kernel)[..., kept].astype(np.float32)
        thin[name] = kernel, bias[kept]
        # of all channels, from those that are kept
        estimate = np.linalg.lstsq(positions[:, kept], positions, rcond=None)[0]
    return thin


# %%
expensive, pocket_weights = load_vgg19(), read_weights(find_weights("pocket").path)
if expensive.name == vgg.name:
    cheap = build_vgg19(halved(pocket_weights, [content_image, style_image]), "half")
else:
    cheap = vgg

# %%
def price_of(network):
    """Multiplications for each pixel, of the convolutions that J needs."""
    convolutions = [layer for layer in network.layers if "conv" in layer.name]
    return multiplications_per_pixel({layer.name: layer.filters for layer in convolutions
                                      if layer.name <= "block5_conv1"})  # names are in order


cheap_share = price_of(cheap) / price_of(expensive)
print("an evaluation with the cheap network costs less than 30 % of one with the other:",
      cheap_share < 0.3)

# %%
def cost_seen_by(network):
    """J of the present pair with some network: a function of a picture."""
    see = layer_outputs(network, [*STYLE_LAYERS, CONTENT_LAYER])
    J = compile_cost(lambda image, targets: tf.reduce_sum(terms(image, targets, see))
                     + TV * total_variation_cost(image))
    return J(aim(content_image, style_image, see))


# %% tags=["nbval-ignore-output"]
CHEAP_EVALUATIONS = 40
by_cheap, _ = descend(cost_seen_by(cheap), noisy(content_image), CHEAP_EVALUATIONS)
by_both, both_curve = descend(cost_seen_by(expensive), by_cheap, evaluations=40)
if expensive.name == vgg.name:
    by_expensive, expensive_curve = by_engine, engine_curve  # painted in section 3
else:
    by_expensive, expensive_curve = descend(cost_seen_by(expensive), noisy(content_image))
keep(by_cheap, "5_cheap")
keep(by_both, "5_cheap_then_expensive")

# %%
figures.row([by_cheap, by_both, by_expensive],
            ["cheap", "cheap, then expensive", "expensive only"],
            "The ruins three times: with the cheap network the stones are pink, with specks; "
            "after the expensive one, and with it alone, they have rings and long strokes.")

# %% [markdown]
# *Look at the stones:* with the cheap network they are pink, with specks. After the expensive one they have rings
# and long strokes, much as if the expensive network had painted all of it. So the price decides.

# %%
paid = {"expensive only": np.arange(1.0, 1 + len(expensive_curve)),
        "cheap first": CHEAP_EVALUATIONS * cheap_share + np.arange(1.0, 1 + len(both_curve))}
plot_curves({"expensive only": expensive_curve, "cheap first": both_curve},
            "The curve with the cheap network first begins later, and is soon the lower one.",
            paid, "price, in evaluations of the expensive network")

# %% [markdown]
# *The dashed line begins at the price of the cheap network's evaluations.* Which way is cheaper to the $J$ that
# the expensive network reaches by itself within 40 evaluations?

# %%
J_alone = expensive_curve[:40].min()
price_alone = evaluations_to(J_alone, expensive_curve)
price_together = CHEAP_EVALUATIONS * cheap_share + evaluations_to(J_alone, both_curve)

# %% tags=["nbval-ignore-output"]
print(f"{CHEAP_EVALUATIONS} evaluations of the cheap network cost as much as "
      f"{CHEAP_EVALUATIONS * cheap_share:.0f} of the expensive one")
print(f"to the same J, the expensive one needs {price_alone} evaluations alone, "
      f"and {evaluations_to(J_alone, both_curve)} with the cheap one first")

# %%
print("with the cheap network first it is less expensive:", price_together < price_alone)

# %% [markdown]
# With the Pocket as the expensive network, the cheap network saves somewhat more than it costs. A cheap network
# helps as far as it agrees with the expensive one, and ours was made by leaving channels out. The Pocket itself
# was *trained* to agree with VGG-19, and in its last two blocks with VGG-16 (`pretrained-model/README.md` says
# how, and how well it does). If you have VGG-19, the cell above shows what this training is worth. The engine
# lets the Pocket paint only the small sizes of the pyramid, where the next size soon corrects a mistake.
#
# > **Recap.**
# >
# > - Half the channels, a quarter of the price.
# > - A cheap network saves as much as it agrees with the expensive one. Measure it before you rely on it.

# %% [markdown]
# ## 6 What you have now
#
# This section shows
#
# - your points;
# - questions that you can now answer yourself, and where to read on.

# %%
progress()

# %% [markdown]
# This chapter's method: relative differences, total variation, L-BFGS with bounds, the pyramid, and a cheap
# network before an expensive one. Questions that you can answer by experiment, each with the place to look:
#
# - What if total variation counts ten times as much in $J$, or not at all? (`TV` in section 2.)
# - Where does L-BFGS use its evaluations? (In `evaluate` of section 3, print $J$ each time.)
# - What if the pyramid begins at 48 pixels, or has all its evaluations at 80? (`STAGES` in section 4.)
#
# [Chapter 3](03_colors_and_places.ipynb) goes on from here. It keeps the colors of the photograph, paints sky
# and stones in different styles, and ends with one call that does everything, `nst.stylize`.

# %% [markdown]
# **References**
#
# - Leon A. Gatys, Alexander S. Ecker, Matthias Bethge (2016). Image Style Transfer Using Convolutional Neural
#   Networks. CVPR. With L-BFGS.
# - Leon A. Gatys, Alexander S. Ecker, Matthias Bethge, Aaron Hertzmann, Eli Shechtman (2017). [Controlling
#   Perceptual Factors in Neural Style Transfer](https://arxiv.org/abs/1611.07865). Section 4.
# - Aravindh Mahendran, Andrea Vedaldi (2015). [Understanding Deep Image Representations by Inverting
#   Them](https://arxiv.org/abs/1412.0035). Section 2.
# - Richard H. Byrd, Peihuang Lu, Jorge Nocedal, Ciyou Zhu (1995). A Limited Memory Algorithm for Bound
#   Constrained Optimization. SIAM Journal on Scientific Computing 16. L-BFGS-B.
# - TensorFlow, [Neural style transfer](https://www.tensorflow.org/tutorials/generative/style_transfer). The
#   tutorial of section 2.

# %% [markdown]
# > **Recap.**
# >
# > - Less grain, fewer evaluations, larger strokes. Your points are above.
# > - The next topic is color: [chapter 3](03_colors_and_places.ipynb).
