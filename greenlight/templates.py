"""What templates of Greenlight's stacks declare: read from CloudFormation, or from a synthesized assembly. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traffic_switch.contract import (
    GUARD_RESOURCE_TYPE,
    ONE_WAY,
    RECORDED_SETTINGS,
    RELEASE_RESOURCE_TYPE,
    SETTINGS_GUARD_RESOURCE_TYPE,
    Color,
)

from greenlight.errors import ProjectError

Template = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a service's custom resource asks for: `color` may be `keep`. `logical_id` names it in its stack."""

    logical_id: str
    color: str
    version: str
    attempt: int
    one_way: bool = False
    undoes: str = ""

    @property
    def doors(self) -> str:
        """What it says of one-way doors, for people."""
        return doors(self.one_way, self.undoes)


def doors(one_way: bool, undoes: str) -> str:
    """What is said of one-way doors, for people."""
    return "OneWay" if one_way else f"UndoOneWay {undoes}" if undoes else "nothing"


def asked(template: Template, service: str) -> Asked | None:
    """The request for a service's color in ReleaseStack's template; None when there is none."""
    for logical_id, properties in _resources(template, RELEASE_RESOURCE_TYPE, service):
        attempt = attempt_of(properties)
        one_way = str(properties.get("OneWay", "")).lower() == ONE_WAY
        undoes = str(properties.get("UndoOneWay", ""))
        color, version = str(properties.get("Color", "")), str(properties.get("Version", ""))
        return Asked(logical_id, color, version, attempt, one_way, undoes)
    return None


def services_asked(template: Template) -> list[str]:
    """The services that ReleaseStack's template has a request for."""
    resources = template.get("Resources", {}).values()
    return [
        str(each.get("Properties", {}).get("Service", ""))
        for each in resources
        if each.get("Type") == RELEASE_RESOURCE_TYPE
    ]


def versions(template: Template, service: str) -> dict[Color, str]:
    """The version that each color runs by the compute stack's template; empty when it does not say."""
    for _, properties in _resources(template, GUARD_RESOURCE_TYPE, service):
        return {color: str(properties.get(f"{color.capitalize()}Version", "")) for color in Color}
    return {}


def recorded_settings(template: Template) -> Mapping[str, str]:
    """The settings that were recorded with the last deploy; none by an older version, or where nothing is deployed."""
    for resource in template.get("Resources", {}).values():
        if resource.get("Type") == SETTINGS_GUARD_RESOURCE_TYPE:
            return dict(resource.get("Properties", {}).get(RECORDED_SETTINGS, {}))
    return {}


def attempt_of(properties: Mapping[str, Any]) -> int:
    """The `Attempt` of a custom resource's properties; 0 when there is none that is a number."""
    try:
        return int(properties.get("Attempt", 0))
    except (TypeError, ValueError, OverflowError):
        return 0


def synthesized(assembly: Path, stack: str) -> Template:
    """A stack's template in an assembly.

    Raises:
        ProjectError: the folder holds none.
    """
    file = assembly / f"{stack}.template.json"
    try:
        return dict(json.loads(file.read_text()))
    except (OSError, ValueError) as error:
        raise ProjectError(
            f"{file} cannot be read ({error}): --app takes a folder that `cdk synth` has written"
        ) from error


def stacks_of(assembly: Path) -> list[str]:
    """The names of the stacks in an assembly, by its manifest: files of an earlier synthesis may lie beside them.

    Raises:
        ProjectError: the folder is no assembly.
    """
    file = assembly / "manifest.json"
    try:
        artifacts: Mapping[str, Any] = json.loads(file.read_text())["artifacts"]
    except (OSError, ValueError, KeyError) as error:
        raise ProjectError(
            f"{file} cannot be read ({error}): --app takes a folder that `cdk synth` has written"
        ) from error
    return [name for name, artifact in artifacts.items() if artifact["type"] == "aws:cloudformation:stack"]


def _resources(template: Template, kind: str, service: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for logical_id, resource in template.get("Resources", {}).items():
        properties = resource.get("Properties", {})
        if resource.get("Type") == kind and properties.get("Service") == service:
            yield logical_id, properties
