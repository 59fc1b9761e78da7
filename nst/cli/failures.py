"""End a command with an exit code and a message instead of a traceback."""

import sys


def run_reporting(action, errors):
    """Return action(), the exit code of a command that makes one file; 2 after one of `errors`, 130 after Ctrl-C."""
    try:
        return action()
    except errors as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:  # such as a name that the system cannot have
        if isinstance(error, BrokenPipeError) or error.filename is None:
            raise
        print(f"{error.filename}: {error.strerror}. Use another name or folder.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted; no picture was written.", file=sys.stderr)
        return 130
