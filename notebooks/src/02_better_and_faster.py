# %% [markdown]
# # Better and faster
#
# Chapter 1 ended with a picture of your own. Look at it closely, and questions come up: what is the grain
# that `calm` had to rub away, why does it take so long, why is it so small, and where have the colors of the
# photograph gone? This chapter answers them, one idea a section. Each idea is tried, looked at beside what we
# had before, and its gain is measured. The last section makes one call of it all, and by then you will have
# built nearly everything that is in it.
#
# It goes on as you know it: predict, run, read. Three functions are yours to write, exercises 7 to 9, each
# with its test and three hints.
#
# One habit is new. Seconds differ from machine to machine, so we mostly count **evaluations**: how often the
# cost $J$ and its gradient were computed. And what we claim, a cell checks where it can: it prints the claim,
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
import scipy.ndimage
import scipy.optimize
from tqdm import tqdm

import nst
from nst import figures, images
from nst.engine import color, losses, masks, optimizers
from nst.engine.pyramid import multiplications_per_pixel, plan_stages
from nst.engine.run import SMALL_CONTENT_FACTOR
from nst.network.vgg import build_vgg19, layer_outputs, load_vgg19
from nst.network.weights import find_weights, read_weights
from nst.paths import IMAGES, OUTPUT
from nst.quiet_tensorflow import tensorflow as tf  # import tensorflow as tf, without its log lines
from public_tests import (
    hint,
    match_colors_test,
    progress,
    total_variation_cost_test,
    value_and_gradient_test,
)

# %%
vgg = load_vgg19("pocket")

# %% [markdown]
# The bundled network, by name: this chapter measures, and we want to measure the same thing. If you have
# fetched VGG-19, it will have its turn in sections 5 and 10.

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
# It does. Next comes a piece of plumbing, for speed alone; you may skip its inside. `compiled(J)` makes one
# TensorFlow graph that computes $J(\mathrm{image}, \mathrm{targets})$ *and* its gradient, as chapter 1's
# `train_step` was one graph. You use it in two steps: `cost_of = compiled(J)`, then `cost = cost_of(targets)`;
# and `cost(picture)` is a number that a tape can differentiate.
#
# (For the curious: a tape around a graph makes the graph keep whatever a way back might need, and that takes time.
# So the graph does its way back itself, where no other tape looks, and what a tape gets to see is only the
# tangent $J(x_0) + \mathrm{gradient} \cdot (x - x_0)$ at $x = x_0$: the same value, and the same gradient.)

# %%
def compiled(J):
    """J(image, targets) and its gradient as one graph; returns a function from targets to a cost."""
    @tf.function(reduce_retracing=True)
    def with_gradient(image, targets):
        with tf.GradientTape() as tape:
            tape.watch(image)
            value = J(image, targets)
        return value, tape.gradient(value, image)

    def cost_of(targets):
        def cost(image):
            if not tf.executing_eagerly():
                return J(image, targets)  # inside another graph, it is part of that
            here = tf.stop_gradient(image)
            graph = with_gradient.get_concrete_function(here, targets)
            with tf.init_scope():
                value, gradient = graph(here, targets)
            return value + tf.reduce_sum(gradient * (image - here))
        return cost

    return cost_of


