# %% [markdown]
# # Neural style transfer
#
# In this chapter you teach a computer to paint. You give it two pictures, a photograph and a painting, and
# it makes a third: the houses of the first in the brushwork of the second. The method is due to Leon Gatys,
# Alexander Ecker and Matthias Bethge (2015), and all of it fits into six short functions, which you will
# write.
#
# How the chapter works:
#
# - Run the cells in order. Where a cell says `YOUR CODE HERE`, replace that line and the next with your own
#   code.
# - The cell below each exercise is its test. Run it as often as you like: it says in plain words what is
#   wrong. "Visible tests passed" is the best result here; an instructor's grading runs the same tests on
#   other numbers.
# - Stuck? Put `hint("gram_matrix")` into a cell of its own, with the name of your function. Run it again
#   for a plainer hint; there are three.
# - Where you read **Predict**, choose one of the answers before you run the next cell. Click it (or move to
#   it with Tab and press Enter), and a reply opens. A wrong guess costs nothing and teaches most.
# - You can run a cell twice. If you change something, run the cells below it again.
#
# You need some Python and NumPy, and an idea of what a convolutional network is. You do not need a GPU.

# %% [markdown]
# ## 1 Packages
#
# This section shows
#
# - which tools we use, and where the tools of the course are;
# - that everything is installed.
#
# The first cell finds the folder of the course, from wherever you opened this notebook. The second imports
# what we need: TensorFlow for networks and gradients, NumPy for numbers, Matplotlib for plots, and three
# modules of the course: `images` reads and writes pictures, `figures` shows them, and `public_tests` contains
# the tests of your exercises.

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

import matplotlib.pyplot as plt
import numpy as np

from nst import figures, images
from nst.network.vgg import layer_outputs, load_vgg19, mean_activations
from nst.notebook import Live, compare, show_film
from nst.paths import IMAGES, OUTPUT
from nst.quiet_tensorflow import tensorflow as tf  # without its log lines
from public_tests import (
    compute_content_cost_test,
    compute_layer_style_cost_test,
    compute_style_cost_test,
    gram_matrix_test,
    hint,
    progress,
    total_cost_test,
    train_step_test,
)

# %%
print("TensorFlow 2.16 or later:", tuple(map(int, tf.__version__.split(".")[:2])) >= (2, 16))
print("Keras 3:", tf.keras.__version__.startswith("3."))

# %% [markdown]
# Twice `True`: you are ready. (A `False` means an older installation: delete the folder `.venv` and install the
# course again.)
#
# > **Recap.**
# >
# > - TensorFlow computes, `images` reads and writes, `figures` shows, `public_tests` tests.
# > - Everything is installed.

# %% [markdown]
# ## 2 The problem
#
# This section shows
#
# - the three pictures of every style transfer: content, style and generated;
# - how a picture is stored: one array of numbers between 0 and 1.
#
# Style transfer merges a **content picture** $C$ and a **style picture** $S$ into a **generated picture**
# $G$. Ours are the courtyard of the Louvre with its glass pyramid, and a church across a lagoon at dusk,
# after Claude Monet. Both were rendered by code in this repository, so you may use them as you like.

# %% [markdown]
# **Predict.** What will $G$ take from $C$, and what from $S$?
#
# <details><summary>The objects from C, the colors and brush strokes from S.</summary>
#
# Yes. That is the task, and the rest of the chapter makes it precise enough for a computer.
#
# </details>
# <details><summary>Half of each: a blend of the two pictures.</summary>
#
# No. A blend shows a church through the palace. We want no object of $S$ at all, only its way of painting.
#
# </details>
# <details><summary>The colors from C, the objects from S.</summary>
#
# No, that would be the other way around. The next cell shows it.
#
# </details>

# %%
content_image = images.load(IMAGES / "louvre.jpg", size=400)
style_image = images.cover(images.load(IMAGES / "monet.jpg"), *content_image.shape[1:3])
example = images.load(IMAGES / "gallery" / "louvre_monet.jpg", size=400)
figures.triptych(content_image, style_image, example)

# %% [markdown]
# *Content, style, and what this chapter makes of them.* The pyramid, the wings of the palace and the clouds
# are where they were in $C$. The colors and the strokes come from $S$: the paving has the orange of the water,
# the roofs the violet of the church, the sky the short strokes of the paint. The church itself was not copied.

# %%
print("shape (1, nH, nW, nC):", content_image.shape, "type:", content_image.dtype)
print("style covers the same:", style_image.shape == content_image.shape)
print("between 0 and 1:", bool(content_image.min() >= 0 and content_image.max() <= 1))

# %% [markdown]
# One picture, 300 pixels high, 400 wide, with three channels: red, green and blue. The style picture was
# scaled and cropped to the same size, never distorted: a squashed brush stroke is a different brush stroke. The
# leading 1 is the batch size: networks expect a batch of pictures, and our batch always holds one.
#
# > **Recap.**
# >
# > - $G$ takes its objects and their places from $C$, its colors and strokes from $S$.
# > - A picture is a float array of shape $(1, n_H, n_W, n_C)$ with values between 0 and 1.

# %% [markdown]
# ## 3 Transfer learning
#
# This section shows
#
# - VGG-19, a network that was trained for another task, and its layers;
# - what its layers respond to: shallow ones to colors and edges, deep ones to shapes;
# - why we bring the activations of every layer to one scale.
#
# To compare the content or the style of two pictures, comparing pixels is not enough. We use a network instead.
# VGG-19 (Simonyan and Zisserman, 2015) was trained on over a million photographs to recognize a thousand kinds
# of objects. Using what a network has learned in one task for another task is called **transfer learning**. We
# do not train it further: its weights stay as they are, and what we will change are the *pixels*.

# %%
vgg = load_vgg19()

