"""`python -m greenlight`, and the `greenlight` command: both begin here, before anything that takes long to import."""

from __future__ import annotations

import importlib
import sys

from greenlight import INTERRUPTED


def main() -> None:
    """Run a command. Ctrl-C is one line from the first moment on: the imports take half a second."""
    try:
        run = importlib.import_module("greenlight.cli").main
    except KeyboardInterrupt:
        sys.stderr.write("greenlight: interrupted; nothing was begun\n")
        sys.exit(INTERRUPTED)
    run()


if __name__ == "__main__":
    main()
