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
TINY = 1e-4  # beside moments of the order of 1
KERNEL_WEIGHT = 0.5


def activation_errors(teacher_layers, student_layers):
    """(linear, kernel) errors of each layer's activations: (layers, 2).

    The kernel error is the mean of two: of the activations, and of their deviations from the channels' means.
    teacher_layers: (N, H, W, C) each, student_layers: (N, H, W, c) each; of the same pictures.
    """
    return tf.stack([tf.stack(_errors(_normalised(teacher), _normalised(student), centred=True))
                     for teacher, student in zip(teacher_layers, student_layers, strict=True)])


def change_errors(teacher_layers, student_layers):
    """(linear, kernel) errors of the change from the first third of the pictures to the last third: (layers, 2).

    The content cost is made of such changes; compared with the activations themselves they are small, and a
    student could be right on average and blind to them.
    """
    return tf.stack([tf.stack(_errors(_change(teacher), _change(student), centred=False))
                     for teacher, student in zip(teacher_layers, student_layers, strict=True)])


def weighed(errors):
    """One number to descend: the mean over layers of linear + 0.5 kernel error."""
    return tf.reduce_mean(errors[:, 0] + KERNEL_WEIGHT * errors[:, 1])


def _normalised(layer):
    layer = tf.cast(layer, tf.float32)
    return layer / (tf.reduce_mean(layer) * float(layer.shape[-1]) ** 0.5)


def _change(layer):
    before, _, after = tf.split(_normalised(layer), 3)
    return after - before


def _errors(teacher, student, centred):
    t, s = (tf.reshape(layer, (-1, layer.shape[-1])) for layer in (teacher, student))
    moments = _moments(t, s)
    if not centred:
        return _linear_error(*moments), _kernel_error(*moments)
    covariances = _moments(t - tf.reduce_mean(t, 0), s - tf.reduce_mean(s, 0))
    return _linear_error(*covariances), (_kernel_error(*moments) + _kernel_error(*covariances)) / 2


def _moments(t, s):
    positions = tf.cast(tf.shape(t)[0], tf.float32)
    return tuple(tf.matmul(a, b, transpose_a=True) / positions for a, b in ((t, t), (t, s), (s, s)))


def _linear_error(tt, ts, ss):
    ridge = (RIDGE * tf.linalg.trace(ss) + TINY) / float(ss.shape[0])
    factor = tf.linalg.cholesky(ss + ridge * tf.eye(ss.shape[0]))
    explained = tf.linalg.triangular_solve(factor, tf.transpose(ts))
    return 1 - tf.reduce_sum(explained ** 2) / (tf.linalg.trace(tt) + TINY)


def _kernel_error(tt, ts, ss):
    mismatch = tf.reduce_sum(ss ** 2) - 2 * tf.reduce_sum(ts ** 2) + tf.reduce_sum(tt ** 2)
    return mismatch / (tf.reduce_sum(tt ** 2) + TINY)
