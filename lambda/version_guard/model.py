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

RECORDED_IMAGES = "RecordedImages"
REFUSED_SEVERITY = "refused_severity"
REQUIRED_PROFILE = "required_profile"


@dataclass(frozen=True)
class Declaration:
    """The versions that a deployment declares for one service.

    `allow_live_change`: it may change the live one in place. `recorded_images`: a version whose tag moved runs the
    image that it was. `by_digest`: the colors' resources take their images from the guard's answer; those of an earlier
    Greenlight named them by tags.
    """

    service: str
    versions: Mapping[Color, str]
    allow_live_change: bool = False
    recorded_images: bool = False
    by_digest: bool = True

    @classmethod
    def from_properties(cls, raw: Mapping[str, Any]) -> Declaration:
        """Read the resource's properties; CloudFormation turns every boolean into a string.

        Raises:
            RequestError: one is missing.
        """
        return cls(
            service=required(raw, "Service"),
            versions={Color.BLUE: required(raw, "BlueVersion"), Color.GREEN: required(raw, "GreenVersion")},
            allow_live_change=_is_set(raw, "AllowLiveChange"),
            recorded_images=_is_set(raw, RECORDED_IMAGES),
            by_digest=RECORDED_IMAGES in raw,
        )


@dataclass(frozen=True)
class GuardedService:
    """Where a service's images and its production traffic are, and which tags mark the images that run.

    `refused_severity`: a new version with a finding of this severity, or of a graver one, is refused; empty for none.
    `required_profile`: the ARN of the signing profile that a new version was signed with; empty for none.
    """

    repository: str
    running_tags: Mapping[Color, str]
    listener_arn: str
    target_group_arns: Mapping[Color, str]
    refused_severity: str = ""
    required_profile: str = ""

    @classmethod
    def of(cls, edge: Mapping[str, Any], own: Mapping[str, Any]) -> GuardedService:
        """Join what a service has of its own to what all of them share."""
        listener = edge["listener_arn"]
        return cls(
            repository=own["repository"],
            running_tags={Color(color): tag for color, tag in edge["running_tags"].items()},
            listener_arn=listener,
            target_group_arns={Color(c): arn_beside(listener, name) for c, name in own["target_groups"].items()},
            refused_severity=edge.get(REFUSED_SEVERITY, ""),
            required_profile=edge.get(REQUIRED_PROFILE, ""),
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


def _is_set(raw: Mapping[str, Any], name: str) -> bool:
    return str(raw.get(name)).lower() == "true"
