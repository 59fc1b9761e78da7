"""`python -m nst`: the command `nst`."""

import sys

from foundation.end_with_input import end_with_input


def main(words=None):
    """Run one command line (a list of words, default sys.argv); Ctrl-C during the imports ends without a traceback."""
    try:
        end_with_input()
        from nst.cli import main as command

        return command.main(words)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
