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
# - Beneath each exercise stands its test. It tells you what is wrong in plain words, as often as you like
#   to ask. "Visible tests passed" is its best verdict: an instructor's grading runs the same checks on
#   other numbers.
# - Stuck? Put `hint("gram_matrix")` into a cell of its own, with the name of your function. Run it again
#   for a plainer hint; there are three.
# - A cell can be run twice. If you change something, run the cells below it again.
#
# You need some Python and NumPy, and an idea of what a convolutional network is. You do not need a GPU.

# %% [markdown]
# ## 1 Packages
#
# This section shows
#
# - which tools we use, and where the course's own are;
# - that everything is in place.
#
# The first cell finds the folder of the course, from wherever you opened this notebook. The second imports
# what we need: TensorFlow for networks and gradients, NumPy for numbers, Matplotlib for plots, and three
# modules of the course: `images` reads and writes pictures, `figures` shows them, and `public_tests` holds
# the tests of your exercises.

# %%
import sys
from pathlib import Path

ROOT = next((f for f in [Path.cwd(), *Path.cwd().parents] if (f / "public_tests.py").is_file()), None)
assert ROOT, "no public_tests.py in this folder or above it: open the notebook inside the course's folder"
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# %%
import matplotlib.pyplot as plt
import numpy as np

from nst import figures, images
from nst.network.vgg import layer_outputs, load_vgg19, mean_activations
from nst.notebook import Live, compare, show_film
from nst.paths import IMAGES, OUTPUT
from nst.quiet_tensorflow import tensorflow as tf  # import tensorflow as tf, without its log lines
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
# Twice `True`: you are ready. (A `False` means an older installation: delete the folder `.venv` and set the
# course up again.)
#
# > **Recap.**
# >
# > - TensorFlow computes, `images` reads and writes, `figures` shows, `public_tests` judges.
# > - Everything is in place.

# %% [markdown]
# ## 2 The problem
#
# This section shows
#
# - the three pictures of every style transfer: content, style and generated;
# - how a picture is stored: one array of numbers between 0 and 1.
#
# Style transfer merges a **content picture** $C$ and a **style picture** $S$ into a **generated picture**
# $G$. Ours are the courtyard of the Louvre with its glass pyramid, and a field of poppies after Claude
# Monet. Both were rendered by code in this repository, so they are yours to use. Before you look: which
# parts of $G$ should come from which picture?

# %%
content_image = images.load(IMAGES / "louvre.jpg", size=320)
style_image = images.cover(images.load(IMAGES / "monet.jpg"), *content_image.shape[1:3])
example = images.load(IMAGES / "gallery" / "louvre_monet.jpg", size=320)
figures.triptych(content_image, style_image, example)

# %% [markdown]
# *Content, style, and what this chapter makes of them.* The pyramid, the wings of the palace and the clouds
# stand where they stood in $C$. The colors and the texture come from $S$: poppy red has come onto the
# walls, the green of the meadow onto the roofs, the grain of the paint into the sky. No poppy was copied as
# a whole.

# %%
print("shape (1, nH, nW, nC):", content_image.shape, "type:", content_image.dtype)
print("style covers the same:", style_image.shape == content_image.shape)
print("between 0 and 1:", bool(content_image.min() >= 0 and content_image.max() <= 1))

# %% [markdown]
# One picture, 240 pixels high, 320 wide, with three channels: red, green and blue. The style picture was
# scaled and cropped to the same size, never squashed: a squashed brush stroke is another stroke. The
# leading 1 is the size of the batch; networks expect it, and we always carry one picture.
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
# - VGG-19, a network that learned to see for another task, and its layers;
# - what it sees: shallow layers colors and edges, deep ones shapes;
# - why we bring the activations of every layer to one scale.
#
# To compare two pictures by content or by style we need better eyes than pixel by pixel. We borrow them.
# VGG-19 (Simonyan and Zisserman, 2015) learned to tell a thousand kinds of objects apart in over a million
# photographs. To use what a network learned on one task for another is called **transfer learning**. We
# never train it further: its weights stay as they are, and what we will change are the *pixels*.

# %%
vgg = load_vgg19()

