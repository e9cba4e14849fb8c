"""Which version of a service a commit wants live: git holds the intent, the journal what is so."""

from __future__ import annotations

import json
from pathlib import Path

from greenlight.errors import ProjectError

VERSION_FILE, PACKAGE_FILE = "VERSION", "package.json"


def intended_version(source: Path) -> str:
    """The version that a service's folder says it is: its file VERSION, or the version of its package.json.

    Raises:
        ProjectError: neither says one.
    """
    try:
        return _said(source)
    except (OSError, ValueError) as error:
        raise ProjectError(
            f"which version {source} is cannot be read: {error}; allowed: a file {VERSION_FILE} with one line, or a"
            f" {PACKAGE_FILE} with a version"
        ) from error


def _said(source: Path) -> str:
    if (source / VERSION_FILE).is_file():
        return _one_line((source / VERSION_FILE).read_text())
    version = json.loads((source / PACKAGE_FILE).read_text()).get("version")
    if not isinstance(version, str):
        raise ValueError(f"{PACKAGE_FILE} has no version")
    return version


def _one_line(text: str) -> str:
    words = text.split()
    if len(words) != 1:
        raise ValueError(f"{VERSION_FILE} has {len(words)} words")
    return words[0]
