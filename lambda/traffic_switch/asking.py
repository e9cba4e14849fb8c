"""What CloudFormation asks for: its event read once, with every property that is missing or wrong named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from traffic_switch.contract import KEEP, ONE_WAY, Color
from traffic_switch.errors import RequestError

ANSWERED_WITH = ("ResponseURL", "StackId", "RequestId", "LogicalResourceId")
"""Without these nobody can be answered (CloudFormation user guide, custom resource request fields)."""

NOT_COMPARED = ("ServiceToken", "ServiceTimeout")
"""Properties that say how a request is made, not what for: a rollback may come with others."""

DELETE, UPDATE = "Delete", "Update"


@dataclass(frozen=True)
class Properties:
    """The resource's properties before and after a request, as canonical JSON; empty where there were none."""

    old: str = ""
    new: str = ""

    def reverses(self, other: Properties) -> bool:
        """Whether this request takes the other one back. CloudFormation gives a rollback no other mark."""
        return bool(self.old and self.new) and (self.old, self.new) == (other.new, other.old)

    @property
    def reversed(self) -> Properties:
        """Those of the request that takes this one back."""
        return Properties(self.new, self.old)

    @property
    def text(self) -> str:
        """A short text that is the same for the same properties."""
        return hashlib.sha256(f"{self.old}\n{self.new}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Ask:
    """One request. `resource` names the custom resource in its stack; `request` is what an answer needs of the
    event. `one_way` and `undo_one_way` are those of the switch.
    """

    id: str
    kind: str
    service: str
    resource: str
    stack_id: str
    properties: Properties
    color: str
    version: str
    request: Mapping[str, Any]
    one_way: bool = False
    undo_one_way: str = ""

    @classmethod
    def from_event(cls, event: Mapping[str, Any], services: Collection[str]) -> Ask:
        """Read an event.

        Raises:
            RequestError: it lacks something, or asks for what there is not.
        """
        request = answerable(event)
        wanted = event.get("ResourceProperties")
        kind = event.get("RequestType")
        if kind not in ("Create", UPDATE, DELETE):
            raise RequestError(f"RequestType is {kind!r}; allowed are Create, Update and Delete")
        if not isinstance(wanted, Mapping):
            raise RequestError("the event has no ResourceProperties")
        service = str(wanted.get("Service", ""))
        if service not in services:
            raise RequestError(f"there is no service {service!r}; the services are {', '.join(services)}")
        color = str(wanted.get("Color", KEEP))
        if kind != DELETE and color not in {*Color, KEEP}:
            raise RequestError(f"Color is {color!r}; allowed are {', '.join(Color)} and {KEEP}")
        return cls(
            id=str(event["RequestId"]),
            kind=str(kind),
            service=service,
            resource=f"{event['StackId']}/{event['LogicalResourceId']}",
            stack_id=str(event["StackId"]),
            properties=Properties(_canonical(event.get("OldResourceProperties")), _canonical(wanted)),
            color=color,
            version=_version(wanted, color),
            request=request,
            one_way=str(wanted.get("OneWay", "")).lower() == ONE_WAY,
            undo_one_way=str(wanted.get("UndoOneWay", "")),
        )


def answerable(event: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer needs of the event.

    Raises:
        RequestError: the event cannot be answered.
    """
    missing = [name for name in ANSWERED_WITH if not event.get(name)]
    if missing:
        raise RequestError(f"the event has no {', no '.join(missing)}: nobody can be answered")
    kept = (*ANSWERED_WITH, "PhysicalResourceId", "RequestType")
    return {name: event[name] for name in kept if name in event}


def _canonical(properties: Any) -> str:
    if not isinstance(properties, Mapping):
        return ""
    compared = {name: value for name, value in properties.items() if name not in NOT_COMPARED}
    return json.dumps(compared, sort_keys=True, separators=(",", ":"))


def _version(wanted: Mapping[str, Any], color: str) -> str:
    """A named color comes with its version; without one, the very first release is blue's."""
    named = color if color in set(Color) else Color.BLUE.value
    return str(wanted.get("Version") or wanted.get(f"{named.capitalize()}Version", ""))
