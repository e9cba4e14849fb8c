"""The sets of flags that acts deploy, as `-c` would give them: what is declared, by the name of each set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from traffic_switch.contract import Color

from greenlight.rehearsal.pace import patience
from greenlight.rehearsal.versions import Cast


@dataclass(frozen=True)
class Script:
    """What flags are made of: the service, its versions, and whether production's own patience is rehearsed."""

    service: str
    cast: Cast
    real_time: bool = False
    played: tuple[str, ...] = ()
    """Services that had their turn before: whichever color is live, these versions are as their acts left them."""
    others: tuple[str, ...] = ()
    """The further services, in their order."""


Flags = Callable[[Script], Mapping[str, str]]


def declared(
    color: Color | None,
    blue: Callable[[Cast], str],
    green: Callable[[Cast], str],
    attempt: int = 1,
    patient: bool = False,
) -> Flags:
    """The three facts of the service, and the attempt. `patient`: the bake leaves time for what an act does in it."""

    def flags(script: Script) -> Mapping[str, str]:
        facts = {"blue_version": blue(script.cast), "green_version": green(script.cast), "attempt": str(attempt)}
        if color:
            facts["active_color"] = color.value
        own = {f"{script.service}.{name}": value for name, value in facts.items()}
        return {**_at_rest(script), **own, **(patience(script.real_time) if patient else {})}

    return flags


def _at_rest(script: Script) -> dict[str, str]:
    return {f"{service}.green_version": script.cast.second for service in script.played}


def first(cast: Cast) -> str:
    """The version that is live at first."""
    return cast.first


def second(cast: Cast) -> str:
    """The version that replaces it."""
    return cast.second


FIRST = declared(None, first, first)
"""The very first deployment: the same version on both colors, and no color asked for."""
RELEASE = declared(Color.GREEN, first, second)
UNDO = declared(Color.BLUE, first, second)
UNHEALTHY = declared(Color.GREEN, first, lambda cast: cast.unhealthy)
ERRORS = declared(Color.GREEN, first, lambda cast: cast.errors)
STALE = declared(Color.BLUE, second, second)
"""A working copy from before the last release: it would replace blue, which is live."""


def attempt(number: int, *, patient: bool = False) -> Flags:
    """`RELEASE` once more. Each act has numbers of its own: for four minutes after its rollback, a release with the
    same properties is taken for a late copy of the one that was rolled back.
    """
    return declared(Color.GREEN, first, second, number, patient)


def rival(script: Script) -> Mapping[str, str]:
    """Somebody else's release at the same time: the second version, onto blue."""
    return declared(Color.BLUE, second, second, patient=True)(script)


def unrelated(script: Script) -> Mapping[str, str]:
    """What `UNDO` declares, and two settings that have nothing to do with traffic."""
    return {**UNDO(script), "log_retention_days": "7", "tags": '{"team": "shop"}'}


COMMON: Mapping[str, Flags] = {"first": FIRST, "release": RELEASE, "undo": UNDO}
"""The scenes on which acts begin."""
