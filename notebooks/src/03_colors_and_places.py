# %% [markdown]
# # Colors and places
#
# [Chapter 2](02_better_and_faster.ipynb) made painting better and faster. Two faults are left: the colors are
# those of the painting, whether we want them or not; and sky and stones are painted in the same way. This
# chapter gives you control over colors, over regions, over mixtures of two styles, and over what each layer
# contributes. The last section combines everything in one call, and by then you know nearly all of what it
# does.
#
# The method stays: predict, run, read. You write one function, exercise 9, with its test and three hints. Where
# you read **Predict**, choose an answer: click it, or move to it with Tab and press Enter. And wherever a cell
# can check a claim, it prints the claim and `True`.

# %% [markdown]
# ## 1 What we have
#
# This section shows
#
# - what this chapter needs from chapter 2, in a few short cells;
# - the picture that chapter 2's method paints.
#
# The first two cells find the course's folder and import what we need. What you wrote in chapter 2 now comes
# from `nst.engine`, the program behind the command `nst`: `losses.total_variation` is exercise 7, and
# `optimizers.LBFGS` is the optimizer of its section 3. So this chapter runs by itself, whether you have solved
# chapter 2 or not.

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
import scipy.ndimage

import nst
from nst import figures, images
from nst.engine import color, losses, masks, optimizers
from nst.engine.compiled_cost import compile_cost
from nst.engine.pyramid import plan_stages
from nst.engine.run import SMALL_CONTENT_FACTOR
from nst.network.vgg import layer_outputs, load_vgg19
from nst.notebook import Live, compare, follow
from nst.paths import IMAGES, OUTPUT
from nst.quiet_tensorflow import tensorflow as tf  # without its log lines
from public_tests import (
    hint,
    match_colors_test,
    progress,
)

# %%
vgg = load_vgg19("pocket")

# %% [markdown]
# We choose the bundled network by its name: this chapter compares pictures, and all readers should compare the
# same ones. If you have downloaded VGG-19, section 6 will use it.

# %%
SIZE = 192  # pixels, of the longest side


def load_pair(content, style, size=SIZE):
    """Load a content picture, and a style picture of its size; (1, nH, nW, 3) in [0, 1]."""
    content_image = images.load(IMAGES / content, size)
    return content_image, images.cover(images.load(IMAGES / style), *content_image.shape[1:3])


def keep(picture, name):
    """Write a picture to output/03_colors_and_places/NAME.png."""
    images.save(picture, OUTPUT / "03_colors_and_places" / f"{name}.png")


CONTENT, STYLE = "persepolis.jpg", "starry_night.jpg"
content_image, style_image = load_pair(CONTENT, STYLE)

# %% [markdown]
# ### The cost of chapter 2
#
# $$J(G) = \alpha \frac{\left|a^{(G)} - a^{(C)}\right|^2}{\left|a^{(C)}\right|^2}
#   + \beta \sum_l \lambda^{[l]}
#   \frac{\left|G^{(G)[l]}_{(gram)} - G^{(S)[l]}_{(gram)}\right|^2}{\left|G^{(S)[l]}_{(gram)}\right|^2}
#   + w \, J_{tv}(G)$$
#
# Here $|\cdot|^2$ is the sum of all squares, each Gram matrix is divided by its number of positions, and
# $J_{tv}$ is the total variation. Each fraction is 0 when nothing differs.

# %%
STYLE_LAYERS = {"block1_conv1": 0.1, "block2_conv1": 0.15, "block3_conv1": 0.3,
                "block4_conv1": 0.3, "block5_conv1": 0.15}  # {layer: its weight}
CONTENT_LAYER = "block4_conv2"
ALPHA, BETA, TV = 1, 40, 15
see = layer_outputs(vgg, [*STYLE_LAYERS, CONTENT_LAYER])


def gram(activation):
    """The Gram matrix over the number of positions: (1, nH, nW, nC) -> (nC, nC)."""
    rows = tf.reshape(activation, [-1, activation.shape[-1]])  # a row for each position
    return tf.matmul(rows, rows, transpose_a=True) / tf.cast(tf.shape(rows)[0], tf.float32)


def aim(content_image, style_image):
    """The targets of J: the content layer's activations, the style layers' Gram matrices."""
    *style_activations, _ = see(style_image)
    return {"content": see(content_image)[-1], "grams": [gram(a) for a in style_activations]}

# %%
def relative(got, wanted):
    """|got - wanted|^2 / |wanted|^2, a scalar: how far an array is from its target."""
    return tf.reduce_sum((got - wanted) ** 2) / tf.reduce_sum(wanted**2)


def terms(image, targets):
    """The weighted content and style terms of J for a picture (1, nH, nW, 3)."""
    *layers, a_G = see(image)
    style = [weight * relative(gram(a), wanted)
             for a, wanted, weight in zip(layers, targets["grams"], STYLE_LAYERS.values())]
    return tf.stack([ALPHA * relative(a_G, targets["content"]), BETA * tf.add_n(style)])


cost_of = compile_cost(lambda image, targets: tf.reduce_sum(terms(image, targets))
                       + TV * losses.total_variation(image))

