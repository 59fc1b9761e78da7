# %% [markdown]
# # In real time
#
# In [chapter 1](01_neural_style_transfer.ipynb) a picture took 200 steps, in
# [chapter 2](02_better_and_faster.ipynb) about 50. Each picture was a small optimization problem, solved from the
# beginning. This chapter asks whether a network can *learn* to solve it. First you train a small network on one
# style: it needs about a minute, and you watch it learn. Then you use a larger one, which comes with the course
# and paints any photograph in the style of any painting, in one pass.
#
# You write three functions, exercises 10 to 12, each with its test and three hints. Where you read **Predict**,
# choose an answer: click it, or move to it with Tab and press Enter. And wherever a cell can check a claim, it
# prints the claim and `True`.

# %% [markdown]
# ## 1 What one picture costs
#
# This section shows
#
# - how many multiplications a network needs for one pixel;
# - what an optimizer needs for one picture, and what a painter could do with less.
#
# The first two cells find the course's folder and import what we need. This chapter runs by itself: it needs
# nothing that you wrote in chapters 1 to 3.

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

import numpy as np

import nst
from nst import fast, figures, images
from nst.network.layers import block_of, stride_of
from nst.network.vgg import layer_outputs, load_vgg19
from nst.notebook import Live, compare, follow
from nst.paths import IMAGES, OUTPUT
from nst.quiet_tensorflow import keras  # without log lines
from nst.quiet_tensorflow import tensorflow as tf
from public_tests import (
    adain_test,
    hint,
    instance_norm_test,
    perceptual_step_test,
    progress,
)

# %%
vgg = load_vgg19("pocket")

# %%
SIZE = 256  # pixels, of the longest side


def load(name, size=SIZE):
    """Load a picture of the course, (1, H, W, 3) in [0, 1]."""
    return images.load(IMAGES / name, size)


def keep(picture, name):
    """Write a picture to output/04_in_real_time/NAME.png."""
    images.save(picture, OUTPUT / "04_in_real_time" / f"{name}.png")


photograph, painting = load("pasargadae.jpg"), load("starry_night.jpg")

# %% [markdown]
# The price of a picture is counted in multiplications. A convolution multiplies, at each of its positions, every
# number of its kernel once. A layer of block $b$ has a position for every $2^{b-1} \times 2^{b-1}$ pixels, so
# deep layers are cheaper for each pixel than their many channels suggest.

# %%
def multiplications(network):
    """How many multiplications the convolutions of VGG-19 need for each pixel."""
    total = 0
    for layer in network.layers:
        if layer.name.endswith(tuple("1234")):  # block1_conv1 and so on
            total += layer.kernel.shape.num_elements() / stride_of(block_of(layer.name)) ** 2
    return total


STEPS_OF_CHAPTER_3 = 30 + 20 / 4  # 30 at full size, and 20 with a quarter of the pixels
each = multiplications(vgg)
print(f"one pass: about {each / 1000:.0f} thousand multiplications for each pixel")
print("one picture of chapter 3, with a gradient in each step: about "
      f"{STEPS_OF_CHAPTER_3 * 3 * each / 1e6:.0f} million for each pixel")

# %% [markdown]
# The factor 3 is one pass forward, and about two more for the gradient. Millions of multiplications, for one
# pixel, and for the next photograph all of them again: the optimizer remembers nothing of the last one.
#
# A network that has learned the way needs one pass, without a gradient. And its passes can be cheap: it does
# not have to *recognize* style, as VGG-19 does, only to paint it.
#
# > **Recap.**
# >
# > - One picture by optimization: about a hundred passes through VGG-19, and nothing is kept.
# > - A trained painter: one pass.

# %% [markdown]
# ## 2 Instance normalization
#
# This section shows
#
# - why a painter has to remove a photograph's contrast;
# - why batch normalization does not, and what does.
#
# A style has its own contrast: night over a village is painted with deep blue and bright yellow, whether the
# photograph was taken at noon or in fog. So a painter has to remove the contrast of the photograph. Ulyanov,
# Vedaldi and Lempitsky (2017) found that their painters became much better when one layer did this for them:
# normalization, for each picture on its own.
#
# Let $x$ be the output of a layer for $n$ pictures, of shape $(n, n_H, n_W, n_C)$. For picture $i$ and channel
# $c$, take mean $\mu_{ic}$ and variance $\sigma^2_{ic}$ over all positions. Then
#
# $$y = \gamma_c \, \frac{x - \mu_{ic}}{\sqrt{\sigma^2_{ic} + \varepsilon}} + \beta_c$$
#
# Every channel of every picture now has the mean $\beta_c$ and the standard deviation $\gamma_c$. These are
# learned, one number each for each channel. The small $\varepsilon$ prevents a division by 0 where a channel is
# the same everywhere.

# %% [markdown]
# #### Exercise 10: `instance_norm`
#
# 1. Compute mean and variance of `x` over height and width, with `keepdims=True`, so that both can be combined
#    with `x`. (The variance is the mean of the squared differences from the mean.)
# 2. Normalize, multiply by `gamma`, add `beta`.
#
# > **Careful.** Axis 0 counts the pictures. If you average over it too, you have *batch* normalization, which
# > looks the same in the code and does something else, as you will see.

