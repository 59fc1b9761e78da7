"""What may be handed over instead of a plain function: a tf.function, a method, a partial, a callable object."""

import functools
import inspect
import types

DEEPEST = 20


def python_callable(target):
    """The callable behind a tf.function, or the target itself."""
    function = getattr(target, "python_function", target)
    bound = getattr(function, "__wrapped__", None)
    if function is not target and isinstance(bound, types.MethodType):  # TensorFlow holds the method's object weakly
        owner = getattr(bound.__self__, "target", None)
        return function if owner is None else types.MethodType(bound.__func__, owner)
    return function


def look_through(target):
    """(the callable behind a tf.function or the target itself, whether a tf.function is anywhere in between)."""
    return python_callable(target), any(hasattr(layer, "python_function") for layer in _layers(target))


def written_function(target):
    """The Python function that was written for a callable; None if there is none, as for np.add."""
    functions = [layer for layer in _layers(target) if isinstance(layer, types.FunctionType)]
    return functions[-1] if functions else None


def namespace_of(target):
    """The globals of the written function; an empty dictionary if there is none."""
    function = written_function(target)
    return {} if function is None else function.__globals__


def name_of(target):
    """The name under which a callable was written, or an empty string."""
    return getattr(written_function(target), "__name__", "")


def names_used_in(code):
    """The global and attribute names in a code object, including nested code."""
    nested = [names_used_in(constant) for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return set(code.co_names).union(*nested)


def _layers(target):
    """The target and, one by one, what it passes its calls on to."""
    for _ in range(DEEPEST):
        if target is None or isinstance(target, type):
            return
        yield target
        target = _next_layer(target)


def _next_layer(target):
    if hasattr(target, "python_function"):
        return python_callable(target)
    if isinstance(target, functools.partial):
        return target.func
    if isinstance(target, types.MethodType):
        return target.__func__
    if isinstance(target, types.FunctionType) or hasattr(target, "__wrapped__"):
        return getattr(target, "__wrapped__", None)
    return _call_method(type(target))


def _call_method(kind):
    """The function that calling an object of this class runs: `call` if __call__ belongs to a Keras layer."""
    function = inspect.getattr_static(kind, "__call__", None)
    in_keras = getattr(function, "__module__", "").startswith("keras.")
    return getattr(kind, "call", function) if in_keras else function
