"""TensorFlow and Keras, imported without the log lines of their C++ side.

Since TensorFlow 2.18 the variable TF_CPP_MIN_LOG_LEVEL no longer stops the lines that are written while TensorFlow
is being imported; in a notebook they would stand in the first cell's output. So the process's error stream goes to a
temporary file during the import, and comes back to light only if the import fails. TensorFlow's Python side keeps to
errors, too: its warning about retracing would frighten readers who were told to trace each painting anew.
"""

import os
import sys
import tempfile
from contextlib import contextmanager


@contextmanager
def _muted_error_stream():
    try:
        original = os.dup(2)
    except OSError:  # there is no error stream, as under pythonw or after `2>&-`
        yield
        return
    if sys.stderr is not None:
        sys.stderr.flush()
    with tempfile.TemporaryFile() as heard:
        os.dup2(heard.fileno(), 2)
        try:
            yield
        except BaseException:
            heard.seek(0)
            os.write(original, heard.read())
            raise
        finally:
            os.dup2(original, 2)
            os.close(original)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
with _muted_error_stream():
    import keras
    import tensorflow

    tensorflow.config.list_physical_devices()
tensorflow.get_logger().setLevel("ERROR")

__all__ = ["keras", "tensorflow"]