# %% [markdown]
# The line above says which network you have. The bundled **Pocket VGG-19** was trained to imitate VGG-19 with a
# fraction of its channels, so that this chapter runs offline and within a minute or two.
# (`pretrained-model/README.md` describes how.) It has the same sixteen layers with the same names: whatever you
# write here works with both. To use VGG-19 itself, run `.venv/bin/nst fetch vgg19` in a terminal in the
# course's folder (80 MB), and restart this notebook's kernel.

# %%
for layer in vgg.layers:
    if "conv" in layer.name or "pool" in layer.name:
        print(f"{layer.name:13} -> {layer.output.shape[-1]:4} channels")

# %% [markdown]
# Sixteen convolutions in five blocks, and between the blocks a pooling layer that halves height and width.
# (The 19 in the name counts three fully connected layers as well. They decide which object a photograph shows.
# We do not need that decision, so we leave them out.)
#
# Is any layer dead? We take one early, one middle and one late layer, and print the size of its activation map
# and the share of it that is active: a ReLU outputs 0 wherever it does not find what it responds to.

# %%
looked_at = ["block1_conv1", "block3_conv1", "block5_conv1"]
seen = layer_outputs(vgg, looked_at)(content_image)
for name, activation in zip(looked_at, seen):
    _, nH, nW, nC = activation.shape
    active = float(tf.reduce_mean(tf.cast(activation > 0, tf.float32)))
    print(f"{name}: {nH:3} x {nW:3} positions, {active:.0%} active")

# %%
figures.feature_maps(seen, looked_at,
                     "Three rows of small gray pictures. In the first the courtyard is sharp, "
                     "in the second its outlines are coarse, in the third only patches.")

# %% [markdown]
# *The most varied channels of each layer; bright where the channel is active.* (The long text in the call
# describes the figure to readers who cannot see it.) In each layer some channels are active and others are not;
# no layer is dead. From top to bottom the maps get smaller: 300 x 400 positions, then 75 x 100, then 18 x 25.
# The first row still shows the courtyard: one channel responds to bright areas, another only to edges. The
# second row is mostly outlines, and one channel finds the glass of the pyramid. In the third you can no longer
# recognize the courtyard, because each number summarizes a large piece of the picture.
#
# So shallow layers seem to respond to colors, deep ones to shapes. Here is a test. We turn the courtyard into
# its negative: every color is wrong, and every shape is right. Then we ask each layer which picture is nearer
# to the courtyard, its negative or the painting.

# %% [markdown]
# **Predict.** From which layer on is the negative nearer?
#
# <details><summary>From the first layer on.</summary>
#
# Not quite. The first layer responds mostly to colors, and those of the negative are all wrong.
#
# </details>
# <details><summary>From the second or third layer on.</summary>
#
# Yes. Colors count in the first layer; soon after it, shapes count more.
#
# </details>
# <details><summary>Only in the last of the four.</summary>
#
# It happens earlier. Already in the second block, a channel combines edges more than colors.
#
# </details>

# %%
layers = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv2"]
see = layer_outputs(vgg, layers)


def changes(picture):
    """How far each layer's activations are from those for C, relative to their size."""
    pairs = zip(see(content_image), see(picture))
    return [float(tf.norm(a - b) / tf.norm(a)) for a, b in pairs]


to_negative, to_painting = changes(1 - content_image), changes(style_image)
for name, negative, painting in zip(layers, to_negative, to_painting):
    print(f"{name}: nearer is the", "negative" if negative < painting else "painting")

# %%
figure, axis = plt.subplots(figsize=(7, 3), layout="constrained")
rows = np.arange(len(layers))
axis.barh(rows - 0.2, to_negative, 0.38, color="tab:blue", label="its negative")
axis.barh(rows + 0.2, to_painting, 0.38, color="tab:orange", hatch="//", label="the painting")
axis.set_yticks(rows, layers)
axis.invert_yaxis()
axis.set_xlabel("distance from the courtyard, relative")
axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
figures.show(figure, "Two bars for each of four layers. The negative's shrink from layer to "
             "layer; only in block1_conv1 is the painting nearer than the negative.")

# %% [markdown]
# Only in the first layer is the painting nearer. From the second on it is the negative, and in `block4_conv2`
# by far: to a deep layer, a courtyard in the wrong colors resembles the courtyard more than a lagoon does. Both
# costs of style transfer depend on this difference between shallow and deep layers.
#
# One practical matter: the activations of the layers differ in size. In the published VGG-19 their mean is
# about 14 in one layer and about 800 in another. Gatys et al. therefore rescaled the network until every
# layer's mean was 1, and we do the same for our two pictures.

# %%
def scaled_outputs(names, pictures):
    """A network that returns layers, each divided by its mean activation over the pictures."""
    return layer_outputs(vgg, names, mean_activations(vgg, names, pictures))


scaled = scaled_outputs(layers, [content_image, style_image])
both = [scaled(picture) for picture in (content_image, style_image)]
for name, *activations in zip(layers, *both):
    print(f"{name}: mean over both pictures {np.mean(activations):.2f}")

# %% [markdown]
# 1.00 in each layer, by construction. From now on, no layer counts more than another only because its numbers are
# larger.
#
# > **Recap.**
# >
# > - We use VGG-19 as it was trained, and never change its weights. What changes are pixels.
# > - Shallow layers respond to colors and edges, deep ones to shapes.
# > - Each layer is divided by its mean activation, so that no layer dominates the others.

# %% [markdown]
# ## 4 Two costs, and their sum
#
# A cost is a number that says how wrong a picture is. We need two:
#
# - the **content cost** $J_{content}(C, G)$ is small when $G$ shows what $C$ shows (4.1);
# - the **style cost** $J_{style}(S, G)$ is small when $G$ is painted as $S$ is painted (4.2 to 4.4);
# - the **total cost** $J(G) = \alpha J_{content}(C, G) + \beta J_{style}(S, G)$ weighs one against the
#   other (4.5).

