"""What may be handed over in place of a plain function: a tf.function, a method, a partial, an object to be called."""

import functools
import inspect
import types

DEEPEST = 20


def plain(target):
    """The callable behind a tf.function, or the target itself."""
    function = getattr(target, "python_function", target)
    bound = getattr(function, "__wrapped__", None)
    if function is not target and isinstance(bound, types.MethodType):  # TensorFlow holds the method's object weakly
        owner = getattr(bound.__self__, "target", None)
        return function if owner is None else types.MethodType(bound.__func__, owner)
    return function


def decorated(target):
    """Whether a tf.function stands somewhere between the target and what was written."""
    return any(hasattr(layer, "python_function") for layer in _layers(target))


def written(target):
    """The Python function that was written for a callable; None where there is none, as for np.add."""
    functions = [layer for layer in _layers(target) if isinstance(layer, types.FunctionType)]
    return functions[-1] if functions else None


def namespace(target):
    """The globals of what was written; an empty dictionary where nothing was."""
    function = written(target)
    return {} if function is None else function.__globals__


def name(target):
    """The name under which a callable was written, or an empty string."""
    return getattr(written(target), "__name__", "")


def named(code):
    """The global and attribute names in a code object, nested ones included."""
    nested = [named(constant) for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return set(code.co_names).union(*nested)


def _layers(target):
    """The target and, one by one, what it passes its calls on to."""
    for _ in range(DEEPEST):
        if target is None or isinstance(target, type):
            return
        yield target
        target = _next(target)


def _next(target):
    if hasattr(target, "python_function"):
        return plain(target)
    if isinstance(target, functools.partial):
        return target.func
    if isinstance(target, types.MethodType):
        return target.__func__
    if isinstance(target, types.FunctionType) or hasattr(target, "__wrapped__"):
        return getattr(target, "__wrapped__", None)
    return _call_of(type(target))


def _call_of(kind):
    """The function that calls of a class's objects end in: `call` where __call__ belongs to a Keras layer."""
    function = inspect.getattr_static(kind, "__call__", None)
    in_keras = getattr(function, "__module__", "").startswith("keras.")
    return getattr(kind, "call", function) if in_keras else function
