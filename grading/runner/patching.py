"""Find everything that a callable can reach, and replace some of it for a while.

A student's step may keep its network, targets and optimizer in globals, in a closure, in default arguments, in
attributes of objects and classes, in lists and dictionaries, or in a functools.partial: each of these is a place.
"""

import contextlib
import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from grading.runner.call import names_used_in, namespace_of, python_callable

MOST_PLACES = 20_000


@dataclass(frozen=True)
class Place:
    """A value, its label (the name of a global, parameter, attribute or key), and `put`, which replaces the value."""

    label: str
    value: Any
    put: Callable


class Places:
    """Every place that a target can reach. `target` is what to call after replacements."""

    def __init__(self, target):
        self.target, self._globals = target, namespace_of(target)
        self._module, self._seen, self._before = self._globals.get("__name__"), {}, []
        self.all = list(self._at("", target, partial(setattr, self, "target")))

    def restore(self):
        """Undo all replacements, last first."""
        while self._before:
            put, value = self._before.pop()
            put(value)

    def _at(self, label, value, put):
        """A place and the places that its value leads to."""

        def exchange(new):
            self._before.append((put, value))
            put(new)

        yield Place(label, value, exchange)
        if id(value) not in self._seen and len(self._seen) < MOST_PLACES:
            self._seen[id(value)] = value
            yield from self._inside(value, exchange)

    def _inside(self, value, put):
        if isinstance(value, types.FunctionType):
            yield from self._function(value)
        elif isinstance(value, types.MethodType):
            yield from self._fixed([value.__func__, value.__self__])
        elif isinstance(value, (staticmethod, classmethod)):
            yield from self._fixed([value.__func__])
        elif isinstance(value, property):
            yield from self._fixed([value.fget])
        elif type(value) is partial:
            yield from self._partial(value, put)
        elif isinstance(value, tuple):
            yield from self._parts(value, put, getattr(value, "_make", tuple))
        elif type(value) in (dict, types.MappingProxyType):
            yield from self._entries(value, value)
        elif type(value) is list:
            for i, item in enumerate(value):
                yield from self._at("", item, partial(value.__setitem__, i))
        elif python_callable(value) is not value:
            yield from self._fixed([python_callable(value)])
        elif isinstance(value, type):
            yield from self._class(value)
        else:
            yield from self._object(value)

    def _function(self, function):
        code, globals_ = function.__code__, function.__globals__
        if globals_ is self._globals:
            names = sorted(names_used_in(code) & globals_.keys())
            yield from self._entries({name: globals_[name] for name in names}, globals_)
        defaults = function.__defaults__ or ()
        parameters = code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount]

        def put(new):
            self._before.append((partial(setattr, function, "__defaults__"), defaults))
            function.__defaults__ = new

        yield from self._parts(defaults, put, tuple, parameters)
        yield from self._entries(function.__kwdefaults__ or {}, function.__kwdefaults__)
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            with contextlib.suppress(ValueError):  # which an empty cell raises
                yield from self._at(name, cell.cell_contents, partial(setattr, cell, "cell_contents"))
        yield from self._fixed([getattr(function, "__wrapped__", None)])

    def _class(self, kind):
        if kind.__module__ == self._module:
            for name, value in list(vars(kind).items()):
                yield from self._at(name, value, partial(setattr, kind, name))
            yield from self._fixed(kind.__bases__)

    def _object(self, value):
        """An object of a class that the student wrote, or a plain collection of attributes."""
        if type(value).__module__ == self._module or isinstance(value, types.SimpleNamespace):
            # Not setattr, which TensorFlow and Keras track.
            yield from self._entries(dict(getattr(value, "__dict__", {})), getattr(value, "__dict__", {}))
            for name in getattr(type(value), "__slots__", ()):
                if hasattr(value, name):
                    yield from self._at(name, getattr(value, name), partial(object.__setattr__, value, name))
            yield from self._fixed([type(value)])

    def _entries(self, entries, holder):
        for name, value in list(entries.items()):
            yield from self._at(name if isinstance(name, str) else "", value, partial(holder.__setitem__, name))

    def _parts(self, values, put, made, labels=()):
        """The parts of an immutable value: replacing one of them replaces the whole."""
        parts = list(values)

        def put_part(i, new):
            parts[i] = new
            put(made(parts))

        for i, value in enumerate(values):
            yield from self._at(labels[i] if labels else "", value, partial(put_part, i))

    def _partial(self, value, put):
        count = 1 + len(value.args)

        def made(parts):
            return partial(*parts[:count], **dict(zip(value.keywords, parts[count:], strict=True)))

        parts = [value.func, *value.args, *value.keywords.values()]
        yield from self._parts(parts, put, made, [""] * count + list(value.keywords))

    def _fixed(self, values):
        """Values that cannot be replaced themselves, while what they lead to can."""
        for value in values:
            yield from self._at("", value, lambda new: None)


@contextlib.contextmanager
def replace_names(target, names):
    """Put our values of `names` wherever the target holds something of that name, or the object its globals hold.

    A tf.function is replaced by the function behind it, because its traces remember the old values. Yields what to
    call. Names that were missing before are missing again afterwards.
    """
    globals_, places = namespace_of(target), Places(target)
    theirs = {name: globals_[name] for name in names if name in globals_}
    missing = names.keys() - theirs.keys()
    try:
        globals_.update(names)
        for place in places.all:
            name = _name_held(place, names, theirs)
            if name:
                place.put(names[name])
            elif python_callable(place.value) is not place.value:
                place.put(python_callable(place.value))
        yield places.target
    finally:
        places.restore()
        globals_.update(theirs)
        for name in missing:
            globals_.pop(name, None)


@contextlib.contextmanager
def restore_variables(target, record):
    """Restore the student's own variables and globals afterwards; records which variables had changed."""
    import tensorflow as tf

    variables, globals_ = find_reachable(target, tf.Variable), namespace_of(target)
    values, bindings = {name: variable.numpy() for name, variable in variables.items()}, dict(globals_)
    try:
        yield
    finally:
        changed = [
            name
            for name, variable in variables.items()
            if not np.array_equal(values[name], variable.numpy(), equal_nan=True)
        ]
        for name in changed:
            variables[name].assign(values[name])
        for name in globals_.keys() - bindings.keys():
            del globals_[name]
        globals_.update(bindings)
        record["changed variables"] = ", ".join(changed)


def _name_held(place, names, theirs):
    if place.label in names and not isinstance(place.value, types.FunctionType):
        return place.label
    if isinstance(place.value, (int, float)):  # equal numbers are one object, wherever they come from
        return None
    return next((name for name, value in theirs.items() if _is_same(place.value, value)), None)


def _is_same(value, other):
    """Whether it is the same object, or a sequence of the same objects, as tf.Module makes of a list."""
    if value is other:
        return True
    both = isinstance(value, (list, tuple)) and isinstance(other, (list, tuple)) and len(value) == len(other) > 0
    return both and all(a is b for a, b in zip(value, other, strict=True))


def find_reachable(target, kind):
    """{label: value} of everything of a type that the target can reach; a repeated label gets a prime."""
    values, labeled = {id(place.value): place for place in Places(target).all if isinstance(place.value, kind)}, {}
    for place in values.values():
        label = place.label or kind.__name__.lower()
        while label in labeled:
            label += "'"
        labeled[label] = place.value
    return labeled


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
