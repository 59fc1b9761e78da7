"""Import TensorFlow and Keras without the log lines of their C++ code.

Since TensorFlow 2.18, the variable TF_CPP_MIN_LOG_LEVEL does not suppress the lines that are written during the import;
in a notebook they would be part of the first cell's output. So the process's error stream is redirected to a temporary
file during the import, and shown only if the import fails. TensorFlow's Python code logs errors only: its warning about
retracing would confuse readers whose chapter traces each painting anew on purpose.
"""

import os
import sys
import tempfile
from contextlib import contextmanager

from nst.engine.available_memory import require_address_space


@contextmanager
def _redirect_error_stream():
    try:
        original = os.dup(2)
    except OSError:  # there is no error stream, as under pythonw or after `2>&-`
        yield
        return
    if sys.stderr is not None:
        sys.stderr.flush()
    with tempfile.TemporaryFile() as log:
        os.dup2(log.fileno(), 2)
        try:
            yield
        except BaseException:
            log.seek(0)
            os.write(original, log.read())
            raise
        finally:
            os.dup2(original, 2)
            os.close(original)


require_address_space()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
with _redirect_error_stream():
    import keras
    import tensorflow

    tensorflow.config.list_physical_devices()
tensorflow.get_logger().setLevel("ERROR")

__all__ = ["keras", "tensorflow"]
