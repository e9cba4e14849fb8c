"""Versions that are code of git's: run from a commit only when asked for as `git:<ref>`, and said before they run.

A tag or a branch that happens to be called 1.0.0 must not replace the working tree unseen: refs come from whoever may
push, and what they name runs on this machine.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from greenlight.errors import RehearsalError
from greenlight.processes.owner import Processes

PREFIX = "git:"
_SECONDS = 20
_NOT_IN_TAGS = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class VersionAsked:
    """A version as it was asked for.

    Attributes:
        version: the tag of its image.
        commit: what it is run from; empty for the working tree.
        note: what whoever asked should know; empty when there is nothing.
    """

    version: str
    commit: str = ""
    note: str = ""


def asked(text: str, checkout: Path) -> VersionAsked:
    """Read a version as it was given: `git:<tag, branch or commit>`, or any tag for the working tree.

    Raises:
        RehearsalError: git knows no such commit.
    """
    if not text.startswith(PREFIX):
        known = _commit(f"refs/tags/{text}", checkout) or _commit(f"refs/heads/{text}", checkout)
        hint = f"{text} is run from the working tree; git:{text} would be commit {known[:12]}"
        return VersionAsked(text, note=hint if known else "")
    ref = text.removeprefix(PREFIX)
    commit = _commit(ref, checkout)
    if not commit:
        raise RehearsalError(f"git knows no commit {ref!r}: give a tag, a branch or a commit after {PREFIX}")
    version = _NOT_IN_TAGS.sub("-", ref).strip("-.")
    return VersionAsked(version, commit, f"{version} is run from commit {commit[:12]}, {PREFIX}{ref}")


def _commit(ref: str, checkout: Path) -> str:
    command = ["git", "-C", str(checkout), "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"]
    try:
        with Processes() as processes:
            found = processes.run(command, environment=os.environ, seconds=_SECONDS)
    except OSError:
        return ""
    return "" if found.exit_code else found.output.decode().strip()