# %%
EPSILON = 1e-5
hint("instance_norm")

# %% exercise="10: instance_norm"
def instance_norm(x, gamma, beta):
    """gamma (x - mean) / sqrt(variance + EPSILON) + beta, for each channel of each picture.

    x: (n, nH, nW, nC). gamma, beta: (nC,), or shapes that can be combined with x.
    """
    ### BEGIN SOLUTION
    mean_x = tf.reduce_mean(x, axis=[1, 2], keepdims=True)
    variance_x = tf.reduce_mean(tf.square(x - mean_x), axis=[1, 2], keepdims=True)
    return gamma * (x - mean_x) / tf.sqrt(variance_x + EPSILON) + beta
    ### END SOLUTION


# %% test="instance_norm" points=10
instance_norm_test(instance_norm).assert_passed()

# %% [markdown]
# Does it remove contrast? We try it on pictures, whose three channels are red, green and blue: the photograph as
# it is, and the same photograph with a third of the contrast, as in fog. Batch normalization is the same formula
# with one mean and one variance for the whole batch; TensorFlow has it built in.

# %%
foggy = photograph / 3 + 0.5
pair = tf.concat([photograph, foggy], axis=0)  # a batch of two pictures
gamma, beta = tf.constant([0.2] * 3), tf.constant([0.5] * 3)


def batch_norm(x, gamma, beta):
    """The same formula with the mean and the variance of the whole batch."""
    mean, variance = tf.nn.moments(x, [0, 1, 2])
    return tf.nn.batch_normalization(x, mean, variance, beta, gamma, EPSILON)


by_instance, by_batch = instance_norm(pair, gamma, beta), batch_norm(pair, gamma, beta)

# %% [markdown]
# **Predict.** What will batch normalization do with the two pictures?
#
# <details><summary>It makes them equal.</summary>
#
# No. Both are shifted and scaled by the same numbers, so the one with little contrast still has little.
#
# </details>
# <details><summary>It changes both, but the foggy one is still foggy.</summary>
#
# Yes. One mean and one variance for both cannot remove a difference between them.
#
# </details>

# %%
figures.grid([[np.clip(picture, 0, 1) for picture in pictures]
              for pictures in zip(pair, by_batch, by_instance)],
             ["clear", "in fog"], ["photograph", "batch norm", "instance norm"],
             "The tomb of Cyrus six times, in two rows: clear and in fog as a photograph, "
             "clear and in fog after batch normalization, and twice clear after instance "
             "normalization.")

# %%
def equal(a, b, tolerance=0.01):
    """Whether two pictures are the same, up to a hundredth of the range of colors."""
    return bool(np.max(np.abs(np.asarray(a) - np.asarray(b))) < tolerance)


alone = batch_norm(pair[:1], gamma, beta)
print("after instance normalization, the fog makes no difference:", equal(*by_instance))
print("after batch normalization it does:", not equal(*by_batch))
print("a picture's instance normalization is the same alone and in a batch:",
      equal(instance_norm(pair[:1], gamma, beta), by_instance[:1]))
print("its batch normalization depends on the other pictures:", not equal(alone, by_batch[:1]))

# %% [markdown]
# *Fog in, no fog out.* Batch normalization was made for recognizing objects, where the differences between
# pictures are what counts. And it has a second fault for us: what a painter makes of your photograph would depend
# on the other photographs in its batch. (In use, Keras's layer takes averages from the training instead. Then
# the fog stays, too.)
#
# > **Recap.**
# >
# > - Instance normalization gives each channel of each picture a mean and a deviation of our choice.
# > - So contrast and brightness of the photograph are gone before painting begins.

# %% [markdown]
# ## 3 Statistics are the style
#
# This section shows
#
# - that a mean and a standard deviation of each channel are already a part of the Gram matrix;
# - how to give a photograph's activations the style of any painting.
#
# Which $\gamma$ and $\beta$ should a painter have? For one style, it can learn them. Dumoulin et al. (2017)
# trained one network for 32 styles, in which *only* these numbers differ from style to style: all the rest is
# shared. If the style is in these numbers, we can guess what they are.
#
# In chapter 1 the style was the Gram matrix $A A^T$. Its diagonal has, for each channel, the sum of its squares.
# And a mean of squares is the variance plus the square of the mean.

# %%
STYLE_LAYERS = {"block1_conv1": 0.1, "block2_conv1": 0.15, "block3_conv1": 0.3,
                "block4_conv1": 0.3, "block5_conv1": 0.15}  # {layer: its weight}
CONTENT_LAYER = "block4_conv2"
network = layer_outputs(vgg, [*STYLE_LAYERS, CONTENT_LAYER])


def gram(activations):
    """The Gram matrix of each picture over its positions: (n, nH, nW, nC) -> (n, nC, nC)."""
    _, n_H, n_W, n_C = activations.shape
    rows = tf.reshape(activations, [-1, n_H * n_W, n_C])  # a row for each position
    return tf.matmul(rows, rows, transpose_a=True) / (n_H * n_W)


