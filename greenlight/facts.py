"""A service's facts as the journal knows them: what is deployed along with another change, what cdk.json has to say.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from traffic_switch.contract import Color
from traffic_switch.journal import Record
from traffic_switch.model import Live, Outcome

from greenlight import plan as plans
from greenlight.errors import ReleaseError
from greenlight.switch_view import asked_before_and_after
from greenlight.templates import attempt_of
from stacks.options.compute import NEVER, RENEWED_AT
from stacks.settings import ServiceSettings, Settings

Facts = Mapping[str, str | int]
NO_COLOR = "null"
"""What `-c` takes for a setting that is left out."""


def as_live(service: ServiceSettings, live: Live | None, running: Mapping[Color, str]) -> Facts:
    """What changes no color: the versions that are there, and no color asked for. `running` is what was deployed.

    Nothing where nothing is live: then cdk.json's own facts count.

    Raises:
        ReleaseError: the live color was deployed with another version than the journal remembers.
    """
    if live is None:
        return {}
    found = running.get(live.color) or live.version
    if found != live.version:
        raise ReleaseError(
            f"{service.name}: the journal remembers {live.color} {live.version} as live, but {live.color} was deployed"
            f" with {found} since, past the switch. Release it, so that the journal knows: `npx cdk deploy --all -c"
            f" {service.name}.{live.color}_version={found} -c {service.name}.active_color={live.color}`. Nothing was"
            " changed"
        )
    other = live.color.other
    return {
        f"{live.color}_version": live.version,
        f"{other}_version": running.get(other) or service.version(other),
        "active_color": NO_COLOR,
    }


def unrecorded_host(settings: Settings, renewed_at: str) -> Facts:
    """When the host was renewed, where cdk.json does not say so: an earlier time there would renew it once more.

    A later one is somebody's wish, and stays.
    """
    if renewed_at == NEVER or renewed_at <= (settings.host_renewed_at or ""):
        return {}
    return {RENEWED_AT: renewed_at}


def unrecorded(service: ServiceSettings, live: Live | None, switches: Sequence[Record]) -> Facts:
    """What a release that ended well would have written of what is live; nothing when cdk.json says all of it.

    `switches` are the service's, the newest first. A color that nobody asked for need not be said. The attempt of a
    one-way door that is held was rolled back in its stack, and is not heard a second time: it gets the next one.
    """
    if live is None:
        return {}
    made = list(plans.made(live, switches))
    request = _request(made)
    named = request.get("Color") == live.color
    facts = {**_versions(live, made), "active_color": live.color.value}
    if named:
        facts["attempt"] = _attempt(service, request)
    if request.get("OneWay"):
        facts["one_way"] = live.version
    if made and made[0].outcome is not Outcome.DONE:
        facts["attempt"] = plans.next_attempt([_attempt(service, request)])
    return {} if _is_said(service, facts, named) else facts


def _request(made: Sequence[Record]) -> Mapping[str, Any]:
    """What the newest release that made this live asked for; empty when the journal knows of none."""
    _, asked = asked_before_and_after(made[0]) if made else ({}, {})
    return asked


def _attempt(service: ServiceSettings, request: Mapping[str, Any]) -> int:
    """The request's, or the service's own where nobody could declare that one."""
    asked = attempt_of(request)
    return asked if 1 <= asked <= plans.MOST_ATTEMPTS else service.attempt


def _is_said(service: ServiceSettings, facts: Facts, named: bool) -> bool:
    """Whether a plain deploy would change nothing. Where no color was named, none has to be declared."""
    said: dict[str, object] = {f"{color}_version": service.version(color) for color in Color}
    said |= {"active_color": service.active_color, "attempt": service.attempt, "one_way": service.one_way}
    if not named and service.active_color is None:
        said["active_color"] = facts["active_color"]
    return all(said[key] == value for key, value in facts.items())


def _versions(live: Live, made: Sequence[Record]) -> dict[str, str | int]:
    """The live color's, and the other one's if it was live before: a release that was refused left no version."""
    facts: dict[str, str | int] = {f"{live.color}_version": live.version}
    before = _before(live, made)
    if before and before.color is not live.color:
        facts[f"{before.color}_version"] = before.version
    return facts


def _before(live: Live, made: Sequence[Record]) -> Live | None:
    """What was live before; None where nothing was, or where the journal's item of it is damaged."""
    for each in made:
        if each.before is None or each.before.live != live:
            return each.before.live if each.before else None
    return None
