"""AWS::SSM::Document, of the kind that the rehearsal can run (see ssm.documents)."""

from __future__ import annotations

from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import (
    Created,
    Properties,
    ResourceType,
    register,
)
from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.cloud.ssm import service as ssm


def install() -> None:
    """Add the type."""
    require(provisioners, "_physical_name")
    register(ResourceType("AWS::SSM::Document", _create, _delete, _update, ("DocumentType", "Name")))


def _create(logical_id: str, properties: Properties, stack_name: str) -> Created:
    return _put(properties.get("Name") or provisioners._physical_name(stack_name, logical_id), properties)


def _update(physical_id: str, _old: Properties, new: Properties) -> Created:
    """Make the new content the default version, which is what UpdateMethod NewVersion does."""
    return _put(physical_id, new)


def _put(name: str, properties: Properties) -> Created:
    ssm.put_document(name, properties["Content"])
    return name, {}


def _delete(physical_id: str, _properties: Properties) -> None:
    ssm.delete_document(physical_id)
