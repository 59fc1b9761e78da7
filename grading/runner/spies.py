"""The student's total_cost and compute_style_cost with an ear at the door: what goes in or comes out is noted."""

import inspect

from grading.runner.callables import plain


def noting_J(total_cost, seen):
    """A total_cost whose last answer is seen["J"]: known then even if the step fails after it."""
    total_cost = plain(total_cost)

    def noting(*args, **options):
        J = total_cost(*args, **options)
        seen["J"] = J
        return J

    return noting


def with_layers(compute_style_cost, layers, seen):
    """A compute_style_cost with `layers` as its third argument, whatever it is given; that becomes seen["layers"]."""
    import tensorflow as tf

    compute_style_cost = plain(compute_style_cost)

    @tf.autograph.experimental.do_not_convert
    def exchanged(args, options):
        third = _third(compute_style_cost, args, options)
        if third is None:
            return args, options
        bound, name = third
        seen["layers"], bound.arguments[name] = bound.arguments[name], layers
        return bound.args, bound.kwargs

    def weighed(*args, **options):
        args, options = exchanged(args, options)
        return compute_style_cost(*args, **options)

    return weighed


def _third(function, args, options):
    """(arguments as they are bound, name of the third); None where the call does not fit, or there is no third."""
    try:
        bound = inspect.signature(function).bind(*args, **options)
        name = list(bound.signature.parameters)[2]
    except (TypeError, ValueError, IndexError):
        return None
    bound.apply_defaults()
    single = bound.signature.parameters[name].kind not in (
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.VAR_KEYWORD,
    )
    return (bound, name) if single else None