# %% [markdown]
# ### 4.1 The content cost
#
# This section shows
#
# - what a shallow and a deep layer remember of a picture;
# - how to compare two activation maps with one number.
#
# Which layer should we compare pictures in? We can find out what each layer knows. Take only the activations of
# $C$ in one layer, start from gray noise, and change the pixels until the activations agree. The picture that
# appears is what the layer remembers.

# %%
def recall(layer, picture, steps=60):
    """Paint, from noise, what one layer remembers of a picture; (1, nH, nW, 3) in [0, 1]."""
    network = scaled_outputs([layer], [picture])
    target = network(picture)[0]
    gray = tf.random.stateless_uniform(picture.shape, seed=[1, 2], minval=0.4, maxval=0.6)
    pixels = tf.Variable(gray)
    optimizer = tf.keras.optimizers.Adam(0.05)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            difference = tf.reduce_mean((network(pixels)[0] - target) ** 2)
        optimizer.apply_gradients([(tape.gradient(difference, pixels), pixels)])
        pixels.assign(tf.clip_by_value(pixels, 0, 1))

    with Live(f"what {layer} remembers", steps) as live:
        for _ in range(steps):
            step()
            live.show_step(picture=pixels)
    return pixels.numpy()


# %% tags=["nbval-ignore-output"]
small_content = images.load(IMAGES / "louvre.jpg", size=192)
shallow = recall("block1_conv2", small_content)
deep = recall("block4_conv2", small_content)

# %%
figures.row([small_content, shallow, deep],
            ["C", "remembered by block1_conv2", "remembered by block4_conv2"],
            "The content picture; its almost exact copy, recalled by the shallow layer; and "
            "the deep layer's memory: shapes are in place, colors and fine texture lost.")

# %% [markdown]
# *What two layers remember of the courtyard.* The shallow layer has kept nearly every pixel. The deep one has
# kept which things there are and where, and lost exact colors and surfaces: the sky has turned gray and green,
# the stone is mottled. That is the one we want for content. With a shallow layer, the painter could hardly
# change anything; with the deepest, the palace would not keep its shape. We take `block4_conv2`.
#
# (So does the paper, which calls it `conv4_2`. The assignment from which this chapter descends uses the very
# last convolution.)

# %% [markdown]
# Write $a^{(C)}$ and $a^{(G)}$ for the activations of the two pictures in that layer. The content cost
# compares them entry by entry:
#
# $$J_{content}(C, G) = \frac{1}{4 \, n_H \, n_W \, n_C}
#   \sum_{\text{all entries}} \left(a^{(C)} - a^{(G)}\right)^2$$
#
# #### Exercise 1: `compute_content_cost`
#
# The arguments are *lists*: the activations of all the layers that we use, the content layer's last. Each
# entry has shape $(1, n_H, n_W, n_C)$. Return a scalar tensor. Take the sizes from the activations
# themselves, and use TensorFlow's functions, so that TensorFlow can compute a gradient.
#
# Here is the first hint. Run the cell again for a plainer one.

# %%
hint("compute_content_cost")

# %% exercise="1: compute_content_cost"
def compute_content_cost(content_output, generated_output):
    """The content cost, a scalar.

    content_output, generated_output: lists of activations (1, nH, nW, nC) of C and of G, the
        content layer's last.
    """
    ### BEGIN SOLUTION
    a_C, a_G = content_output[-1], generated_output[-1]
    _, nH, nW, nC = a_G.shape
    return tf.reduce_sum((a_C - a_G) ** 2) / (4 * nH * nW * nC)
    ### END SOLUTION


# %% test="compute_content_cost" points=10
compute_content_cost_test(compute_content_cost).assert_passed()

# %% [markdown]
# > **Recap.**
# >
# > - Shallow layers remember pixels, deep layers remember things; we compare contents in a deep one.
# > - $J_{content}$ is the sum of squared differences there, divided by $4 n_H n_W n_C$.

# %% [markdown]
# ### 4.2 The Gram matrix
#
# This section shows
#
# - how to *unroll* a layer's activations into a matrix;
# - a matrix that says which channels are active together, wherever that happens;
# - that it stays the same when the positions are shuffled, and why it is computed on a network's features.
#
# Style is what is the same all over a painting. So we look for a description that does not depend on *where*
# something is. The first step is to write a layer's activations as a matrix $A$: one row for each channel, one
# column for each position. This is called unrolling. To see what it does, we unroll an array in which every
# number is its own address: hundreds for the channel, tens for the row, ones for the column.

# %%
def unroll(activation):
    """(1, nH, nW, nC) -> (nC, nH * nW): a row for each channel."""
    return tf.transpose(tf.reshape(activation, [-1, activation.shape[-1]]))


nH, nW, nC = 2, 3, 2
volume = np.array([[[[100 * c + 10 * h + w for c in range(nC)]
                     for w in range(nW)] for h in range(nH)]])
print("shape before:", volume.shape, "and after:", tuple(unroll(volume).shape))
print(unroll(volume).numpy())

# %% [markdown]
# The first row contains channel 0 at the positions 00, 01, 02, 10, 11, 12; the second row the same positions of
# channel 1, which is 100 higher. So each row is one channel, unrolled. Why does `unroll` take two steps, a
# reshape and a transpose? Let us try it with the reshape alone.

# %%
print(tf.reshape(volume, [nC, nH * nW]).numpy())