# %% [markdown]
# ### How we minimize it
#
# L-BFGS minimizes $J$. The pyramid paints a small picture first, enlarges it, adds the detail of $C$ that the
# small picture could not contain, and goes on from there.

# %%
def noisy(image, amount=0.05):
    """The picture with uniform noise of that amount, clipped to [0, 1]; a NumPy array."""
    noise = tf.random.stateless_uniform(image.shape, [7, 11], -amount, amount)
    return tf.clip_by_value(image + noise, 0, 1).numpy()


def descend(cost, start, evaluations):
    """Minimize a cost by L-BFGS, from a picture; returns the last picture."""
    optimizer = optimizers.LBFGS(start)
    with Live("L-BFGS", evaluations) as live:
        while optimizer.evaluations < evaluations and optimizer.step(cost.value_and_gradient):
            live.show_step(optimizer.J, optimizer.image)
    return optimizer.image


def enlarged(image, content_image):
    """A picture at the size of C, with the detail of C that was lost at the smaller size."""
    small, large = image.shape[1:3], content_image.shape[1:3]
    detail = content_image - images.resize(images.resize(content_image, *small), *large)
    return np.clip(images.resize(image, *large) + detail, 0, 1)

# %%
STAGES = [(96, 20), (SIZE, 30)]  # (pixels of the longest side, evaluations)


def pyramid(content_image, cost_at, name):
    """Paint at each stage, from small to large; save and return the last picture.

    cost_at: a function from C at some size to the cost of pictures of that size.
    """
    image = None
    prices = [size**2 * evaluations for size, evaluations in STAGES]
    with Live(name, prices, unit="size") as live:
        for size, evaluations in STAGES:
            smaller = images.resize_longest(content_image, size)
            image = noisy(smaller) if image is None else enlarged(image, smaller)
            image = descend(cost_at(smaller), image, evaluations)
            live.show_step()
    keep(image, name)
    return image


def towards(style_image):
    """The `cost_at` of a style: a function from C at some size to the cost at that size."""
    return lambda C: cost_of(aim(C, images.cover(style_image, *C.shape[1:3])))

# %% tags=["nbval-ignore-output"]
ruins = pyramid(content_image, towards(style_image), "1_ruins")

# %%
figures.triptych(content_image, style_image, ruins)

# %% [markdown]
# *The ruins of Persepolis, a starry night after Van Gogh, and what chapter 2's method makes of them.* Is this
# chapter's cost the same as the engine's?

# %%
layer_weights = [BETA * weight for weight in STYLE_LAYERS.values()]
engine = losses.Objective(see, layer_weights, ALPHA, TV)
engine.set_targets(content_image, [losses.Style(style_image)])
ours, _ = cost_of(aim(content_image, style_image)).value_and_gradient(ruins)
print("the engine's J is ours:", np.isclose(engine(ruins)[0], ours, rtol=1e-3))

# %% [markdown]
# > **Recap.**
# >
# > - $J$ compares relative to its targets; total variation is a part of it; L-BFGS minimizes it.
# > - The pyramid paints small pictures first.

# %% [markdown]
# ## 2 Keeping colors
#
# This section shows
#
# - two ways to keep the photograph's colors: after painting, and before;
# - the root of a matrix, and that a matrix has many roots.
#
# Here is the tomb of Cyrus in its yellow field, painted in the style of a picture of poured paint, in blues.

# %% tags=["nbval-ignore-output"]
tomb, poured = load_pair("pasargadae.jpg", "abstract_blue.jpg")
blue_tomb = pyramid(tomb, towards(poured), "2_plain")

# %%
figures.triptych(tomb, poured, blue_tomb)

# %% [markdown]
# *Content, style, and the result.* Most of the gold is gone. Sometimes you want the strokes without the colors,
# and Gatys et al. (2016) describe two ways.
#
# **After painting: luminance only.** We recognize strokes by light and dark more than by color. So take from
# $G$ only how light each pixel is, its luminance $Y = 0.299 R + 0.587 G + 0.114 B$, and everything else from
# $C$. The three factors add up to 1. So if you add the same $d$ to all three channels, the pixel becomes
# lighter by exactly $d$, and the differences between its channels, which are its color, do not change.

# %%
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)


def with_colors_of(generated_image, content_image):
    """C with each pixel made as light as in G, all channels by the same amount; clipped."""
    lighter = (generated_image - content_image) @ LUMINANCE
    return np.clip(content_image + lighter[..., None], 0, 1)


golden_after = with_colors_of(blue_tomb, tomb)
keep(golden_after, "2_luminance")
print("the engine's result is the same:",
      np.allclose(golden_after, color.keep_content_colors(blue_tomb, tomb), atol=1e-5))

