"""`python -m nst`: the command `nst`."""

import sys


def main():
    """Run the command; Ctrl-C during the imports ends without a traceback, too."""
    try:
        from nst.cli.main import main

        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