features = network(painting)[2]  # what block3_conv1 sees in the painting
mean, variance = tf.nn.moments(features, [1, 2])
diagonal = tf.linalg.diag_part(gram(features))
print("the diagonal is variance + mean^2:",
      np.allclose(diagonal, variance + mean**2, rtol=1e-3))

# %% [markdown]
# So a list of means and deviations says less than a Gram matrix: it keeps how strong each channel is, and
# forgets which channels are strong together. It is a small list. For `block3_conv1` it has 256 numbers, where
# the Gram matrix has 8256 different ones.
#
# Huang and Belongie (2017) drew the conclusion. Take the activations of the photograph, normalize them, and use the
# *painting's* statistics as $\gamma$ and $\beta$. They called it **adaptive instance normalization**:
#
# $$\text{AdaIN}(c, s) = \sigma(s) \, \frac{c - \mu(c)}{\sigma(c)} + \mu(s)$$
#
# No training has seen the painting. Any painting will do.

# %% [markdown]
# #### Exercise 11: `adain`
#
# 1. Compute mean and standard deviation of `style_features` over height and width, with `keepdims=True`.
# 2. Normalize `content_features` with them. Your `instance_norm` does it, with the right $\gamma$ and $\beta$.
# 3. Mix: `alpha` times the result, plus `1 - alpha` times `content_features`. With `alpha = 1` it is all style,
#    with `alpha = 0` the photograph as it was.

# %%
hint("adain")

# %% exercise="11: adain"
def adain(content_features, style_features, alpha):
    """The content's activations with the style's mean and deviation in each channel.

    content_features: (n, nH, nW, nC). style_features: (1, nH', nW', nC). alpha: 0 to 1.
    """
    ### BEGIN SOLUTION
    mean_S = tf.reduce_mean(style_features, axis=[1, 2], keepdims=True)
    std_S = tf.math.reduce_std(style_features, axis=[1, 2], keepdims=True)
    painted = instance_norm(content_features, std_S, mean_S)
    return alpha * painted + (1 - alpha) * content_features
    ### END SOLUTION


# %% test="adain" points=15
adain_test(adain).assert_passed()

# %% [markdown]
# We try it at two depths: on the colors of the pixels, where we can see the result, and on the activations of
# `block3_conv1`, where we can only measure it.

# %% [markdown]
# **Predict.** What does AdaIN do on the three color channels?
#
# <details><summary>It gives the photograph the palette of the painting.</summary>
#
# Yes: mean and deviation of each color, and nothing else. No stroke can come from six numbers.
#
# </details>
# <details><summary>It paints the photograph with strokes.</summary>
#
# No. Each pixel keeps its place, and all pixels change by the same rule. Strokes are in deeper layers.
#
# </details>

# %%
recolored = np.clip(adain(photograph, painting, 1.0), 0, 1)
keep(recolored, "3_recolored")
figures.row([photograph, painting, recolored], ["C", "S", "AdaIN of the pixels"],
            "The tomb of Cyrus, a starry night, and the tomb again with blue stones under a "
            "darker blue sky.")

# %%
content_features = network(photograph)[2]
mixed = adain(content_features, features, 1.0)
as_style = [np.allclose(a, b, rtol=1e-2, atol=1e-2) for a, b in
            zip(tf.nn.moments(mixed, [1, 2]), tf.nn.moments(features, [1, 2]))]
print("mean and variance are those of the painting:", as_style == [True, True])
print("the engine's adain is yours:",
      np.allclose(mixed, fast.adain(content_features, features), rtol=1e-2, atol=1e-2))

# %% [markdown]
# *On pixels: a palette.* It is a simpler version of what `match_colors` did in
# [chapter 3](03_colors_and_places.ipynb), without the covariances. On `block3_conv1` the activations now have the
# painting's statistics, and the photograph's arrangement. But they are activations, not a picture. We need a
# network that goes back from activations to pixels; section 5 has one.
#
# > **Recap.**
# >
# > - Means and deviations of the channels are the style, as far as the diagonal of the Gram matrix goes.
# > - AdaIN gives a photograph the statistics of any painting, without any training.

# %% [markdown]
# ## 4 Learn the way instead of walking it
#
# This section shows
#
# - a training step whose variables are the weights of a network, not pixels;
# - how a small painter learns one style in about a minute, in front of you;
# - what it has learned, and what it lacks.
#
# Johnson, Alahi and Fei-Fei (2016) and Ulyanov et al. (2016) had the same idea: let a network $P$ paint, judge its
# picture with the cost that we know, and change the *weights of the painter* so that the cost falls. The network
# that judges stays frozen. With photographs $x$:
#
# $$J = J(P(x)) = \alpha \, J_{content}(P(x), x) + \beta \, J_{style}(P(x), S)$$
#
# Nothing in $J$ is new. Only the variable is.

