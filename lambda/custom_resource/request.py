"""What CloudFormation's events say, and the refusal of those that lack something."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from traffic_switch.contract import Color
from traffic_switch.errors import RequestError

Event = Mapping[str, Any]


class Kind(StrEnum):
    """CloudFormation's RequestType."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


def kind_of(event: Event) -> Kind:
    """The event's RequestType. Raises RequestError for one that CloudFormation does not send."""
    said = event.get("RequestType")
    if said not in set(Kind):
        raise RequestError(f"RequestType is {said!r}; allowed are {', '.join(Kind)}")
    return Kind(said)


def properties(event: Event, name: str = "ResourceProperties") -> Mapping[str, Any]:
    """One set of the event's properties. Raises RequestError when it is missing."""
    found = event.get(name)
    if not isinstance(found, Mapping):
        raise RequestError(f"the event has no {name}: deploy the stack again with the templates of this version")
    return found


def required(raw: Mapping[str, Any], name: str) -> str:
    """One property as text. Raises RequestError when it is missing or empty."""
    value = raw.get(name)
    if not isinstance(value, (str, int, float)) or value == "":
        raise RequestError(
            f"the property {name} is {'missing' if value is None else repr(value)}; allowed is any text but the"
            " empty one. Deploy the stack again with the templates of this version"
        )
    return str(value)


def color_of(raw: Mapping[str, Any]) -> Color:
    """The property Color. Raises RequestError for any other word."""
    said = required(raw, "Color")
    if said not in set(Color):
        raise RequestError(f"the property Color is {said!r}; allowed are {', '.join(Color)}")
    return Color(said)
