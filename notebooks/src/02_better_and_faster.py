# %% [markdown]
# # Better and faster
#
# [Chapter 1](01_neural_style_transfer.ipynb) ended with a picture of your own. Look at it closely, and questions
# come up: what is the grain that `calm` had to remove, why does it take so long, and why is it so small? This
# chapter answers them, one idea in each section. We try each idea, compare its picture with the one before, and
# measure the gain. [Chapter 3](03_colors_and_places.ipynb) then turns to colors, regions and mixtures of styles,
# and puts everything into one call.
#
# You know how it goes: predict, run, read. You write two functions, exercises 7 and 8. Each has its test and
# three hints.
#
# From chapter 1 you need the two costs, the Gram matrix, and the idea of a training step that changes pixels. You do
# not need its notebook: every cell that this chapter needs is in this chapter.
#
# One habit is new. Seconds differ from machine to machine, so we mostly count **evaluations**: how often the
# cost $J$ and its gradient were computed. And where a cell can check a claim, it does: it prints the claim,
# and `True`.

# %% [markdown]
# ## 1 What we have
#
# This section shows
#
# - chapter 1's recipe once more, in a form in which costs can be compared;
# - the picture it paints, its curve, and its faults.
#
# The first two cells find the course's folder and import what we need. New are SciPy, which will bring an
# optimizer, and parts of `nst.engine`, the program behind `python -m nst`. It paints by the ideas of this
# chapter: we write them ourselves, and compare.

# %%
import sys
from pathlib import Path

ROOT = next((f for f in [Path.cwd(), *Path.cwd().parents] if (f / "public_tests.py").is_file()), None)
assert ROOT, "no public_tests.py in this folder or above it: open the notebook inside the course's folder"
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# %%
import time

import matplotlib.pyplot as plt
import numpy as np
import scipy.optimize
from tqdm import tqdm

from nst import figures, images
from nst.engine import losses, optimizers
from nst.engine.compiled_cost import compile_cost
from nst.engine.pyramid import multiplications_per_pixel
from nst.network.vgg import build_vgg19, layer_outputs, load_vgg19
from nst.network.weights import find_weights, read_weights
from nst.paths import IMAGES, OUTPUT
from nst.quiet_tensorflow import tensorflow as tf  # import tensorflow as tf, without its log lines
from public_tests import (
    hint,
    progress,
    total_variation_cost_test,
    value_and_gradient_test,
)

# %%
vgg = load_vgg19("pocket")

# %% [markdown]
# The bundled network, by name: this chapter measures, and we want to measure the same thing. If you have
# fetched VGG-19, it will have its turn in section 5.

# %%
SIZE = 192  # pixels, of the longest side


def load_pair(content, style, size=SIZE):
    """Load a content picture and a style picture that covers it; both (1, nH, nW, 3) in [0, 1]."""
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
# Chapter 1 had to bring all layers to one loudness before its costs meant anything. There is a shorter way:
# divide each sum of squared differences by the sum of squares of what is wanted.
#
# $$J(G) = \alpha \frac{\left|a^{(G)} - a^{(C)}\right|^2}{\left|a^{(C)}\right|^2}
#   + \beta \sum_l \lambda^{[l]}
#   \frac{\left|G^{(G)[l]}_{(gram)} - G^{(S)[l]}_{(gram)}\right|^2}{\left|G^{(S)[l]}_{(gram)}\right|^2}$$
#
# where $|\cdot|^2$ is the sum of all squares, and a Gram matrix is divided by its number of positions, so
# that pictures of different sizes have comparable ones. Each fraction is 0 when nothing differs, and it would
# be 1 if $G$ left the layer silent. (The terms that we print are weighted: for style, silence would be
# $\beta$, which is 25 here. And a content term far above 0 need not alarm you: a painting *is* no photograph.)
#
# Before you run the next cell: suppose that nobody had scaled the layers. What happens to chapter 1's content
# cost, and what to the fraction, if the network becomes ten times as loud? (The painting stands in for $G$.)

# %%
def relative(got, wanted):
    """|got - wanted|^2 / |wanted|^2, a scalar: how far an array is from its target."""
    return tf.reduce_sum((got - wanted) ** 2) / tf.reduce_sum(wanted**2)


a_C, a_S = (layer_outputs(vgg, ["block3_conv4"])(picture)[0] for picture in (content_image, style_image))
louder = tf.reduce_mean((10 * a_C - 10 * a_S) ** 2) / tf.reduce_mean((a_C - a_S) ** 2)
print(f"ten times as loud, the mean of squares is {louder:.0f} times as large")
print("and the fraction the same:", np.isclose(relative(10 * a_S, 10 * a_C), relative(a_S, a_C)))

