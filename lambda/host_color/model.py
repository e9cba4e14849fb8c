"""What CloudFormation asks for: one color of one service, the image it shall run, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from traffic_switch.contract import Color


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
        """Read the resource's properties; CloudFormation turns every number into a string."""
        return cls(
            service=raw["Service"],
            color=Color(raw["Color"]),
            image=raw["Image"],
            document=raw["Document"],
            place=Place(raw["TargetGroupArn"], raw["InstanceId"], int(raw["Port"])),
        )

    @property
    def name(self) -> str:
        """The container's name, and the resource's physical id: constant, so that no update is a replacement."""
        return f"{self.service}-{self.color}"


class Kind(StrEnum):
    """CloudFormation's RequestType."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True)
class Change:
    """What to do, read from the event. `before` is what an update replaces, and None otherwise."""

    kind: Kind
    wanted: HostColor
    before: HostColor | None
    stack_id: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Change:
        """Read CloudFormation's event."""
        old = event.get("OldResourceProperties")
        return cls(
            kind=Kind(event["RequestType"]),
            wanted=HostColor.from_properties(event["ResourceProperties"]),
            before=HostColor.from_properties(old) if old else None,
            stack_id=event["StackId"],
        )

    @property
    def leaves(self) -> Place | None:
        """The place that the color moves away from, None when it stays where it is."""
        if self.before is None or self.before.place == self.wanted.place:
            return None
        return self.before.place

    @property
    def replaces_in_place(self) -> bool:
        """Whether another image comes to run where the color is already registered."""
        return self.before is not None and self.leaves is None and self.before.image != self.wanted.image
