"""How values are made, rotated and retired, so that whoever asks a color holds a valid one at every moment.

A rotation first lets the rules accept the new values beside the current ones, waits until the whole load balancer
follows, and then tells the new ones to whoever reads the secret. Wherever it breaks off, what the secret says is
accepted, or is so after the next look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from traffic_switch.errors import PreviewError

from preview_keys.keyring import Keyring, completed, retired, rotated
from preview_keys.world import World

TRIES = 3
ELSEWHERE = "somebody else changed the preview secret meanwhile, so that nothing was rotated here. Look, and try again"


@dataclass(frozen=True)
class Told:
    """What became of a look: the names that were rotated, or why none were although somebody asked."""

    rotated: tuple[str, ...] = ()
    refused: str = ""
    old_until: float = 0.0


def ensure(world: World) -> Keyring:
    """Give values to all colors that have none, and end those whose time is over.

    Raises:
        PreviewError: somebody else kept changing the secret.
    """

    def needed(ring: Keyring) -> Keyring:
        now = world.surroundings.now()
        return retired(completed(ring, world.names, world.fresh, now), world.fresh, now)

    for _ in range(TRIES):
        if ring := _changed(world, needed):
            return ring
    raise PreviewError(ELSEWHERE)


def tend(world: World, is_asked: bool) -> Told:
    """Rotate if somebody asks or the time has come, and let the rules accept what the secret says.

    Raises:
        PreviewError: somebody else changed the secret in between; the rules accept what it says.
    """
    ring, now = ensure(world), world.surroundings.now()
    try:
        if ring.is_overlapping(now):
            return Told(refused=_not_yet(ring) if is_asked else "", old_until=ring.old_until)
        if not is_asked and not ring.is_due(now, world.rotation_days):
            return Told()
        return _rotated(world)
    finally:
        world.rules.follow(world.secret.read().ring.opening)


def _rotated(world: World) -> Told:
    def anew(ring: Keyring) -> Keyring:
        ring = rotated(ring, world.fresh, world.surroundings.now())
        world.rules.follow(ring.opening)
        world.surroundings.sleep(world.spread_seconds)
        return ring

    ring = _changed(world, anew)
    if ring is None:
        raise PreviewError(ELSEWHERE)
    return Told(rotated=tuple(sorted(ring.pairs)), old_until=ring.old_until)


def _changed(world: World, change: Callable[[Keyring], Keyring]) -> Keyring | None:
    """Read, change and write; None when somebody else has written in between, and the change was not made."""
    kept = world.secret.read()
    ring = change(kept.ring)
    return ring if ring == kept.ring or world.secret.replace(kept.version, ring) else None


def _not_yet(ring: Keyring) -> str:
    rotated_at, until = (f"{datetime.fromtimestamp(at, UTC):%H:%M:%S} UTC" for at in (ring.rotated_at, ring.old_until))
    return (
        f"the values were rotated at {rotated_at}, and a switch that runs may use the old ones until {until}. Nothing"
        " was changed; rotate again after that"
    )