# %% [markdown]
# A hundred times, and not at all. For one network, one layer and one pair of pictures, the fraction is
# chapter 1's cost times a constant: what pulls at the picture is the same, only the weights are easier to
# read, and we need no mean activations any more. Here is the whole of it, with the engine's weights, which
# were found by looking.

# %%
# a dict now, {layer: its weight}
STYLE_LAYERS = {"block1_conv1": 0.1, "block2_conv1": 0.15, "block3_conv1": 0.3, "block4_conv1": 0.3,
                "block5_conv1": 0.15}
CONTENT_LAYER = "block3_conv4"
ALPHA, BETA = 1, 25
see = layer_outputs(vgg, [*STYLE_LAYERS, CONTENT_LAYER])


def gram(activation):
    """The Gram matrix over the number of positions: (1, nH, nW, nC) -> (nC, nC)."""
    positions = tf.reshape(activation, [-1, activation.shape[-1]])  # a row for each, channels as columns
    return tf.matmul(positions, positions, transpose_a=True) / tf.cast(tf.shape(positions)[0], tf.float32)


def aim(content_image, style_image, see=see):  # section 5 will pass another network
    """What J compares with, computed once: the content layer's activations, the style layers' Grams."""
    return {"content": see(content_image)[-1], "grams": [gram(a) for a in see(style_image)[:-1]]}

# %%
def terms(image, targets, see=see):
    """The content and the style term of J for a picture (1, nH, nW, 3), weighted; their sum is J."""
    *layers, a_G = see(image)
    style = [weight * relative(gram(a), wanted)
             for a, wanted, weight in zip(layers, targets["grams"], STYLE_LAYERS.values())]
    return tf.stack([ALPHA * relative(a_G, targets["content"]), BETA * tf.add_n(style)])


# %% [markdown]
# `aim` is what `set_targets` was, and `terms` computes the two costs in their new form. Does the engine compute
# the same?

# %%
engine = losses.Objective(see, [BETA * weight for weight in STYLE_LAYERS.values()], ALPHA, tv_weight=0)
engine.set_targets(content_image, [losses.Style(style_image)])
ours = float(tf.reduce_sum(terms(content_image, aim(content_image, style_image))))
print("the engine's J is ours:", np.isclose(engine(content_image)[0], ours, rtol=1e-3))

# %% [markdown]
# It does. One line remains: `compile_cost` turns $J(\mathrm{image}, \mathrm{targets})$ and its gradient into one
# TensorFlow graph, as chapter 1's `train_step` was one. It returns a function: give it targets, and you get a cost
# of pictures, which a tape can differentiate. (How that is done fast is explained in `nst/engine/compiled_cost.py`.)

# %%
cost_in_chapter_1 = compile_cost(lambda image, targets: tf.reduce_sum(terms(image, targets)))

# %% [markdown]
# Now chapter 1's way down: a noisy start, Adam with a rate that falls to 0, 100 steps, pixels clipped after each.
# We leave out `calm`, chapter 1's remedy outside of $J$, to see what $J$ itself asks for; section 2 puts a better
# one in. The pair is that of your own picture in chapter 1: the ruins of Persepolis, and a starry night after Van
# Gogh, 192 pixels wide, so that you need not wait long.

# %%
def noisy(image, amount=0.05):
    """The picture with uniform noise from [-amount, amount] added, clipped to [0, 1]; a NumPy array."""
    noise = tf.random.stateless_uniform(image.shape, seed=[7, 11], minval=-amount, maxval=amount)
    return tf.clip_by_value(image + noise, 0, 1).numpy()


STEPS = 100


def adam(cost, start, steps):
    """Chapter 1's way down a cost, from a picture. Returns the last picture, and J before each step."""
    image, curve = tf.Variable(start), []
    optimizer = tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(0.03, steps))
    for _ in tqdm(range(steps), unit="step"):
        with tf.GradientTape() as tape:
            J = cost(image)
        optimizer.apply_gradients([(tape.gradient(J, image), image)])
        image.assign(tf.clip_by_value(image, 0, 1))
        curve.append(float(J))
    return image.numpy(), np.array(curve)

# %% tags=["nbval-ignore-output"]
targets = aim(content_image, style_image)
baseline, baseline_curve = adam(cost_in_chapter_1(targets), noisy(content_image), STEPS)
keep(baseline, "1_baseline")