cost_in_chapter_1 = compiled(lambda image, targets: tf.reduce_sum(terms(image, targets)))

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
# 3. **It is small**, and its strokes are short. (Section 4; section 10 goes to 512 pixels.)
# 4. **The colors** are the painting's, whether we like it or not; and **all of it is painted alike**, sky
#    and stone. (Sections 6 to 8.)
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
assert total_variation_cost_test(total_variation_cost).passed

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
cost_of = compiled(lambda image, targets: tf.reduce_sum(terms(image, targets))
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
assert value_and_gradient_test(value_and_gradient).passed

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
    J = compiled(lambda image, targets: tf.reduce_sum(terms(image, targets, see))
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
# ## 6 Keeping colors
#
# This section shows
#
# - two ways to keep the photograph's colors: after painting, and before;
# - a root of a matrix, and that there are many.
#
# Here is the tomb of Cyrus in its yellow field, painted after a picture of poured paint, in blues.

# %% tags=["nbval-ignore-output"]
tomb, poured = load_pair("pasargadae.jpg", "abstract_blue.jpg")
SMALL_STAGES = [(96, 40), (SIZE, 25)]
blue_tomb, _ = pyramid(tomb, towards(poured), SMALL_STAGES, "6_plain")

# %%
figures.triptych(tomb, poured, blue_tomb)

# %% [markdown]
# *Content, style, and what the recipe makes of them.* The gold is gone. Sometimes one wants the strokes
# without the colors, and Gatys et al. (2016) have two ways.
#
# **After: luminance only.** We see strokes as lights and darks more than as colors. So take from $G$ only
# how light each pixel is, its luminance $Y = 0.299 R + 0.587 G + 0.114 B$, and all else from $C$. The three
# factors add up to 1. So whoever adds the same $d$ to all three channels makes a pixel lighter by just $d$, and
# leaves the differences between its channels, which are its color, alone.

# %%
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)


def with_colors_of(generated_image, content_image):
    """C, the channels of each pixel raised alike until it is as light as in G; clipped to [0, 1]."""
    lighter = (generated_image - content_image) @ LUMINANCE
    return np.clip(content_image + lighter[..., None], 0, 1)


golden_after = with_colors_of(blue_tomb, tomb)
keep(golden_after, "6_luminance")
print("as the engine has it:",
      np.allclose(golden_after, color.keep_content_colors(blue_tomb, tomb), atol=1e-5))

# %% [markdown]
# **Before: another palette for the painter.** Or give the *style picture* the colors of the photograph, and
# paint as ever. What are the colors of a picture? As with style, we take a few statistics: the mean $\mu$,
# three numbers, and the **covariance** $\Sigma$, a 3 x 3 matrix. You know it: it is the Gram matrix of the three
# channels, their means subtracted first, over the number of pixels. Its diagonal tells how much each channel
# varies, the rest which vary together.
#
# Multiply every color by a matrix $A$ and shift it: $x \mapsto A \, (x - \mu_S) + \mu_C$. The mean becomes
# $\mu_C$. And the covariance becomes $A \Sigma_S A^T$, since each product $x x^T$ becomes
# $(Ax)(Ax)^T = A \, x x^T A^T$. That shall be $\Sigma_C$.
#
# A **root** of $\Sigma$ is a matrix $R$ with $R R^T = \Sigma$. With a root $R_S$ of $\Sigma_S$ and a root $R_C$
# of $\Sigma_C$,
#
# $$A = R_C R_S^{-1} \quad \text{gives} \quad A \Sigma_S A^T
#   = R_C \, (R_S^{-1} R_S) \, (R_S^{-1} R_S)^T R_C^T = R_C R_C^T = \Sigma_C$$
#
# where $R_S^{-1}$ is the inverse, the matrix that undoes $R_S$. NumPy has one root, Cholesky's: above its diagonal
# there is nothing but 0. Another root is symmetric, and comes from eigenvalues and eigenvectors:

# %%
def symmetric_root(covariance):
    """The symmetric matrix R with R R = covariance, by eigenvalues and eigenvectors; (3, 3) -> (3, 3)."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors @ np.diag(np.sqrt(np.maximum(values, 0))) @ vectors.T


covariance = np.cov(tomb.reshape(-1, 3).T)
ROOTS = {"Cholesky": np.linalg.cholesky, "symmetric": symmetric_root}
for name, root in ROOTS.items():
    R = root(covariance)
    print(f"{name}: R R^T is the covariance: {np.allclose(R @ R.T, covariance)}")

# %% [markdown]
# #### Exercise 9: `match_colors`
#
# 1. Take each picture as a list of colors, an array of shape $(n, 3)$, and compute its mean and its
#    covariance. (`np.cov` wants a *row* for each channel.)
# 2. From the two covariances and the given `root`, compute $A = R_C R_S^{-1}$. (`np.linalg.inv` inverts.)
# 3. Return the style picture with every color moved, in its own shape.
#
# > **Careful.** In the formula $A$ stands to the left of a *column* $x$. In an array of shape $(n, 3)$ colors
# > are rows, and there it reads $x^T A^T$. And do not clip: a few colors will leave $[0, 1]$, and to cut them
# > off would spoil the covariance. We clip where we paint.

# %% exercise="9: match_colors"
def match_colors(style_image, content_image, root):
    """The style picture with the mean and the covariance of the content picture's colors, not clipped.

    Each color x becomes R_C R_S^-1 (x - mean_S) + mean_C. Both pictures: NumPy arrays (1, H, W, 3) of any
        sizes. root: a function from a covariance (3, 3) to a matrix R with R R^T = covariance.
    """
    ### BEGIN SOLUTION
    colors_S, colors_C = style_image.reshape(-1, 3), content_image.reshape(-1, 3)
    mean_S, mean_C = colors_S.mean(axis=0), colors_C.mean(axis=0)
    A = root(np.cov(colors_C.T)) @ np.linalg.inv(root(np.cov(colors_S.T)))
    return (style_image - mean_S) @ A.T + mean_C
    ### END SOLUTION


# %% test="match_colors" points=20
assert match_colors_test(match_colors).passed

# %% [markdown]
# Both roots give the same mean and the same covariance. Do they give the same picture? Predict.

# %%
golden_style = {name: np.clip(match_colors(poured, tomb, root), 0, 1).astype(np.float32)
                for name, root in ROOTS.items()}
figures.row([tomb, poured, *golden_style.values()],
            ["C", "S", "S, by Cholesky's root", "S, by the symmetric root"],
            "The tomb; the poured picture in blues; the same in gold, gray and blue; and once more, in "
            "browner tones.")

# %% [markdown]
# *The same statistics, two pictures.* With $R$, $R Q$ is a root as well for every rotation $Q$, which turns the
# colors and stretches nothing: $Q Q^T = 1$, so $R Q \, (R Q)^T = R R^T$. A mean and a covariance say how wide the
# cloud of colors is in each direction, and not which color goes where. Cholesky's root serves the channels in
# their order, red first. What if we ask for blue first?

# %%
for name, root in ROOTS.items():
    backwards = match_colors(poured[..., ::-1], tomb[..., ::-1], root)[..., ::-1]
    same = np.allclose(backwards, match_colors(poured, tomb, root), atol=0.01)
    print(f"{name}: the same colors with blue first: {same}")

# %% [markdown]
# The symmetric root knows no order. The paper on colors tries both; the engine has Cholesky's. Does it compute
# what you wrote? (It clips, and adds a little to the diagonal of each covariance, for the sake of gray pictures.)

# %%
engines = color.match_colors(poured, tomb)
print("the engine has the same colors:", np.allclose(engines, golden_style["Cholesky"], atol=0.02))

# %% [markdown]
# Let us paint with the symmetric one, and compare all three.

# %% tags=["nbval-ignore-output"]
golden_before, _ = pyramid(tomb, towards(golden_style["symmetric"]), SMALL_STAGES, "6_matched")

# %%
figures.row([tomb, blue_tomb, golden_after, golden_before],
            ["C", "plain", "luminance only", "style picture matched"],
            "The tomb as it was, and painted three times: in blues; in the photograph's own colors, "
            "with the strokes as lights and darks; and in gold and blue strokes all over.")

# %% [markdown]
# *Luminance only* keeps every color where it was: the sky is blue, the plain golden, and the strokes are light
# and shade upon them. *Matching* keeps the palette and not the places: gold has come into the sky. Take the
# first where the colors of things matter, the second where strokes should have colors of their own. Which of
# the three will have a mean color nearest to that of $C$?

# %%
def color_distance(picture):
    """How far a picture's mean color is from that of C."""
    return float(np.abs(picture.mean((0, 1, 2)) - tomb.mean((0, 1, 2))).max())


# %% tags=["nbval-ignore-output"]
for name, picture in {"plain": blue_tomb, "luminance only": golden_after, "matched": golden_before}.items():
    print(f"{name:14}: mean color off by {color_distance(picture):.3f}")

# %%
print("the mean color of the matched one is nearer to C's, by more than a half:",
      color_distance(golden_before) < color_distance(blue_tomb) / 2)
print("luminance only left the differences between channels as in C, but for clipping:",
      np.mean(np.abs(np.diff(golden_after - tomb, axis=-1)) > 0.01) < 0.2)

# %% [markdown]
# The matched one, as it was made to have it. Luminance only has the lights and darks of $G$, and so another mean,
# but the differences between its channels are those of $C$.
#
# > **Recap.**
# >
# > - After painting: the lights and darks of $G$ on the colors of $C$.
# > - Before painting: a style picture with the mean and the covariance of $C$'s colors, by $A = R_C R_S^{-1}$.
# > - A covariance has many roots; Cholesky's depends on the order of the channels, the symmetric one does not.

# %% [markdown]
# ## 7 A style for each place
#
# This section shows
#
# - a mask: a picture that says where;
# - the Gram matrix of a region, and a cost with two of them.
#
# A painter paints the sky in other strokes than the stones. $J$ cannot: a Gram matrix forgets where, so the
# yellow of the stars comes onto the columns. What we want is to forget where *within a region*. A **mask** $m$
# marks one: 1 inside, 0 outside, and each position counts as much as its mask says (Gatys et al. 2017):
#
# $$G^{(m)}_{(gram)} = \frac{\sum_k m_k \, a_k a_k^T}{\sum_k m_k}$$
#
# where $a_k$, a column, holds the channels at position $k$. Without a mask it is chapter 1's $A A^T$ over the
# number of positions. In our picture of Persepolis, what is bluer than red, or nearly, is sky; a median filter,
# which gives each pixel the middle value of its neighborhood, removes the crumbs. (Most masks are drawn by hand,
# white on black, in any program.) For the sky we take the upper part of a painting, where *its* sky is, and for
# the stones the lower part of another.

# %%
red, _, blue = np.moveaxis(content_image[0], -1, 0)
sky = scipy.ndimage.median_filter(np.float32(blue > red - 0.03), 5)
night = images.resize_longest(images.load(IMAGES / "starry_night.jpg"), SIZE)[:, :SIZE // 2]
field = images.resize_longest(images.load(IMAGES / "monet.jpg"), SIZE)[:, SIZE // 3:]
figures.row([content_image, np.repeat(sky[None, ..., None], 3, axis=-1), night, field],
            ["C", "the mask of its sky", "for the sky", "for the stones"],
            "The ruins of Persepolis; a mask, the sky white, columns and ground black; the upper half of "
            "the starry night; and a field of poppies.")

# %% [markdown]
# *White is sky.* The clouds belong to it.

# %%
def gram_within(activation, mask):
    """The Gram matrix of a region: activation (1, nH, nW, nC), mask (nH, nW) in [0, 1] -> (nC, nC)."""
    positions, weights = tf.reshape(activation, [-1, activation.shape[-1]]), tf.reshape(mask, [-1, 1])
    return tf.matmul(weights * positions, positions, transpose_a=True) / tf.reduce_sum(weights)


# %% [markdown]
# Two regions that make up the whole: what is the mean of their Gram matrices, each weighted by its area?

# %%
activation, sky_share = see(content_image)[0], sky.mean()
inside, outside = gram_within(activation, sky), gram_within(activation, 1 - sky)
print("it is that of the whole:",
      np.allclose(sky_share * inside + (1 - sky_share) * outside, gram(activation), rtol=1e-2, atol=1e-3))
print("the engine has the same:", np.allclose(inside, losses.gram_matrix(activation, sky), rtol=1e-3))

# %% [markdown]
# It is: one sum, cut in two. Now the cost. Each region has its own painting, and counts by its
# area. Deeper layers have fewer positions, for which the mask is averaged down.

# %%
def aim_within(content_image, regions):
    """Targets for a list of regions."""
    aimed = []
    for mask, style_image in regions:
        mask = masks.resize_mask(mask, *content_image.shape[1:3])
        # the first block has the picture's positions, each later one half as many either way
        at_layers = [tf.constant(masks.downscale_masks(mask[None], 2**block)[0])
                     for block in range(len(STYLE_LAYERS))]
        style_image = images.resize_longest(style_image, max(mask.shape))
        aimed.append((tf.constant(mask.mean()), at_layers, [gram(a) for a in see(style_image)[:-1]]))
    return {"content": see(content_image)[-1], "regions": aimed}

# %%
def terms_within(image, targets):
    """The content term, and for each region its style term; (1 + regions,)."""
    *layers, a_G = see(image)
    found = [ALPHA * relative(a_G, targets["content"])]
    for area, at_layers, wanted_grams in targets["regions"]:
        style = [weight * relative(gram_within(a, mask), wanted) for a, mask, wanted, weight
                 in zip(layers, at_layers, wanted_grams, STYLE_LAYERS.values())]
        found.append(BETA * area * tf.add_n(style))
    return tf.stack(found)


cost_within = compiled(lambda image, targets: tf.reduce_sum(terms_within(image, targets))
                       + TV * total_variation_cost(image))


def towards_regions(regions):
    """The `cost_at` of a list of regions, each (mask (H, W), style picture)."""
    return lambda C: cost_within(aim_within(C, regions))


# %% [markdown]
# The sky shall be night, and the stones a field of poppies: first both styles everywhere, in equal parts, then
# each in its place.

# %% tags=["nbval-ignore-output"]
everywhere = np.full_like(sky, 0.5)
together = [(everywhere, night), (everywhere, field)]
in_places = [(sky, night), (1 - sky, field)]
mingled, _ = pyramid(content_image, towards_regions(together), SMALL_STAGES, "7_everywhere")
apart, _ = pyramid(content_image, towards_regions(in_places), SMALL_STAGES, "7_masks")

# %%
figures.row([mingled, apart], ["both everywhere", "each in its place"],
            "The ruins twice. On the left red poppies grow in a cloud and night lies on the ground; on "
            "the right the sky is all night, and the poppies stand among the stones.")

# %% [markdown]
# *Look at the clouds.* On the left, poppies grow in them, since $J$ asks for as much red as the field has and
# does not care where. On the right they have to grow on the ground and the stones. How far is each region from
# the painting that it was given?

# %%
both = aim_within(content_image, in_places)
before, after = (terms_within(tf.constant(picture), both).numpy() for picture in (mingled, apart))

# %% tags=["nbval-ignore-output"]
for region, mingled_term, apart_term in zip(("sky", "stones"), before[1:], after[1:]):
    print(f"{region:6}: style term {mingled_term:.2f} with both everywhere, "
          f"{apart_term:.2f} each in its place")

# %%
print("either region is nearer to its own painting, by more than a half:", all(after[1:] < before[1:] / 2))

# %% [markdown]
# Each region has its own painter now.
#
# > **Recap.**
# >
# > - A mask says how much each position counts in a Gram matrix.
# > - Regions with their own styles are a sum of style terms, each weighted by its area.

# %% [markdown]
# ## 8 Two masters
#
# This section shows
#
# - a style between two styles, and the way from one to the other.
#
# What is halfway between two painters? For pictures, halfway is a double exposure. But a style is a list of
# Gram matrices, and they can be averaged, too:
#
# $$G^{(mixed)}_{(gram)} = (1 - t) \, G^{(S_1)}_{(gram)} + t \, G^{(S_2)}_{(gram)}$$
#
# At $t = 0$ that is the first master, at $t = 1$ the second. Predict what one will see at
# $t = 1/2$, one of them, both side by side, or neither?

# %%
def mixed(first, second, t):
    """The targets at t on the way from the first's Gram matrices, t = 0, to the second's, t = 1."""
    grams = [(1 - t) * one + t * other for one, other in zip(first["grams"], second["grams"])]
    return {"content": first["content"], "grams": grams}


# %% tags=["nbval-ignore-output"]
ways = (0, 0.25, 0.5, 0.75, 1)
plain, first_master = load_pair("pasargadae.jpg", "starry_night.jpg", size=144)
second_master = load_pair("pasargadae.jpg", "monet.jpg", size=144)[1]
first, second = aim(plain, first_master), aim(plain, second_master)
between = [descend(cost_of(mixed(first, second, t)), noisy(plain), 25)[0] for t in ways]
for t, picture in zip(ways, between):
    keep(picture, f"8_mixed_{t:.2f}")

# %%
figures.row(between[::2], [f"t = {t}" for t in ways[::2]],
            "The tomb of Cyrus three times: in the blues and yellows of a starry night at t = 0, in the "
            "grays, greens and reds of a field of poppies at t = 1, and between them with something of "
            "either.")

# %% [markdown]
# *From one master to the other:* at $t = 0$ the night that painted the ruins, at $t = 1$ the field; between them still
# the sky of the one, and in the grass the first poppies of the other. It is no double exposure: nowhere does one
# picture shine through another. Is it between them in numbers, too?

# %%
to_first = [float(terms(tf.constant(picture), first)[1]) for picture in between]
to_second = [float(terms(tf.constant(picture), second)[1]) for picture in between]
print("with every step further from the first master:", all(np.diff(to_first) > 0))
print("and nearer to the second:", all(np.diff(to_second) < 0))

# %% [markdown]
# Step by step away from the one and nearer to the other.
#
# > **Recap.**
# >
# > - Styles can be averaged, since they are averages.

# %% [markdown]
# ## 9 What each layer contributes
#
# This section shows
#
# - a picture for each choice of content layer and of style layers;
# - and for several ratios of $\alpha$ to $\beta$, as a figure of Gatys et al. (2016) has them.
#
# Chapter 1 told you to try other layers and weights, and each trial would have cost you as much patience as
# the first. With L-BFGS, at 112 pixels, a picture takes so little time that we can try many. They start from
# noise, so that nothing is in them but what the layers asked for. One network returns all the layers, and
# a weight of 0 switches a layer off, so that TensorFlow traces it but once.

# %%
CONTENT_LAYERS = ["block1_conv2", "block3_conv4", "block5_conv1"]
DEPTHS = [1, 3, 5]
see_all = layer_outputs(vgg, [*STYLE_LAYERS, *CONTENT_LAYERS])


def chosen_terms(image, targets):
    """The content and the style term; a layer whose weight in `targets` is 0 is left out."""
    seen = see_all(image)
    contents = [relative(a, wanted) for a, wanted in zip(seen[len(STYLE_LAYERS):], targets["content"])]
    styles = [relative(gram(a), wanted) for a, wanted in zip(seen, targets["grams"])]
    return tf.stack([tf.reduce_sum(targets["content_weights"] * contents),
                     tf.reduce_sum(targets["style_weights"] * styles)])


cost_chosen = compiled(lambda image, targets: tf.reduce_sum(chosen_terms(image, targets))
                       + TV * total_variation_cost(image))


# %%
motif, manner = load_pair("louvre.jpg", "starry_night.jpg", size=112)
wanted = {"content": see_all(motif)[len(STYLE_LAYERS):],
          "grams": [gram(a) for a in see_all(manner)[:len(STYLE_LAYERS)]]}
gray_noise = tf.random.stateless_uniform(motif.shape, seed=[1, 2]).numpy()


def tried(content_layer, depth, alpha=ALPHA, evaluations=40):
    """A picture from noise, by one content layer and the first `depth` style layers, weighted alike."""
    of_content = alpha * np.float32([name == content_layer for name in CONTENT_LAYERS])
    of_style = BETA * np.float32([n < depth for n in range(len(STYLE_LAYERS))]) / depth
    targets = {**wanted, "content_weights": tf.constant(of_content), "style_weights": tf.constant(of_style)}
    return descend(cost_chosen(targets), gray_noise, evaluations)[0]


# %% [markdown]
# Rows: the content layer, shallow to deep. Columns: the style layers, the first only, the first three, all
# five. Predict: in which corner will the courtyard be clearest, and in which will it be lost?

# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
choices = [(content_layer, depth) for content_layer in CONTENT_LAYERS for depth in DEPTHS]
grid = {choice: tried(*choice) for choice in tqdm(choices, unit="picture")}
print(f"{(time.perf_counter() - began) / len(choices):.1f} s a picture; "
      f"one of section 2 took {adam_seconds:.0f} s")

# %%
figures.grid([[grid[name, depth] for depth in DEPTHS] for name in CONTENT_LAYERS],
             CONTENT_LAYERS, ["style: block 1", "style: blocks 1 to 3", "style: blocks 1 to 5"],
             "Nine paintings of the courtyard, in three rows and three columns. Top left rows of windows "
             "can be seen; to the right whirls and stars come in, and further down walls, roofs and "
             "pyramid dissolve in them.")

# %% [markdown]
# *From the top left, where all is in its place, to the bottom right, where nothing is.* Read along the top:
# the first block's style is hardly more than a palette; three blocks bring whirls and stars, and the courtyard
# behind them is just there; with five it is lost. Read down the left: `block1_conv2` keeps the rows of windows,
# `block3_conv4` the outlines, with the walls free to be painted, and `block5_conv1` patches of light and dark.
# This is what `recall` showed in chapter 1, and now you see what it does to a painting.
#
# Now the weights. The content layer is the middle one, all five style layers count, and $\alpha$ falls while
# $\beta$ stays.

# %% tags=["nbval-ignore-output"]
ALPHAS = (100, 10, 1, 0.1)
by_alpha = [tried(CONTENT_LAYER, 5, alpha) for alpha in tqdm(ALPHAS, unit="picture")]

# %%
figures.row(by_alpha, [f"alpha : beta = {alpha:g} : {BETA}" for alpha in ALPHAS],
            "Four paintings of the courtyard: a pale, grainy photograph at first, only whirls and stars "
            "at last.")

# %% [markdown]
# *From left to right, $\alpha$ is a tenth of what it was.* On the left the photograph, tinted, and the noise of
# the start still in it: style has hardly a say. On the right there is night, and no courtyard. All that one would
# call style transfer lies between, and it is a wide field. The third has our own weights, and its courtyard is all
# but gone. Why did the ruins stand, all through this chapter? They *started* as $C$: what a start from $C$ has for
# nothing, 40 evaluations from noise do not rebuild.

# %%
of_motif = aim(motif, manner)
measured_terms = np.array([terms(tf.constant(picture), of_motif) for picture in by_alpha])

# %% tags=["nbval-ignore-output"]
for alpha, (content_term, style_term) in zip(ALPHAS, measured_terms):
    print(f"alpha {alpha:5}: content {content_term:.2f}, style {style_term:.2f}, "
          "both weighted as in section 1")

# %%
print("the smaller alpha, the further from the content:", all(np.diff(measured_terms[:, 0]) > 0))
print("and the nearer to the style:", all(np.diff(measured_terms[:, 1]) < 0))

# %% [markdown]
# > **Recap.**
# >
# > - Shallow content layers keep pixels, deep ones leave only an idea of what was there.
# > - Shallow style layers give colors and grain, deep ones add strokes and whirls.
# > - Between all content and all style the way is long and smooth: $\alpha : \beta$ is a taste, not a truth.

# %% [markdown]
# ## 10 All of it in one call
#
# This section shows
#
# - `nst.stylize`, and what you know of it already;
# - what 512, 1024 and 2048 pixels cost;
# - what is left to invent.
#
# Relative differences, total variation, L-BFGS with bounds, the pyramid, a cheap network before an expensive one,
# colors, masks, mixtures: `nst.stylize` is the sections of this chapter, one after the other. Two touches are
# new: it starts from $C$ itself, without noise; and at the smaller sizes content counts `SMALL_CONTENT_FACTOR` times as
# much, since what is lost there no larger size brings back. It takes the network that you have; with VGG-19 the next
# cell takes longer. (The default is 40 steps at each size. With 25 you wait less, and few eyes see a difference.)

# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
result = nst.stylize(IMAGES / CONTENT, IMAGES / STYLE, size=512, steps=25)
seconds = time.perf_counter() - began
keep(result.picture, "10_stylize_512")
print(f"{seconds:.0f} s")

# %%
figures.row([baseline, result.picture], [f"section 1, {SIZE} pixels", "nst.stylize, 512 pixels"],
            "The ruins twice: small and speckled on the left; on the right large, clean, with long "
            "strokes.")

# %% [markdown]
# *From the first section to the last:* no grain, seven times the pixels, strokes in the sky that follow one
# another. And what is *not* there: the moon and the stars of section 4. They are the price of the two touches,
# since a cloud that has to remain a cloud becomes no moon. That is a choice, not a law: give
# `content_weight` another value and see.
#
# The call returns a record as well: what was asked for, which network saw what, what it took. The command line
# writes it beside every picture. Its scores say how it came out. Style: how far the picture is from the
# painting, if $C$ itself is 1 and the painting 0. Content: $|a^{(G)} - a^{(C)}| / |a^{(C)}|$, without squares.

# %% tags=["nbval-ignore-output"]
for stage in result.record["timings"]["stages"]:
    print(stage)
print("scores:", result.record["scores"])

# %%
asked = result.record["settings"]
ours = {"content_weight": ALPHA, "style_weight": BETA, "tv_weight": TV, "content_layer": CONTENT_LAYER}
print("pixels, in those of section 1:", round(np.size(result.picture) / np.size(baseline), 1))
print("at the smaller sizes content counts:", SMALL_CONTENT_FACTOR, "times")
print("it was asked for the weights of this chapter:",
      all(asked[name] == value for name, value in ours.items()))
print("its style is ten times as near as that of C:", result.record["scores"]["style"] < 0.1)

# %% [markdown]
# ### What larger pictures cost
#
# In section 4 we reckoned the price by hand. The engine's `plan_stages` does the same for any size; here we ask it
# for pixels times evaluations alone. Predict: how many times as much as 512 pixels do 1024 cost, and 2048?

# %%
def stages_of(size):
    """The engine's stages for a 4 : 3 picture of that width; the price of an evaluation is its pixels."""
    return plan_stages((size * 3 // 4, size), asked["steps"], costs={"any network": 1})


pixels_of = {size: sum(stage.cost for stage in stages_of(size)) for size in (512, 1024, 2048)}
print("each doubling costs between 3.9 and 4.5 times as much:",
      all(3.9 < pixels_of[2 * size] / pixels_of[size] < 4.5 for size in (512, 1024)))
print("and 2048 pixels, in times of 512:", round(pixels_of[2048] / pixels_of[512]))

# %% [markdown]
# About four times, and so about sixteen for 2048: a doubled size has four times the pixels, and as the sizes
# before it cost a quarter, a sixteenth and so on, the last one is most of the price. In seconds, on your machine,
# if only the pixels counted:

# %% tags=["nbval-ignore-output"]
for size, pixels in pixels_of.items():
    how = "measured" if size == 512 else "computed from the price"
    widths = ", ".join(f"{stage.evaluations} at {stage.width}" for stage in stages_of(size))
    print(f"{size:4} pixels: about {seconds * pixels / pixels_of[512]:5.0f} s, {how} ({widths})")

# %% [markdown]
# Only the first line is measured, and 2048 pixels take longer than that. There the activations of a whole picture
# would need too much memory, and the engine sees it in tiles: their margins are seen twice, and it goes over all
# tiles twice, once to sum up the Gram matrices, once for the gradient. (`python -m benchmarks.speed_and_memory`
# measures what an evaluation takes at each size; the figures are in docs/benchmarks.md.)
#
# ### What is left to invent
#
# - Seconds are not yet at once. A network can be trained to paint a style in a single pass (Johnson, Alahi
#   and Fei-Fei 2016), or any style (Huang and Belongie 2017). Would it be a good start for L-BFGS?
# - A Gram matrix forgets where. So it knows whirls, but not that they hang in the sky and houses stand on
#   the ground. We drew masks by hand; what would draw them by itself?
# - $J$ is not taste. The best pictures are not always those with the smallest $J$. What would one have to
#   measure?
#
# Now paint. Put your own files and wishes into the next cell; `help(nst.stylize)` knows the rest, masks too.

# %% tags=["nbval-ignore-output"]
my_content, my_style, other_style = "louvre.jpg", "monet.jpg", "starry_night.jpg"
mine = nst.stylize(IMAGES / my_content, {IMAGES / my_style: 0.7, IMAGES / other_style: 0.3}, size=256,
                   steps=25, preserve_color="luminance")
keep(mine.picture, "10_mine")
figures.row([*load_pair(my_content, my_style), load_pair(my_content, other_style)[1], mine.picture],
            ["content", "7 parts of this style", "3 parts of this", "generated"],
            "A courtyard with a glass pyramid, a field of poppies, a starry night, and the courtyard in "
            "its own colors and in fine strokes.")

# %%
progress()

# %% [markdown]
# **References**
#
# - Leon A. Gatys, Alexander S. Ecker, Matthias Bethge (2016). Image Style Transfer Using Convolutional Neural
#   Networks. CVPR. With L-BFGS, and the figures that section 9 is after.
# - Leon A. Gatys, Matthias Bethge, Aaron Hertzmann, Eli Shechtman (2016). [Preserving Color in Neural Artistic
#   Style Transfer](https://arxiv.org/abs/1606.05897). Section 6.
# - Leon A. Gatys, Alexander S. Ecker, Matthias Bethge, Aaron Hertzmann, Eli Shechtman (2017). [Controlling
#   Perceptual Factors in Neural Style Transfer](https://arxiv.org/abs/1611.07865). Sections 4 and 7.
# - Aravindh Mahendran, Andrea Vedaldi (2015). [Understanding Deep Image Representations by Inverting
#   Them](https://arxiv.org/abs/1412.0035). Section 2.
# - Richard H. Byrd, Peihuang Lu, Jorge Nocedal, Ciyou Zhu (1995). A Limited Memory Algorithm for Bound
#   Constrained Optimization. SIAM Journal on Scientific Computing 16. L-BFGS-B.
# - Justin Johnson, Alexandre Alahi, Li Fei-Fei (2016). [Perceptual Losses for Real-Time Style Transfer and
#   Super-Resolution](https://arxiv.org/abs/1603.08155).
# - Xun Huang, Serge Belongie (2017). [Arbitrary Style Transfer in Real-time with Adaptive Instance
#   Normalization](https://arxiv.org/abs/1703.06868).
# - TensorFlow, [Neural style transfer](https://www.tensorflow.org/tutorials/generative/style_transfer). The
#   tutorial of section 2.

# %% [markdown]
# > **Recap.**
# >
# > - One call; all but two touches of it you have built yourself.
# > - Each doubling of the size costs about four times as much, and more where a picture has to be seen in tiles.
# > - The rest is yours.