# %% [markdown]
# > **Careful.** The shape is right and the content is wrong: each row now mixes both channels. `reshape` keeps the
# > numbers in the order in which they are stored, and only breaks that sequence into rows. The channels of one position
# > are stored next to each other. So reshape to $(n_H n_W, n_C)$ first, and transpose then. This mistake is common and
# > hard to notice, because a picture still comes out, only a worse one.
#
# From the unrolled activations $A$ we compute the **Gram matrix**
#
# $$G_{(gram)} = A A^T, \qquad G_{(gram)\,ij} = \sum_{\text{positions } k} A_{ik} A_{jk}$$
#
# It compares channels with channels. Entry $ij$ is large when channels $i$ and $j$ are active at the same
# positions, and the diagonal says how active each channel is on its own. The sum runs over all positions $k$,
# so it does not matter where something happened.
#
# #### Exercise 2: `gram_matrix`
#
# $A$ has shape $(n_C, n_H n_W)$; return a matrix of shape $(n_C, n_C)$. One line is enough.

# %% exercise="2: gram_matrix"
def gram_matrix(A):
    """The Gram matrix of A: (nC, nH * nW) -> (nC, nC)."""
    ### BEGIN SOLUTION
    return tf.matmul(A, A, transpose_b=True)
    ### END SOLUTION


# %% test="gram_matrix" points=15
gram_matrix_test(gram_matrix).assert_passed()

# %% [markdown]
# Does it really not depend on the positions? We take the simplest features there are, the three colors of a
# pixel, and put all pixels of the painting into a random order.

# %% [markdown]
# **Predict.** What happens to the Gram matrix of the colors?
#
# <details><summary>It stays the same.</summary>
#
# Yes: the same columns are added up, in another order.
#
# </details>
# <details><summary>It changes a little.</summary>
#
# No. Look at the sum over positions $k$ again: what changes if its terms change places?
#
# </details>
# <details><summary>It becomes random.</summary>
#
# No. The picture becomes random noise to us, but the Gram matrix only knows which colors it contains.
#
# </details>

# %%
positions = style_image.reshape(-1, 3)
order = np.random.default_rng(0).permutation(len(positions))
shuffled_image = positions[order].reshape(style_image.shape)
figures.row([style_image, shuffled_image], ["S", "S, pixels shuffled"],
            "The painting, and the same pixels in random order: even, colored noise.")

# %%
def same_gram(one, other):
    """Whether two activations have the same Gram matrix, but for rounding."""
    return np.allclose(gram_matrix(unroll(one)), gram_matrix(unroll(other)), rtol=1e-3)


first_layer = layer_outputs(vgg, ["block1_conv1"])
features, features_of_shuffled = first_layer(style_image)[0], first_layer(shuffled_image)[0]
shuffled_features = tf.gather(unroll(features), order, axis=1)
print("colors, their positions shuffled, same Gram matrix:  ",
      same_gram(style_image, shuffled_image))
print("features, their positions shuffled, same Gram matrix:",
      np.allclose(gram_matrix(unroll(features)), gram_matrix(shuffled_features), rtol=1e-3))
print("features of the shuffled picture, same Gram matrix:  ",
      same_gram(features, features_of_shuffled))

# %% [markdown]
# If the columns of $A$ are shuffled, the Gram matrix stays the same, whatever they contain: it is a sum over
# the columns. So the Gram matrix of the *colors* cannot distinguish the painting from confetti. The Gram matrix
# of the *features* can, when the *picture* was shuffled: a feature depends on a pixel and its neighbors, and
# shuffling the pixels destroys the patterns that it responds to. So we forget the positions of features, not of
# pixels. The deeper the layer, the larger the piece of brushwork that a feature responds to.
#
# > **Recap.**
# >
# > - To unroll, reshape to $(n_H n_W, n_C)$ first and transpose then.
# > - $G_{(gram)} = A A^T$ says which channels are active together.
# > - Shuffling the columns of $A$ does not change it: it knows what is there, not where.
# > - Computed on pixels it only knows the palette; computed on a network's features it knows strokes.

# %% [markdown]
# ### 4.3 The style cost of one layer
#
# This section shows
#
# - how far the styles of two pictures are apart in one layer;
# - where the number in front of the sum comes from.
#
# Two pictures have the same style in a layer when their Gram matrices there are equal:
#
# $$J_{style}^{[l]}(S, G) = \frac{1}{4 \, n_C^2 \, (n_H n_W)^2}
#   \sum_{i,j=1}^{n_C} \left(G_{(gram)ij}^{(S)} - G_{(gram)ij}^{(G)}\right)^2$$
#
# Each entry of a Gram matrix is a sum over $n_H n_W$ positions, and it is squared here: hence $(n_H
# n_W)^2$. There are $n_C^2$ entries: hence $n_C^2$. The 4 is a convention of the paper.
#
# #### Exercise 3: `compute_layer_style_cost`
#
# Both arguments have shape $(1, n_H, n_W, n_C)$; return a scalar. Unroll both (you may call `unroll` from 4.2),
# call your `gram_matrix` on each, and compare.

# %% exercise="3: compute_layer_style_cost"
def compute_layer_style_cost(a_S, a_G):
    """The style cost of one layer, a scalar; a_S, a_G: its activations (1, nH, nW, nC)."""
    ### BEGIN SOLUTION
    _, nH, nW, nC = a_G.shape
    GS = gram_matrix(tf.transpose(tf.reshape(a_S, [nH * nW, nC])))
    GG = gram_matrix(tf.transpose(tf.reshape(a_G, [nH * nW, nC])))
    return tf.reduce_sum((GS - GG) ** 2) / (4 * nC**2 * (nH * nW) ** 2)
    ### END SOLUTION


# %% test="compute_layer_style_cost" points=15
compute_layer_style_cost_test(compute_layer_style_cost).assert_passed()

# %% [markdown]
# Does it measure what we mean by style? We compare three candidates with the painting: its own mirror image,
# which everyone would say is by the same painter; the courtyard; and plain gray.

