"""AWS::ECS::TaskDefinition: the platform of its tasks, which the library's handler ignores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import ecs
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import Created, Properties
from greenlight.rehearsal.cloud.requirement import require

TYPE = "AWS::ECS::TaskDefinition"
_NAMES = {"CpuArchitecture": "cpuArchitecture", "OperatingSystemFamily": "operatingSystemFamily"}


def install() -> None:
    """Let the handler keep RuntimePlatform, on create and on update."""
    require(ecs, "_task_defs")
    require(provisioners, "_RESOURCE_HANDLERS")
    handlers = provisioners._RESOURCE_HANDLERS
    create, update = handlers[TYPE]["create"], handlers[TYPE]["update"]
    handlers[TYPE] = {**handlers[TYPE], "create": _on_a_platform(create, 1), "update": _on_a_platform(update, 2)}


def _on_a_platform(handler: Callable[..., Created], position: int) -> Callable[..., Created]:
    """Wrap a handler; `position` is where the new properties are among its arguments."""

    def placed(*arguments: Any) -> Created:
        arn, attributes = handler(*arguments)
        properties: Properties = arguments[position]
        if platform := properties.get("RuntimePlatform"):
            named = {_NAMES[name]: value for name, value in platform.items()}
            ecs._task_defs[arn.rpartition("/")[2]]["runtimePlatform"] = named
        return arn, attributes

    return placed