# %% [markdown]
# The line above says which network you have. The bundled **Pocket VGG-19** was taught to imitate VGG-19
# with a fraction of its channels, so that this chapter runs offline and within a minute or two. (Which of
# its blocks had VGG-19 for a teacher, `pretrained-model/README.md` says.) It has the same sixteen layers
# with the same names: whatever you write here works with both. To get the big one, 80 MB, open a terminal
# in the course's folder, run `.venv/bin/python -m nst fetch vgg19`, and restart this notebook's kernel.

# %%
for layer in vgg.layers:
    if "conv" in layer.name or "pool" in layer.name:
        print(f"{layer.name:13} -> {layer.output.shape[-1]:4} channels")

# %% [markdown]
# Sixteen convolutions in five blocks, and between the blocks a pooling layer that halves height and width.
# (The 19 of the name counts three fully connected layers, which we leave out: they tell cats from cars, and
# we need no verdict.)
#
# Is any layer dead? Let us ask one early, one middle and one late layer how large its activation map is,
# and which share of it is active: a ReLU answers 0 to everything that it does not look for.

# %%
looked_at = ["block1_conv1", "block3_conv1", "block5_conv1"]
seen = layer_outputs(vgg, looked_at)(content_image)
for name, activation in zip(looked_at, seen):
    _, nH, nW, nC = activation.shape
    active = float(tf.reduce_mean(tf.cast(activation > 0, tf.float32)))
    print(f"{name}: {nH:3} x {nW:3} positions, {active:.0%} active")

# %%
figures.feature_maps(seen, looked_at, "Three rows of small gray pictures. In the first the courtyard is "
                     "sharp, in the second its outlines are coarse, in the third only patches are left.")

# %% [markdown]
# *The most varied channels of each layer; bright where the channel answers.* (The long text in the call is
# for those who cannot see the figure.) In each layer some units answer and others are silent; none is dead.
# From top to bottom the maps get smaller: 240 x 320 positions, then 60 x 80, then 15 x 20. The first row
# still shows the courtyard, through colored glasses, as it were: one channel likes bright things, another
# only edges. In the second row only outlines are left, and further down you would no longer recognize it:
# each number there summarizes a larger piece of the picture.
#
# Shallow layers see colors, deep ones shapes: that is what the rows suggest. A test. We turn the courtyard
# into its negative, so that every color is wrong and every shape is right, and ask of each layer: which is
# nearer to the courtyard, its negative or the painting of a field? Predict where the answer changes.

# %%
layers = ["block1_conv1", "block2_conv1", "block3_conv1", "block3_conv4"]
see = layer_outputs(vgg, layers)


def changes(picture):
    """How far each layer's activations for a picture are from those for C, relative to their size."""
    return [float(tf.norm(a - b) / tf.norm(a)) for a, b in zip(see(content_image), see(picture))]


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
figures.show(figure, "Two bars for each of four layers. The negative's shrink from layer to layer; only in "
             "block1_conv1 is the painting nearer to the courtyard than the negative is.")

# %% [markdown]
# Only the first layer takes the field for the nearer one. From the second on, the negative is nearer, and
# in `block3_conv4` by far: to a deep layer a courtyard in the wrong colors is still more of a courtyard
# than a field is. Both costs of style transfer live on this difference.
#
# One practical matter. Layers differ in how loud they are: in the published VGG-19 the mean activation runs
# from about 14 in one layer to about 800 in another. Gatys et al. therefore rescaled the network until
# every layer's mean was 1, and we do the same for our two pictures.

# %%
def scaled_outputs(names, pictures):
    """A network that returns the layers `names`, each divided by its mean activation over `pictures`."""
    return layer_outputs(vgg, names, mean_activations(vgg, names, pictures))


scaled = scaled_outputs(layers, [content_image, style_image])
both = [scaled(picture) for picture in (content_image, style_image)]
for name, *activations in zip(layers, *both):
    print(f"{name}: mean over both pictures {np.mean(activations):.2f}")

# %% [markdown]
# 1.00 in each, by construction: from now on all layers are equally loud. (The Pocket's were almost so
# before; VGG-19's are not.)
#
# > **Recap.**
# >
# > - VGG-19 is our pair of eyes: trained elsewhere, frozen here. What changes are pixels.
# > - Its layers see: shallow ones colors and edges, deep ones shapes.
# > - Each layer is divided by its mean activation, so that none drowns the others.

