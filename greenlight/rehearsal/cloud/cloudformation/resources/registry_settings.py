"""AWS::ECR's settings of a registry. One of each is there in an account and region, whichever stack wrote it last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id

from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import (
    Created,
    Properties,
    ResourceType,
    register,
)
from greenlight.rehearsal.cloud.ecr import registry

SCANNING = "AWS::ECR::RegistryScanningConfiguration"
SIGNING = "AWS::ECR::SigningConfiguration"
REPLICATION = "AWS::ECR::ReplicationConfiguration"
CACHE = "AWS::ECR::PullThroughCacheRule"
TEMPLATE = "AWS::ECR::RepositoryCreationTemplate"

Read = Callable[[Properties], Any]


def install() -> None:
    """Add the types."""
    register(_singleton(SCANNING, registry.SCANNING, _as_api))
    register(_singleton(SIGNING, registry.SIGNING, _as_api))
    register(
        _singleton(REPLICATION, registry.REPLICATION, lambda declared: _as_api(declared)["replicationConfiguration"])
    )
    register(_listed(CACHE, registry.CACHES, "EcrRepositoryPrefix", "A pull through cache rule"))
    register(_listed(TEMPLATE, registry.TEMPLATES, "Prefix", "A repository creation template", in_place=True))


def _singleton(name: str, kind: str, read: Read) -> ResourceType:
    def create(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
        registry.put(kind, read(properties))
        return get_account_id(), {"RegistryId": get_account_id()}

    def update(_physical_id: str, _old: Properties, new: Properties) -> Created:
        return create("", new, "")

    def delete(_physical_id: str, _properties: Properties) -> None:
        registry.put(kind, None)

    return ResourceType(name, create, delete, update)


def _listed(name: str, kind: str, identity: str, what: str, *, in_place: bool = False) -> ResourceType:
    """A type of which the registry has several, each with a prefix of its own; `what` is in the refusal of a second."""

    def create(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
        prefix, there = properties[identity], registry.setting(kind) or {}
        if prefix in there:
            raise ActionError(f"{what} with the prefix '{prefix}' already exists")
        return update(prefix, {}, properties)

    def update(prefix: str, _old: Properties, new: Properties) -> Created:
        registry.put(kind, {**(registry.setting(kind) or {}), prefix: _as_api(new)})
        return prefix, {}

    def delete(prefix: str, _properties: Properties) -> None:
        there = registry.setting(kind) or {}
        registry.put(kind, {name: each for name, each in there.items() if name != prefix})

    return ResourceType(name, create, delete, update if in_place else None, (identity,))


def _as_api(value: Any) -> Any:
    """Names as the API writes them, with a small first letter."""
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: _as_api(each) for name, each in value.items()}
    return [_as_api(each) for each in value] if isinstance(value, list) else value