# %% [markdown]
# **Predict.** Which is nearest to the painting pixel by pixel, and which by style?
#
# <details><summary>The mirror image, both times.</summary>
#
# By style, yes. Pixel by pixel, no: the dark church now lies on bright sky, and that is a large difference.
#
# </details>
# <details><summary>Gray by pixels, the mirror image by style.</summary>
#
# Yes. Gray is never very wrong, but it has no strokes at all.
#
# </details>
# <details><summary>The courtyard by pixels, gray by style.</summary>
#
# No. Gray is flat: its features, and with them its Gram matrix, are far from those of brush strokes.
#
# </details>

# %%
candidates = {"mirror image": style_image[:, :, ::-1], "courtyard": content_image,
              "plain gray": np.full_like(style_image, 0.5)}
block2 = scaled_outputs(["block2_conv1"], [style_image])


def pixel_distance(name):
    """The mean squared difference of pixels between S and a candidate."""
    return np.mean((candidates[name] - style_image) ** 2)


def style_distance(name):
    """The style cost between S and a candidate in block2_conv1."""
    return float(compute_layer_style_cost(block2(style_image)[0], block2(candidates[name])[0]))


print("nearest by pixels:", min(candidates, key=pixel_distance))
print("nearest by style: ", min(candidates, key=style_distance))

# %% [markdown]
# Pixel by pixel, plain gray is nearest: it is nowhere very wrong. By style, the mirror image is nearest: a
# painting keeps its style when it is turned around.
#
# > **Recap.**
# >
# > - $J^{[l]}_{style}$ compares two Gram matrices, entry by entry.
# > - $4 n_C^2 (n_H n_W)^2$ makes up for the number of entries and the number of positions in each.

# %% [markdown]
# ### 4.4 The style cost over several layers
#
# This section shows
#
# - why one layer is not enough;
# - how layers are weighted.
#
# Shallow layers respond to the grain of the canvas, deep ones to long strokes. To get both, we take several
# layers and add their costs, each with a weight $\lambda^{[l]}$:
#
# $$J_{style}(S, G) = \sum_{l} \lambda^{[l]} J_{style}^{[l]}(S, G)$$

# %%
STYLE_LAYERS = [
    ("block1_conv1", 0.05),
    ("block2_conv1", 0.2),
    ("block3_conv1", 0.3),
    ("block4_conv1", 0.3),
    ("block5_conv1", 0.15),
]
CONTENT_LAYER = "block4_conv2"
print("weights add up to 1:", abs(sum(weight for _, weight in STYLE_LAYERS) - 1) < 1e-9)

# %% [markdown]
# They do. We take the first layer of every block. The shallowest has the smallest weight, since it responds to
# little more than grain, and the middle ones have the largest. To copy larger shapes from the painting, give
# more weight to deep layers; to copy the texture of the paint, to shallow ones.
#
# #### Exercise 4: `compute_style_cost`
#
# The two lists contain the activations of all our layers: those of `STYLE_LAYERS` in that order, **and the
# content layer's last**, as in exercise 1. Leave that one out. Return a scalar.

# %% exercise="4: compute_style_cost"
def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS):
    """The weighted sum of the layers' style costs, a scalar.

    style_image_output, generated_image_output: lists of activations (1, nH, nW, nC), the
        content layer's last.
    STYLE_LAYERS: a list of (layer name, weight), in the order of the activations.
    """
    ### BEGIN SOLUTION
    J_style = 0.0
    layers = zip(style_image_output[:-1], generated_image_output[:-1], STYLE_LAYERS)
    for a_S, a_G, (_, weight) in layers:
        J_style += weight * compute_layer_style_cost(a_S, a_G)
    return J_style
    ### END SOLUTION


# %% test="compute_style_cost" points=15
compute_style_cost_test(compute_style_cost).assert_passed()

# %% [markdown]
# > **Recap.**
# >
# > - One layer responds to strokes of one size; several together describe the painter.
# > - Each layer's cost is multiplied by its weight $\lambda^{[l]}$, and the weights add up to 1.

# %% [markdown]
# ### 4.5 The total cost
#
# This section shows
#
# - the one number that we will minimize;
# - why $\alpha$ and $\beta$ differ so much between the paper and later programs.
#
# $$J(G) = \alpha \, J_{content}(C, G) + \beta \, J_{style}(S, G)$$
#
# #### Exercise 5: `total_cost`
#
# The decorator `@tf.function` turns the function into a TensorFlow graph. Here it only saves a little time; in
# exercise 6 it will matter.

# %% exercise="5: total_cost"
@tf.function()
def total_cost(J_content, J_style, alpha=10, beta=40):
    """alpha * J_content + beta * J_style; all four are scalars."""
    ### BEGIN SOLUTION
    return alpha * J_content + beta * J_style
    ### END SOLUTION


# %% test="total_cost" points=10
total_cost_test(total_cost).assert_passed()

# %% [markdown]
# Ten to forty: where do these numbers come from? Only their ratio counts, and a ratio means nothing without the
# formulas that it multiplies. The paper does not divide its content cost by the size of the layer: it has
# $\frac12 \sum$ where we have $\frac{1}{4 n_H n_W n_C} \sum$. For a picture of 512 x 512, the paper's layer
# `conv4_2` has 64 x 64 positions and 512 channels.

# %% [markdown]
# **Predict.** How many times as large as ours is the paper's content cost?
#
# <details><summary>2 times</summary>
#
# Much more. Divide $\frac12$ by $\frac{1}{4 n_H n_W n_C}$: the quotient contains the size of the layer.
#
# </details>
# <details><summary>About 4 thousand times</summary>
#
# More. That is the number of positions alone; the channels count, too.
#
# </details>
# <details><summary>Over 4 million times</summary>
#
# Yes: $2 \, n_H \, n_W \, n_C$ times.
#
# </details>

