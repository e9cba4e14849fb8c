"""AWS::IAM::Role: its permissions boundary, which the library's handler ignores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import iam
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import Created, Properties
from greenlight.rehearsal.cloud.requirement import require

TYPE = "AWS::IAM::Role"


def install() -> None:
    """Let the handler keep PermissionsBoundary, on create and on update."""
    require(iam, "_roles")
    require(provisioners, "_RESOURCE_HANDLERS")
    handlers = provisioners._RESOURCE_HANDLERS
    create, update = handlers[TYPE]["create"], handlers[TYPE]["update"]
    handlers[TYPE] = {**handlers[TYPE], "create": _bounding(create, 1), "update": _bounding(update, 2)}


def _bounding(handler: Callable[..., Created], position: int) -> Callable[..., Created]:
    """Wrap a handler; `position` is where the new properties are among its arguments."""

    def bounded(*arguments: Any) -> Created:
        name, attributes = handler(*arguments)
        properties: Properties = arguments[position]
        iam._roles[name]["PermissionsBoundary"] = properties.get("PermissionsBoundary")
        return name, attributes

    return bounded