# %% [markdown]
# ## 4 Two costs, and their sum
#
# A cost is a number that says how wrong a picture is. We need two:
#
# - the **content cost** $J_{content}(C, G)$ is small when $G$ shows what $C$ shows (4.1);
# - the **style cost** $J_{style}(S, G)$ is small when $G$ looks as if the hand of $S$ had made it (4.2 to
#   4.4);
# - the **total cost** $J(G) = \alpha J_{content}(C, G) + \beta J_{style}(S, G)$ weighs one against the
#   other (4.5).

# %% [markdown]
# ### 4.1 The content cost
#
# This section shows
#
# - what a shallow and a deep layer remember of a picture;
# - how to compare two activation maps with one number;
# - what "unrolling" an array does, seen on an array whose entries carry their own coordinates.
#
# Which layer should we compare pictures in? Ask the layers themselves. Take only the activations of $C$ in
# one layer, start from gray noise, and change the pixels until the activations agree. What comes back is
# what the layer remembers.

# %%
def recall(layer, picture, steps=60):
    """Paint, from noise, a picture that looks like `picture` to one layer; (1, nH, nW, 3) in [0, 1]."""
    network = scaled_outputs([layer], [picture])
    target = network(picture)[0]
    pixels = tf.Variable(tf.random.stateless_uniform(picture.shape, seed=[1, 2], minval=0.4, maxval=0.6))
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
deep = recall("block3_conv4", small_content)

# %%
figures.row([small_content, shallow, deep], ["C", "remembered by block1_conv2", "remembered by block3_conv4"],
            "The content picture; its almost exact copy, recalled by the shallow layer; and the deep layer's "
            "memory, in which shapes stand in their places and colors and fine texture are lost.")

# %% [markdown]
# *What two layers remember of the courtyard.* The shallow layer has kept nearly every pixel. The deep one
# has kept which things are there and where, and dropped exact colors and surfaces: the sky has turned
# green, the stone is mottled. That is the one we want for content. A shallow layer would forbid the painter
# to change anything; a very deep one would let the palace fall down. We take `block3_conv4`, from the
# middle.
#
# (The paper uses `conv4_2` and the old course the very last convolution. We chose by looking: with ours the
# buildings keep standing, and the strokes are still free.)

# %% [markdown]
# Write $a^{(C)}$ and $a^{(G)}$ for the activations of the two pictures in that layer. The content cost
# compares them entry by entry:
#
# $$J_{content}(C, G) = \frac{1}{4 \, n_H \, n_W \, n_C}
#   \sum_{\text{all entries}} \left(a^{(C)} - a^{(G)}\right)^2$$
#
# For the style cost we shall have to *unroll* such a three-dimensional array into a matrix, one row per
# channel and one column per position. Let us watch it happen on an array in which every number tells where
# it lives: channel, row, column.

# %%
nH, nW, nC = 2, 3, 2
volume = np.array([[[[100 * c + 10 * h + w for c in range(nC)] for w in range(nW)] for h in range(nH)]])
unrolled = tf.transpose(tf.reshape(volume, [nH * nW, nC]))
print("shape before:", volume.shape, "and after:", tuple(unrolled.shape))
print(unrolled.numpy())

# %% [markdown]
# The first row holds channel 0 at the positions 00, 01, 02, 10, 11, 12; the second row the same positions
# of channel 1, 100 higher. So each row is one channel, unrolled. Why two steps? Let us try to get there in
# one.

# %%
print(tf.reshape(volume, [nC, nH * nW]).numpy())

# %% [markdown]
# > **Careful.** The shape is right and the content is not: each row now mixes both channels. `reshape` only
# > breaks the numbers, in the order in which they lie in memory, into new rows; channels lie innermost.
# > First reshape to $(n_H n_W, n_C)$, then transpose. This mistake has bitten more students of this subject
# > than any other, because the picture still comes out, only worse.
#
# #### Exercise 1: `compute_content_cost`
#
# The arguments are *lists*: the activations of all the layers that we use, the content layer's last. Each
# entry has shape $(1, n_H, n_W, n_C)$. Return a scalar tensor. Take the sizes from the activations
# themselves, and stay with TensorFlow's functions, so that a gradient can flow through.
#
# Not sure where to begin? Here is the first of the hints.

