"""Import TensorFlow and Keras without the log lines of their C++ code.

Since TensorFlow 2.18, the variable TF_CPP_MIN_LOG_LEVEL does not suppress the lines that are written during the import;
in a notebook they would be part of the first cell's output. So the process's error stream is redirected to a temporary
file during the import, and shown only if the import fails. TensorFlow's Python code logs errors only: its warning about
retracing would confuse readers whose chapter traces each painting anew on purpose.
"""

import os
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from foundation.console import open_missing_streams
from nst.engine.available_memory import require_address_space


@contextmanager
def _redirect_error_stream():
    open_missing_streams()
    original = os.dup(2)
    with suppress(OSError, ValueError, AttributeError):  # a window's stream, one without a reader, or none at all
        sys.stderr.flush()
    with _open_log() as log:
        os.dup2(log.fileno(), 2)
        try:
            yield
        except BaseException:
            log.seek(0)
            with suppress(OSError):
                os.write(original, log.read())
            raise
        finally:
            os.dup2(original, 2)
            os.close(original)


def _open_log():
    try:
        return tempfile.TemporaryFile()
    except OSError:  # no folder for temporary files takes one
        return Path(os.devnull).open("w+b")


require_address_space()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
with _redirect_error_stream():
    import keras
    import tensorflow

    tensorflow.config.list_physical_devices()
if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"Keras was imported before with the backend {keras.backend.backend()!r}, and this course needs TensorFlow's. "
        "Restart the kernel or the program, and import nst before keras, or set KERAS_BACKEND=tensorflow."
    )
tensorflow.get_logger().setLevel("ERROR")

__all__ = ["keras", "tensorflow"]