# %% [markdown]
# **Predict.** In chapter 1, $J$ was a function of 120 000 pixels and more. Our painter has about 165 000 weights. What
# is the difference?
#
# <details><summary>The weights have to work for every photograph, not for one.</summary>
#
# Yes. Each step sees other photographs, and the painter keeps what is useful for all of them.
#
# </details>
# <details><summary>There is none: a variable is a variable.</summary>
#
# For the gradient that is right. But pixels are the solution for one photograph, and weights are a rule.
#
# </details>

# %% [markdown]
# A reminder of the tape, with the smallest painter that there is. It has one weight, and
# multiplies a photograph by it. The photograph has one pixel, 3, and the picture should become 5.

# %%
weight = tf.Variable(2.0)
with tf.GradientTape() as tape:
    J = (3 * weight - 5) ** 2
print("the gradient is 2 (3 w - 5) 3 = 6:", float(tape.gradient(J, weight)) == 6)

# %% [markdown]
# #### Exercise 12: `perceptual_step`
#
# Everything the step needs is passed to it:
#
# - `painter`: a Keras model, photographs $(n, H, W, 3)$ to pictures of the same shape;
# - `network`: the frozen network, pictures to a list of activations, the content layer last;
# - `optimizer`: a Keras optimizer for the painter's weights;
# - `photographs`: a tensor $(n, H, W, 3)$;
# - `cost`: a function of two lists of activations, those of the painter's pictures and those of the photographs,
#   to a scalar $J$.
#
# The step has to
#
# 1. let `network` look at the photographs;
# 2. inside a `tf.GradientTape`, let the painter paint them, let `network` look at the pictures, and compute $J$;
# 3. compute the gradients of $J$ with respect to `painter.trainable_variables`, and apply them, once;
# 4. return $J$.
#
# > **Careful.** Pixels had to be clipped after each step. Weights may have any value: do not clip them.

# %%
hint("perceptual_step")

# %% exercise="12: perceptual_step"
@tf.function
def perceptual_step(painter, network, optimizer, photographs, cost):
    """One step of training: the painter's weights change so that J falls. Returns J."""
    ### BEGIN SOLUTION
    wanted = network(photographs)
    with tf.GradientTape() as tape:
        J = cost(network(painter(photographs)), wanted)
    weights = painter.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(J, weights), weights))
    return J
    ### END SOLUTION


# %% test="perceptual_step" points=25
perceptual_step_test(perceptual_step).assert_passed()

# %% [markdown]
# ### The painter
#
# Now the painter. It halves the picture twice, changes it in three residual blocks, and doubles it twice. Each
# convolution is followed by your instance normalization. It reflects the picture at the border, where zeros would
# become a dark frame, and doubles by repeating pixels, because a transposed convolution would leave a pattern of
# small squares (Odena et al. 2016).

# %%
class InstanceNorm(keras.layers.Layer):
    """Exercise 10 as a layer, which learns gamma and beta."""

    def build(self, shape):
        self.gamma = self.add_weight(shape=shape[-1:], initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=shape[-1:], initializer="zeros", name="beta")

    def call(self, x):
        return instance_norm(x, *map(tf.convert_to_tensor, (self.gamma, self.beta)))


