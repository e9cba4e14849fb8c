"""`greenlight pipeline`, a command in each module."""
