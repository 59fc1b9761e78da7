"""One new optimizer in the place of every Keras optimizer there is."""

import contextlib

from grading.runner.patching import found


@contextlib.contextmanager
def one_optimizer(target, stand_in):
    """Whatever optimizer the target uses, it is `stand_in` for a while, wherever it is kept or made.

    Those within reach share its inside: what is asked of them or done to them does not touch their own. Any other, as
    one that the target makes, passes on what it is to apply.
    """
    import keras

    kind = keras.optimizers.Optimizer
    apply, own = kind.apply, vars(kind).get("apply")
    insides = [(optimizer, type(optimizer), vars(optimizer)) for optimizer in found(target, kind).values()]

    def passed_on(_, grads, trainable_variables=None):
        return apply(stand_in, grads, trainable_variables)

    try:
        kind.apply = passed_on
        for optimizer, _, _ in insides:
            _turned_into(optimizer, type(stand_in), vars(stand_in))
        yield
    finally:
        for optimizer, its_kind, inside in insides:
            _turned_into(optimizer, its_kind, inside)
        if own is None:
            del kind.apply
        else:
            kind.apply = own


def _turned_into(optimizer, kind, inside):
    object.__setattr__(optimizer, "__class__", kind)
    object.__setattr__(optimizer, "__dict__", inside)
