"""How far the student's view of a batch is from the teacher's: errors from second moments alone.

With t, s the activations at one position divided by their mean and by sqrt(channels), so that they are
compared as the course compares them:

- linear: the share of the teacher's variance that no linear map of the student's channels explains,
  1 - tr(C_ts C_ss^-1 C_st) / tr(C_tt). The best map is solved for, not learned.
- kernel: sum over pairs of positions of (<s_i, s_j> - <t_i, t_j>)^2, relative to the sum of <t_i, t_j>^2. A
  Gram distance is made of such inner products alone (Li et al. 2017, Demystifying Neural Style Transfer,
  section 3), so a student without this error has the teacher's Gram distances. The sums need channel moments
  only: |M_ss|^2 - 2 |M_ts|^2 + |M_tt|^2.
- size, of changes: the squared difference of tr(M_ss) and tr(M_tt), relative to their mean. A student that misses a
  part of each change has the smallest kernel error when it plays the rest down; its content cost would then be too
  small beside its style cost.
"""

import tensorflow as tf

RIDGE = 1e-3
TINY = 1e-4  # beside moments of the order of 1
WEIGHTS = (1.0, 0.5, 0.25)  # of the linear, the kernel and the size error
CONTENT_WEIGHT = 4.0
POSITIONS_A_SIDE = 20


def activation_errors(teacher_layers, student_layers):
    """(linear, kernel) errors of each layer's activations: (layers, 2).

    The kernel error is the mean of two: of the activations, and of their deviations from the channels' means.
    teacher_layers: (N, H, W, C) each, student_layers: (N, H, W, c) each; of the same pictures.
    """
    return tf.stack(
        [
            _activation_errors(_normalized(teacher), _normalized(student))
            for teacher, student in zip(teacher_layers, student_layers, strict=True)
        ]
    )


def change_errors(teacher_layers, student_layers):
    """(linear, kernel, size) errors of the change from the first third of the pictures to the last: (layers, 3).

    The content cost is made of such changes; compared with the activations themselves they are small, and a
    student could be right on average and blind to them.
    """
    return tf.stack(
        [
            _change_errors(_normalized(teacher), _normalized(student))
            for teacher, student in zip(teacher_layers, student_layers, strict=True)
        ]
    )


def weighed(errors):
    """One number for each layer: linear + 0.5 kernel + 0.25 size, as far as they are given; (layers,)."""
    return tf.linalg.matvec(errors, WEIGHTS[: errors.shape[-1]])


def objective(teacher_layers, student_layers, content_layers):
    """The number to minimize: the mean of both errors over the layers, with more weight on the content layers.

    content_layers: indices of the layers that a content cost may read, where the student is weakest otherwise; may be
    empty.
    """
    changes = change_errors(teacher_layers, student_layers)
    states = activation_errors(teacher_layers, student_layers)
    total = tf.reduce_mean(weighed(states) + weighed(changes))
    if not content_layers:
        return total
    return total + CONTENT_WEIGHT * tf.reduce_mean(tf.gather(changes[:, 0], content_layers)) / len(student_layers)


def on_grid(layer):
    """A layer (N, H, W, C) on a grid of at most 39 x 39 of its positions, as float32.

    Neighboring positions of a large map are nearly equal, so the grid is enough and saves most of the time.
    """
    apart = max(1, layer.shape[1] // POSITIONS_A_SIDE)
    return tf.cast(layer[:, ::apart, ::apart], tf.float32)


def _normalized(layer):
    layer = on_grid(layer)
    return layer / (tf.reduce_mean(layer) * float(layer.shape[-1]) ** 0.5)


def _change(layer):
    before, _, after = tf.split(layer, 3)
    return after - before


def _activation_errors(teacher, student):
    t, s = _rows(teacher), _rows(student)
    moments, means = _moments(t, s), _moments(*(tf.reduce_mean(rows, 0, keepdims=True) for rows in (t, s)))
    covariances = [moment - mean for moment, mean in zip(moments, means, strict=True)]
    return tf.stack([_linear_error(*covariances), (_kernel_error(*moments) + _kernel_error(*covariances)) / 2])


def _change_errors(teacher, student):
    moments = _moments(_rows(_change(teacher)), _rows(_change(student)))
    return tf.stack([_linear_error(*moments), _kernel_error(*moments), _size_error(*moments)])


def _rows(layer):
    return tf.reshape(layer, (-1, layer.shape[-1]))


def _moments(t, s):
    positions = tf.cast(tf.shape(t)[0], tf.float32)
    return tuple(tf.matmul(a, b, transpose_a=True) / positions for a, b in ((t, t), (t, s), (s, s)))


def _linear_error(tt, ts, ss):
    ridge = (RIDGE * tf.linalg.trace(ss) + TINY) / float(ss.shape[0])
    factor = tf.linalg.cholesky(ss + ridge * tf.eye(ss.shape[0]))
    explained = tf.linalg.triangular_solve(factor, tf.transpose(ts))
    return 1 - tf.reduce_sum(explained**2) / (tf.linalg.trace(tt) + TINY)


def _kernel_error(tt, ts, ss):
    mismatch = tf.reduce_sum(ss**2) - 2 * tf.reduce_sum(ts**2) + tf.reduce_sum(tt**2)
    return mismatch / (tf.reduce_sum(tt**2) + TINY)


def _size_error(tt, _, ss):
    theirs, ours = tf.linalg.trace(tt), tf.linalg.trace(ss)
    return (2 * (ours - theirs) / (ours + theirs + TINY)) ** 2