# %%
def convolve(x, channels, size=3, stride=1, first="glorot_uniform"):
    """A convolution that reflects its input at the border. first: its first weights."""
    margin = [size // 2, size // 2]
    x = keras.ops.pad(x, [[0, 0], margin, margin, [0, 0]], mode="reflect")
    return keras.layers.Conv2D(channels, size, stride, kernel_initializer=first)(x)


def block(x, channels, size=3, stride=1):
    """Convolution, instance normalization, ReLU."""
    return keras.ops.relu(InstanceNorm()(convolve(x, channels, size, stride)))


def double(x):
    """Twice the height and width, by repeating pixels."""
    return keras.layers.UpSampling2D(2)(x)

# %%
def make_painter(painting, channels=16):
    """A new painter for one style, for pictures with sides that are multiples of 4."""
    photographs = keras.Input((None, None, 3))
    palette = InstanceNorm()
    recolored = palette(photographs)
    x = block(recolored, channels, size=5)
    x = block(x, 2 * channels, stride=2)
    x = block(x, 3 * channels, stride=2)
    for _ in range(3):
        x = x + InstanceNorm()(convolve(block(x, 3 * channels), 3 * channels))
    x = block(double(x), 2 * channels)
    x = block(double(x), channels)
    strokes = convolve(x, 3, size=5, first="zeros")
    painter = keras.Model(photographs, recolored + strokes)
    palette.set_weights([painting.std((0, 1, 2)), painting.mean((0, 1, 2))])
    return painter


keras.utils.set_random_seed(4)
painter = make_painter(painting)
print("weights:", painter.count_params())
print("before training it is AdaIN of the pixels:",
      equal(np.clip(painter(photograph), 0, 1), recolored))

# %% [markdown]
# Its output is a sum: the photograph in the painting's palette, by an instance normalization that begins with the
# painting's $\gamma$ and $\beta$, plus strokes, which are 0 in the beginning. So it starts where section 3 ended,
# and only has to learn the strokes.
#
# ### What it learns from
#
# Johnson et al. used 80 000 photographs. We have a minute, no network connection, and the pictures of the course.
# Is that enough? A style's rules are local: a stroke follows an edge, and an edge looks much the same in every
# picture. So we cut crops of 96 pixels out of five pictures of the course, at two sizes, and mirror half of them. A
# third of the examples are **dead leaves** instead: discs of random size and color, each covering those before it.
# Such pictures have edges and areas of all sizes, in proportions like those of nature (Lee, Mumford and Huang 2001).
# The tomb of Cyrus is not in the training: it is our test.

# %%
CROP, BATCH = 96, 2
LEAST_CONTRAST = 0.1  # a standard deviation, of each color
rng = np.random.default_rng(4)


def dead_leaves(size=CROP, leaves=400):
    """A picture of discs that cover one another, (size, size, 3)."""
    rows, columns = np.mgrid[:size, :size]
    picture = np.zeros((size, size, 3), np.float32)
    for _ in range(leaves):
        row, column = rng.uniform(0, size, 2)
        radius = min(3 / np.sqrt(rng.uniform(0.01, 1)), size / 3)
        picture[(rows - row) ** 2 + (columns - column) ** 2 < radius**2] = rng.random(3)
    return picture


# %%
TRAINING = ["louvre.jpg", "persepolis.jpg", "monet.jpg", "kashi.jpg", "turbulence.jpg"]
sources = [load(name, size)[0] for name in TRAINING for size in (192, 320)]
leaves = [dead_leaves() for _ in range(24)]


def draw_example():
    """A crop with some contrast, half of them mirrored, or dead leaves; (CROP, CROP, 3)."""
    chosen = leaves if rng.random() < 1 / 3 else sources
    source = chosen[rng.integers(len(chosen))]
    top, left = (rng.integers(length - CROP + 1) for length in source.shape[:2])
    crop = source[top:top + CROP, left:left + CROP]
    if crop.std((0, 1)).min() < LEAST_CONTRAST:
        return draw_example()
    return crop[:, ::-1] if rng.random() < 0.5 else crop


def draw_batch():
    return tf.constant(np.stack([draw_example() for _ in range(BATCH)]))

# %%
figures.row([*leaves[:2], *(draw_example() for _ in range(6))], [""] * 8,
            "Eight examples: two of overlapping discs, then crops of pictures, such as "
            "columns, a mosaic, and strokes of a sea at dusk.")

# %% [markdown]
# *What the painter sees.* Crops of clear sky are left out: they have no contrast of their own, and instance
# normalization would turn their grain into a storm. The cost is that of chapter 3, for several pictures at once. Only
# the content term is scaled in another way: by the usual size of the activations, not by that of the single crop.

# %%
ALPHA, BETA = 1, 30
style_grams = [gram(a) for a in network(painting)[:-1]]
usual = float(np.mean([tf.reduce_mean(network(source[None])[-1] ** 2) for source in sources]))


def content_term(seen, wanted):
    """The mean squared difference of the content layer, in units of its usual square."""
    return tf.reduce_mean((seen[-1] - wanted[-1]) ** 2) / usual


def style_term(seen):
    """The mean over pictures of their relative distance from the painting's Gram matrices."""
    return tf.add_n([weight * tf.reduce_sum((gram(a) - wanted) ** 2)
                     / (a.shape[0] * tf.reduce_sum(wanted**2))
                     for a, wanted, weight in zip(seen, style_grams, STYLE_LAYERS.values())])


def cost(seen, wanted):
    """J of pictures from what the network sees in them and in the photographs."""
    return ALPHA * content_term(seen, wanted) + BETA * style_term(seen)

# %% [markdown]
# ### A minute of training
#
# The next cell trains. It shows the tomb of Cyrus, which is not in the training, every few seconds. The learning
# rate falls along a cosine: large steps first, small ones at the end.

# %%
STEPS, EVERY = 480, 24
optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(3e-3, STEPS, 0.05))
optimizer.build(painter.trainable_variables)
paint = tf.function(lambda photographs: tf.clip_by_value(painter(photographs), 0, 1))


# %%
def train(steps=STEPS):
    """Train the painter; return J of every step, and the test picture every few steps."""
    costs, pictures = [], [paint(photograph).numpy()]
    with Live("the painter learns", steps) as live:
        for step in range(1, steps + 1):
            J = float(perceptual_step(painter, network, optimizer, draw_batch(), cost))
            costs.append(J)
            if step % EVERY == 0:
                pictures.append(paint(photograph).numpy())
            live.show_step(J, pictures[-1])
    return costs, pictures

# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
costs, pictures = train()
print(f"{time.perf_counter() - began:.0f} s for {len(costs)} steps")