# %% [markdown]
# **Before painting: change the style picture.** Or give the *style picture* the colors of the photograph, and
# paint as usual. What are the colors of a picture? As with style, we take a few statistics: the mean $\mu$,
# three numbers, and the **covariance** $\Sigma$, a 3 x 3 matrix. You know it: it is the Gram matrix of the
# three channels, with their means subtracted, divided by the number of pixels. Its diagonal says how much each
# channel varies, the other entries which channels vary together.
#
# Multiply every color by a matrix $A$ and shift it: $x \mapsto A \, (x - \mu_S) + \mu_C$. Then the mean becomes
# $\mu_C$. The covariance becomes $A \Sigma_S A^T$, since each product $x x^T$ becomes
# $(Ax)(Ax)^T = A \, x x^T A^T$. We want it to be $\Sigma_C$.
#
# A **root** of $\Sigma$ is a matrix $R$ with $R R^T = \Sigma$. With a root $R_S$ of $\Sigma_S$ and a root $R_C$
# of $\Sigma_C$,
#
# $$A = R_C R_S^{-1} \quad \text{gives} \quad A \Sigma_S A^T
#   = R_C \, (R_S^{-1} R_S) \, (R_S^{-1} R_S)^T R_C^T = R_C R_C^T = \Sigma_C$$

# %% [markdown]
# $R_S^{-1}$ is the inverse of $R_S$. NumPy computes one root, Cholesky's: above its diagonal all entries
# are 0. Another root is symmetric, and is computed from eigenvalues and eigenvectors:

# %%
def symmetric_root(covariance):
    """The symmetric R with R R = covariance, from its eigenvectors; (3, 3) -> (3, 3)."""
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
# 1. Write the colors of each picture as an array of shape $(n, 3)$, and compute its mean and its
#    covariance. (`np.cov` needs a *row* for each channel.)
# 2. From the two covariances and the given `root`, compute $A = R_C R_S^{-1}$. (`np.linalg.inv` inverts.)
# 3. Return the style picture with every color changed, in its own shape.
#
# > **Careful.** In the formula $A$ stands to the left of a *column* $x$. In an array of shape $(n, 3)$ the colors
# > are rows, so the formula becomes $x^T A^T$. And do not clip: a few colors will be outside of $[0, 1]$, and
# > clipping would change the covariance. We clip later, when we paint.
#
# Here is the first hint. Run the cell again for a plainer one.

# %%
hint("match_colors")

# %% exercise="9: match_colors"
def match_colors(style_image, content_image, root):
    """The style picture with the mean and covariance of the content picture's colors.

    Each color x becomes R_C R_S^-1 (x - mean_S) + mean_C, not clipped. Both pictures: NumPy
        arrays (1, H, W, 3) of any sizes. root: a function from a covariance (3, 3) to a
        matrix R with R R^T = covariance.
    """
    ### BEGIN SOLUTION
    colors_S, colors_C = style_image.reshape(-1, 3), content_image.reshape(-1, 3)
    mean_S, mean_C = colors_S.mean(axis=0), colors_C.mean(axis=0)
    A = root(np.cov(colors_C.T)) @ np.linalg.inv(root(np.cov(colors_S.T)))
    return (style_image - mean_S) @ A.T + mean_C
    ### END SOLUTION


# %% test="match_colors" points=20
match_colors_test(match_colors).assert_passed()

# %% [markdown]
# Both roots give the same mean and the same covariance.

# %% [markdown]
# **Predict.** Do they give the same picture?
#
# <details><summary>Yes: the mean and the covariance determine it.</summary>
#
# No. They describe the cloud of colors as a whole, not which color becomes which.
#
# </details>
# <details><summary>No: which color becomes which may differ.</summary>
#
# Yes. Different matrices $A$ give the same mean and the same covariance.
#
# </details>

# %%
golden_style = {name: np.clip(match_colors(poured, tomb, root), 0, 1).astype(np.float32)
                for name, root in ROOTS.items()}
figures.row([tomb, poured, *golden_style.values()],
            ["C", "S", "S, with Cholesky's root", "S, with the symmetric root"],
            "The tomb; the poured picture in blues; the same in gold, gray and blue; and once "
            "more, in browner tones.")

# %% [markdown]
# *The same statistics, two pictures.* If $R$ is a root, so is $R Q$ for every rotation $Q$, which turns the
# colors and stretches nothing: $Q Q^T = 1$, so $R Q \, (R Q)^T = R R^T$. A mean and a covariance say how wide
# the cloud of colors is in each direction, but not which color goes where. Cholesky's root treats the channels
# in their order, red first. What if blue is first?

# %%
for name, root in ROOTS.items():
    backwards = match_colors(poured[..., ::-1], tomb[..., ::-1], root)[..., ::-1]
    same = np.allclose(backwards, match_colors(poured, tomb, root), atol=0.01)
    print(f"{name}: the same colors with blue first: {same}")

# %% [markdown]
# The symmetric root does not depend on the order. Gatys et al. try both; the engine uses Cholesky's. Does it
# compute what you wrote? (The engine clips, and adds a little to the diagonal of each covariance, so that gray
# pictures work too.)

# %%
engines = color.match_colors(poured, tomb)
print("the engine has the same colors:",
      np.allclose(engines, golden_style["Cholesky"], atol=0.02))

# %% [markdown]
# Now we paint with the style picture from the symmetric root, and compare all three.

# %% tags=["nbval-ignore-output"]
golden_before = pyramid(tomb, towards(golden_style["symmetric"]), "2_matched")

# %%
figures.row([tomb, blue_tomb, golden_after, golden_before],
            ["C", "plain", "luminance only", "style picture matched"],
            "The tomb as it was, and painted three times: in blues; in the photograph's own "
            "colors, with strokes of light and dark; and in gold and blue strokes all over.")

