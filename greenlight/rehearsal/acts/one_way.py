"""The act of a one-way door: a version whose data the one before cannot read goes wrong, and nobody is moved back."""

from __future__ import annotations

from collections.abc import Mapping

from traffic_switch.contract import Color
from traffic_switch.model import Weights

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.flags import Script, declared, first
from greenlight.rehearsal.acts.judging import (
    ended_as,
    had_traffic,
    nothing_new_is_live,
    refused,
    succeeded,
    traffic_came_back,
)
from greenlight.rehearsal.acts.performance import Performance

DOOR, BACK = "one-way", "one-way-back"
WITHOUT, WITH = "without-a-word", "by-a-word"
WORD = "--undo-one-way"
HELD_SECONDS = 5.0
"""How long nobody says anything after the release has failed: long enough for whatever would move the traffic."""


def _door(script: Script) -> Mapping[str, str]:
    facts = declared(Color.GREEN, first, lambda cast: cast.errors, attempt=93)(script)
    return {**facts, f"{script.service}.one_way": script.cast.errors}


def _back(script: Script) -> Mapping[str, str]:
    facts = declared(Color.BLUE, first, lambda cast: cast.errors, attempt=94)(script)
    return {**facts, f"{script.service}.undo_one_way": script.cast.errors}


def _go_through(performance: Performance) -> None:
    """The release goes wrong; a while later a person wants to go back, and has to say so."""
    performance.deploy(DOOR)
    performance.pause(HELD_SECONDS)
    performance.stage.await_assembly(BACK)
    command = ("rollback", "--yes", "--app", str(performance.stage.place.assembly(BACK)))
    performance.greenlight(WITHOUT, *command)
    performance.greenlight(WITH, *command, WORD)


def _is_held(seen: Seen) -> Complaints:
    yield from refused(seen, DOOR, WITHOUT)
    yield from succeeded(seen, WITH)
    yield from ended_as(seen, [("release", "HELD"), ("restore", "UNCHANGED"), ("release", "DONE")])
    yield from _stayed_until_a_word(seen)
    if not any(message.is_page and WORD in message.text for message in seen.messages):
        yield f"nobody was paged with what to do: {WORD}"
    yield from had_traffic(Color.GREEN, seen)
    yield from traffic_came_back(seen)
    yield from nothing_new_is_live(seen)


def _stayed_until_a_word(seen: Seen) -> Complaints:
    """Rule and journal were on the new version when it had failed, and still when nobody had said anything."""
    for name in (DOOR, WITHOUT):
        after = seen.steps[name].after if name in seen.steps else None
        if after is None:
            continue
        if after.weights != Weights.all_on(Color.GREEN):
            yield f"{name}: the rule has {after.weights}, wanted all of the traffic on green"
        if after.live is None or after.live.color is not Color.GREEN:
            yield f"{name}: the journal does not say that green is live"


ONE_WAY = (
    Act(
        name=DOOR,
        claim="The traffic of a one-way door that fails is held, and goes back by a person's word alone.",
        scenes=("undo", "first"),
        leaves="",
        flags={DOOR: _door, BACK: _back},
        perform=_go_through,
        complaints=_is_held,
    ),
)
