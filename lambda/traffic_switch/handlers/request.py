"""Request: CloudFormation asks for a color; a switch is recorded and started."""

from __future__ import annotations

from typing import Any

from traffic_switch.contract import KEEP, Color
from traffic_switch.errors import RequestError
from traffic_switch.handlers.entry import Event, entry, log
from traffic_switch.handlers.respond import physical_id
from traffic_switch.journal import Answer
from traffic_switch.model import Mode, Switch
from traffic_switch.ports.answer import CloudFormationRequest
from traffic_switch.world import World


def receive(event: Event, world: World) -> dict[str, Any]:
    """Start the switch, or answer at once when there is nothing to run. Whatever goes wrong, CloudFormation hears it:
    it would wait for an hour otherwise.
    """
    try:
        switch = _planned(event, world)
        if switch is None:
            return _answer(event, world, "SUCCESS", "nothing to undo: the release had not touched the traffic")
        world.journal.open(switch, _without_properties(event), world.now())
        world.executions.start(switch)
        return {"switch": switch.id}
    except Exception as error:
        log.exception("the request could not be started")
        return _answer(event, world, "SUCCESS" if _must_succeed(event, world, error) else "FAILED", str(error))


def _must_succeed(event: Event, world: World, error: Exception) -> bool:
    """A rollback that fails leaves the stack in UPDATE_ROLLBACK_FAILED; a service that never was can be deleted."""
    if event["RequestType"] == "Delete":
        return isinstance(error, RequestError)
    try:
        return event["RequestType"] == "Update" and world.is_rolling_back(event["StackId"])
    except Exception:
        log.exception("the stack's status could not be read")
        return False


def _planned(event: Event, world: World) -> Switch | None:
    service = event["ResourceProperties"].get("Service", "")
    if service not in world.services:
        raise RequestError(f"there is no service {service!r}; the services are {', '.join(world.services)}")
    if event["RequestType"] == "Delete":
        return Switch(event["RequestId"], service, Mode.REMOVE, Color.BLUE, "")
    if event["RequestType"] == "Update" and world.is_rolling_back(event["StackId"]):
        return _restore(event["RequestId"], service, world)
    color = _color(event, world, service)
    return Switch(event["RequestId"], service, Mode.RELEASE, color, _version(event, color))


def _restore(request_id: str, service: str, world: World) -> Switch | None:
    """A rollback undoes the newest release, which may still be running when somebody cancelled the stack's update.

    A release that never looked at the rule has nothing to undo, and gives None.
    """
    undone = world.journal.last_request(service)
    if not undone:
        return None
    world.executions.stop(undone, "CloudFormation is rolling the release back")
    record = world.journal.record(undone)
    if record is None or record.before is None:
        return None
    return Switch(request_id, service, Mode.RESTORE, record.switch.color, record.switch.version, undoes=undone)


def _color(event: Event, world: World, service: str) -> Color:
    asked = event["ResourceProperties"].get("Color", KEEP)
    if asked == KEEP:
        live = world.journal.live(service)
        return live.color if live else Color.BLUE
    if asked not in set(Color):
        raise RequestError(f"Color is {asked!r}; allowed are {', '.join(Color)} and {KEEP}")
    return Color(asked)


def _version(event: Event, color: Color) -> str:
    properties = event["ResourceProperties"]
    return str(properties.get("Version") or properties.get(f"{color.capitalize()}Version", ""))


def _without_properties(event: Event) -> dict[str, Any]:
    kept = ("ResponseURL", "StackId", "RequestId", "LogicalResourceId", "PhysicalResourceId", "RequestType")
    return {key: event[key] for key in kept if key in event}


def _answer(event: Event, world: World, status: str, reason: str) -> dict[str, Any]:
    service = str(event["ResourceProperties"].get("Service", "unknown"))
    live = world.journal.live(service) if status == "SUCCESS" else None
    data = {"ActiveColor": live.color.value if live else "none", "Outcome": "UNCHANGED"}
    world.answer(CloudFormationRequest.from_event(event), Answer(status, reason, data), physical_id(service))
    return {"answered": status}


handle = entry(receive)