# %%
def crop(picture, top=0.05, left=0.32, side=0.25):
    """A piece of a picture, given in shares of its height and width."""
    _, height, width, _ = picture.shape
    rows = slice(int(top * height), int((top + side) * height))
    return picture[:, rows, int(left * width):int((left + side) * width)]


figures.row([content_image, baseline, crop(baseline)],
            ["C", "chapter 1's recipe, without calm", "a piece of its sky"],
            "The ruins of Persepolis; the same in the strokes of a starry night; and a piece of its sky, "
            "enlarged: single specks of many blues.")

# %% [markdown]
# *Look at the piece of sky:* it is made of single pixels, each a little off from the next. No brush leaves
# that. Now the curve.

# %%
def plot_curves(curves, alt, price=None, unit="evaluations"):
    """Plot J, the best so far, of several descents against their evaluations, or against a price."""
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
done_after = int(np.argmax(baseline_curve < baseline_curve[0] - 0.95 * fall))  # the first step with True
print("95 % of the fall is done within a third of the steps:", done_after < len(baseline_curve) / 3)
print("J of the end is less than a tenth of that of the start:",
      baseline_curve[-1] < baseline_curve[0] / 10)

# %% [markdown]
# Most of the way down is done early, and the rest takes long. The faults, then:
#
# 1. **Grain**, in every even place. (Section 2.)
# 2. **It crawls**: two thirds of the evaluations go into the last twentieth. (Sections 3 to 5.)
# 3. **It is small**, and its strokes are short. (Section 4.)
# 4. **The colors** are the painting's, whether we like it or not; and **all of it is painted alike**, sky
#    and stone. ([Chapter 3](03_colors_and_places.ipynb).)
#
# > **Recap.**
# >
# > - Differences relative to their targets make $J$, $\alpha$ and $\beta$ comparable.
# > - The baseline: Adam, 100 evaluations, one size. Its faults: grain, slowness, smallness, colors.

# %% [markdown]
# ## 2 Grain
#
# This section shows
#
# - a number for grain: the total variation;
# - why squares, and where a well-known tutorial says squares and computes something else;
# - the same descent with grain in its cost.
#
# Grain is a pixel that differs from its neighbors for no reason. Nothing in $J$ minds it: the content layer
# sees coarser things, and the Gram matrices of a painting want some roughness. So we add a term that minds,
# the **total variation**, in its squared form:
#
# $$J_{tv}(G) = \underset{\text{rows}}{\mathrm{mean}} \left(G_{h+1,w,c} - G_{h,w,c}\right)^2
#   + \underset{\text{columns}}{\mathrm{mean}} \left(G_{h,w+1,c} - G_{h,w,c}\right)^2$$
#
# Each mean is over all the differences of its direction, of all three channels.
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
# Let us measure three pictures: the photograph, the painting, and our $G$. The painting has rough paint all
# over. Which of them varies most? Predict.

# %%
variations = {"content": float(total_variation_cost(content_image)),
              "style": float(total_variation_cost(style_image)),
              "baseline": float(total_variation_cost(baseline))}
print("from smooth to rough:", ", ".join(sorted(variations, key=variations.get)))

# %% [markdown]
# $G$ is the roughest of the three, rougher than its own model. So paint does not explain it: this is grain.
#
# ### Squares or absolute values?
#
# There are two total variations. Programs that take noise out of photographs mostly add up *absolute*
# differences; Mahendran and Vedaldi (2015), who recover pictures from a network's activations, take *squared*
# ones. The two do not want the same. Here is an edge from black to white, once sharp and once soft:

# %%
for name, line in {"sharp": np.array([0, 0, 0, 1, 1, 1]), "soft": np.linspace(0, 1, 6)}.items():
    steps = np.diff(line)
    print(f"{name:5} edge: sum of absolute values {np.abs(steps).sum():.1f}, "
          f"of squares {(steps**2).sum():.1f}")

# %% [markdown]
# To absolute values a sharp edge and a soft one cost the same, 1.0; they spare edges. Squares ask five times
# as much for the sharp one: 1.0 against 0.2. They are a soft brush, good against single odd pixels, and in
# excess they blur. And they have another advantage: at $d = 0$ the slope of $|d|$ jumps from $-1$ to $1$, while
# that of $d^2$ changes evenly. Section 3 will need that.
#
# > **Careful.** TensorFlow's tutorial on style transfer says that its regularisation is "the sum of the
# > squares of the values", and the code beneath it, like `tf.image.total_variation`, sums *absolute* values.
# > Whoever carries over its weight of 30 to squares gets another picture. Believe the code, and check it:

# %%
line = tf.reshape(tf.linspace(0.0, 1.0, 6), [1, 1, 6, 1])
print("tf.image.total_variation of the soft edge:", float(tf.image.total_variation(line)[0]))

# %% [markdown]
# 1, and not 0.2. One more acquaintance. Chapter 1's `calm` drew each pixel towards the mean of its four
# neighbors. And which way is downhill for $J_{tv}$? (`alike` is the correlation of the two directions: 1 would
# mean that they are the same.)

# %%
picture = tf.constant(noisy(content_image))
with tf.GradientTape() as tape:
    tape.watch(picture)
    variation = total_variation_cost(picture)
downhill = -tape.gradient(variation, picture)[:, 1:-1, 1:-1]
p = picture.numpy()
to_the_mean = (p[:, :-2, 1:-1] + p[:, 2:, 1:-1] + p[:, 1:-1, :-2] + p[:, 1:-1, 2:]) / 4 - p[:, 1:-1, 1:-1]
alike = np.corrcoef(downhill.numpy().ravel(), to_the_mean.ravel())[0, 1]
print("downhill is towards the mean of the neighbors:", alike > 0.99)

# %% [markdown]
# There: `calm` was a step down the total variation, taken outside of $J$. Inside $J$ it is better placed. The
# optimizer then knows of it and can weigh it against style and content, and the curve tells the whole story.
# Its weight, 15, was found by looking.

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
            "The ruins with total variation in J, and a piece of the sky without and with it: specks in "
            "the one, short even strokes in the other.")

# %% [markdown]
# *Look at the sky:* where there were specks, there are short strokes now. They had been there all the time,
# under the grain. And the price? Style and content now share $J$ with a third term, so they may have risen.

# %%
def measured(picture):
    """The content term, the style term, and the total variation of a picture."""
    return np.array([*terms(tf.constant(picture), targets), total_variation_cost(tf.constant(picture))])


grainy, smooth = measured(baseline), measured(calmer)

# %% tags=["nbval-ignore-output"]
for name, before, after in zip(["content", "style", "total variation"], grainy, smooth):
    print(f"{name:16} {before:.4f} -> {after:.4f}")

# %%
print("total variation fell to less than half:", smooth[2] < grainy[2] / 2)
print("the style and the content term rose by less than a tenth:", all(smooth[:2] < 1.1 * grainy[:2]))
print("the engine's total variation is ours:",
      np.isclose(smooth[2], losses.total_variation(calmer), rtol=1e-4))

# %% [markdown]
# Total variation fell to less than half, and content and style hardly rose: more than half of the roughness was of no
# use to style. A small price for a clean sky.
#
# > **Recap.**
# >
# > - $J_{tv}$ is the mean squared difference between neighbors, down plus across.
# > - Absolute values spare edges, squares spare slopes; say which you mean, and read the code.
# > - In $J$, the optimizer weighs it against style; outside, as `calm`, it could not.

# %% [markdown]
# ## 3 A better optimizer
#
# This section shows
#
# - why Adam crawls here;
# - L-BFGS, which learns the curvature of $J$ on its way;
# - how many evaluations it saves.
#
# Adam was made for training networks. There each step sees other data, so it trusts no gradient and moves
# every parameter by about the same small amount, the rate. Our $J$ is another matter: the same pictures in
# every step, and a gradient that is exact. Two gradients in two places then tell how the slope *changes* on
# the way from one to the other, that is, how $J$ curves, and whoever knows the curvature knows how far to go.
# If the slope is $-6$ here and $-4$ one step on, it will be 0 after two more: there is the bottom. (And here
# the squares of section 2 pay: where a slope jumps, two gradients tell nothing about the way between.)
#
# **L-BFGS** does that in all the pixels at once. (The letters are Broyden, Fletcher, Goldfarb and Shanno, and
# *limited memory*.) It keeps its last ten moves and what each did to the gradient, builds from them an
# estimate of the curvature, and goes to where the bottom should be. It is what Gatys et al. (2016) used, and
# TensorFlow does not bring it. SciPy does, with bounds: L-BFGS-B (Byrd et al. 1995) keeps every pixel in
# $[0, 1]$ and knows it, where we clipped behind Adam's back.