# %%
keep(pictures[-1], "4_tomb")
stages = [0, len(pictures) // 10, len(pictures) // 4, len(pictures) - 1]
figures.row([pictures[n] for n in stages], [f"step {n * EVERY}" for n in stages],
            "The tomb four times: recolored at first, then with faint marks, at last with "
            "bright yellow and blue strokes along its edges and around the clouds.")

# %% [markdown]
# *From a palette to strokes.* Read from left to right: first the painter only knows the colors. Then faint marks appear
# along the edges, and they become strokes, bright yellow beside deep blue, around the tomb and the clouds. The
# optimizer of chapter 2 went the same way, but for one picture. Now we have a rule.

# %%
print("J of the last steps is less than half of the first:",
      np.mean(costs[-20:]) < np.mean(costs[:3]) / 2)
of_tomb = [float(style_term(network(picture))) for picture in (recolored, pictures[-1])]
print("on the tomb, never seen, it removes more than a fifth of the style term:",
      of_tomb[1] < of_tomb[0] * 4 / 5)
print("in fog the painter paints the same:",
      equal(paint(foggy), paint(photograph), tolerance=0.03))

# %% [markdown]
# **Predict.** How many times faster than the optimizer is one pass of the painter, about?
#
# <details><summary>10 times</summary>
#
# Far more. Count the passes *and* what each of them costs.
#
# </details>
# <details><summary>100 times</summary>
#
# That many passes are saved. But each pass of the painter is also cheaper than one of VGG-19.
#
# </details>
# <details><summary>Several hundred times</summary>
#
# Yes. A hundred times fewer passes, and each of them several times cheaper.
#
# </details>

# %%
def painter_multiplications(painter, stride=1):
    """The same count for our painter, with the strides up to each layer."""
    total = 0
    for layer in painter.layers:
        if isinstance(layer, keras.layers.UpSampling2D):
            stride /= 2
        if isinstance(layer, keras.layers.Conv2D):
            stride *= layer.strides[0]
            total += layer.kernel.shape.num_elements() / stride**2
    return total


once = painter_multiplications(painter)
print(f"one pass of the painter: about {once / 1000:.0f} thousand for each pixel")
print("times less than one picture of chapter 3: more than 100:",
      STEPS_OF_CHAPTER_3 * 3 * each / once > 100)

# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
large = paint(load("pasargadae.jpg", 512)).numpy()
keep(large, "4_tomb_512")
print(f"512 pixels, the size's first call included: {time.perf_counter() - began:.1f} s")

# %% [markdown]
# What does it lack? It has seen five pictures and discs. So it does not know faces, animals or text, and where a
# photograph is unlike all that it has seen, its strokes are a guess. A minute is short, too: Johnson's painters were
# trained for hours, have ten times as many weights, and their strokes are longer. And it knows one style: for the next
# painting, everything begins again.
#
# > **Recap.**
# >
# > - The training step is the one of chapter 1 with another variable: the weights of a painter.
# > - The cost, and the frozen network in it, did not change.
# > - One network, one style, a minute of training; then each picture is a single pass.

# %% [markdown]
# ## 5 Any style
#
# This section shows
#
# - photographs in the style of paintings, a grid of them in seconds;
# - less style and more, and two painters at once.
#
# Section 3 gave activations the statistics of any painting, and had no way back to a picture. That way is a
# **decoder**, the mirror image of the first half of VGG-19. Ours comes with the course. It was trained once, on 1100
# photographs and 600 paintings, with the cost of section 4 and AdaIN as in exercise 11, in all five blocks. It has
# seen none of the pictures of the course. (`pretrained-model/fast_decoder.md` says more about it.) A new painting
# costs one look, to take its statistics.

# %%
PHOTOGRAPHS = ["pasargadae.jpg", "louvre.jpg", "persepolis.jpg"]
PAINTINGS = ["starry_night.jpg", "monet.jpg", "kashi.jpg", "abstract_blue.jpg"]


def paint_any(content, style, **options):
    """A photograph in the style of a painting, or of several, in one pass."""
    return nst.paint_fast(content, style, size=SIZE, **options).picture


# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
couples = [(photo, style) for photo in PHOTOGRAPHS for style in PAINTINGS]
painted = {(photo, style): paint_any(IMAGES / photo, IMAGES / style)
           for photo, style in follow(couples, "any style", unit="picture")}
print(f"{(time.perf_counter() - began) / len(couples):.1f} s a picture")

# %%
figures.row([load(style) for style in PAINTINGS], PAINTINGS,
            "Four paintings: a starry night, a lagoon at dusk, a turquoise mosaic, and poured "
            "paint in blues.")
figures.grid([[painted[photo, style] for style in PAINTINGS] for photo in PHOTOGRAPHS],
             PHOTOGRAPHS, PAINTINGS,
             "A tomb in a field, a courtyard and a row of ruins, each in the colors and marks "
             "of the four paintings above.")

# %% [markdown]
# *Each row is one photograph, each column one painting.* Colors and the size of the marks are those of the column,
# and the places are those of the row. No weight was changed between two of these pictures.
#
# ### Less style, and more
#
# `alpha` mixes the statistics: at 0 they are the photograph's own, and the decoder should give the photograph back.

# %% [markdown]
# **Predict.** At `alpha = 0`, will the photograph come back exactly?
#
# <details><summary>Yes: nothing of the painting is left.</summary>
#
# Nothing of the painting is, but something of the photograph is missing, too.
#
# </details>
# <details><summary>No: the decoder has to invent what the deep layers have forgotten.</summary>
#
# Yes. Deep layers know what is where, but not the exact pixels, as chapter 1 showed.
#
# </details>

# %% tags=["nbval-ignore-output"]
ALPHAS = (0.0, 0.5, 1.0)
tomb = IMAGES / "pasargadae.jpg"
by_alpha = [paint_any(tomb, IMAGES / "starry_night.jpg", alpha=alpha)
            for alpha in follow(ALPHAS, "alpha", unit="picture")]

# %%
figures.row([photograph, *by_alpha], ["C", *(f"alpha = {alpha:g}" for alpha in ALPHAS)],
            "The tomb of Cyrus, and three pictures of it: the first in its own colors, the "
            "last in the colors and marks of a starry night, one between them.")

# %%
by_statistics = [float(style_term(network(tf.constant(picture)))) for picture in by_alpha]
print("with every step of alpha nearer to the style:", all(np.diff(by_statistics) < 0))
print("even at alpha = 0 it is not the photograph itself:", not equal(by_alpha[0], photograph))

# %% [markdown]
# ### Two painters at once
#
# Chapter 3 averaged Gram matrices. Here we average means and deviations, which is even simpler: give
# `paint_fast` a dictionary of paintings and shares.

# %% tags=["nbval-ignore-output"]
one, other = IMAGES / "starry_night.jpg", IMAGES / "kashi.jpg"
two = [paint_any(tomb, shares) for shares in
       follow([one, {one: 0.5, other: 0.5}, other], "two painters", unit="picture")]

# %%
figures.row(two, ["a starry night", "both, in equal shares", "a mosaic"],
            "The tomb of Cyrus in the style of a starry night, in that of a turquoise mosaic, "
            "and between them in a mixture of both.")

# %%
def apart(a, b):
    """The mean difference of two pictures' mean colors."""
    return float(np.mean(np.abs(a.mean((0, 1, 2)) - b.mean((0, 1, 2)))))


print("in its mean color, the mixture is nearer to each end than the ends are to each other:",
      max(apart(two[1], two[0]), apart(two[1], two[2])) < apart(two[0], two[2]))

# %% [markdown]
# > **Recap.**
# >
# > - Encoder, AdaIN, decoder: one pass for any photograph and any painting.
# > - `alpha` and shares mix statistics; nothing has to be trained for it.

# %% [markdown]
# ## 6 What is lost
#
# This section shows
#
# - the same picture by three methods, judged by the same cost;
# - what the fast ones pay for their speed.
#
# `nst.stylize` optimizes the pixels of one picture. Our painter of section 4 knows one style, and the decoder knows
# none in particular. All three shall paint the tomb as a starry night.

# %% [markdown]
# **Predict.** Whose picture has the smallest style term?
#
# <details><summary>The optimizer's</summary>
#
# Yes. It works on this one picture, with this cost, until little is left to gain.
#
# </details>
# <details><summary>Our painter's, because it was trained for this style.</summary>
#
# It should be ahead of the decoder for its own style, if a minute is enough. But a rule for all photographs is a
# compromise for each.
#
# </details>
# <details><summary>The decoder's, because it was trained longest.</summary>
#
# Long training made it able to paint any style. For one given style, that is a compromise.
#
# </details>

# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
optimized = nst.stylize(tomb, one, size=SIZE, steps=25, weights="pocket")
slow = time.perf_counter() - began
keep(optimized.picture, "6_optimized")

# %%
ways = {"optimizer": optimized.picture, "our painter": pictures[-1],
        "any style": painted["pasargadae.jpg", "starry_night.jpg"]}
figures.row(list(ways.values()), list(ways),
            "The tomb of Cyrus as a starry night by three methods: with whirls and stars in "
            "the sky by the optimizer, with simpler marks by the two networks.")

# %% tags=["nbval-ignore-output"]
wanted = network(photograph)
for name, picture in {"photograph": photograph, **ways}.items():
    seen = network(tf.constant(picture))
    print(f"{name:12}: style term {float(style_term(seen)):.3f}, "
          f"content term {float(content_term(seen, wanted)):.2f}")
print(f"the optimizer took {slow:.1f} s")

# %%
terms = {name: float(style_term(network(tf.constant(picture))))
         for name, picture in ways.items()}
plain = float(style_term(wanted))
print("every method is nearer to the style than the photograph:", max(terms.values()) < plain)
print("the optimizer is nearest:", min(terms, key=terms.get) == "optimizer")

# %% [markdown]
# *The same style, three prices.* The optimizer's picture is nearest to the painting in $J$, and it shows: whirls and
# stars stand in the sky, and strokes follow one another. The fast pictures have the colors and the size of the marks,
# but larger forms are missing. That is what means and deviations cannot say, and what a single pass has no time to
# arrange.
#
# Two warnings about these numbers. The network that judges is the one that all three were made with; an
# independent network is a fairer judge, and `benchmarks/fast_painting.py` asks one. And a small style term is not
# beauty: look at the pictures.
#
# Why not both? With `init="fast"`, `nst.stylize` starts from the fast picture.
#
# > **Recap.**
# >
# > - The optimizer comes nearest; a single pass is many times faster.
# > - Fast networks get colors and marks right, and large forms less so.

# %% [markdown]
# ## 7 What came after
#
# This chapter ends in 2017. What came next?
#
# - **More statistics.** Li et al. (2017) replaced means and deviations by whole covariances, as `match_colors` in
#   chapter 3 does for three channels: *whitening and coloring transforms*, WCT. Nearer to the Gram matrix, slower,
#   and the pictures are often restless.
# - **A place for each statistic.** AdaAttN (Liu et al. 2021) lets attention choose, for each position of the
#   photograph, which parts of the painting its statistics come from. StyTr² (Deng et al. 2022) replaces the
#   convolutions by transformers.
# - **Diffusion models** (Rombach et al. 2022) changed the question. They are trained on hundreds of millions of
#   pictures with captions and know what painters do, not only how their marks are distributed. Style can come from a
#   text, from one example by inversion (Zhang et al. 2023), or by exchanging attention features (Chung et al.
#   2024). They invent what fits: a sky gets stars because it is a sky. The price is size, thousands of times our
#   decoder, many passes for each picture, and results that are hard to predict.

# %% [markdown]
# Are the old methods out of date? For a picture to hang on the wall, often. But a Gram matrix needs no training
# data, nobody's paintings were collected for it, every number in it can be checked, and it runs offline on the
# machine that you have. And wherever people measure how similar two textures are, they still use statistics of
# activations.
#
# Now try your own pictures: any photograph, any painting, in a second. With `alpha` and `preserve_color="luminance"`
# you can keep what you like of the photograph. `help(nst.paint_fast)` explains the rest.

# %% tags=["nbval-ignore-output"]
my_content, my_style = IMAGES / "louvre.jpg", IMAGES / "monet.jpg"
began = time.perf_counter()
mine = nst.paint_fast(my_content, my_style, size=512)
keep(mine.picture, "7_mine")
print(f"{time.perf_counter() - began:.1f} s")
compare(images.load(my_content, 512), mine.picture, ["content", "generated, one pass"],
        "The courtyard of the Louvre by day, and the same in the colors of a lagoon at dusk.")

# %%
progress()

# %% [markdown]
# **References**
#
# - Dmitry Ulyanov, Vadim Lebedev, Andrea Vedaldi, Victor Lempitsky (2016). [Texture Networks: Feed-forward
#   Synthesis of Textures and Stylized Images](https://arxiv.org/abs/1603.03417).
# - Justin Johnson, Alexandre Alahi, Li Fei-Fei (2016). [Perceptual Losses for Real-Time Style Transfer and
#   Super-Resolution](https://arxiv.org/abs/1603.08155).
# - Dmitry Ulyanov, Andrea Vedaldi, Victor Lempitsky (2017). [Improved Texture Networks: Maximizing Quality and
#   Diversity in Feed-forward Stylization and Texture Synthesis](https://arxiv.org/abs/1701.02096). Section 2.
# - Vincent Dumoulin, Jonathon Shlens, Manjunath Kudlur (2017). [A Learned Representation for Artistic
#   Style](https://arxiv.org/abs/1610.07629).
# - Xun Huang, Serge Belongie (2017). [Arbitrary Style Transfer in Real-time with Adaptive Instance
#   Normalization](https://arxiv.org/abs/1703.06868). Sections 3 and 5.
# - Augustus Odena, Vincent Dumoulin, Chris Olah (2016). [Deconvolution and Checkerboard
#   Artifacts](https://distill.pub/2016/deconv-checkerboard/).

# %% [markdown]
# - Ann B. Lee, David Mumford, Jinggang Huang (2001). Occlusion Models for Natural Images: A Statistical Study of a
#   Scale-Invariant Dead Leaves Model. International Journal of Computer Vision 41.
# - Yijun Li, Chen Fang, Jimei Yang, Zhaowen Wang, Xin Lu, Ming-Hsuan Yang (2017). [Universal Style Transfer via
#   Feature Transforms](https://arxiv.org/abs/1705.08086).
# - Songhua Liu et al. (2021). [AdaAttN: Revisit Attention Mechanism in Arbitrary Neural Style
#   Transfer](https://arxiv.org/abs/2108.03647).
# - Yingying Deng et al. (2022). [StyTr²: Image Style Transfer with Transformers](https://arxiv.org/abs/2105.14576).
# - Robin Rombach et al. (2022). [High-Resolution Image Synthesis with Latent Diffusion
#   Models](https://arxiv.org/abs/2112.10752).
# - Yuxin Zhang et al. (2023). [Inversion-Based Style Transfer with Diffusion
#   Models](https://arxiv.org/abs/2211.13203).
# - Jiwoo Chung, Sangeek Hyun, Jae-Pil Heo (2024). [Style Injection in Diffusion](https://arxiv.org/abs/2312.09008).

# %% [markdown]
# > **Recap.**
# >
# > - A cost that judges pictures can train a network that paints them.
# > - Means and deviations of a painting's activations are enough for one pass in any style.
# > - The optimizer of chapters 1 to 3 is still the most faithful, and the slowest.
