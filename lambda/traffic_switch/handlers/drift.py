"""Drift: a scheduled look that tells people when the production rule is not as the journal says, while no switch
runs.
"""

from __future__ import annotations

from traffic_switch import preflight
from traffic_switch.config import Service
from traffic_switch.handlers.entry import Entry, Event, Result, log
from traffic_switch.world import World


def watch(_event: Event, world: World) -> Result:
    """Look at every service; one that cannot be read does not hide the others.

    Raises:
        ExceptionGroup: some could not be read.
    """
    problems = []
    found = {}
    for service in world.services.values():
        try:
            found[service.name] = _watch(world, service)
        except Exception as error:
            log.exception("the service could not be looked at")
            problems.append(error)
    if problems:
        raise ExceptionGroup("some services could not be looked at", problems)
    return {"drift": found}


def _watch(world: World, service: Service) -> str:
    """Tell of a drift once, and again when it has become another one."""
    drift = _settled_drift(world, service)
    if drift is None or drift == world.journal.drift(service.name):
        return drift or ""
    if drift:
        world.notifier.tell(f"PAGE: Greenlight {service.name}: the production rule has drifted", drift)
    world.journal.remember_drift(service.name, drift)
    return drift


def _settled_drift(world: World, service: Service) -> str | None:
    """The drift, empty when there is none, or None while nobody can say: a switch runs, or one look says otherwise than
    the other. Two looks, W apart, because DescribeRules lags behind the writes of a switch that has just ended.
    """
    first = _drift(world, service)
    if not first:
        return first
    world.sleep(world.policy.write_settle_seconds)
    return first if _drift(world, service) == first else None


def _drift(world: World, service: Service) -> str | None:
    if world.journal.lock(service.name):
        return None
    live = world.journal.live(service.name)
    drift = preflight.drift(world.rule(service).look(), live)
    steady = world.journal.lock(service.name) is None and world.journal.live(service.name) == live
    return drift if steady else None


handle = Entry(watch)
