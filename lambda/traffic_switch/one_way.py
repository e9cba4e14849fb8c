"""One-way doors: versions that write data which the version before them cannot read. Pure.

Nothing leads back through one by itself: once users may have been on such a version, only a person's word does.
docs/protocol.md specifies it.
"""

from __future__ import annotations

from traffic_switch.image import KnownImage
from traffic_switch.journal import Before
from traffic_switch.model import Live, Switch

BACK = "`greenlight rollback --undo-one-way`"
"""The person's word that goes back all the same."""


def passes(switch: Switch, before: Before | None) -> bool:
    """Whether this release leads through a one-way door, from what it found.

    The very first release leaves no version behind. What is live may be on the other side already: it is the same
    version, or one that came after the door.
    """
    live = before.live if before else None
    return switch.one_way and live is not None and switch.version not in (live.version, live.door)


def leads_back(live: Live | None, version: str, known: KnownImage | None) -> bool:
    """Whether a version lies behind the last door that what is live has passed: it was first deployed before that.

    `known` is the version's image. One that the journal does not know was deployed before the journal knew any, or was
    never deployed by Greenlight: nobody can say that it reads the data.
    """
    if live is None or not live.door or version in (live.version, live.door):
        return False
    return known is None or known.since < live.door_at


def door_of(switch: Switch, live: Live | None, known: KnownImage | None, at: float) -> tuple[str, int]:
    """The last door on the way to a release that ended well, and when it was passed; `live` is what it found."""
    if switch.one_way and (live is None or switch.version != live.door):
        return switch.version, int(at)
    if live is None or leads_back(live, switch.version, known):
        return "", 0
    return live.door, live.door_at


def refusal(live: Live, version: str) -> str:
    """Why a release that leads back through a door is refused, and what to do."""
    return (
        f"{version} lies behind the one-way door {live.door}, which has written data that earlier versions cannot read:"
        f" release a later version, or go back all the same with {BACK}"
    )
