"""Smoke: ask the idle color through its preview rule."""

from __future__ import annotations

from traffic_switch import smoke
from traffic_switch.authentic import own_switch
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.model import Mode
from traffic_switch.world import World


def ask(event: Event, world: World) -> Result:
    """Ask for its health and for a real page: an application can be healthy and broken at once."""
    switch = own_switch(event, world, Mode.RELEASE)
    service = world.services[switch.service]
    door, headers = world.front_door(service), world.preview_headers(service, switch.color)
    paths = dict.fromkeys((service.health_path, service.probe_path))
    replies = [r for path in paths for r in door.ask_many(path, world.policy.smoke_requests, headers)]
    record = world.journal.record(switch.id)
    judgment = smoke.judge(replies, switch.color, switch.version, record.digest if record else "")
    return ruling(world, switch, "smoke", 1, judgment)


handle = Entry(ask)
