"""A student's notebook without Jupyter: cells that run in one namespace, with source that can be looked up."""

import functools
import itertools
import linecache
import textwrap
from dataclasses import replace

from grading.exercises.exercise import VISIBLE_SEED
from grading.grade_function import grade_function
from grading.judge import outcomes

_numbers = itertools.count(1)


class Notebook:
    """`run(source)` runs a cell; `notebook[name]` is what the cells have defined."""

    def __init__(self, *cells):
        self.namespace = {"__name__": "__main__"}
        for cell in cells:
            self.run(cell)

    def run(self, source):
        source = textwrap.dedent(source).strip("\n") + "\n"
        filename = f"/tmp/ipykernel_1/{next(_numbers)}.py"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        exec(compile(source, filename, "exec"), self.namespace)
        return self

    def __getitem__(self, name):
        return self.namespace[name]


IMPORTS = """
import numpy as np
import keras
import tensorflow as tf
"""

STYLE_LAYERS = """
STYLE_LAYERS = [(f"block{n}_conv1", 0.2) for n in range(1, 6)]
"""

COMPUTE_CONTENT_COST = """
def compute_content_cost(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    _, n_H, n_W, n_C = a_G.shape
    return tf.reduce_sum(tf.square(a_C - a_G)) / (4 * n_H * n_W * n_C)
"""

GRAM_MATRIX = """
def gram_matrix(A):
    return tf.matmul(A, A, transpose_b=True)
"""

COMPUTE_LAYER_STYLE_COST = """
def compute_layer_style_cost(a_S, a_G):
    _, n_H, n_W, n_C = a_G.shape
    S = tf.transpose(tf.reshape(a_S, [n_H * n_W, n_C]))
    G = tf.transpose(tf.reshape(a_G, [n_H * n_W, n_C]))
    return tf.reduce_sum(tf.square(gram_matrix(S) - gram_matrix(G))) / (4 * n_C**2 * (n_H * n_W)**2)
"""

COMPUTE_STYLE_COST = """
def compute_style_cost(style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS):
    J = 0.0
    for a, g, (_, weight) in zip(style_image_output[:-1], generated_image_output[:-1], STYLE_LAYERS):
        J += weight * compute_layer_style_cost(a, g)
    return J
"""

TOTAL_COST = """
@tf.function
def total_cost(J_content, J_style, alpha=10, beta=40):
    return alpha * J_content + beta * J_style
"""

TRAIN_STEP = """
optimizer = tf.keras.optimizers.Adam(learning_rate=0.01)

def clip_0_1(image):
    return tf.clip_by_value(image, 0.0, 1.0)

@tf.function
def train_step(generated_image):
    with tf.GradientTape() as tape:
        a_G = vgg_model_outputs(generated_image)
        J_style = compute_style_cost(a_S, a_G)
        J_content = compute_content_cost(a_C, a_G)
        J = total_cost(J_content, J_style)
    grad = tape.gradient(J, generated_image)
    optimizer.apply_gradients([(grad, generated_image)])
    generated_image.assign(clip_0_1(generated_image))
    return J
"""

SOLUTIONS = {
    "compute_content_cost": COMPUTE_CONTENT_COST,
    "gram_matrix": GRAM_MATRIX,
    "compute_layer_style_cost": COMPUTE_LAYER_STYLE_COST,
    "compute_style_cost": STYLE_LAYERS + COMPUTE_STYLE_COST,
    "total_cost": TOTAL_COST,
    "train_step": TRAIN_STEP,
}


def stub(name, number, parameters):
    """An exercise as the student's notebook has it before any work."""
    return f'def {name}({parameters}):\n    raise NotImplementedError("Exercise {number}: {name}")\n'


STUBS = {
    "compute_content_cost": stub("compute_content_cost", 1, "content_output, generated_output"),
    "gram_matrix": stub("gram_matrix", 2, "A"),
    "compute_layer_style_cost": stub("compute_layer_style_cost", 3, "a_S, a_G"),
    "compute_style_cost": STYLE_LAYERS
    + stub("compute_style_cost", 4, "style_image_output, generated_image_output, STYLE_LAYERS=STYLE_LAYERS"),
    "total_cost": "@tf.function\n" + stub("total_cost", 5, "J_content, J_style, alpha=10, beta=40"),
    "train_step": "@tf.function\n" + stub("train_step", 6, "generated_image"),
}


def solved(**replaced):
    """A notebook with every exercise solved but for the cells given by name."""
    return Notebook(IMPORTS, *({**SOLUTIONS, **replaced}).values())


@functools.cache
def graded(exercise, cell, seed=VISIBLE_SEED):
    """The outcome of a cell for its exercise, all other exercises being solved."""
    return grade_function(exercise, solved(**{exercise: cell})[exercise], seed)


def told(outcome):
    """The message without the exception's words where they are not the student's: versions differ in them."""
    if outcome.found and outcome.found[0].startswith("line "):
        where, error, *rest = outcome.found
        theirs = error if "by the student" in error else "<the exception, in its own words>"
        outcome = replace(outcome, found=(where, theirs, *rest))
    return outcomes.text(outcome)