# %%
nH, nW, nC = 64, 64, 512
print("the paper's content cost is", 4 * nH * nW * nC // 2, "times ours")
print("its alpha / beta of 1/1000 would be", round(4 * nH * nW * nC / 2 / 1000),
      "with our formulas")

# %% [markdown]
# Over four million times. So the paper's $\alpha / \beta = 1/1000$ is about 4194 with our formulas.
# TensorFlow's own tutorial has means instead of sums, with the weights 10 000 for content and 0.01 for style.
# The assignment from which this chapter descends gave the network pictures between 0 and 1 where it expects 0
# to 255, and so the content cost was a negligible part of $J$. The lesson: never copy a weight without its
# formula, and *look* at both terms while you optimize. We will do so in section 5.
#
# > **Recap.**
# >
# > - $J = \alpha J_{content} + \beta J_{style}$ is the one number we minimize.
# > - A ratio $\alpha : \beta$ belongs to its formulas. If you change a factor in a formula, you change the ratio.

# %% [markdown]
# ## 5 Solving it
#
# This section shows
#
# - the start: a noisy copy of the content picture (5.1);
# - the targets: the network's activations for $C$ and for $S$, computed once (5.2);
# - one step of the optimization, as a graph (5.3);
# - the painting, from the first step to the last (5.4).
#
# ### 5.1 Two pictures and a noisy start
#
# Where should $G$ begin? With the content picture and some noise: then all objects are in their places from the
# start, and the noise gives the optimizer something to make strokes from.

# %%
def load_pair(content, style, size=400):
    """Load a content picture, and a style picture of its size; (1, nH, nW, 3) in [0, 1]."""
    content_image = images.load(content, size)
    return content_image, images.cover(images.load(style), *content_image.shape[1:3])


def noisy(image, amount=0.05):
    """The picture with uniform noise from [-amount, amount] added, clipped to [0, 1]."""
    noise = tf.random.stateless_uniform(image.shape, [7, 11], -amount, amount)
    return tf.clip_by_value(image + noise, 0, 1)


content_image, style_image = load_pair(IMAGES / "louvre.jpg", IMAGES / "monet.jpg")
generated_image = tf.Variable(noisy(content_image))
compare(content_image, generated_image, ["C", "G before the first step"],
        "The courtyard of the Louvre, and the same with colored noise on it.")

# %% [markdown]
# The noise comes from a generator with a fixed seed, so every reader starts from the same picture.
#
# ### 5.2 The targets
#
# We build one network that returns all the layers we need, scaled as in section 3: the style layers in order,
# and the content layer last. It ends after the deepest of them, so no layer is computed for nothing. Then we
# apply it once to $C$ and once to $S$. The results, `a_C` and `a_S`, are the targets: they stay fixed while $G$
# changes.

# %%
def set_targets():
    """Set vgg_model_outputs, a_C, a_S and the means for the present pictures."""
    global means, vgg_model_outputs, a_C, a_S
    names = [name for name, _ in STYLE_LAYERS] + [CONTENT_LAYER]
    means = mean_activations(vgg, names, [content_image, style_image])
    vgg_model_outputs = layer_outputs(vgg, names, means)
    a_C, a_S = vgg_model_outputs(content_image), vgg_model_outputs(style_image)


set_targets()
print("layers:", len(a_C), "of which the content layer is", CONTENT_LAYER)

# %% [markdown]
# Six: five for style, one for content. (`paint` below will call `set_targets` itself.) Before we go on, a
# look at both costs.

# %%
a_G = vgg_model_outputs(generated_image)
print("content cost of C itself:", float(compute_content_cost(a_C, a_C)))
print("style cost of S itself:  ", float(compute_style_cost(a_S, a_S)))
print("both are positive for the noisy start:",
      bool(compute_content_cost(a_C, a_G) > 0 and compute_style_cost(a_S, a_G) > 0))

# %% [markdown]
# 0 and 0: $C$ has no content cost, and $S$ has no style cost. The noisy start has both, so it can improve in
# both directions, and no picture has 0 in both at once.
#
# ### 5.3 One step
#
# #### Exercise 6: `train_step`
#
# One step of gradient descent, on the *picture*:
#
# 1. inside a `tf.GradientTape`, compute `a_G`, the activations of `generated_image`, with
#    `vgg_model_outputs`;
# 2. from them `compute_style_cost(a_S, a_G, STYLE_LAYERS)`, `compute_content_cost(a_C, a_G)`, and of both
#    the `total_cost` with the weights `ALPHA` and `BETA`;
# 3. outside the tape, take the gradient of $J$ with respect to `generated_image`;
# 4. let `optimizer` apply it: `optimizer.apply_gradients([(grad, generated_image)])`;
# 5. keep the pixels between 0 and 1: `generated_image.assign(clip_0_1(generated_image))`;
# 6. return $J$.
#
# The next cell defines what the steps need: the two weights, the optimizer and `clip_0_1`. `BETA` is 100: at 40,
# our courtyard takes on less of the painting. Adam's first steps are about 0.03, which is 3 % of a pixel's range.
# They become smaller towards the end, so that the noise of the start can disappear.

# %%
STEPS = 200
ALPHA, BETA = 10, 100


def new_optimizer(steps=STEPS):
    """Adam, its rate falling from 0.03 to 0 along half a cosine wave."""
    return tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(0.03, steps))


def clip_0_1(image):
    """The picture with every value below 0 set to 0 and every value above 1 set to 1."""
    return tf.clip_by_value(image, 0.0, 1.0)


# %% exercise="6: train_step"
optimizer = new_optimizer()


