"""The content's statistics over time: in an animation they follow the frames slowly, against flicker.

AdaIN divides by the content's statistics. If those of each frame were used alone, a small change anywhere in a frame
would change the picture everywhere. At a cut, where the statistics jump, they start anew.
"""

from nst.fast.statistics import mix_statistics
from nst.quiet_tensorflow import tensorflow as tf

KEEP = 0.97  # the share of the earlier frames; about thirty frames count, a second of a video
CUT = 0.35  # how far the means of activations jump at a cut, in standard deviations


def mix_targets(style, own, alpha):
    """Return the Statistics that the five levels get: alpha of the style's, 1 - alpha of the content's."""
    return [mix_statistics(pair, (alpha, 1 - alpha)) for pair in zip(style, own, strict=True)]


class Settling:
    """Mixes the statistics that are measured in a frame with those of the frames before.

    settled: the mixtures, which the next frame gets: {"encoder": five Statistics, "decoder3": ..., "decoder2": ...}.
    """

    def __init__(self, previous):
        """previous: the `settled` of the frame before; None: there is none, and all is as measured."""
        self._previous, self._keep, self.settled = previous, 0.0, {}

    def settle_encoder(self, measured):
        """Return the Statistics to use for the encoder's five layers, and find out whether there was a cut."""
        if self._previous is not None:
            before = self._previous["encoder"]
            jumps = [_jump(one, other) for one, other in zip(before, measured, strict=True)]
            self._keep = tf.where(tf.reduce_max(jumps) > CUT, 0.0, KEEP)
            measured = [self._mix(one, other) for one, other in zip(before, measured, strict=True)]
        self.settled["encoder"] = measured
        return measured

    def settle_decoder(self, measured, level):
        """Return the Statistics to use for the decoder's activations of a level."""
        name = f"decoder{level}"
        if self._previous is not None:
            measured = self._mix(self._previous[name], measured)
        self.settled[name] = measured
        return measured

    def _mix(self, before, measured):
        return mix_statistics([before, measured], [self._keep, 1 - self._keep])


def _jump(before, measured):
    """The mean change of the channels' means, in standard deviations."""
    return tf.reduce_mean(tf.abs(measured.mean - before.mean) / before.deviation)
