"""`python -m grading`: the command `nst-grade`."""

import sys


def main() -> int:
    """Run the command; Ctrl-C during the imports ends without a traceback, too."""
    try:
        from grading.cli import main

        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
