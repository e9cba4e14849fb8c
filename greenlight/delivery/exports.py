"""What a build hands on: a file of shell that its own shell reads."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path


def write_exports(file: Path, values: Mapping[str, str]) -> None:
    """Write values as exports, each quoted, so that none is ever taken for a command."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items()))
