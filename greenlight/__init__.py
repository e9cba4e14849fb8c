"""The operator's command line: releases, and the rehearsal of them."""

INTERRUPTED = 130
"""The exit code of a command ended by Ctrl-C, as shells have it."""
