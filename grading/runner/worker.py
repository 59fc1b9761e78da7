"""The process in which a submission runs: it receives commands, and answers with plain arrays.

    python -I FOLDER LIMITS

FOLDER is made by `grading.sandbox.process.copy_code`: the packages runner and exercises, and a __main__. Commands
arrive on standard input, as JSON with a token each; answers go to standard output, the token before the arrays. Before
any code of the submission runs, both are moved to private channels, so the submission finds them empty, and
so is standard error, which until then tells the grader why the process could not start.

- load: run the selected statements of the submission's cells, in order, in one namespace for each file;
- run: run one exercise.
"""

import ast
import contextlib
import gc
import itertools
import json
import linecache
import os
import queue
import shutil
import sys
import threading
import traceback
import types
from pathlib import Path

from grading.exercises import CURRENT_NAMES, EXERCISES
from grading.exercises.exercise import VISIBLE_SEED
from grading.exercises.train_step import step_case
from grading.runner import probe, probe_train_step, protocol
from grading.runner.call import readable_message, silence
from grading.runner.statements import compile_statement, find_features, run_code
from grading.runner.system_calls import refuse_system_calls

MAX_TRACEBACK = 2000  # characters
CPU_SECONDS_LEFT = 5
CELLS = "cells"  # the folder of FOLDER with the submission's code, which is copied to where the submission may write
# Never taken from a submission: making them there would need VGG-19 and the pictures.
ALWAYS_SUPPLIED = frozenset(
    {"vgg", "vgg_model_outputs", "a_C", "a_S", "content_image", "style_image", "generated_image"}
)
# Supplied only if a submission does not define them.
SUPPLIED_IF_MISSING = frozenset({"optimizer", "clip_0_1", "get_ipython"})


def main():
    """Answer commands until the grader closes the pipe."""
    refuse_system_calls()  # before the first thread starts
    commands, answers = _private_channels()
    shutil.copytree(Path(sys.argv[0]) / CELLS, Path.cwd(), dirs_exist_ok=True, copy_function=shutil.copyfile)
    _set_limits(json.loads(sys.argv[1]))
    _hide_installed_course()
    _import_tensorflow()
    provide_course_modules()
    _redirect_to_null(2)
    protocol.send(answers, protocol.READY)
    exercises = {}
    while True:
        command = commands.get()
        arrays = _answer(exercises, command)
        protocol.send(answers, command["token"].encode() + protocol.pack(arrays))


def _answer(exercises, command):
    try:
        return DO[command["do"]](exercises, command)
    except Exception:  # the probe catches what a student's function raises; this error is ours, or was provoked
        return {"failure": traceback.format_exc()[-MAX_TRACEBACK:]}


def _private_channels():
    """(queue of commands, stream of answers); from now on standard input and output are empty."""
    incoming, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _redirect_to_null(0, 1)
    commands = queue.Queue()
    threading.Thread(target=_receive_commands, args=(incoming, commands), daemon=True).start()
    return commands, answers


def _redirect_to_null(*streams):
    null = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(null, stream)
    os.close(null)


def _receive_commands(incoming, commands):
    """Pass commands on; when the pipe ends, the grader is gone and nobody waits for an answer."""
    while (frame := protocol.receive(incoming)) is not None:
        commands.put(json.loads(frame))
    os._exit(0)


def _set_limits(limits):
    """Let the operating system enforce limits, {name in the module resource: value}, if it has this module."""
    with contextlib.suppress(ImportError):
        import resource

        for name, value in limits.items():
            if hasattr(resource, name):
                # At its hard limit, the process is killed as by somebody else; the soft one ends it with SIGXCPU.
                soft = value - CPU_SECONDS_LEFT if name == "RLIMIT_CPU" else value
                with contextlib.suppress(ValueError, OSError):  # there is a lower limit already
                    resource.setrlimit(getattr(resource, name), (soft, value))


