"""What is declared for one service, and where that service is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custom_resource.request import required
from traffic_switch.config import arn_beside
from traffic_switch.contract import CONFIG_VARIABLE, Color
from traffic_switch.errors import RequestError


@dataclass(frozen=True)
class Declaration:
    """The versions that a deployment declares for one service, and whether it may change the live one in place."""

    service: str
    versions: Mapping[Color, str]
    allow_live_change: bool

    @classmethod
    def from_properties(cls, raw: Mapping[str, Any]) -> Declaration:
        """Read the resource's properties; CloudFormation turns every boolean into a string.

        Raises:
            RequestError: one is missing.
        """
        return cls(
            service=required(raw, "Service"),
            versions={Color.BLUE: required(raw, "BlueVersion"), Color.GREEN: required(raw, "GreenVersion")},
            allow_live_change=str(raw.get("AllowLiveChange")).lower() == "true",
        )

    def changed_since(self, before: Declaration | None) -> tuple[Color, ...]:
        """The colors whose version is another one than before; both when there was no before."""
        if before is None:
            return tuple(Color)
        return tuple(color for color in Color if self.versions[color] != before.versions[color])


@dataclass(frozen=True)
class GuardedService:
    """Where a service's images and its production traffic are, and which tags mark the images that run."""

    repository: str
    running_tags: Mapping[Color, str]
    listener_arn: str
    target_group_arns: Mapping[Color, str]

    @classmethod
    def of(cls, edge: Mapping[str, Any], own: Mapping[str, Any]) -> GuardedService:
        """Join what a service has of its own to what all of them share."""
        listener = edge["listener_arn"]
        return cls(
            repository=own["repository"],
            running_tags={Color(color): tag for color, tag in edge["running_tags"].items()},
            listener_arn=listener,
            target_group_arns={Color(c): arn_beside(listener, name) for c, name in own["target_groups"].items()},
        )


def written(edge: Mapping[str, Any], services: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What CONFIG_VARIABLE holds, as JSON: what is shared once, since Lambda's environment is small."""
    return {"edge": dict(edge), "services": dict(services)}


def services(environment: Mapping[str, str]) -> dict[str, GuardedService]:
    """All services that this function guards, by name."""
    raw: dict[str, Any] = json.loads(environment[CONFIG_VARIABLE])
    return {name: GuardedService.of(raw["edge"], own) for name, own in raw["services"].items()}


def found(known: Mapping[str, GuardedService], name: str) -> GuardedService:
    """One of the services. Raises RequestError when it is none of them."""
    if name not in known:
        raise RequestError(f"there is no service {name!r}; the services are {', '.join(known)}")
    return known[name]
