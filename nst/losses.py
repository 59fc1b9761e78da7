"""The terms of J as the engine uses them: the course's formulas for pictures of any sizes.

Two differences from chapter 1, both so that content and style pictures may differ in size: a Gram matrix is divided by
its number of positions, and the total variation is a term of J. At equal sizes the content and style terms are the
course's own. Activations come divided by their layer's mean (Gatys et al. 2015).
"""

from nst.quiet_tensorflow import tensorflow as tf


def gram_matrix(activation):
    """A A^T / (nH nW), where A holds a row for each channel: (1, nH, nW, nC) -> (nC, nC), float32."""
    rows = tf.reshape(tf.cast(activation, tf.float32), (-1, activation.shape[-1]))
    return tf.matmul(rows, rows, transpose_a=True) / tf.cast(tf.shape(rows)[0], tf.float32)


def content_cost(a_C, a_G):
    """1 / (4 nH nW nC) * sum (a_C - a_G)^2, for activations (1, nH, nW, nC); Gatys et al. (2015), equation 1."""
    return tf.reduce_mean(tf.square(tf.cast(a_C, tf.float32) - tf.cast(a_G, tf.float32))) / 4


def layer_style_cost(GS, GG):
    """1 / (4 nC^2) * sum (GS - GG)^2, for Gram matrices (nC, nC) of any sizes; equation 4."""
    return tf.reduce_mean(tf.square(GS - GG)) / 4


def total_variation(image):
    """The mean squared difference between neighbouring pixels, down and across: (1, H, W, 3) -> scalar.

    Squared, as a smoothness prior for least squares (Mahendran and Vedaldi 2015, section 3 with beta = 2): single
    odd pixels cost most.
    """
    down, across = image[:, 1:] - image[:, :-1], image[:, :, 1:] - image[:, :, :-1]
    return tf.reduce_mean(tf.square(down)) + tf.reduce_mean(tf.square(across))


class Objective:
    """J of a picture and its gradient, for a network, targets and weights; traced once for all sizes."""

    def __init__(self, network, layer_weights, content_weight, tv_weight):
        """network: nst.vgg.LayerOutputs of the style layers and, last, the content layer.

        layer_weights: the weight of each style layer in J, beta * lambda_l.
        """
        self.network, self.layer_weights = network, layer_weights
        self.content_weight, self.tv_weight = content_weight, tv_weight
        self._compiled = tf.function(self._terms_and_gradient, reduce_retracing=True)
        self._content, self._grams = None, None

    def aim(self, content_image, style_images, shares):
        """Compute the targets, once for a scale; shares: the weight of each style picture, their sum is 1."""
        self._content = self.network(tf.constant(content_image))[-1]
        grams = [[gram_matrix(a) for a in self.network(tf.constant(style))[:-1]] for style in style_images]
        self._grams = [sum(share * gram for share, gram in zip(shares, layer, strict=True))
                       for layer in zip(*grams, strict=True)]

    def __call__(self, image):
        """(J, gradient (1, H, W, 3), terms) at a float32 picture (1, H, W, 3).

        terms: the weighted parts of J, content, style and total variation; their sum is J.
        """
        terms, gradient = self._compiled(tf.constant(image), self._content, self._grams)
        terms = terms.numpy()
        return float(terms.sum()), gradient.numpy(), terms

    def _terms_and_gradient(self, image, content, grams):
        with tf.GradientTape() as tape:
            tape.watch(image)
            *layers, deep = self.network(image)
            style = tf.add_n([weight * layer_style_cost(gram, gram_matrix(layer)) for weight, gram, layer in
                              zip(self.layer_weights, grams, layers, strict=True)])
            terms = tf.stack([self.content_weight * content_cost(content, deep), style,
                              self.tv_weight * total_variation(image)])
            J = tf.reduce_sum(terms)
        return terms, tape.gradient(J, image)
