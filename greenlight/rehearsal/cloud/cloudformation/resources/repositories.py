"""AWS::ECR::Repository: the tags that may move, which the library's handler drops, and policies that ECR refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import ecr as store
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import Created, Properties
from greenlight.rehearsal.cloud.ecr.lifecycle_policy import PolicyError, rules_of
from greenlight.rehearsal.cloud.ecr.mutability import FILTERS
from greenlight.rehearsal.cloud.requirement import require

TYPE = "AWS::ECR::Repository"
_PROPERTY = "ImageTagMutabilityExclusionFilter"


def install() -> None:
    """Let the handler keep ImageTagMutabilityExclusionFilters, and refuse a lifecycle that ECR refuses."""
    require(store, "_repositories")
    require(provisioners, "_RESOURCE_HANDLERS")
    handlers = provisioners._RESOURCE_HANDLERS
    create, update = handlers[TYPE]["create"], handlers[TYPE]["update"]
    handlers[TYPE] = {**handlers[TYPE], "create": _keeping_filters(create, 1), "update": _keeping_filters(update, 2)}


def _keeping_filters(handler: Callable[..., Created], position: int) -> Callable[..., Created]:
    """Wrap a handler; `position` is where the new properties are among its arguments."""

    def kept(*arguments: Any) -> Created:
        properties: Properties = arguments[position]
        _check_lifecycle(properties)
        name, attributes = handler(*arguments)
        store._repositories[name][FILTERS] = [
            {"filterType": each[f"{_PROPERTY}Type"], "filter": each[f"{_PROPERTY}Value"]}
            for each in properties.get(f"{_PROPERTY}s") or ()
        ]
        return name, attributes

    return kept


def _check_lifecycle(properties: Properties) -> None:
    text = (properties.get("LifecyclePolicy") or {}).get("LifecyclePolicyText")
    try:
        if text:
            rules_of(text)
    except PolicyError as error:
        raise ActionError(f"Invalid parameter at 'LifecyclePolicyText': '{error}'") from error
