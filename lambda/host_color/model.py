"""What CloudFormation asks for: one color of one service, the image it shall run, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from custom_resource.request import Event, Kind, color_of, kind_of, properties, required
from traffic_switch.contract import Color
from traffic_switch.errors import RequestError

LAST_PORT = 65535


@dataclass(frozen=True)
class Place:
    """Where a color answers: a port of an instance, registered in the color's target group."""

    target_group_arn: str
    instance_id: str
    port: int

    def __str__(self) -> str:
        return f"{self.instance_id}:{self.port}"


@dataclass(frozen=True)
class HostColor:
    """One color of one service. `document` is the SSM document that makes it run `image`."""

    service: str
    color: Color
    image: str
    document: str
    place: Place

    @classmethod
    def from_properties(cls, raw: Mapping[str, Any]) -> HostColor:
        """Read the resource's properties; CloudFormation turns every number into a string.

        Raises:
            RequestError: one is missing or makes no sense.
        """
        return cls(
            service=required(raw, "Service"),
            color=color_of(raw),
            image=required(raw, "Image"),
            document=required(raw, "Document"),
            place=Place(required(raw, "TargetGroupArn"), required(raw, "InstanceId"), _port(raw)),
        )

    @property
    def name(self) -> str:
        """The container's name, and the resource's physical id: constant, so that no update is a replacement."""
        return f"{self.service}-{self.color}"


class Step(StrEnum):
    """What a command does. PREPARE pulls the image and says whether it runs already; RUN replaces what runs."""

    PREPARE = "prepare"
    RUN = "run"


@dataclass(frozen=True)
class Change:
    """What to do, read from the event. `before` is what an update replaces, None where it cannot be known.

    `listener_arn` is the listener whose rules say whether the color has users. A rollback to properties of an earlier
    Greenlight has none, and does not ask.
    """

    kind: Kind
    wanted: HostColor
    before: HostColor | None
    stack_id: str
    listener_arn: str

    @classmethod
    def from_event(cls, event: Event) -> Change:
        """Read CloudFormation's event.

        Raises:
            RequestError: it lacks something.
        """
        raw = properties(event)
        return cls(
            kind=kind_of(event),
            wanted=HostColor.from_properties(raw),
            before=_before(event),
            stack_id=required(event, "StackId"),
            listener_arn=str(raw.get("ListenerArn") or ""),
        )

    @property
    def leaves(self) -> Place | None:
        """The place that the color moves away from, None when it stays where it is."""
        if self.before is None or self.before.place == self.wanted.place:
            return None
        return self.before.place


def _before(event: Event) -> HostColor | None:
    """A rollback may come from properties that made no sense, and must not fail of them."""
    try:
        return HostColor.from_properties(properties(event, "OldResourceProperties"))
    except RequestError:
        return None


def _port(raw: Mapping[str, Any]) -> int:
    said = required(raw, "Port")
    if not said.isdecimal() or not 1 <= int(said) <= LAST_PORT:
        raise RequestError(f"the property Port is {said!r}; allowed is a number from 1 to {LAST_PORT}")
    return int(said)