def _hide_installed_course():
    """An editable installation would let the submission import the rest of `grading`."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if "__editable__" not in repr(finder)]


def _import_tensorflow():
    """Import TensorFlow without garbage collection, which takes a third of the time, and without Matplotlib: a sixth.

    The import makes half a million objects that stay. Frozen, they are not searched for garbage later either. Keras
    does without Matplotlib where it is not installed. A submission that needs it imports it itself.
    """
    gc.disable()
    sys.modules["matplotlib"] = None
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    del sys.modules["matplotlib"]
    gc.freeze()
    gc.enable()


def load(exercises, command):
    """Run the selected statements of all cells, with a namespace for each file, and collect the exercises.

    exercises: gets {name: function}. Returns the type of each exercise ("function", "missing" or another) as kind/NAME,
    a note on each statement that failed as note/NUMBER, and of a definition that failed why as newer/NAME, and its line
    and error as failed/NAME.
    """
    supplied, notes, files = {"__name__": "submission", **always_supplied()}, [], []
    for _, group in itertools.groupby(command["cells"], key=lambda cell: cell["file"]):
        cells, namespace = list(group), dict(supplied)
        failed = _run_cells(cells, namespace, notes)
        files.append((namespace, failed, cells[0]["answers"] or EXERCISES))
    newer = {}
    for namespace, failed, answers in files:
        exercises.update({name: namespace[name] for name in answers if namespace.get(name) is not None})
        for name in set(answers) & failed.keys():
            where, line, error = failed[name]
            newer |= {f"newer/{name}": f"{where} could not be run", f"failed/{name}": f"{where}: {line}\n{error}"}
    for namespace, *_ in files if len(files) > 1 else ():
        namespace.update(exercises)
    kinds = {f"kind/{name}": _kind(exercises.get(name)) for name in EXERCISES}
    return kinds | newer | {f"note/{number}": note for number, note in enumerate(notes[: protocol.MAX_NOTES])}


def _run_cells(cells, namespace, notes):
    """Run the cells of a file. Returns {name: (where, line, error)} of the definitions that failed."""
    failed, features = {}, 0
    for cell in cells:
        path = Path(cell["name"]).absolute()
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        for number in cell["keep"]:
            statement = tree.body[number]
            features |= find_features(statement)
            error, at = _run(statement, str(path), features, namespace)
            name = getattr(statement, "name", "")
            name = CURRENT_NAMES.get(name, name)
            failed.pop(name, None)
            if error:
                where, line = f"line {at} of {path.name}", linecache.getline(str(path), at).strip()
                failed[name] = where, line, error
                notes.append(f"{where} could not be run ({error}): {line}")
    for former, name in CURRENT_NAMES.items():
        if former in namespace:
            namespace.setdefault(name, namespace[former])
    for name, value in supplied_if_missing().items():
        namespace.setdefault(name, value)
    return failed


def _run(statement, path, features, namespace):
    """(error, number of the line that raised it) of a statement; an empty error if it raises none."""
    with silence():
        try:
            run_code(compile_statement(statement, path, features), namespace)
        except (Exception, SystemExit) as error:
            lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
            return f"{type(error).__name__}: {readable_message(str(error))}", (lines or [statement.lineno])[0]
    return "", statement.lineno


def _kind(target):
    if target is None or target is ...:
        return "missing"
    return "function" if callable(target) else type(target).__name__


def run(exercises, command):
    """Run one exercise on the cases of a seed, with the references of the command in place of earlier exercises."""
    target = exercises[command["exercise"]]
    return probe.run(command["exercise"], target, command["seed"], references=command["references"])


def always_supplied():
    """The values of ALWAYS_SUPPLIED, made with the small network and the pictures that every student may see."""
    import tensorflow as tf

    case = step_case(VISIBLE_SEED)
    layers = [name for name, _ in probe_train_step.DEFAULT_STYLE_LAYERS]
    network = probe_train_step.build_network(case.kernels[: len(layers) + 1], layers, {"calls": 0})
    content, style = tf.constant(case.content), tf.constant(case.style)
    return {
        "vgg": network,
        "vgg_model_outputs": network,
        "a_C": network(content),
        "a_S": network(style),
        "content_image": content,
        "style_image": style,
        "generated_image": tf.Variable(case.start),
    }


def supplied_if_missing():
    """The values of SUPPLIED_IF_MISSING."""
    import keras
    import tensorflow as tf

    return {
        "optimizer": keras.optimizers.Adam(0.01),
        "clip_0_1": lambda image: tf.clip_by_value(image, 0.0, 1.0),
        "get_ipython": _NoMagics,
    }


class _NoMagics:
    """In place of IPython: its magics and shell commands, which every method runs, do nothing."""

    def __getattr__(self, name):
        return lambda *args, **options: None


def provide_course_modules():
    """Let `from nst.quiet_tensorflow import tensorflow as tf` find TensorFlow."""
    import keras
    import tensorflow

    quiet = types.ModuleType("nst.quiet_tensorflow")
    quiet.tensorflow, quiet.keras = tensorflow, keras
    sys.modules["nst"] = types.ModuleType("nst")
    sys.modules["nst.quiet_tensorflow"] = sys.modules["nst"].quiet_tensorflow = quiet


DO = {"load": load, "run": run}