# %%
hint("compute_content_cost")

# %% exercise="1: compute_content_cost"
def compute_content_cost(content_output, generated_output):
    """The content cost, a scalar.

    content_output, generated_output: lists of activations (1, nH, nW, nC) of C and of G, the content
        layer's last.
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
# > - Shallow layers remember pixels, deep layers remember things; we compare contents in a middle layer.
# > - $J_{content}$ is the sum of squared differences there, divided by $4 n_H n_W n_C$.
# > - To unroll, reshape to $(n_H n_W, n_C)$ first and transpose then.

# %% [markdown]
# ### 4.2 The Gram matrix
#
# This section shows
#
# - a matrix that tells which channels are active together, wherever that happens;
# - that it does not change when the positions are shuffled;
# - why it has to be computed on a network's features.
#
# Style is what stays the same all over a painting. So we are looking for a description that forgets *where*
# something is. Let $A$ be a layer's activations, unrolled: $n_C$ rows, one column per position. The **Gram
# matrix**
#
# $$G_{(gram)} = A A^T, \qquad G_{(gram)\,ij} = \sum_{\text{positions } k} A_{ik} A_{jk}$$
#
# compares channels with channels. Entry $ij$ is large when channels $i$ and $j$ are active in the same
# places, and the diagonal tells how active each channel is on its own. The sum over $k$ runs over all
# positions: where something happened is forgotten.
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
# Now shuffle. We take the plainest features there are, the three colors of a pixel, and put all pixels of
# the painting into a random order. What happens to the Gram matrix of the colors?

# %%
def unroll(activation):
    """(1, nH, nW, nC) -> (nC, nH * nW): a row for each channel."""
    return tf.transpose(tf.reshape(activation, [-1, activation.shape[-1]]))


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
print("colors, their positions shuffled, same Gram matrix:  ", same_gram(style_image, shuffled_image))
print("features, their positions shuffled, same Gram matrix:",
      np.allclose(gram_matrix(unroll(features)), gram_matrix(shuffled_features), rtol=1e-3))
print("features of the shuffled picture, same Gram matrix:  ", same_gram(features, features_of_shuffled))

# %% [markdown]
# Shuffle the columns of $A$, whatever they hold, and the Gram matrix stays the same: it is a sum over them.
# So the Gram matrix of the *colors* cannot tell the painting from confetti. That of the *features* can,
# when the *picture* was shuffled: a feature looks at a pixel together with its neighbors, and shuffling
# the pixels destroys what it was looking for. So: forget the places, but of features, not of pixels. The
# deeper the layer, the larger the piece of brushwork that a feature sees.
#
# > **Recap.**
# >
# > - $G_{(gram)} = A A^T$ tells which channels are active together.
# > - Shuffling the columns of $A$ does not change it: it knows what is there, not where.
# > - On pixels it would only know the palette; on a network's features it knows strokes.

# %% [markdown]
# ### 4.3 The style cost of one layer
#
# This section shows
#
# - how far the styles of two pictures are apart in one layer;
# - where the number in front of the sum comes from.
#
# Two pictures have the same style in a layer when their Gram matrices agree there:
#
# $$J_{style}^{[l]}(S, G) = \frac{1}{4 \, n_C^2 \, (n_H n_W)^2}
#   \sum_{i,j=1}^{n_C} \left(G_{(gram)ij}^{(S)} - G_{(gram)ij}^{(G)}\right)^2$$
#
# Each entry of a Gram matrix is a sum over $n_H n_W$ positions, and it is squared here: hence $(n_H
# n_W)^2$. There are $n_C^2$ entries: hence $n_C^2$. The 4 is a custom of the paper.
#
# #### Exercise 3: `compute_layer_style_cost`
#
# Both arguments have shape $(1, n_H, n_W, n_C)$; return a scalar. Unroll both (`unroll`, from 4.2, may
# help: it reshapes first and transposes then), call your `gram_matrix` on each, and compare.

# %% exercise="3: compute_layer_style_cost"
def compute_layer_style_cost(a_S, a_G):
    """The style cost of one layer, a scalar; a_S, a_G: its activations (1, nH, nW, nC) for S and for G."""
    ### BEGIN SOLUTION
    _, nH, nW, nC = a_G.shape
    GS = gram_matrix(tf.transpose(tf.reshape(a_S, [nH * nW, nC])))
    GG = gram_matrix(tf.transpose(tf.reshape(a_G, [nH * nW, nC])))
    return tf.reduce_sum((GS - GG) ** 2) / (4 * nC**2 * (nH * nW) ** 2)
    ### END SOLUTION


# %% test="compute_layer_style_cost" points=15
compute_layer_style_cost_test(compute_layer_style_cost).assert_passed()

# %% [markdown]
# Does it measure what we mean by style? Three candidates are compared with the painting: its own mirror
# image, which any eye would give to the same painter; the courtyard; and even gray. Which is nearest pixel
# by pixel, and which by style? Predict both.

# %%
candidates = {"mirror image": style_image[:, :, ::-1], "courtyard": content_image,
              "even gray": np.full_like(style_image, 0.5)}
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
# Pixel by pixel even gray wins: it is nowhere very wrong. By style the mirror image does: turned around, a
# painting keeps its style.
#
# > **Recap.**
# >
# > - $J^{[l]}_{style}$ compares two Gram matrices, entry by entry.
# > - $4 n_C^2 (n_H n_W)^2$ undoes the number of entries and the number of positions in each.

# %% [markdown]
# ### 4.4 The style cost over several layers
#
# This section shows
#
# - why one layer is not enough;
# - how layers are weighted.
#
# Shallow layers know the grain of the canvas, deep ones the sweep of a stroke. To get both we take several
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
CONTENT_LAYER = "block3_conv4"
print("weights add up to 1:", abs(sum(weight for _, weight in STYLE_LAYERS) - 1) < 1e-9)

# %% [markdown]
# They do. We take the first layer of every block. The shallowest gets least, since it knows little but
# grain, and the middle ones get most. To draw coarser shapes from the painting, give more weight to deep
# layers; for the texture of the paint, to shallow ones.
#
# #### Exercise 4: `compute_style_cost`
#
# The two lists hold the activations of all our layers: those of `STYLE_LAYERS` in that order, **and the
# content layer's last**, as in exercise 1. Leave that one out. Return a scalar.

# %% exercise="4: compute_style_cost"
def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS):
    """The weighted sum of the layers' style costs, a scalar.

    style_image_output, generated_image_output: lists of activations (1, nH, nW, nC), the content layer's
        last.
    STYLE_LAYERS: a list of (layer name, weight), in the order of the activations.
    """
    ### BEGIN SOLUTION
    J_style = 0.0
    for a_S, a_G, (_, weight) in zip(style_image_output[:-1], generated_image_output[:-1], STYLE_LAYERS):
        J_style += weight * compute_layer_style_cost(a_S, a_G)
    return J_style
    ### END SOLUTION


# %% test="compute_style_cost" points=15
compute_style_cost_test(compute_style_cost).assert_passed()

# %% [markdown]
# > **Recap.**
# >
# > - One layer sees strokes of one size; several together see the painter.
# > - Each layer's cost is multiplied by its weight $\lambda^{[l]}$, and the weights add up to 1.

# %% [markdown]
# ### 4.5 The total cost
#
# This section shows
#
# - the one number that we shall minimize;
# - why $\alpha$ and $\beta$ differ so wildly between the paper and its followers.
#
# $$J(G) = \alpha \, J_{content}(C, G) + \beta \, J_{style}(S, G)$$
#
# #### Exercise 5: `total_cost`
#
# The decorator `@tf.function` turns the function into a TensorFlow graph. Here it changes nothing but
# speed, and little of that; in exercise 6 it will matter.

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
# Ten to forty: who says so? Only the ratio counts, and a ratio means nothing without the formulas that it
# multiplies. The paper does not divide its content cost by the size of the layer: it takes $\frac12 \sum$
# where we take $\frac{1}{4 n_H n_W n_C} \sum$. So how many times larger is the paper's content cost, for a
# picture of 512 x 512 and its layer `conv4_2`, which then has 64 x 64 positions and 512 channels?

# %%
nH, nW, nC = 64, 64, 512
print("the paper's content cost is", 4 * nH * nW * nC // 2, "times ours")
print("its alpha / beta of 1/1000 would be", round(4 * nH * nW * nC / 2 / 1000), "with our formulas")

# %% [markdown]
# Over four million times, so that its $\alpha / \beta = 1/1000$ reads like 4194 in our formulas.
# TensorFlow's own tutorial takes means instead of sums, with 10 000 for content and 0.01 for style. The old
# course fed the network pictures between 0 and 1 where it expected 0 to 255, so that the content cost all
# but vanished from $J$. The moral: never carry over a weight without its formula, and *look* at both terms
# while you optimize. We do so in section 5.
#
# > **Recap.**
# >
# > - $J = \alpha J_{content} + \beta J_{style}$ is the one number we minimize.
# > - A ratio $\alpha : \beta$ belongs to its formulas; whoever changes a constant changes the ratio.

# %% [markdown]
# ## 5 Solving it
#
# This section shows
#
# - the start: a noisy copy of the content picture (5.1);
# - the targets: what VGG-19 says about $C$ and about $S$, computed once (5.2);
# - one step of the optimization, as a graph (5.3);
# - the painting, from the first step to the last (5.4).
#
# ### 5.1 Two pictures and a noisy start
#
# Where should $G$ begin? With the content picture, under a veil of noise: then things stand in their places
# from the start, and the noise gives the optimizer something to make strokes from.

# %%
def load_pair(content, style, size=320):
    """Load a content picture and a style picture that covers it; both (1, nH, nW, 3) in [0, 1]."""
    content_image = images.load(content, size)
    return content_image, images.cover(images.load(style), *content_image.shape[1:3])


def noisy(image, amount=0.05):
    """The picture with uniform noise from [-amount, amount] added, clipped to [0, 1]."""
    noise = tf.random.stateless_uniform(image.shape, seed=[7, 11], minval=-amount, maxval=amount)
    return tf.clip_by_value(image + noise, 0, 1)


content_image, style_image = load_pair(IMAGES / "louvre.jpg", IMAGES / "monet.jpg")
generated_image = tf.Variable(noisy(content_image))
compare(content_image, generated_image, ["C", "G before the first step"],
        "The courtyard of the Louvre, and the same under a veil of colored noise.")

# %% [markdown]
# The noise comes from a stateless generator with a seed, so that your start is the same as everybody's.
#
# ### 5.2 The targets
#
# We build one network that returns all the layers we need, scaled as in section 3: the style layers in
# order, and the content layer last. It ends after the deepest of them; what nobody asks for is never
# computed. Then we ask it once about $C$ and once about $S$. These answers, `a_C` and `a_S`, stay fixed
# while $G$ changes.

# %%
def set_targets():
    """Set vgg_model_outputs, a_C and a_S, which train_step reads, and the means, for the present pictures."""
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
# 0 and 0: $C$ is perfect in content, $S$ is perfect in style. $G$ has something to gain on either side, and
# no picture can have both for nothing.
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
# The next cell defines what the steps need: the two weights, the optimizer and `clip_0_1`. Adam takes steps
# of 0.03 at first (of a pixel's whole range!) and smaller and smaller ones towards the end, so that the
# grain of the start has time to settle.

# %%
STEPS = 300
ALPHA, BETA = 10, 40


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
    """Improve the picture, a tf.Variable (1, nH, nW, 3), by one step; return the total cost J before it."""
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
# > **Careful.** A `tf.function` is traced on its first call: TensorFlow notes down what the Python code
# > does, with the pictures, targets and optimizer of that moment, and later calls repeat the notes. Change
# > `a_C` or `optimizer` afterwards and the old notes go on using the old ones, without a word. So we trace
# > anew for every painting, with a new variable and a new optimizer; Adam's memory of one picture does harm
# > in the next.

# %%
def fresh(function):
    """The same function as a new graph, which will be traced with the names as they are then."""
    return tf.function(getattr(function, "python_function", function))


def terms(generated_image):
    """The weighted parts of J: ALPHA * J_content, then BETA * lambda * J_layer for each style layer."""
    a_G = vgg_model_outputs(generated_image)
    content_term = ALPHA * compute_content_cost(a_C, a_G)
    style_terms = [BETA * weight * compute_layer_style_cost(s, g)
                   for s, g, (_, weight) in zip(a_S, a_G, STYLE_LAYERS)]
    return tf.stack([content_term, *style_terms])


# %% [markdown]
# ### 5.4 The painting
#
# One thing before we start. Adam moves every pixel by about the same amount, however little the costs care
# for it. Where they care least, in an even sky, the grain of the noisy start stays. So after each step we
# draw every pixel a little towards the mean of its neighbors, and the less, the smaller Adam's steps have
# become. (This is a step down the picture's *total variation*, in its squared form. The paper has no such
# thing, nor had the old course; you can switch it off with `CALM = 0` and see what it does.)

# %%
CALM = 6


def calm(image, share):
    """Each pixel moved towards the mean of its four neighbors by a share of the way; (1, nH, nW, 3)."""
    wider = tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
    up, down, left, right = wider[:, :-2, 1:-1], wider[:, 2:, 1:-1], wider[:, 1:-1, :-2], wider[:, 1:-1, 2:]
    return image + share * ((up + down + left + right) / 4 - image)


# %% [markdown]
# Now the loop: step, look at $J$, and every twenty steps keep the picture and write it to `output/`. If you
# lose patience, interrupt the cell (the square button): the picture so far is kept. If $J$ should ever turn
# into NaN, the loop stops, tells you at which step, and goes back to the last good picture.

# %%
def paint(name, steps=STEPS, every=20):
    """Paint the present pair into output/NAME/. Returns pictures on the way; for each, [step, *terms of J]."""
    global generated_image, optimizer
    set_targets()
    generated_image, optimizer = tf.Variable(noisy(content_image)), new_optimizer(steps)
    optimizer.build([generated_image])  # so that train_step makes no variables and is traced but once
    step, terms_of = fresh(train_step), fresh(terms)
    pictures, history = [generated_image.numpy()], [[0, *terms_of(generated_image).numpy()]]
    with Live(name, steps) as live:
        for i in range(1, steps + 1):
            J = float(step(generated_image))
            if not np.isfinite(J):
                print(f"J is {J} at step {i}: stopped, and went back to the last good picture.")
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
settings = {"content": "louvre.jpg", "style": "monet.jpg", "size": 320, "steps": STEPS, "network": vgg.name,
            "content_layer": CONTENT_LAYER, "style_layers": STYLE_LAYERS, "alpha": ALPHA, "beta": BETA,
            "calm": CALM, "mean_activations": means}
images.save(generated_image, OUTPUT / NAME / "final.png", settings)
images.save_settings(settings, OUTPUT / NAME / "run.json")
figures.triptych(content_image, style_image, generated_image, OUTPUT / NAME / "triptych.jpg")

# %% [markdown]
# *Look for:* the painting's palette; its grain, in the sky and on the stone; the pyramid and the roofs,
# still in their places. At 320 pixels it is texture that comes over, more than single strokes.
#
# A picture is no proof. Does the computer agree that something was achieved?

# %%
steps_seen, content_term, layer_terms = history[:, 0], history[:, 1], history[:, 2:]
style_term = layer_terms.sum(axis=1)
J = content_term + style_term
print("J fell to a fifth of its start or less:  ", J[-1] < J[0] / 5)
print("the style cost fell by more than nine tenths:", style_term[-1] < style_term[0] / 10)
print("each term is 1 to 99 % of J at the end:", 0.01 < content_term[-1] / J[-1] < 0.99)
print("all pixels in [0, 1]:", bool(tf.reduce_all((generated_image >= 0) & (generated_image <= 1))))

# %% [markdown]
# Four times `True`. The third line is the one to remember: if either term were a negligible part of $J$,
# its weight would be a fiction, and you could turn it without seeing any change. How did we get there?

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
shares.set(xlabel="step", title="each layer's share of the style cost", xlim=(0, steps_seen[-1]), ylim=(0, 1))
shares.legend(loc="center left", bbox_to_anchor=(1, 0.5), reverse=True)
figures.show(figure, "Left: J and the style term fall steeply, then level out; the content term rises "
             "at first, then sinks a little. Right: the layers' shares of the style cost.",
             OUTPUT / NAME / "curves.jpg")

# %% [markdown]
# *Left:* at first style is bought at the price of content: one falls steeply, the other rises. Then both
# sink slowly together. *Right:* the layers' parts of the style cost, their weights counted. The widest band
# at the end is the layer that costs most; a band grows when its layer improves more slowly than the others.

# %%
show_film([*pictures, generated_image], OUTPUT / NAME / "way.gif",
          "The painting as it grows, from the noisy courtyard to the finished picture.")

# %%
stages = np.minimum([0, 1, 3, len(pictures) - 1], len(pictures) - 1)
figures.row([pictures[stage] for stage in stages], [f"{steps_seen[stage]:.0f} steps" for stage in stages],
            "Four stages of the painting, from the noisy picture of the courtyard to the finished one.")

# %% [markdown]
# *Four stages.* After twenty steps the colors have come over; after sixty you would take it for finished,
# and the rest of the time goes into making it clean.
#
# > **Recap.**
# >
# > - $G$ starts as a noisy copy of $C$.
# > - The targets `a_C` and `a_S` are computed once.
# > - One step: activations, costs, gradient with respect to the pixels, Adam, clip. Trace it anew for every
# >   painting.
# > - Both terms still count at the end; that, not the size of $J$, tells that $\alpha$ and $\beta$ are
# >   sensible.

# %% [markdown]
# ## 6 Your own pictures
#
# This section shows
#
# - the one cell that you change to paint anything.
#
# Upload a photograph of yours and a painting, beside this notebook or into `images/`, and write their names
# here: any size, any common format. Larger sizes take longer and more memory, in proportion to the number of
# pixels. The folder has more pairs, and `.venv/bin/python -m nst fetch --all`, in a terminal in the course's
# folder, gets some of the most famous paintings there are.

# %% tags=["nbval-ignore-output"]
my_content = IMAGES / "persepolis.jpg"
my_style = IMAGES / "starry_night.jpg"
content_image, style_image = load_pair(my_content, my_style, size=256)
my_pictures, my_history = paint("01_my_picture", steps=150)
my_settings = {"content": str(my_content), "style": str(my_style)}
images.save(generated_image, OUTPUT / "01_my_picture" / "final.png", my_settings)
figures.triptych(content_image, style_image, generated_image, OUTPUT / "01_my_picture" / "triptych.jpg")

# %%
my_style_term = my_history[:, 2:].sum(axis=1)
print("painted:", (OUTPUT / "01_my_picture" / "final.png").is_file())
print("the style cost fell by more than four fifths:", my_style_term[-1] < my_style_term[0] / 5)

# %% [markdown]
# *The ruins of a palace, under a night sky after Van Gogh.* No exercise was touched: `paint` asked the
# network about the new pair, and traced your `train_step` anew.
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
# Questions, each with the place to turn. `paint` looks at all these settings anew each time:
#
# - What if all the style weight goes to one layer? (A new cell with another `STYLE_LAYERS`, then `paint`
#   again.)
# - What if $\alpha$ is ten times larger, or 0? (A new cell with `ALPHA = 100`. Which curve of 5.4 moves?)
# - A content layer further up or down? (`CONTENT_LAYER`; `recall` in 4.1 shows what it will insist on.)
# - What does `calm` do? (`CALM = 0`.)
# - Does the start matter? (`noisy` in 5.1: try `amount=0`, or even gray in place of `image`.)
# - Is it slow? Start small, and use what you get as the start at twice the size.
#
# The last of them, and why the picture is grainy, what a better optimizer does, how the photograph keeps its
# colors: those are the questions of [chapter 2](02_better_and_faster.ipynb) and
# [chapter 3](03_colors_and_places.ipynb), with three more functions to write.

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
# > - What comes next is a question that you ask yourself, or [chapter 2](02_better_and_faster.ipynb).
