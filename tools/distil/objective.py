"""How far the student's view of a batch is from the teacher's: two errors from second moments alone.

With t, s the activations at one position divided by their mean and by sqrt(channels), so that they are
compared as the course compares them:

- linear: the share of the teacher's variance that no linear map of the student's channels explains,
  1 - tr(C_ts C_ss^-1 C_st) / tr(C_tt). The best map is solved for, not learned.
- kernel: sum over pairs of positions of (<s_i, s_j> - <t_i, t_j>)^2, relative to the sum of <t_i, t_j>^2. A
  Gram distance is made of such inner products alone (Li et al. 2017, Demystifying Neural Style Transfer,
  section 3), so a student without this error has the teacher's Gram distances. The sums need channel moments
  only: |M_ss|^2 - 2 |M_ts|^2 + |M_tt|^2.
"""

import tensorflow as tf

RIDGE = 1e-3
KERNEL_WEIGHT = 0.5


def batch_error(teacher_layers, student_layers):
    """Mean over layers of linear + 0.5 kernel error, and the (layers, 2) table it is the mean of."""
    pairs = zip(teacher_layers, student_layers, strict=True)
    table = tf.stack([tf.stack(layer_errors(teacher, student)) for teacher, student in pairs])
    return tf.reduce_mean(table[:, 0] + KERNEL_WEIGHT * table[:, 1]), table


def layer_errors(teacher, student):
    """(linear, kernel) errors of one layer; scalars, 0 is perfect.

    The kernel error is the mean of two: of the activations, and of their deviations from the channels' means.
    teacher (N, H, W, C), student (N, H, W, c): activations of the same pictures.
    """
    t, s = _as_rows(teacher), _as_rows(student)
    moments = _moments(t, s)
    covariances = _moments(t - tf.reduce_mean(t, 0), s - tf.reduce_mean(s, 0))
    return _linear_error(*covariances), (_kernel_error(*moments) + _kernel_error(*covariances)) / 2


def _as_rows(layer):
    rows = tf.reshape(tf.cast(layer, tf.float32), (-1, layer.shape[-1]))
    return rows / (tf.reduce_mean(rows) * float(layer.shape[-1]) ** 0.5)


def _moments(t, s):
    positions = tf.cast(tf.shape(t)[0], tf.float32)
    return tuple(tf.matmul(a, b, transpose_a=True) / positions for a, b in ((t, t), (t, s), (s, s)))


def _linear_error(tt, ts, ss):
    ridge = RIDGE * tf.linalg.trace(ss) / float(ss.shape[0])
    factor = tf.linalg.cholesky(ss + ridge * tf.eye(ss.shape[0]))
    explained = tf.linalg.triangular_solve(factor, tf.transpose(ts))
    return 1 - tf.reduce_sum(explained ** 2) / tf.linalg.trace(tt)


def _kernel_error(tt, ts, ss):
    return (tf.reduce_sum(ss ** 2) - 2 * tf.reduce_sum(ts ** 2)) / tf.reduce_sum(tt ** 2) + 1


def gradient_errors(teacher_gradients, student_gradients):
    """1 - cosine between the directions in which the two networks would change each picture: (N,)."""
    t, s = (tf.math.l2_normalize(tf.reshape(gradients, (gradients.shape[0], -1)), axis=1)
            for gradients in (teacher_gradients, student_gradients))
    return 1 - tf.reduce_sum(t * s, 1)
