"""AWS::ECS::TaskDefinition: the platform of its tasks and the secrets of its containers.

The library's handler drops the one, and keeps the other by names under which it does not find them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import ecs
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import Created, Properties
from greenlight.rehearsal.cloud.requirement import require

TYPE = "AWS::ECS::TaskDefinition"
_NAMES = {
    "CpuArchitecture": "cpuArchitecture",
    "OperatingSystemFamily": "operatingSystemFamily",
    "Name": "name",
    "ValueFrom": "valueFrom",
}


def install() -> None:
    """Let the handler keep RuntimePlatform and Secrets, on create and on update."""
    require(ecs, "_task_defs")
    require(provisioners, "_RESOURCE_HANDLERS")
    handlers = provisioners._RESOURCE_HANDLERS
    create, update = handlers[TYPE]["create"], handlers[TYPE]["update"]
    handlers[TYPE] = {**handlers[TYPE], "create": _completing(create, 1), "update": _completing(update, 2)}


def _completing(handler: Callable[..., Created], position: int) -> Callable[..., Created]:
    """Wrap a handler; `position` is where the new properties are among its arguments."""

    def completed(*arguments: Any) -> Created:
        arn, attributes = handler(*arguments)
        properties: Properties = arguments[position]
        definition = ecs._task_defs[arn.rpartition("/")[2]]
        if platform := properties.get("RuntimePlatform"):
            definition["runtimePlatform"] = _named(platform)
        declared = properties.get("ContainerDefinitions") or ()
        for container, each in zip(definition["containerDefinitions"], declared, strict=True):
            if each.get("Secrets"):
                container["secrets"] = [_named(secret) for secret in each["Secrets"]]
        return arn, attributes

    return completed


def _named(given: Mapping[str, Any]) -> dict[str, Any]:
    return {_NAMES[name]: value for name, value in given.items()}