# %% [markdown]
# SciPy knows nothing of pictures. It wants a function that takes *one vector of float64 numbers* and returns
# $J$ and the gradient, a vector just as long. TensorFlow wants a float32 picture. You write the translator.
#
# #### Exercise 8: `value_and_gradient`
#
# 1. Turn the vector `pixels` into a float32 tensor of the shape `shape`, $(1, n_H, n_W, 3)$.
# 2. Compute `J = cost(...)` of it under a `tf.GradientTape`, and the gradient.
# 3. Return the pair: $J$ as a Python float, the gradient as a flat NumPy vector of float64.
#
# > **Careful.** A tape watches variables by itself, but no plain tensors: call `tape.watch` on yours, or the
# > gradient will be `None`.

# %% [markdown]
# Here is the first hint.

# %%
hint("value_and_gradient")

# %% exercise="8: value_and_gradient"
def value_and_gradient(pixels, cost, shape):
    """(J, gradient), as SciPy wants them: a float, and a float64 vector (n,).

    pixels: a float64 vector (n,). cost: a function of a float32 tensor of that shape, which returns the
        scalar tensor J. shape: (1, nH, nW, 3).
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
# The rest is a call. `evaluations` limits how often SciPy may ask. (It asks a little more often than it
# moves: where it went too far, it tries a point nearer by.)

# %%
def lbfgs(cost, start, evaluations=50):
    """Down a cost from a picture by L-BFGS with bounds: the last picture, and J at each evaluation."""
    curve = []

    def asked(pixels):
        J, gradient = value_and_gradient(pixels, cost, start.shape)
        curve.append(J)
        return J, gradient

    options = {"maxfun": evaluations, "maxiter": evaluations}
    result = scipy.optimize.minimize(asked, start.ravel().astype(np.float64), method="L-BFGS-B", jac=True,
                                     bounds=scipy.optimize.Bounds(0, 1), options=options)
    return result.x.reshape(start.shape).astype(np.float32), np.array(curve)


# %% [markdown]
# The same cost, the same start. Adam had 100 evaluations. How many will L-BFGS need to come as low as Adam
# did in the end? Predict, then run.

# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
sharper, lbfgs_curve = lbfgs(cost_of(targets), noisy(content_image))
scipy_seconds = time.perf_counter() - began
keep(sharper, "3_lbfgs")

# %%
def evaluations_to(J, curve):
    """How many evaluations a descent took to come to J or below; infinity where it never did."""
    there = np.flatnonzero(np.asarray(curve) <= J)
    return there[0] + 1 if len(there) else np.inf


plot_curves({"Adam": adam_curve, "L-BFGS": lbfgs_curve},
            "Two falling curves. L-BFGS is below Adam almost from the start, and soon where Adam ends.")

# %% tags=["nbval-ignore-output"]
print("evaluations to the cost that Adam ends with:")
print("Adam:  ", len(adam_curve))
print("L-BFGS:", evaluations_to(adam_curve[-1], lbfgs_curve))

# %%
print("L-BFGS needs less than half of Adam's evaluations:",
      evaluations_to(adam_curve[-1], lbfgs_curve) < len(adam_curve) / 2)

# %% [markdown]
# *Where does the dashed line pass the height at which the full one ends?* Before Adam is halfway. But is that fair?
# Adam's rate fell over 100 steps. An Adam that knows that it has less time hurries more. So let it have as many
# evaluations as L-BFGS had, and its rate fall over just these.

# %% tags=["nbval-ignore-output"]
hurried, hurried_curve = adam(cost_of(targets), noisy(content_image), steps=len(lbfgs_curve))
keep(hurried, "3_hurried_adam")

# %%
print("L-BFGS comes lower than Adam in a hurry:", hurried_curve[-1] > 1.05 * lbfgs_curve.min())
print("and its dark tenth is darker:", np.quantile(sharper, 0.1) < np.quantile(hurried, 0.1))
figures.row([calmer, hurried, sharper],
            ["Adam, 100 evaluations", "Adam, in a hurry", "L-BFGS, as many as that"],
            "The ruins three times. By L-BFGS the dark blues are deeper and the strokes longer.")

# %% [markdown]
# *Compare the last two, of as many evaluations each.* It is not another picture, but by L-BFGS the darks of the
# sky are darker. What we have gained is evaluations, and those we spend in section 4.
#
# One thing remains. Between two evaluations SciPy does its own arithmetic, in float64 and very carefully where
# pixels lie on their bounds. The engine therefore has an L-BFGS of its own, in float32, which is plainer about
# bounds: it clips a step that leaves $[0, 1]$ *before* it asks for $J$, and halves the step until $J$ has
# fallen. Does it come as low, and in which time?

# %%
def descend(cost, start, evaluations=50):
    """As `lbfgs`, by the engine's L-BFGS: the last picture, and J at each evaluation."""
    curve = []

    def asked(image):
        J, gradient = value_and_gradient(image.ravel().astype(np.float64), cost, image.shape)
        curve.append(J)
        return J, gradient.reshape(image.shape).astype(np.float32)

    optimizer = optimizers.LBFGS(start)
    while optimizer.evaluations < evaluations and optimizer.step(asked):
        pass
    return optimizer.image, np.array(curve)


# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
by_engine, engine_curve = descend(cost_of(targets), noisy(content_image))
engine_seconds = time.perf_counter() - began
keep(by_engine, "3_engine")
print("milliseconds for an evaluation and what comes with it:")
for name, seconds, curve in (("Adam", adam_seconds, adam_curve),
                             ("SciPy's L-BFGS", scipy_seconds, lbfgs_curve),
                             ("the engine's", engine_seconds, engine_curve)):
    print(f"  {name:14} {1000 * seconds / len(curve):4.0f}")

# %%
print("the engine's L-BFGS comes as low, to within a tenth:", engine_curve.min() < 1.1 * lbfgs_curve.min())

# %% [markdown]
# It does, and without SciPy's arithmetic in between. So we take it from here on; what it asks for is still your
# `value_and_gradient`.
#
# > **Recap.**
# >
# > - Adam moves every pixel by about the same; L-BFGS learns from pairs of gradients how far to go.
# > - SciPy asks for $J$ and the gradient as float64 vectors; `value_and_gradient` translates.
# > - Clip before $J$ is asked for, not after: then the optimizer knows where it stands.

# %% [markdown]
# ## 4 Start small
#
# This section shows
#
# - what a unit of a deep layer sees of a small picture, and of a large one;
# - the pyramid: paint small, enlarge, go on;
# - what an evaluation really costs.
#
# Our third fault was that the picture is small. Why not just take a larger one? Style is compared in what
# a *unit* of a style layer, one number of an activation map, sees at once. How large a patch is that for the
# deepest of them? Each 3 x 3 convolution looks one position further to either side, and after each pooling a
# position is twice as wide.

# %%
seen, width = 1, 1
for convolutions in (2, 2, 4, 4):  # of blocks 1 to 4; then comes block5_conv1
    seen += 2 * width * convolutions + width  # the pooling looks half as far as a convolution
    width *= 2
seen += 2 * width
print(f"a unit of block5_conv1 sees {seen} x {seen} pixels:")
for size in (80, 160, 320):
    print(f"  of a picture {size} pixels wide, {min(1, seen / size):.0%} of the width")

# %% [markdown]
# 156 pixels: all of a picture that is 80 pixels wide, and less than half of one that is 320. In the small one
# a whole whirl of the night sky is a single thing, even to layers of middle depth; in the large one hardly a
# unit sees it whole. So let a *small* picture have the large strokes. Its evaluations are cheap, too: with half
# the width and half the height, there is a quarter of the pixels to convolve. Then enlarge it, add the detail
# of $C$ that the small picture could not hold, and go on from there. That is the **pyramid** (Gatys et al. 2017).
#
# (`images.resize_longest(picture, size)` gives the picture that many pixels on its longest side.)

# %%
def enlarged(image, content_image):
    """A picture at the size of C, with the detail of C that the smaller size could not hold; in [0, 1]."""
    small, large = image.shape[1:3], content_image.shape[1:3]
    detail = content_image - images.resize(images.resize(content_image, *small), *large)
    return np.clip(images.resize(image, *large) + detail, 0, 1)


# %% [markdown]
# At each size there is another $J$, with targets of that size. So `pyramid` takes a function `cost_at`: give it
# $C$ at a size, and it gives you the cost of pictures of that size.

# %%
def pyramid(content_image, cost_at, stages, name):
    """Paint at each (size, evaluations) of `stages`: first from C under noise, then from the one before.

    Returns the picture, and for each stage J at each evaluation. The pictures go to NAME_SIZE.png.
    """
    image, curves = None, []
    for size, evaluations in stages:
        smaller = images.resize_longest(content_image, size)
        image = noisy(smaller) if image is None else enlarged(image, smaller)
        image, curve = descend(cost_at(smaller), image, evaluations)
        keep(image, f"{name}_{size}")
        curves.append(curve)
    return image, curves


def towards(style_image):
    """The `cost_at` of a style: a function from C at some size to the cost there."""
    return lambda C: cost_of(aim(C, images.cover(style_image, *C.shape[1:3])))

# %% [markdown]
# We take 320 pixels, as wide as the Louvre of chapter 1, and try it both ways: 50 evaluations at the full size,
# or 40 at 80 pixels, 40 at 160, and only 15 at 320.

