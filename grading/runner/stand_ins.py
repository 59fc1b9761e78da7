"""Our optimizer instead of the student's, and the student's functions wrapped so that their results are recorded."""

import contextlib
import inspect

from grading.runner.callables import python_callable
from grading.runner.patching import find_reachable


@contextlib.contextmanager
def use_one_optimizer(target, stand_in):
    """Whatever Keras optimizer the target uses, wherever it is stored or made, it is `stand_in` for a while.

    The optimizers within reach get its class and attributes, so reading or changing them does not touch the student's
    own. Any other, such as one that the target makes itself, passes on what it is asked to apply.
    """
    import keras

    kind = keras.optimizers.Optimizer
    apply, own = kind.apply, vars(kind).get("apply")
    originals = [(optimizer, type(optimizer), vars(optimizer)) for optimizer in find_reachable(target, kind).values()]

    def pass_on(_, grads, trainable_variables=None):
        return apply(stand_in, grads, trainable_variables)

    try:
        kind.apply = pass_on
        for optimizer, _, _ in originals:
            _turn_into(optimizer, type(stand_in), vars(stand_in))
        yield
    finally:
        for optimizer, its_class, attributes in originals:
            _turn_into(optimizer, its_class, attributes)
        if own is None:
            del kind.apply
        else:
            kind.apply = own


def _turn_into(optimizer, kind, attributes):
    object.__setattr__(optimizer, "__class__", kind)
    object.__setattr__(optimizer, "__dict__", attributes)


def record_J(total_cost, seen):
    """A total_cost whose last result is seen["J"]: known even if the step fails after it."""
    total_cost = python_callable(total_cost)

    def recording(*args, **options):
        J = total_cost(*args, **options)
        seen["J"] = J
        return J

    return recording


def replace_layers(compute_style_cost, layers, seen):
    """A compute_style_cost that always uses `layers` as its third argument; the one it was given is seen["layers"]."""
    import tensorflow as tf

    compute_style_cost = python_callable(compute_style_cost)

    @tf.autograph.experimental.do_not_convert
    def exchange_third(args, options):
        third = _third_argument(compute_style_cost, args, options)
        if third is None:
            return args, options
        bound, name = third
        seen["layers"], bound.arguments[name] = bound.arguments[name], layers
        return bound.args, bound.kwargs

    def weighted_by_ours(*args, **options):
        args, options = exchange_third(args, options)
        return compute_style_cost(*args, **options)

    return weighted_by_ours


def _third_argument(function, args, options):
    """(bound arguments, name of the third parameter); None if the call does not fit, or there is no third."""
    try:
        bound = inspect.signature(function).bind(*args, **options)
        name = list(bound.signature.parameters)[2]
    except (TypeError, ValueError, IndexError):
        return None
    bound.apply_defaults()
    kind = bound.signature.parameters[name].kind
    return None if kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD) else (bound, name)
