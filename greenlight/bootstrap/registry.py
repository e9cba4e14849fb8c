"""The schemas of CloudFormation's registry, as cfn-lint ships them: what each type of resource is, and what it takes.

docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]

REGION = "us-east-1"
"""Whose types are read: every type is there."""


class RegistryError(Exception):
    """There are no schemas; the line says what to do."""


def schema_of(resource_type: str) -> Schema | None:
    """Return the schema of a resource type, or None when the registry has none."""
    name = _names().get(resource_type)
    return _read(name) if name else None


def permissions(resource_type: str, *operations: str) -> frozenset[str]:
    """The actions that CloudFormation may call for a resource: create, read, update, delete (schema, `handlers`)."""
    handlers = (schema_of(resource_type) or {}).get("handlers") or {}
    return frozenset(action for each in operations for action in handlers.get(each, {}).get("permissions", ()))


@cache
def folder() -> Path:
    """Find cfn-lint's schemas without importing it, which takes longer than the whole cloud.

    Raises:
        RegistryError: there are none.
    """
    found = find_spec("cfnlint")
    if not found or not found.origin:
        raise RegistryError("cfn-lint is not installed: run `make setup`")
    there = Path(found.origin).parent / "data" / "schemas"
    if not (there / "providers").is_dir():
        raise RegistryError(f"cfn-lint has no schemas in {there}: it has changed, look where they are now")
    return there


@cache
def _names() -> Mapping[str, str]:
    names: Mapping[str, str] = json.loads((folder() / "providers" / f"{REGION}.json").read_text())
    return names


@cache
def _read(name: str) -> Schema:
    schema: Schema = json.loads((folder() / "resources" / f"{name}.json").read_text())
    return schema