# %% [markdown]
# *Luminance only* keeps every color in its place: the sky is blue, the plain golden, and the strokes are light
# and dark. *Matching* keeps the palette and not the places: there is gold in the sky now. Use the
# first where the colors of objects matter, the second where strokes should have colors of their own.

# %% [markdown]
# **Predict.** Which of the three has the mean color nearest to that of $C$?
#
# <details><summary>The plain one</summary>
#
# No, it is blue, and $C$ is golden.
#
# </details>
# <details><summary>Luminance only</summary>
#
# Not quite. Its colors are those of $C$, but they are as light as $G$, and that changes the mean.
#
# </details>
# <details><summary>The matched one</summary>
#
# Yes. Its style picture was made to have the mean of $C$.
#
# </details>

# %%
def color_distance(picture):
    """How far a picture's mean color is from that of C."""
    return float(np.abs(picture.mean((0, 1, 2)) - tomb.mean((0, 1, 2))).max())


# %% tags=["nbval-ignore-output"]
paintings = {"plain": blue_tomb, "luminance only": golden_after, "matched": golden_before}
for name, picture in paintings.items():
    print(f"{name:14}: mean color off by {color_distance(picture):.3f}")

# %%
print("the mean color of the matched one is nearer to C's, by more than a half:",
      color_distance(golden_before) < color_distance(blue_tomb) / 2)
print("luminance only kept the differences between channels, except for clipping:",
      np.mean(np.abs(np.diff(golden_after - tomb, axis=-1)) > 0.01) < 0.2)

# %% [markdown]
# The matched one. Luminance only has the light and dark of $G$, and so another mean, but the differences
# between its channels are those of $C$.
#
# > **Recap.**
# >
# > - After painting: the light and dark of $G$ with the colors of $C$.
# > - Before painting: a style picture with the mean and the covariance of $C$'s colors, by $A = R_C R_S^{-1}$.
# > - A covariance has many roots. Cholesky's depends on the order of the channels, the symmetric one does not.

# %% [markdown]
# ## 3 A style for each place
#
# This section shows
#
# - a mask: a picture that says where;
# - the Gram matrix of a region, and a cost with two of them.
#
# A painter paints the sky in other strokes than the stones. Our $J$ cannot do that: a Gram matrix does not know
# where something is, so the yellow of the stars also appears on the gates. We want a Gram matrix that forgets
# where only *within a region*. A **mask** $m$ marks a region: it is 1 inside and 0 outside, and each position
# counts as much as the mask says (Gatys et al. 2017):
#
# $$G^{(m)}_{(gram)} = \frac{\sum_k m_k \, a_k a_k^T}{\sum_k m_k}$$
#
# Here the column $a_k$ contains the channels at position $k$. Without a mask this is chapter 1's $A A^T$
# divided by the number of positions.
#
# In our picture of Persepolis, pixels that are bluer than red, or nearly, are sky. A median filter, which gives
# each pixel the middle value of its neighborhood, removes small errors. (Most masks are drawn by hand, white on
# black, in any drawing program.) For the sky we take the upper half of a painting, where *its* sky is, and for
# the stones a mosaic of tiles.

