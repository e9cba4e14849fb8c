"""Asserts at start that the parts of ministack which an adapter replaces are still there.

The adapters reach into private names of one pinned version. A new version must fail loudly here, not strangely later.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from types import ModuleType
from typing import Any

_ADVICE = "adapt the module that asks for it, or pin the version it was written for"


class RequirementError(Exception):
    """The installed ministack is not the one that an adapter was written for."""


def require(owner: ModuleType | type, *names: str) -> Any:
    """Return the first of the named attributes. Raises RequirementError when one is missing."""
    missing = [name for name in names if not hasattr(owner, name)]
    if missing:
        raise RequirementError(f"{_library()} has no {owner.__name__}.{missing[0]}: {_ADVICE}")
    return getattr(owner, names[0])


def require_missing(registry: Mapping[str, object], name: str) -> None:
    """Raise RequirementError when the library has what an adapter would add: the adapter's version is then to go."""
    if name in registry:
        raise RequirementError(f"{_library()} knows {name} by itself now: remove the adapter's version of it")


def _library() -> str:
    return f"ministack {version('ministack')}"