@tf.function()
def train_step(generated_image):
    """Improve a picture, a tf.Variable (1, nH, nW, 3), by one step; return J before it."""
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        a_G = vgg_model_outputs(generated_image)
        J_style = compute_style_cost(a_S, a_G, STYLE_LAYERS)
        J_content = compute_content_cost(a_C, a_G)
        J = total_cost(J_content, J_style, ALPHA, BETA)
    grad = tape.gradient(J, generated_image)
    optimizer.apply_gradients([(grad, generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J
    ### END SOLUTION


# %% test="train_step" points=35
train_step_test(train_step, generated_image).assert_passed()

# %% [markdown]
# > **Careful.** A `tf.function` is traced on its first call: TensorFlow records what the Python code does with the
# > pictures, targets and optimizer of that moment, and later calls repeat this record. If you change `a_C` or
# > `optimizer` afterwards, the record still contains the old ones, and no error tells you. So we trace the function
# > again for every painting, with a new variable and a new optimizer: Adam's averages from one picture would
# > disturb the next.

# %%
def fresh(function):
    """The same function as a new graph, which will be traced again."""
    return tf.function(getattr(function, "python_function", function))


def terms(generated_image):
    """The parts of J: ALPHA * J_content, then BETA * lambda * J_layer for each style layer."""
    a_G = vgg_model_outputs(generated_image)
    content_term = ALPHA * compute_content_cost(a_C, a_G)
    style_terms = [BETA * weight * compute_layer_style_cost(s, g)
                   for s, g, (_, weight) in zip(a_S, a_G, STYLE_LAYERS)]
    return tf.stack([content_term, *style_terms])


# %% [markdown]
# ### 5.4 The painting
#
# One thing before we start. Adam moves every pixel by about the same amount, even where the pixel hardly
# changes the cost. So in an even sky, the noise of the start would stay. After each step we therefore move
# every pixel a little towards the mean of its neighbors, and less as Adam's steps become smaller. (This is a
# step that reduces the picture's *total variation*, in its squared form. It is neither in the paper nor in the
# original assignment. You can switch it off with `CALM = 0` and see what it does.)

# %%
CALM = 6


def calm(image, share):
    """Each pixel moved by a share of the way towards the mean of its four neighbors."""
    wider = tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
    up_and_down = wider[:, :-2, 1:-1] + wider[:, 2:, 1:-1]
    left_and_right = wider[:, 1:-1, :-2] + wider[:, 1:-1, 2:]
    return image + share * ((up_and_down + left_and_right) / 4 - image)


# %% [markdown]
# Now the loop: make a step and check $J$; after every twenty steps keep the picture and write it to `output/`.
# You can interrupt the cell at any time (the square button): the picture so far is kept. If $J$ becomes NaN,
# the loop stops, says at which step, and goes back to the last good picture.

# %%
def paint(name, steps=STEPS, every=20):
    """Paint into output/NAME/. Returns pictures on the way; for each, [step, *terms of J]."""
    global generated_image, optimizer
    set_targets()
    generated_image, optimizer = tf.Variable(noisy(content_image)), new_optimizer(steps)
    optimizer.build([generated_image])  # so that train_step is traced only once
    step, terms_of = fresh(train_step), fresh(terms)
    pictures, history = [generated_image.numpy()], [[0, *terms_of(generated_image).numpy()]]
    with Live(name, steps) as live:
        for i in range(1, steps + 1):
            J = float(step(generated_image))
            if not np.isfinite(J):
                print(f"J is {J} at step {i}: stopped, "
                      "and went back to the last good picture.")
                generated_image.assign(pictures[-1])
                break
            generated_image.assign(calm(generated_image, CALM * optimizer.learning_rate))
            live.show_step(J, generated_image)
            if i % every == 0 or i == steps:
                pictures.append(generated_image.numpy())
                history.append([i, *terms_of(generated_image).numpy()])
                images.save(pictures[-1], OUTPUT / name / f"step_{i:04d}.png")
    return pictures, np.array(history)


# %% tags=["nbval-ignore-output"]
NAME = "01_louvre_monet"
pictures, history = paint(NAME)

# %%
settings = {"content": "louvre.jpg", "style": "monet.jpg", "size": 400, "steps": STEPS,
            "network": vgg.name, "content_layer": CONTENT_LAYER, "style_layers": STYLE_LAYERS,
            "alpha": ALPHA, "beta": BETA, "calm": CALM, "mean_activations": means}
images.save(generated_image, OUTPUT / NAME / "final.png", settings)
images.save_settings(settings, OUTPUT / NAME / "run.json")
figures.triptych(content_image, style_image, generated_image, OUTPUT / NAME / "triptych.jpg")

# %% [markdown]
# *Look for:* the orange and violet of the painting; its short strokes in the sky and on the glass; the pyramid
# and the roofs, still in their places.
#
# A picture proves little. What do the costs say?

# %%
steps_seen, content_term, layer_terms = history[:, 0], history[:, 1], history[:, 2:]
style_term = layer_terms.sum(axis=1)
J = content_term + style_term
print("J fell to a fifth of its start or less:  ", J[-1] < J[0] / 5)
print("the style cost fell by more than nine tenths:", style_term[-1] < style_term[0] / 10)
print("each term is 1 to 99 % of J at the end:", 0.01 < content_term[-1] / J[-1] < 0.99)
pixels = generated_image.numpy()
print("all pixels in [0, 1]:", bool(pixels.min() >= 0 and pixels.max() <= 1))

# %% [markdown]
# Four times `True`. The third line is the one to remember: if one term were a negligible part of $J$, you could
# change its weight and see no difference. How did the costs get there?

# %%
figure, (costs, shares) = plt.subplots(1, 2, figsize=(9.6, 3.4), layout="constrained")
costs.semilogy(steps_seen, J, "-", label="J", linewidth=2)
costs.semilogy(steps_seen, content_term, "--", label="alpha x J_content", linewidth=2)
costs.semilogy(steps_seen, style_term, ":", label="beta x J_style", linewidth=2)
costs.set(xlabel="step", title="the costs on the way")
costs.legend()
names = [name for name, _ in STYLE_LAYERS]
grays = plt.cm.Greys(np.linspace(0.2, 0.8, len(names)))
shares.stackplot(steps_seen, (layer_terms / style_term[:, None]).T, labels=names, colors=grays)
shares.set(xlabel="step", title="each layer's share of the style cost",
           xlim=(0, steps_seen[-1]), ylim=(0, 1))
shares.legend(loc="center left", bbox_to_anchor=(1, 0.5), reverse=True)
figures.show(figure, "Left: J and the style term fall steeply, then level out; the content "
             "term rises at first, then sinks a little. Right: the layers' shares.",
             OUTPUT / NAME / "curves.jpg")

# %% [markdown]
# *Left:* at first, style improves at the expense of content: one falls steeply, the other rises. Then both
# fall slowly together. *Right:* the layers' shares of the style cost, with their weights. The widest band
# at the end is the layer that costs most; a band grows when its layer improves more slowly than the others.

# %%
show_film([*pictures, generated_image], OUTPUT / NAME / "way.gif",
          "The painting as it grows, from the noisy courtyard to the finished picture.")

# %%
stages = np.minimum([0, 1, 3, len(pictures) - 1], len(pictures) - 1)
figures.row([pictures[stage] for stage in stages],
            [f"{steps_seen[stage]:.0f} steps" for stage in stages],
            "Four stages of the painting, from the noisy courtyard to the finished picture.")

# %% [markdown]
# *Four stages.* After twenty steps the colors have changed; after sixty the picture looks finished, and the
# remaining steps refine it.
#
# > **Recap.**
# >
# > - $G$ starts as a noisy copy of $C$.
# > - The targets `a_C` and `a_S` are computed once.
# > - One step: activations, costs, gradient with respect to the pixels, Adam, clip. Trace it again for every
# >   painting.
# > - Both terms still count at the end. That, and not the size of $J$, shows that $\alpha$ and $\beta$ are
# >   sensible.

# %% [markdown]
# ## 6 Your own pictures
#
# This section shows
#
# - the one cell that you change to paint anything.
#
# Upload a photograph of yours and a painting, beside this notebook or into `images/`, and write their names here:
# any size, any common format. The time and the memory grow with the number of pixels. The folder contains more
# pairs, and `.venv/bin/nst fetch --all`, in a terminal in the course's folder, downloads some of the most famous
# paintings in the world.

# %% tags=["nbval-ignore-output"]
my_content = IMAGES / "persepolis.jpg"
my_style = IMAGES / "starry_night.jpg"
content_image, style_image = load_pair(my_content, my_style, size=320)
my_pictures, my_history = paint("01_my_picture", steps=120)
my_settings = {"content": str(my_content), "style": str(my_style)}
images.save(generated_image, OUTPUT / "01_my_picture" / "final.png", my_settings)
figures.triptych(content_image, style_image, generated_image,
                 OUTPUT / "01_my_picture" / "triptych.jpg")

# %%
my_style_term = my_history[:, 2:].sum(axis=1)
print("painted:", (OUTPUT / "01_my_picture" / "final.png").is_file())
print("the style cost fell by more than four fifths:",
      my_style_term[-1] < my_style_term[0] / 5)

# %% [markdown]
# *The ruins of a palace, under a night sky after Van Gogh.* The clouds turn in whirls, and the tops of the
# columns shine like stars. You changed no exercise: `paint` computed the
# targets of the new pair, and traced your `train_step` again.
#
# > **Recap.**
# >
# > - Name two files, run the cell.

# %% [markdown]
# ## 7 What to try next
#
# This section shows
#
# - your points;
# - questions that you can now answer yourself, and where to read on.

# %%
progress()

# %% [markdown]
# Questions that you can answer by experiment, each with the place to look. `paint` reads all these settings
# each time:
#
# - What if all the style weight is on one layer? (A new cell with another `STYLE_LAYERS`, then `paint`
#   again.)
# - What if $\alpha$ is ten times as large, or 0? (A new cell with `ALPHA = 100`. Which curve of 5.4 moves?)
# - A content layer further up or down? (`CONTENT_LAYER`; `recall` in 4.1 shows what it will keep.)
# - What does `calm` do? (`CALM = 0`.)
# - Does the start matter? (`noisy` in 5.1: try `amount=0`, or even gray in place of `image`.)
# - Is it slow? Start small, and use the result as the start at twice the size.
#
# [Chapter 2](02_better_and_faster.ipynb) is about the last of these questions, about the grain of the picture,
# and about a better optimizer. [Chapter 3](03_colors_and_places.ipynb) keeps the colors of the photograph, and
# paints sky and stones in different styles. They have three more functions to write.

# %% [markdown]
# **References**
#
# - Leon A. Gatys, Alexander S. Ecker, Matthias Bethge (2015). [A Neural Algorithm of Artistic
#   Style](https://arxiv.org/abs/1508.06576). The method.
# - Karen Simonyan, Andrew Zisserman (2015). [Very Deep Convolutional Networks for Large-Scale Image
#   Recognition](https://arxiv.org/abs/1409.1556). The network.
# - Harish Narayanan, [Convolutional neural networks for artistic style
#   transfer](https://harishnarayanan.org/writing/artistic-style-transfer/). A readable introduction.
# - Log0, [TensorFlow implementation of "A Neural Algorithm of Artistic
#   Style"](http://www.chioka.in/tensorflow-implementation-neural-algorithm-of-artistic-style). The method
#   in an early TensorFlow.
# - [MatConvNet](http://www.vlfeat.org/matconvnet/pretrained/), who published the pretrained weights in the
#   form that many implementations used.
# - [Deep Learning Specialization](https://www.coursera.org/learn/convolutional-neural-networks),
#   DeepLearning.AI: the course whose assignment this chapter descends from.

# %% [markdown]
# > **Recap.**
# >
# > - Six functions, one picture. Your points are above.
# > - Go on with a question of your own, or with [chapter 2](02_better_and_faster.ipynb).