# %%
red, _, blue = np.moveaxis(content_image[0], -1, 0)
sky = scipy.ndimage.median_filter(np.float32(blue > red - 0.03), 5)
night = images.resize_longest(images.load(IMAGES / "starry_night.jpg"), SIZE)[:, :SIZE // 2]
tiles = images.resize_longest(images.load(IMAGES / "kashi.jpg"), SIZE)
figures.row([content_image, np.repeat(sky[None, ..., None], 3, axis=-1), night, tiles],
            ["C", "the mask of its sky", "for the sky", "for the stones"],
            "The ruins of Persepolis; a mask, the sky white, columns and ground black; the "
            "upper half of the starry night; and a turquoise mosaic with rosettes.")

# %% [markdown]
# *White is sky.* The clouds are part of it.

# %%
def gram_within(activation, mask):
    """The Gram matrix of a region: (1, nH, nW, nC), mask (nH, nW) in [0, 1] -> (nC, nC)."""
    rows = tf.reshape(activation, [-1, activation.shape[-1]])  # a row for each position
    weights = tf.reshape(mask, [-1, 1])
    return tf.matmul(weights * rows, rows, transpose_a=True) / tf.reduce_sum(weights)


# %% [markdown]
# Take two regions that together are the whole picture, and the mean of their Gram matrices, weighted by area.

# %% [markdown]
# **Predict.** What is that mean?
#
# <details><summary>The Gram matrix of the whole picture</summary>
#
# Yes. It is one sum over positions, computed in two parts.
#
# </details>
# <details><summary>Something between the two that has no meaning of its own</summary>
#
# Look at the formula: what do you get if you multiply each region's matrix by $\sum_k m_k$ and add them?
#
# </details>

# %%
activation, sky_share = see(content_image)[0], sky.mean()
inside, outside = gram_within(activation, sky), gram_within(activation, 1 - sky)
mean = sky_share * inside + (1 - sky_share) * outside
print("it is that of the whole:", np.allclose(mean, gram(activation), rtol=1e-2, atol=1e-3))
print("the engine has the same:",
      np.allclose(inside, losses.gram_matrix(activation, sky), rtol=1e-3))

# %% [markdown]
# It is the Gram matrix of the whole: one sum, computed in two parts. Now the cost. Each region has its own
# painting, and counts by its area. Deeper layers have fewer positions, so the mask is averaged to their size.

# %%
def aim_within(content_image, regions):
    """Targets for a list of regions."""
    aimed = []
    for mask, style_image in regions:
        mask = masks.resize_mask(mask, *content_image.shape[1:3])
        # each block has half as many positions in each direction as the block before
        at_layers = [tf.constant(masks.downscale_masks(mask[None], 2**block)[0])
                     for block in range(len(STYLE_LAYERS))]
        style_image = images.resize_longest(style_image, max(mask.shape))
        grams = [gram(a) for a in see(style_image)[:-1]]
        aimed.append((tf.constant(mask.mean()), at_layers, grams))
    return {"content": see(content_image)[-1], "regions": aimed}

# %%
def terms_within(image, targets):
    """The content term, and for each region its style term; (1 + regions,)."""
    *layers, a_G = see(image)
    weighted = [ALPHA * relative(a_G, targets["content"])]
    for area, at_layers, wanted_grams in targets["regions"]:
        style = [weight * relative(gram_within(a, mask), wanted) for a, mask, wanted, weight
                 in zip(layers, at_layers, wanted_grams, STYLE_LAYERS.values())]
        weighted.append(BETA * area * tf.add_n(style))
    return tf.stack(weighted)


cost_within = compile_cost(lambda image, targets: tf.reduce_sum(terms_within(image, targets))
                           + TV * losses.total_variation(image))


def towards_regions(regions):
    """The `cost_at` of a list of regions, each (mask (H, W), style picture)."""
    return lambda C: cost_within(aim_within(C, regions))


# %% [markdown]
# The sky shall be night, and the stones a mosaic. First we mix both styles everywhere, in equal parts; then each
# gets its place.

# %% tags=["nbval-ignore-output"]
everywhere = np.full_like(sky, 0.5)
together = [(everywhere, night), (everywhere, tiles)]
in_places = [(sky, night), (1 - sky, tiles)]
mingled = pyramid(content_image, towards_regions(together), "3_everywhere")
apart = pyramid(content_image, towards_regions(in_places), "3_masks")

# %%
compare(mingled, apart, ["both everywhere", "each in its place"],
        "The ruins twice. On the left there is a rosette on one gate and a star on the other, "
        "and turquoise in the sky; on the right all the sky is night, and rosettes cover the "
        "stones.")

# %% [markdown]
# *Look at the two gates.* On the left, one has become a star, the other a rosette, and the sky has the turquoise
# of the tiles: $J$ asks for both, and does not care where. On the right, all the rosettes are on the ground and
# the stones. How far is each region from its own painting?

# %%
both = aim_within(content_image, in_places)
before, after = (terms_within(tf.constant(picture), both).numpy()
                 for picture in (mingled, apart))

# %% tags=["nbval-ignore-output"]
for region, mingled_term, apart_term in zip(("sky", "stones"), before[1:], after[1:]):
    print(f"{region:6}: style term {mingled_term:.2f} with both everywhere, "
          f"{apart_term:.2f} each in its place")

# %%
print("each region is nearer to its own painting, by more than a half:",
      all(after[1:] < before[1:] / 2))

# %% [markdown]
# Each region now has a style of its own.
#
# > **Recap.**
# >
# > - A mask says how much each position counts in a Gram matrix.
# > - With regions, $J$ has a sum of style terms, each weighted by its area.

# %% [markdown]
# ## 4 Two styles at once
#
# This section shows
#
# - a style between two styles, and all steps from one to the other.
#
# What is halfway between two painters? For pictures, halfway is a double exposure. But a style is a list of
# Gram matrices, and they can be averaged, too:
#
# $$G^{(mixed)}_{(gram)} = (1 - t) \, G^{(S_1)}_{(gram)} + t \, G^{(S_2)}_{(gram)}$$
#
# At $t = 0$ this is the first style, at $t = 1$ the second.

# %% [markdown]
# **Predict.** What will the picture at $t = 1/2$ look like?
#
# <details><summary>Half of it in the first style, the other half in the second.</summary>
#
# Partly. Some areas are nearer to one style than others, but there is no border between two halves.
#
# </details>
# <details><summary>A double exposure of the two pictures at t = 0 and t = 1.</summary>
#
# No. No strokes of one picture are visible through the other: every stroke is painted once.
#
# </details>
# <details><summary>One picture, with something of both styles.</summary>
#
# Yes, as if one painter had learned from both.
#
# </details>

# %%
def mixed(first, second, t):
    """Targets between the first's Gram matrices, at t = 0, and the second's, at t = 1."""
    grams = [(1 - t) * one + t * other for one, other in zip(first["grams"], second["grams"])]
    return {"content": first["content"], "grams": grams}


# %% tags=["nbval-ignore-output"]
ways = (0, 0.5, 1)
plain, first_master = load_pair("pasargadae.jpg", "starry_night.jpg", size=144)
second_master = load_pair("pasargadae.jpg", "monet.jpg", size=144)[1]
first, second = aim(plain, first_master), aim(plain, second_master)
between = [descend(cost_of(mixed(first, second, t)), noisy(plain), 25)
           for t in follow(ways, "between two styles", unit="picture")]
for t, picture in zip(ways, between):
    keep(picture, f"4_mixed_{t:.1f}")

# %%
figures.row(between, [f"t = {t}" for t in ways],
            "The tomb of Cyrus three times: in the blues and yellows of a starry night at "
            "t = 0, in the violets and oranges of dusk at t = 1, and between them with "
            "something of both.")

# %% [markdown]
# *From one style to the other:* at $t = 0$ the starry night, at $t = 1$ dusk over a lagoon, after Monet; between
# them still the stars of the night, and on the plain the first orange of the dusk. It is not a double exposure:
# nowhere is one picture visible through another. Is it between them in numbers, too?

# %%
to_first = [float(terms(tf.constant(picture), first)[1]) for picture in between]
to_second = [float(terms(tf.constant(picture), second)[1]) for picture in between]
print("with every step further from the first style:", all(np.diff(to_first) > 0))
print("and nearer to the second:", all(np.diff(to_second) < 0))

# %% [markdown]
# Step by step, the picture moves away from the first style and towards the second.
#
# > **Recap.**
# >
# > - Styles can be averaged, because they are lists of averages.

# %% [markdown]
# ## 5 What each layer contributes
#
# This section shows
#
# - a picture for each choice of content layer and of style layers;
# - a picture for each of several ratios of $\alpha$ to $\beta$, as in a figure of Gatys et al. (2016).
#
# [Chapter 1](01_neural_style_transfer.ipynb) suggested trying other layers and weights, and each trial took as
# long as the first painting. With L-BFGS and at 112 pixels, a picture takes so little time that we can try
# many. They start from noise, so that they contain only what the layers asked for. One network returns all the
# layers, and a weight of 0 switches a layer off; so TensorFlow traces it only once.

# %%
CONTENT_LAYERS = ["block1_conv2", "block4_conv2", "block5_conv1"]
DEPTHS = [1, 3, 5]
see_all = layer_outputs(vgg, [*STYLE_LAYERS, *CONTENT_LAYERS])


def chosen_terms(image, targets):
    """The content and the style term; a layer whose weight in `targets` is 0 is left out."""
    seen = see_all(image)
    contents = [relative(a, wanted)
                for a, wanted in zip(seen[len(STYLE_LAYERS):], targets["content"])]
    styles = [relative(gram(a), wanted) for a, wanted in zip(seen, targets["grams"])]
    return tf.stack([tf.reduce_sum(targets["content_weights"] * contents),
                     tf.reduce_sum(targets["style_weights"] * styles)])


cost_chosen = compile_cost(lambda image, targets: tf.reduce_sum(chosen_terms(image, targets))
                           + TV * losses.total_variation(image))


# %%
motif, manner = load_pair("louvre.jpg", "starry_night.jpg", size=112)
wanted = {"content": see_all(motif)[len(STYLE_LAYERS):],
          "grams": [gram(a) for a in see_all(manner)[:len(STYLE_LAYERS)]]}
gray_noise = tf.random.stateless_uniform(motif.shape, [1, 2], 0.4, 0.6).numpy()


def tried(content_layer, depth, alpha=ALPHA, evaluations=40):
    """A picture from noise, with one content layer and the first `depth` style layers."""
    of_content = alpha * np.float32([name == content_layer for name in CONTENT_LAYERS])
    of_style = BETA * np.float32([n < depth for n in range(len(STYLE_LAYERS))]) / depth
    weights = {"content_weights": tf.constant(of_content),
               "style_weights": tf.constant(of_style)}
    return descend(cost_chosen({**wanted, **weights}), gray_noise, evaluations)


# %% [markdown]
# Rows: the content layer, from shallow to deep. Columns: the style layers, the first only, the first three, all
# five.

# %% [markdown]
# **Predict.** In which corner will the courtyard be clearest?
#
# <details><summary>Top left</summary>
#
# Yes. A shallow content layer keeps pixels, and one shallow style layer asks for little more than colors.
#
# </details>
# <details><summary>Top right</summary>
#
# No. Five style layers ask for swirls and stars, which cover the courtyard.
#
# </details>
# <details><summary>Bottom left</summary>
#
# No. A deep content layer keeps only a rough idea of what was where.
#
# </details>

# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
choices = [(content_layer, depth) for content_layer in CONTENT_LAYERS for depth in DEPTHS]
grid = {choice: tried(*choice) for choice in follow(choices, "layers", unit="picture")}
print(f"{(time.perf_counter() - began) / len(choices):.1f} s a picture")

# %%
figures.grid([[grid[name, depth] for depth in DEPTHS] for name in CONTENT_LAYERS],
             CONTENT_LAYERS, ["style: block 1", "style: blocks 1-3", "style: blocks 1-5"],
             "Nine paintings of the courtyard, in three rows and three columns. Top left you "
             "can see rows of windows; in the middle there are stars, at the right only "
             "swirls and stars; further down walls, roofs and pyramid dissolve.")

# %% [markdown]
# *From the top left, where everything is in its place, to the bottom right, where nothing is.* Read along the
# top: the first block's style is little more than a palette; three blocks bring stars, and the pyramid is lost
# among them; with five the courtyard is. Read down the left: `block1_conv2` keeps the rows of windows,
# `block4_conv2` the outlines of wings and clouds, and `block5_conv1` areas of light and dark. This is what
# `recall` showed in chapter 1, and now you see its effect on a painting.
#
# Now the weights. The content layer is the middle one, all five style layers count, and $\alpha$ falls while
# $\beta$ stays the same.

# %% tags=["nbval-ignore-output"]
ALPHAS = (100, 10, 1)
by_alpha = [tried(CONTENT_LAYER, 5, alpha)
            for alpha in follow(ALPHAS, "values of alpha", unit="picture")]

# %%
figures.row(by_alpha, [f"alpha : beta = {alpha:g} : {BETA}" for alpha in ALPHAS],
            "Three paintings of the courtyard: a pale photograph with fine hatching at first, "
            "only swirls and stars at last.")

# %% [markdown]
# *From left to right, $\alpha$ becomes a tenth each time.* On the left is a pale photograph with fine hatching:
# style hardly counts. On the right there is night, and no courtyard. All that one would call style transfer
# lies between, and it is a wide range. But the right picture has our own weights. Why were the ruins kept all
# through this chapter? Because those pictures *started* from $C$. In 40 evaluations from noise, these weights
# do not rebuild what a start from $C$ has already.

# %%
of_motif = aim(motif, manner)
measured_terms = np.array([terms(tf.constant(picture), of_motif) for picture in by_alpha])

# %% tags=["nbval-ignore-output"]
for alpha, (content_term, style_term) in zip(ALPHAS, measured_terms):
    print(f"alpha {alpha:5}: content {content_term:.2f}, style {style_term:.2f}, "
          "both weighted as in section 1")

# %%
print("the smaller alpha, the further from the content:",
      all(np.diff(measured_terms[:, 0]) > 0))
print("and the nearer to the style:", all(np.diff(measured_terms[:, 1]) < 0))

# %% [markdown]
# > **Recap.**
# >
# > - Shallow content layers keep pixels, deep ones only a rough idea of what was there.
# > - Shallow style layers bring colors and grain, deep ones add strokes and swirls.
# > - Between all content and all style there is a wide, continuous range: $\alpha : \beta$ is a matter of taste.

# %% [markdown]
# ## 6 All of it in one call
#
# This section shows
#
# - `nst.stylize`, and what you already know of it;
# - what larger pictures cost, and one of 768 pixels;
# - what is left to invent.
#
# Relative differences, total variation, L-BFGS with bounds, the pyramid, a cheap network before an expensive
# one, colors, masks, mixtures: `nst.stylize` combines the sections of chapters 2 and 3. Three things are new. It
# starts from $C$ itself, without noise. At the smaller sizes content counts `SMALL_CONTENT_FACTOR` times as much,
# because a larger size cannot bring back what is lost there. And beyond the edge of blocks 3 and 4 it repeats the
# outermost activations: zeros there give a picture a frame of strong colors. It uses the best network that you
# have; with VGG-19 the next cell takes longer. (The default is 40 steps at each size. With 25 you wait less.)

# %% tags=["nbval-ignore-output"]
began = time.perf_counter()
result = nst.stylize(IMAGES / CONTENT, IMAGES / STYLE, size=384, steps=25)
seconds = time.perf_counter() - began
keep(result.picture, "6_stylize_384")
print(f"{seconds:.0f} s")

# %%
compare(ruins, result.picture, [f"section 1, {SIZE} pixels", "nst.stylize, 384 pixels"],
        "The ruins twice: small and blurred on the left; on the right larger and sharper, "
        "with every column and with long strokes in the sky.")

# %% [markdown]
# *From the first section to the last:* four times as many pixels, and strokes in the sky that follow one
# another. The first two new things keep the columns and the clouds in their places. That is a choice, not a law: give
# `content_weight` another value and see.
#
# The call also returns a record: the settings, the networks, and the time of each stage. The command line
# writes it beside every picture. Its scores say how near the result is. Style: how far the picture is from the
# painting, where $C$ itself is 1 and the painting 0. Content: $|a^{(G)} - a^{(C)}| / |a^{(C)}|$, without
# squares.

# %% tags=["nbval-ignore-output"]
for stage in result.record["timings"]["stages"]:
    print(stage)
print("scores:", result.record["scores"])

# %%
asked = result.record["settings"]
ours = {"content_weight": ALPHA, "style_weight": BETA, "tv_weight": TV,
        "content_layer": CONTENT_LAYER}
times = round(np.size(result.picture) / np.size(ruins), 1)
print("times as many pixels as in section 1:", times)
print("times that content counts at the smaller sizes:", SMALL_CONTENT_FACTOR)
print("its weights are those of section 1:",
      all(asked[name] == value for name, value in ours.items()))
print("its style is at least ten times as near as that of C:",
      result.record["scores"]["style"] < 0.1)

# %% [markdown]
# ### What larger pictures cost
#
# In chapter 2 we computed the price by hand. The engine's `plan_stages` does the same for any size; here we ask
# it only for the product of pixels and evaluations.

# %% [markdown]
# **Predict.** How many times as much as 384 pixels do 768 pixels cost?
#
# <details><summary>2 times</summary>
#
# More. Width and height both double.
#
# </details>
# <details><summary>4 times</summary>
#
# Yes, about. And 1536 pixels cost about 16 times as much.
#
# </details>
# <details><summary>Much more than 4 times</summary>
#
# The number of pixels is 4 times as large, and the smaller stages before it are the same. So it is about 4
# times.
#
# </details>

# %%
def stages_of(size):
    """The engine's stages for a 4 : 3 picture of that width; a pixel costs 1."""
    return plan_stages((size * 3 // 4, size), asked["steps"], costs={"any network": 1})


pixels_of = {size: sum(stage.cost for stage in stages_of(size)) for size in (384, 768, 1536)}
print("each doubling costs between 3.9 and 4.5 times as much:",
      all(3.9 < pixels_of[2 * size] / pixels_of[size] < 4.5 for size in (384, 768)))
print("and 1536 pixels, in times of 384:", round(pixels_of[1536] / pixels_of[384]))

# %% [markdown]
# About four times, and so about sixteen for 1536. A doubled size has four times the pixels, and since the sizes
# before it cost a quarter, a sixteenth and so on, the last size is most of the price. In seconds, on your
# machine, if only the pixels counted:

# %% tags=["nbval-ignore-output"]
for size, pixels in pixels_of.items():
    how = "measured" if size == 384 else "computed from the price"
    widths = ", ".join(f"{stage.evaluations} at {stage.width}" for stage in stages_of(size))
    estimate = seconds * pixels / pixels_of[384]
    print(f"{size:4} pixels: about {estimate:5.0f} s, {how} ({widths})")

# %% [markdown]
# Only the first line is measured. A picture of 2048 pixels takes longer than its price says: all its activations
# together would need too much memory, so the engine computes them in tiles. The margins of the tiles are
# computed twice, and there are two passes over all tiles, one to add up the Gram matrices, one for the
# gradient. (`python -m benchmarks.speed_and_memory` measures what an evaluation takes at each size; the results
# are in `docs/benchmarks.md`.)
#
# ### What is left to invent
#
# - Seconds are still not an instant. A network can be trained to paint one style in a single pass (Johnson, Alahi
#   and Fei-Fei 2016), or any style (Huang and Belongie 2017): [chapter 4](04_in_real_time.ipynb) does both. Would its
#   picture be a good start for L-BFGS?
# - A Gram matrix does not know where. It knows swirls, but not that swirls belong in the sky and houses on
#   the ground. We drew masks by hand; what could draw them automatically?
# - $J$ does not measure beauty. The best pictures are not always those with the smallest $J$. What would one have to
#   measure?
#
# Now paint at 768 pixels, and compare the time with the second line above. Then put in your own files and
# settings: for two styles write `{IMAGES / "monet.jpg": 0.7, IMAGES / "kashi.jpg": 0.3}`, for the photograph's
# colors `preserve_color="luminance"`. `help(nst.stylize)` explains the others, masks too.

# %% tags=["nbval-ignore-output"]
my_content, my_style = IMAGES / "pasargadae.jpg", IMAGES / "starry_night.jpg"
mine = nst.stylize(my_content, my_style, size=768, steps=25)
keep(mine.picture, "6_mine")
compare(images.load(my_content, 768), mine.picture, ["content", "generated, 768 pixels"],
        "The tomb of Cyrus by day, and the same at night: whirls and stars stand in the sky, "
        "every stone of the tomb is in its place, and the field consists of curved strokes.")

# %%
progress()

# %% [markdown]
# **References**
#
# - Leon A. Gatys, Alexander S. Ecker, Matthias Bethge (2016). Image Style Transfer Using Convolutional Neural
#   Networks. CVPR. With the figures that section 5 follows.
# - Leon A. Gatys, Matthias Bethge, Aaron Hertzmann, Eli Shechtman (2016). [Preserving Color in Neural Artistic
#   Style Transfer](https://arxiv.org/abs/1606.05897). Section 2.
# - Leon A. Gatys, Alexander S. Ecker, Matthias Bethge, Aaron Hertzmann, Eli Shechtman (2017). [Controlling
#   Perceptual Factors in Neural Style Transfer](https://arxiv.org/abs/1611.07865). Section 3.
# - Justin Johnson, Alexandre Alahi, Li Fei-Fei (2016). [Perceptual Losses for Real-Time Style Transfer and
#   Super-Resolution](https://arxiv.org/abs/1603.08155).
# - Xun Huang, Serge Belongie (2017). [Arbitrary Style Transfer in Real-time with Adaptive Instance
#   Normalization](https://arxiv.org/abs/1703.06868).

# %% [markdown]
# > **Recap.**
# >
# > - One call. Except for two details, you know all of it from chapters 2 and 3.
# > - Each doubling of the size costs about four times as much, and more where a picture has to be computed in tiles.
# > - The next topic is speed: [chapter 4](04_in_real_time.ipynb)'s networks paint in one pass.
