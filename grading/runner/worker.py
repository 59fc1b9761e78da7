"""The process in which a submission runs: it receives commands, and answers with plain arrays.

    python -I FOLDER LIMITS

FOLDER is filled by `grading.sandbox.contents`: the packages runner and exercises, and a __main__. Commands arrive on
standard input, as JSON with a token each; answers go to standard output, the token before the arrays. Before any code
of the submission runs, both are moved to private channels, so the submission finds them empty. The same happens to
standard error, which until then tells the grader why the process could not start.

- load: run the selected statements of the submission's cells, in order, in one namespace;
- run: try one exercise.
"""

import ast
import contextlib
import gc
import json
import linecache
import os
import queue
import sys
import threading
import traceback
from pathlib import Path

from grading.exercises import CURRENT_NAMES, EXERCISES
from grading.runner import notebook_globals, probe, protocol
from grading.runner.call import readable_message, silence

READY = b"ready"
LONGEST_TRACEBACK = 2000
MOST_NOTES = 20  # on statements that could not be run


def main():
    commands, answers = _private_channels()
    _set_limits(json.loads(sys.argv[1]))
    _hide_installed_course()
    _import_tensorflow()
    notebook_globals.provide_course_modules()
    _redirect_to_null(2)
    protocol.send(answers, READY)
    namespace = {"__name__": "submission"}
    while True:
        command = commands.get()
        arrays = _answer(namespace, command)
        protocol.send(answers, command["token"].encode() + protocol.pack(arrays))


def _answer(namespace, command):
    try:
        return DO[command["do"]](namespace, command)
    except Exception:  # the probe catches what a student's function raises; this error is ours, or was provoked
        return {"failure": traceback.format_exc()[-LONGEST_TRACEBACK:]}


def _private_channels():
    """(queue of commands, stream of answers); from now on standard input and output are empty."""
    incoming, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _redirect_to_null(0, 1)
    commands = queue.Queue()
    threading.Thread(target=_receive_commands, args=(incoming, commands), daemon=True).start()
    return commands, answers


def _redirect_to_null(*streams):
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _receive_commands(incoming, commands):
    """Pass commands on; when the pipe ends, the grader is gone and nobody waits for an answer."""
    while (frame := protocol.receive(incoming)) is not None:
        commands.put(json.loads(frame))
    os._exit(0)


def _set_limits(limits):
    """Let the operating system enforce what it can: limits by the names of the module resource, where there is one."""
    with contextlib.suppress(ImportError):
        import resource

        for name, most in limits.items():
            if hasattr(resource, name):
                with contextlib.suppress(ValueError, OSError):  # a lower limit holds already
                    resource.setrlimit(getattr(resource, name), (most, most))


def _hide_installed_course():
    """An editable installation would let the submission import the rest of `grading`."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if "__editable__" not in repr(finder)]


def _import_tensorflow():
    """Import TensorFlow without garbage collection, which takes a third of the time.

    The import makes half a million objects that stay. Frozen, they are not searched for garbage later either.
    """
    gc.disable()
    import tensorflow  # noqa: F401

    gc.freeze()
    gc.enable()


def load(namespace, command):
    """Run the selected statements; the answer says which exercises are defined, and which statements failed."""
    namespace.update(notebook_globals.always_supplied())
    notes = []
    for cell in command["cells"]:
        path = Path(cell["name"]).absolute()
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        for number in cell["keep"]:
            statement = tree.body[number]
            note = _run(statement, str(path), namespace)
            if note:
                line = linecache.getline(str(path), statement.lineno).strip()
                notes.append(f"line {statement.lineno} of {path.name} could not be run: {line}\n{note}")
    for former, name in CURRENT_NAMES.items():
        if former in namespace:
            namespace.setdefault(name, namespace[former])
    for name, value in notebook_globals.supplied_if_missing().items():
        namespace.setdefault(name, value)
    kinds = {f"kind/{name}": _kind(namespace.get(name)) for name in EXERCISES}
    return kinds | {f"note/{number}": note for number, note in enumerate(notes[:MOST_NOTES])}


def _run(statement, path, namespace):
    with silence():
        try:
            exec(compile(ast.Module([statement], []), path, "exec"), namespace)
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {readable_message(str(error))}"
    return ""


def _kind(target):
    if target is None or target is ...:
        return "missing"
    return "function" if callable(target) else type(target).__name__


def run(namespace, command):
    """Try one exercise on the cases of a seed, with references for earlier ones where the command brings them."""
    target = namespace[command["exercise"]]
    return probe.run(command["exercise"], target, command["seed"], references=command["references"])


DO = {"load": load, "run": run}
