"""What a Python service's lock may say: packages by version and hash, nothing that is fetched or built by its word."""

from __future__ import annotations

import re
from pathlib import Path

from greenlight.rehearsal.runner.errors import VersionError

ALLOWED = "name==version --hash=sha256:..., with extras and a marker if it has them"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[A-Za-z0-9._, -]*\])?"
_VERSION = r"==[A-Za-z0-9][A-Za-z0-9.!+_-]*"
_MARKER = r"(?: *;(?:(?! -)[ -~])*)?"
_LINE = re.compile(rf"{_NAME}{_VERSION}{_MARKER}(?: +--hash=sha256:[0-9a-f]{{64}})+")
_CONTINUED = re.compile(r"\\\n\s*")
_COMMENT = re.compile(r"(?:^|\s+)#.*$")


def checked_lines(lock: Path) -> list[str]:
    """The packages of a lock, a line each.

    pip builds what a line names by its address, whatever it was told about wheels, and options are lines too
    (pip documentation, Requirements File Format). What is built is a program of whoever wrote it.

    Raises:
        VersionError: a line is no package by version and hash.
    """
    text = "\n".join(lock.read_bytes().decode(errors="replace").splitlines())
    lines = [_COMMENT.sub("", line).strip() for line in _CONTINUED.sub(" ", text).split("\n")]
    packages = [line for line in lines if line]
    for line in packages:
        if not _LINE.fullmatch(line):
            raise VersionError(f"{lock.parent.name}/{lock.name} has {line[:200]!r}; allowed is {ALLOWED}")
    return packages
