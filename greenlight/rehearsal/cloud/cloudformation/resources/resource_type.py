"""How a resource type is added to the local CloudFormation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.requirement import require, require_missing

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, Any]]
"""A physical id, and the attributes that Fn::GetAtt can ask for."""


@dataclass(frozen=True)
class ResourceType:
    """One type, by what happens to its resources.

    Attributes:
        create: gets the logical id, the properties and the stack's name.
        delete: gets the physical id and the properties; deleting what is gone already is no error.
        update: gets the physical id, the old and the new properties; None when every change replaces.
        replacing: the properties whose change makes a new resource, as the type's reference says. The new one is
            created first, and the old one deleted once the whole stack has been updated.
    """

    name: str
    create: Callable[[str, Properties, str], Created]
    delete: Callable[[str, Properties], None]
    update: Callable[[str, Properties, Properties], Created] | None = None
    replacing: tuple[str, ...] = ()


def register(resource_type: ResourceType) -> None:
    """Make a type known to the local CloudFormation. Raises RequirementError when the library knows it already."""
    require(provisioners, "_RESOURCE_HANDLERS", "_REPLACING_PROPERTIES")
    name, handlers = resource_type.name, provisioners._RESOURCE_HANDLERS
    require_missing(handlers, name)
    provisioners._REPLACING_PROPERTIES[name] = resource_type.replacing
    handlers[name] = {"create": resource_type.create, "delete": resource_type.delete}
    if resource_type.update:
        handlers[name]["update"] = _in_place(resource_type.update)


def _in_place(update: Callable[[str, Properties, Properties], Created]) -> Callable[..., Created]:
    def updated(physical_id: str, old: Properties, new: Properties, _stack_name: str) -> Created:
        return update(physical_id, old, new)

    return updated
