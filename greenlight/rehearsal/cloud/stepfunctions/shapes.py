"""Parameters and results of an AWS call as Step Functions writes them: every name in PascalCase."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape


def to_request(value: Any, shape: Shape | None) -> Any:
    """Name the members of a request as the service's API does. Text that was given as JSON becomes text."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        names = {str(name).lower(): str(name) for name in shape.members}
        named = {names.get(key.lower(), key): item for key, item in value.items()}
        return {
            name: to_request(item, shape.members[name]) if name in shape.members else item
            for name, item in named.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [to_request(item, shape.member) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: to_request(item, shape.value) for key, item in value.items()}
    if shape is not None and shape.type_name == "string" and isinstance(value, dict | list):
        return json.dumps(value)
    return value


def to_result(value: Any, shape: Shape | None) -> Any:
    """Name the members of an answer as Step Functions shows them. The keys of a map are data, and stay."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        known = {name: item for name, item in value.items() if name in shape.members}
        return {name[:1].upper() + name[1:]: to_result(item, shape.members[name]) for name, item in known.items()}
    if isinstance(shape, ListShape):
        return [to_result(item, shape.member) for item in value]
    if isinstance(shape, MapShape):
        return {key: to_result(item, shape.value) for key, item in value.items()}
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if hasattr(value, "read"):
        value = value.read()
    return value.decode(errors="replace") if isinstance(value, bytes) else value
