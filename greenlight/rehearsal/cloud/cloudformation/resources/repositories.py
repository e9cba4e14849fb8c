"""AWS::ECR::Repository: the tags that may move, which the library's handler drops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import ecr as store
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import Created, Properties
from greenlight.rehearsal.cloud.ecr.service import FILTERS
from greenlight.rehearsal.cloud.requirement import require

TYPE = "AWS::ECR::Repository"
_PROPERTY = "ImageTagMutabilityExclusionFilter"


def install() -> None:
    """Let the handler keep ImageTagMutabilityExclusionFilters."""
    require(store, "_repositories")
    require(provisioners, "_RESOURCE_HANDLERS")
    handlers = provisioners._RESOURCE_HANDLERS
    create, update = handlers[TYPE]["create"], handlers[TYPE]["update"]
    handlers[TYPE] = {**handlers[TYPE], "create": _keeping_filters(create, 1), "update": _keeping_filters(update, 2)}


def _keeping_filters(handler: Callable[..., Created], position: int) -> Callable[..., Created]:
    """Wrap a handler; `position` is where the new properties are among its arguments."""

    def kept(*arguments: Any) -> Created:
        name, attributes = handler(*arguments)
        properties: Properties = arguments[position]
        store._repositories[name][FILTERS] = [
            {"filterType": each[f"{_PROPERTY}Type"], "filter": each[f"{_PROPERTY}Value"]}
            for each in properties.get(f"{_PROPERTY}s") or ()
        ]
        return name, attributes

    return kept
