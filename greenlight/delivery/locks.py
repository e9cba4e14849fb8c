"""Which packages a project installs, as its locks say: of Python and of Node.js."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from greenlight.errors import ProjectError

Ecosystem = Literal["PyPI", "npm"]
PYTHON, NODE = "requirements.txt", "package-lock.json"
PYTHON_ALSO, NODE_PROJECT = "requirements*.txt", "package.json"
"""Requirements by other names, such as requirements-dev.txt, are read as well; a package of Node.js needs its lock."""
OTHERS = (
    *("npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"),
    *("uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "pylock.toml"),
    *("go.sum", "Cargo.lock", "Gemfile.lock", "composer.lock"),
)
"""Locks of other tools, which nobody here reads."""
PINNED = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?\s*==\s*(?P<version>[0-9A-Za-z.!+_-]+)"
    r"(?:\s*;.*|(?:\s+--hash=\S+)+)?"
)
"""A requirement that leaves nothing open, with its marker or its hashes."""
NO_PACKAGE = re.compile(
    r"-e \.|--(?:require-hashes|pre|prefer-binary|no-index)"
    r"|(?:-i|-f|--(?:extra-)?index-url|--find-links|--trusted-host|--no-binary|--only-binary)[ =].*"
)
"""The project itself, and options that install nothing (pip, "Requirements File Format")."""
COMMENT = re.compile(r"(?:^|\s)#.*$")


@dataclass(frozen=True, order=True)
class Package:
    """One version of one package."""

    ecosystem: Ecosystem
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.ecosystem})"


def locks(folders: Iterable[Path]) -> dict[Path, list[Path]]:
    """The locks in each folder; a folder that has none has an empty list."""
    return {folder: [*sorted(folder.glob(PYTHON_ALSO)), *folder.glob(NODE)] for folder in folders}


def unread(folder: Path) -> list[str]:
    """What a folder installs by files that nobody here reads: locks of other tools, and a package without a lock."""
    open_ones = [NODE_PROJECT] if (folder / NODE_PROJECT).is_file() and not (folder / NODE).is_file() else []
    below = [str(each.relative_to(folder)) for each in sorted(folder.glob("requirements/*.txt"))]
    return [*(name for name in OTHERS if (folder / name).is_file()), *open_ones, *below]


def packages(lock: Path) -> set[Package]:
    """Every package of a lock, for whatever platform, also those that only tests need.

    Raises:
        ProjectError: the lock cannot be read, or leaves a version open.
    """
    try:
        return set(_of_python(lock.read_text()) if lock.name != NODE else _of_node(lock.read_text()))
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ProjectError(f"{lock} cannot be audited: {error}; allowed: a lock with every version") from error


def _of_python(text: str) -> Iterator[Package]:
    for line in _lines(text):
        if NO_PACKAGE.fullmatch(line):
            continue
        found = PINNED.fullmatch(line)
        if found is None:
            raise ValueError(f"got {line!r}, which is no name==version")
        yield Package("PyPI", re.sub(r"[-_.]+", "-", found["name"]).lower(), found["version"])


def _lines(text: str) -> Iterator[str]:
    """Lines as pip reads them: without comments, and one that ends with a backslash goes on in the next."""
    begun = ""
    for line in (COMMENT.sub("", each) for each in [*text.splitlines(), ""]):
        begun += line.removesuffix("\\")
        if line.endswith("\\"):
            continue
        if begun.strip():
            yield begun.strip()
        begun = ""


def _of_node(text: str) -> Iterator[Package]:
    for place, entry in json.loads(text)["packages"].items():
        if place and not entry.get("link"):
            yield Package("npm", entry.get("name") or place.rpartition("node_modules/")[2], entry["version"])