# %% tags=["nbval-ignore-output"]
large_content, large_style = load_pair(CONTENT, STYLE, size=320)
STAGES = [(80, 40), (160, 40), (320, 15)]
at_once, once_curves = pyramid(large_content, towards(large_style), [(320, 50)], "4_at_once")
grown, grown_curves = pyramid(large_content, towards(large_style), STAGES, "4_pyramid")

# %%
figures.row([at_once, grown], ["320 pixels at once", "the pyramid"],
            "The ruins twice. On the left the sky is hatched with short strokes, the ground pale. On the "
            "right a cloud glows like the moon, round stars hang in the sky, and night has come over the "
            "ground.")

# %% [markdown]
# *Look at the sky.* At once, the brush is short, and the ground has kept its daylight. In the pyramid's picture
# a cloud has become the moon, with its halo, and there are stars: they were painted when all the sky was 80
# pixels wide, and have only been refined since. What did each of the two pictures cost? The true price of an
# evaluation is its pixels:

# %%
def price(size, evaluations):
    """Pixels times evaluations for a 4 : 3 picture of that width, in millions."""
    return size * (size * 3 / 4) * evaluations / 1e6


price_at_once = price(320, len(once_curves[0]))
price_grown = sum(price(size, len(curve)) for (size, _), curve in zip(STAGES, grown_curves))

# %% tags=["nbval-ignore-output"]
print(f"million pixels: {price_at_once:.1f} at once, {price_grown:.1f} by the pyramid")

# %%
print("the pyramid costs less than two thirds of the other:", price_grown < price_at_once * 2 / 3)

# %% [markdown]
# And which is nearer to the painting? That depends on how far away one stands. Let us shrink both pictures
# to the sizes of the pyramid and ask for their style terms there. Predict: who wins at 80 pixels, who at 320?

# %%
def style_seen_at(size, picture):
    """The style term of a picture that is shrunk to that size, against the painting shrunk alike."""
    smaller = images.resize_longest(picture, size)
    return float(terms(tf.constant(smaller), aim(smaller, images.resize_longest(large_style, size)))[1])


distances = {size: (style_seen_at(size, at_once), style_seen_at(size, grown)) for size in (80, 160, 320)}

# %% tags=["nbval-ignore-output"]
for size, (once, by_pyramid) in distances.items():
    print(f"seen at {size:3} pixels: style term {once:.2f} at once, {by_pyramid:.2f} by the pyramid")

# %%
print("from afar, at 80 and 160 pixels, the pyramid's style term is less than half:",
      all(by_pyramid < once / 2 for once, by_pyramid in (distances[80], distances[160])))
print("close up, at 320, it is less than one and a half times as large:",
      distances[320][1] < 1.5 * distances[320][0])

# %% [markdown]
# Close up, both are about as near to the painting. From afar only the pyramid's is: at 320 pixels $J$ sees little
# of the large things, and more evaluations would only ask it the same question again. So this gain is more
# than one of time: for less than two thirds of the price there are large strokes as well as small ones.
#
# > **Recap.**
# >
# > - A layer compares style within what its units see; in a small picture that is nearly everything.
# > - The price of an evaluation is its pixels: where they are few, evaluations cost next to nothing.
# > - Large strokes come from the small sizes, and stay when the picture grows.

# %% [markdown]
# ## 5 Start near
#
# This section shows
#
# - a cheap network that paints first, and an expensive one that finishes;
# - what the one costs, and what it saves the other.
#
# The pyramid starts near the end by starting small. There is another way to be near: let a network begin
# that sees almost the same for less. A convolution's price is its channels in times its channels out, so half
# the channels cost a quarter.
#
# The engine does this with VGG-19: the Pocket paints the smaller sizes for it. If you have fetched VGG-19, the
# next cells take it as the expensive network and the Pocket as the cheap one. If not, the Pocket is the expensive
# one, and we make a cheap one on the spot: of every layer we keep the half of the channels that answers most, and
# guess each of the others as the best weighted sum of those that are left. (That is what `np.linalg.lstsq`
# finds; you need not follow `halved` line by line.) Nobody trains it. Can half-blind eyes be of use? Predict.

