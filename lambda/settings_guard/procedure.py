"""How a change of settings is judged: what was deployed comes with CloudFormation's request, as its old properties."""

from __future__ import annotations

from custom_resource.patience import Patience
from custom_resource.request import Event, Kind, kind_of
from custom_resource.stack import goes_back
from traffic_switch.contract import RECORDED_SETTINGS
from traffic_switch.journal import Answer

from settings_guard.rules import Values, refusal
from settings_guard.world import World


def decide(event: Event, world: World, patience: Patience) -> Answer:
    """Return SUCCESS or FAILED with the reason. Only an update that goes forward is ever refused.

    A system that a version without this resource deployed has a Create here: it records the values, and passes. A
    rollback looks like an update in the other direction. Only the stack tells it from one, and is asked when something
    would be refused.
    """
    if kind_of(event) is not Kind.UPDATE:
        return Answer("SUCCESS", "nothing is known to have been deployed before")
    refused = refusal(_recorded(event, "OldResourceProperties"), _recorded(event, "ResourceProperties"), _stack(event))
    if not refused:
        return Answer("SUCCESS", "nothing changes that cannot")
    if goes_back(event, world.is_rolling_back, patience, world.surroundings.sleep):
        return Answer("SUCCESS", "rolling back")
    return Answer("FAILED", refused)


def _recorded(event: Event, name: str) -> Values:
    """The settings in one set of properties; none where it is malformed, since a rollback must never fail."""
    properties = event.get(name)
    found = properties.get(RECORDED_SETTINGS) if isinstance(properties, dict) else None
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _stack(event: Event) -> str:
    """The stack's name, from `arn:aws:cloudformation:<region>:<account>:stack/<name>/<id>`."""
    return str(event.get("StackId", "")).partition(":stack/")[2].partition("/")[0]
