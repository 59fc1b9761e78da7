"""One safe call of a student's function: the returned value, or the exception and its line, as plain arrays.

Everything recorded is a string or a numeric array, so that it can be saved with np.savez and read again with
allow_pickle=False.
"""

import contextlib
import difflib
import functools
import inspect
import io
import linecache
import logging
import re
import types
import warnings
from pathlib import Path

import numpy as np

PRINTED_LIMIT = 400
MESSAGE_LIMIT = 600
LARGEST_VALUE = 1_000_000
NAME_LIMIT = 80
MOST_PARTS = 2
TYPES = {types.NoneType: "None", int: "Python number", float: "Python number", np.ndarray: "NumPy array"}
DEEPEST = 20  # callables that pass a call on, one to the next


@contextlib.contextmanager
def run_eagerly(eagerly=True):
    """Run the tf.functions that the student's function calls eagerly too, so that their errors name the line."""
    import tensorflow as tf

    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(eagerly)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


class LimitedOutput(io.StringIO):
    """Keeps the first characters written and drops the rest."""

    def write(self, text):
        super().write(text[: max(0, PRINTED_LIMIT - self.tell())])
        return len(text)


@contextlib.contextmanager
def silence():
    """No warnings and no TensorFlow log lines while student code runs; yields what it prints."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    printed = LimitedOutput()
    try:
        logger.setLevel(logging.ERROR)
        with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
            warnings.simplefilter("ignore")
            yield printed
    finally:
        logger.setLevel(level)


def call_safely(function, call):
    """Run `call`, which calls the student's `function`; returns (result, record).

    The record describes the result, and separately the first values of a tuple or list.
    """
    with silence() as printed:
        try:
            result = call()
        except (Exception, SystemExit) as error:
            result, record = None, {"status": "raised", **describe_error(error, function)}
        else:
            record = {"status": "returned", **describe_result(result)}
    if isinstance(result, (tuple, list)):
        record["length"] = str(len(result))
        record |= join({f"part {number}": describe_result(part) for number, part in enumerate(result[:MOST_PARTS])})
    return result, {**record, "printed": printed.getvalue()}


def describe_error(error, function):
    """The exception, and the student's own line that it came from."""
    if str(error).startswith("in user code:"):
        place, message = _error_place_in_graph(error), str(error).strip().split("\n\n")[-1].strip()
        message = message.removeprefix(f"{type(error).__name__}: ")
    else:
        place, message = _error_place(error, function), str(error)
    return {
        "error type": type(error).__name__[:NAME_LIMIT],
        "error message": readable_message(message),
        "error stub": _stub_name(error, place, message),
        "error nearest": _nearest_name(error),
        **place,
    }


def readable_message(message):
    """An exception's message without TensorFlow's internal markings, cut to a readable length."""
    message = re.sub(r"\{\{function_node [^}]*\}\}\s*", "", message)
    message = re.sub(r",\s*numpy=.*?(?=>)", "", message, flags=re.DOTALL)
    message = re.sub(r"\s*\[Op:\w+\]( name:\s*\S*)?", "", message).strip()
    return message if len(message) <= MESSAGE_LIMIT else message[:MESSAGE_LIMIT] + " ..."


def _error_place(error, function):
    frames, theirs = list(_frames(error.__traceback__)), namespace_of(function)
    own = [(frame, line) for frame, line in frames if frame.f_globals is theirs]
    if not own:
        return {}
    frame, line = own[-1]
    place = _location(frame.f_code.co_filename, line, frame.f_code.co_name)
    return {**place, "error innermost": "yes" if frame is frames[-1][0] else "no"}


def _error_place_in_graph(error):
    """TensorFlow reports an exception inside a tf.function as text; a star marks the student's own lines."""
    lines = re.findall(r'File "(.+)", line (\d+), in (\S+)  \*$', str(error), flags=re.MULTILINE)
    if not lines:
        return {}
    filename, line, function = lines[-1]
    return {**_location(filename, int(line), function), "error innermost": "yes"}


def _frames(traceback):
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def _location(filename, line, function):
    return {
        "error line": f"line {line} of {_cell_or_file(filename)}",
        "error source": linecache.getline(filename, line).strip(),
        "error function": function,
    }


def _cell_or_file(filename):
    return "your cell" if "ipykernel" in filename or filename.startswith("<ipython") else Path(filename).name


def _stub_name(error, place, message):
    is_stub = isinstance(error, NotImplementedError) and place.get("error innermost") == "yes"
    return place["error function"] if is_stub and (not message or message.startswith("Exercise")) else ""


def _nearest_name(error):
    """The name in a module that is most similar to the one it does not have, or nothing."""
    in_module = isinstance(error, AttributeError) and isinstance(error.obj, types.ModuleType)
    names = difflib.get_close_matches(error.name or "", dir(error.obj), n=1) if in_module else []
    return names[0] if names else ""


def describe_result(result):
    """A returned object as type, dtype, shape and float64 value, as far as it has them."""
    record = {"type": type_in_words(result)}
    array = _as_array(result)
    if array is None:
        return record
    dtype = result.dtype.name if _is_tensor(result) else str(array.dtype)
    record |= {"dtype": dtype, "shape": np.array(array.shape, dtype=np.int64)}
    if array.size <= LARGEST_VALUE and dtype.startswith(("float", "bfloat", "int", "uint")):
        record["value"] = array.astype(np.float64)
    return record


def type_in_words(result):
    if _is_tensor(result):
        return "tf.Tensor"
    if isinstance(result, np.number):
        return "NumPy number"
    return TYPES.get(type(result), type(result).__name__[:NAME_LIMIT])


def _is_tensor(result):
    import tensorflow as tf

    return isinstance(result, (tf.Tensor, tf.Variable))


def _as_array(result):
    if _is_tensor(result):
        with contextlib.suppress(Exception):  # a variant, or a symbolic tensor: neither has values
            return np.asarray(result.numpy())
        return None
    if isinstance(result, (np.ndarray, np.number, int, float)) and not isinstance(result, bool):
        return np.asarray(result)
    if isinstance(result, list) and _all_numbers(result):
        with contextlib.suppress(ValueError):
            return np.asarray(result)
    return None


def _all_numbers(items):
    return bool(items) and all(
        _all_numbers(item) if isinstance(item, list) else type(item) in (int, float) for item in items
    )


def join(records):
    """One record of several by name, with keys of the form "name/field"."""
    return {f"{name}/{field}": value for name, record in records.items() for field, value in record.items()}


# What may be handed over instead of a plain function: a tf.function, a method, a partial, a callable object.


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


def unfilled_line(target):
    """A line of a template, such as J = None, that is still in a function; "" if there is none."""
    with contextlib.suppress(OSError, TypeError):
        lines, first = inspect.getsourcelines(written_function(target))
        for number, line in enumerate(lines, first):
            if re.match(r"\s+\w+ = None\s*(#|$)", line):
                return (
                    f"line {number} of {_cell_or_file(written_function(target).__code__.co_filename)}: {line.strip()}"
                )
    return ""


def names_used_in(code):
    """The global and attribute names in a code object, including nested code."""
    nested = [names_used_in(constant) for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return set(code.co_names).union(*nested)


def _layers(target):
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
