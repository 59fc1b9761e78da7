"""Exercise 11, adain: right answer, laws and known mistakes."""

import numpy as np

from grading.exercises.instance_norm import EPSILON
from grading.judge.judgement import must_equal
from grading.judge.mistakes import AnswerKey, WouldCrash, advise, crashes, wrong, wrong_property
from grading.judge.numbers import as_float, printed

PLACES = (1, 2)  # the axes of height and width


def adain(content_features, style_features, alpha):
    """alpha ((c - mean_c) / std_c std_s + mean_s) + (1 - alpha) c, with the statistics of each channel.

    A standard deviation is the root of variance + EPSILON. Shapes: content_features (n, nH, nW, nC), style_features
    (1, nH', nW', nC). Huang and Belongie (2017), equations 8 and 14.

    >>> adain([[[[1], [3]]]], [[[[10], [20]]]], 1.0).round(2).ravel().tolist()
    [10.0, 20.0]
    """
    return transformed()(content_features, style_features, alpha)


def statistics(features, axes=PLACES, spread=np.sqrt):
    """(mean, standard deviation) of each channel; (n, nH, nW, nC) -> (n, 1, 1, nC) each."""
    features = as_float(features)
    mean = np.mean(features, axis=axes, keepdims=True)
    return mean, spread(np.mean((features - mean) ** 2, axis=axes, keepdims=True) + EPSILON)


def whole_formula(c, mean_C, std_C, mean_S, std_S):
    return (c - mean_C) / std_C * std_S + mean_S


def mixed(painted, content, alpha):
    return alpha * painted + (1 - alpha) * content


def transformed(formula=whole_formula, mix=mixed, **changed):
    """The right answer with another formula(c, mean_C, std_C, mean_S, std_S), mix or statistics."""

    def answer(content_features, style_features, alpha):
        content = as_float(content_features)
        parts = (*statistics(content, **changed), *statistics(style_features, **changed))
        try:
            return mix(formula(content, *parts), content, float(alpha))
        except ValueError:  # shapes that cannot be broadcast
            raise WouldCrash from None

    return answer


def describe(content_features, style_features, alpha):
    shapes = f"content_features has shape {content_features.shape}, style_features {style_features.shape}"
    return [f"{shapes}, alpha = {alpha}", *printed(content_features=content_features, style_features=style_features)]


def unchanged_by_itself(results):
    """Features in the style of themselves stay as they are."""
    case, result = results["itself"]
    why = "content_features and style_features are the same here, so the answer should be the same too"
    return must_equal(case, result, as_float(case.args[0]), why)


def mean_of_the_style_for_flat_channels(results):
    """A channel with one value everywhere gets the style's mean."""
    case, result = results["flat"]
    content, style, _ = case.args
    why = "each channel of content_features has one value everywhere here, so the answer should be the style's mean"
    return must_equal(case, result, np.broadcast_to(statistics(style)[0], content.shape), why)


def _swapped(content_features, style_features, alpha):
    try:
        return adain(style_features, content_features, alpha)
    except ValueError:
        raise WouldCrash from None


def _features_mixed(content_features, style_features, alpha):
    content, style = as_float(content_features), as_float(style_features)
    if content.shape[1:] != style.shape[1:]:
        raise WouldCrash
    return mixed(style, content, float(alpha))


def _nan_for_flat_channels(evidence):
    flat = [result for case, result in evidence.law_pairs if case.role == "flat"]
    return any(result.value is not None and not np.all(np.isfinite(result.value)) for result in flat)


STATISTICS = "tf.reduce_mean and tf.math.reduce_std with axis=[1, 2], keepdims=True"
PAINTED = "painted = instance_norm(content_features, std_S, mean_S)"
MIX = "alpha * painted + (1 - alpha) * content_features"