# %%
def halved(weights, pictures):
    """The Pocket's weights {layer: (kernel, bias)}, half of the channels guessed from the other half."""
    thin, guess = {}, np.eye(3)
    of_layers = zip(*map(layer_outputs(vgg, list(weights)), pictures))
    for (name, (kernel, bias)), activations in zip(weights.items(), of_layers):
        positions = np.concatenate([np.reshape(a, (-1, a.shape[-1])) for a in activations])
        kept = np.sort(np.argsort(positions.mean(axis=0))[len(bias) // 2:])
        thin[name] = np.einsum("kc,hwco->hwko", guess, kernel)[..., kept].astype(np.float32), bias[kept]
        guess = np.linalg.lstsq(positions[:, kept], positions, rcond=None)[0]  # all, from those kept
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
    # by name, since the names are in the order of the network
    needed = [layer for layer in network.layers if "conv" in layer.name and layer.name <= "block5_conv1"]
    return multiplications_per_pixel({layer.name: layer.filters for layer in needed})


cheap_share = price_of(cheap) / price_of(expensive)
print("an evaluation by the cheap network costs less than 30 % of one by the expensive one:", cheap_share < 0.3)

# %%
def cost_seen_by(network):
    """J of the present pair as a network sees it: a function of a picture."""
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
    by_expensive, expensive_curve = descend(cost_seen_by(expensive), noisy(content_image), evaluations=50)
keep(by_cheap, "5_cheap")
keep(by_both, "5_cheap_then_expensive")

# %%
figures.row([by_cheap, by_both, by_expensive], ["cheap", "cheap, then expensive", "expensive only"],
            "The ruins three times: pale and with little brushwork by the cheap network; with all of it "
            "once the expensive one has gone over; and much the same by the expensive one alone.")

# %% [markdown]
# *Look at the ground:* pale and flat from the cheap network, full of strokes once the expensive one has been over it,
# and much as if the expensive one had been alone. So it is the price that decides.

# %%
paid = {"expensive only": np.arange(1.0, 1 + len(expensive_curve)),
        "cheap first": CHEAP_EVALUATIONS * cheap_share + np.arange(1.0, 1 + len(both_curve))}
plot_curves({"expensive only": expensive_curve, "cheap first": both_curve},
            "J falls alike in both; the curve with the cheap network first begins ten evaluations later.",
            paid, "price: evaluations by the expensive network, or what costs as much")

# %% [markdown]
# *The dashed line begins where the cheap network has been paid for.* Which is the cheaper way to the $J$ that the
# expensive one reaches within 40 evaluations of its own?

# %%
J_alone = expensive_curve[:40].min()
price_alone = evaluations_to(J_alone, expensive_curve)
price_together = CHEAP_EVALUATIONS * cheap_share + evaluations_to(J_alone, both_curve)

# %% tags=["nbval-ignore-output"]
print(f"{CHEAP_EVALUATIONS} evaluations by the cheap network cost as much as "
      f"{CHEAP_EVALUATIONS * cheap_share:.0f} by the expensive one")
print(f"to the same J, the expensive one needs {price_alone} evaluations alone, "
      f"and {evaluations_to(J_alone, both_curve)} with the cheap one first")

# %%
print("with the cheap network first it is at most a quarter more expensive:", price_together < 1.25 * price_alone)

# %% [markdown]
# With the Pocket as the expensive network, the difference is small: the cheap network saves it about as many
# evaluations as it costs itself, or a few more. A cheap network helps as far as it agrees with the expensive one, and
# ours was made on the spot, by leaving channels out. The Pocket itself was *trained* to agree with VGG-19, on
# photographs (`pretrained-model/README.md` says how, and how far it does). If you have VGG-19, the cell above shows
# what that training is worth. And the engine lets the Pocket paint only the small sizes of the pyramid, where a
# mistake is corrected soonest.
#
# > **Recap.**
# >
# > - Half the channels, a quarter of the price.
# > - A warm start is worth what the two networks agree on; measure it before you believe in it.

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
# The recipe of this chapter: relative differences, total variation, L-BFGS with bounds, the pyramid, and a cheap
# network before an expensive one. Questions, each with the place to turn:
#
# - What if $J$ weighs total variation ten times as much, or not at all? (`TV` in section 2.)
# - Where does L-BFGS spend its evaluations? (In `asked` of section 3, print $J$ at each.)
# - What if the pyramid begins at 48 pixels, or spends all its evaluations at 80? (`STAGES` in section 4.)
#
# [Chapter 3](03_colors_and_places.ipynb) goes on from here: it keeps the colors of the photograph, gives sky and
# stones a painter each, and ends with one call that does everything, `nst.stylize`.

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
# > - Less grain, fewer evaluations, larger strokes: your points are above.
# > - What comes next is color: [chapter 3](03_colors_and_places.ipynb).