MISTAKES = advise(
    PAINTED,
    wrong("swapped", _swapped).because(
        "Content and style are swapped: this is the painting with the statistics of the photograph."
    ),
    wrong("features-mixed", _features_mixed).because(
        "The features themselves are mixed, position by position. A style is their statistics, not their places."
    ),
    wrong("style-unused", lambda content_features, style_features, alpha: as_float(content_features)).because(
        "The features of the photograph come back unchanged, whatever the painting is."
    ),
    wrong("gamma-beta-swapped", transformed(lambda c, m, s, mean_S, std_S: (c - m) / s * mean_S + std_S)).because(
        "The style's mean and standard deviation are swapped: multiply by the deviation, then add the mean."
    ),
    wrong("not-normalized", transformed(lambda c, m, s, mean_S, std_S: c * std_S + mean_S)).because(
        "The photograph's own statistics are not removed first. Subtract its mean and divide by its deviation."
    ),
    wrong("mean-only", transformed(lambda c, m, s, mean_S, std_S: c - m + mean_S)).because(
        "Only the mean is replaced. The standard deviation is still the photograph's."
    ),
    wrong("deviation-only", transformed(lambda c, m, s, mean_S, std_S: (c - m) / s * std_S + m)).because(
        "Only the standard deviation is replaced. The mean is still the photograph's."
    ),
    wrong("not-divided", transformed(lambda c, m, s, mean_S, std_S: (c - m) * std_S + mean_S)).because(
        "Nothing is divided by the photograph's standard deviation, so the result has the product of both."
    ),
    wrong("no-style-deviation", transformed(lambda c, m, s, mean_S, std_S: (c - m) / s + mean_S)).because(
        "The normalized photograph is not multiplied by the style's standard deviation."
    ),
    wrong("no-style-mean", transformed(lambda c, m, s, mean_S, std_S: (c - m) / s * std_S)).because(
        "The style's mean is not added."
    ),
    wrong("mean-not-removed", transformed(lambda c, m, s, mean_S, std_S: c / s * std_S + mean_S)).because(
        "The photograph's mean is not subtracted before the division."
    ),
    wrong("variance-for-deviation", transformed(spread=lambda variance: variance)).because(
        "These are variances. Their square roots, the standard deviations, belong here."
    ),
    wrong(
        "variance-for-deviation",
        transformed(lambda c, m, s, mean_S, std_S: (c - m) / s * std_S**2 + mean_S),
    ).because("The style's variance is the factor. Its square root, the standard deviation, belongs here."),
    STATISTICS,
    wrong("all-channels-together", transformed(axes=(1, 2, 3))).because(
        "All channels share one mean and one deviation. The style is what each single channel has."
    ),
    crashes(
        "no-keepdims",
        ["Incompatible shapes", "required broadcastable shapes", "must be broadcastable", "must be equal"],
    ).because(
        "Two tensors with different shapes are combined. The two pictures may have different sizes, so only statistics "
        "of shape (n, 1, 1, nC) can be combined with the other picture's features."
    ),
    MIX,
    wrong("alpha-ignored", transformed(mix=lambda painted, content, alpha: painted)).because(
        "alpha is not used: this is the answer for alpha = 1."
    ),
    wrong("alpha-reversed", transformed(mix=lambda painted, content, alpha: mixed(content, painted, alpha))).because(
        "alpha and 1 - alpha are swapped: alpha = 1 should be all style, alpha = 0 the photograph."
    ),
    wrong("content-missing", transformed(mix=lambda painted, content, alpha: alpha * painted)).because(
        "The part of the photograph, (1 - alpha) * content_features, is missing."
    ),
    wrong("content-added", transformed(mix=lambda painted, content, alpha: alpha * painted + content)).because(
        "The photograph's features are added whole. Their share is 1 - alpha."
    ),
    wrong_property("no-epsilon", _nan_for_flat_channels).because(
        "A channel with one value everywhere has deviation 0, and 0 / 0 is NaN. Such channels are common after a ReLU.",
        "add EPSILON to the variance before the root, as in instance_norm",
    ),
)

LAWS = (unchanged_by_itself, mean_of_the_style_for_flat_channels)
KEY = AnswerKey(adain, describe, MISTAKES, LAWS)
