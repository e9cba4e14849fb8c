"""What a request of CloudFormation means, from what the journal knows of the requests before it. Pure.

CloudFormation marks neither a rollback nor a late event. A rollback is recognized by its properties, which are those of
the request that it takes back, the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from traffic_switch.asking import DELETE, Ask
from traffic_switch.contract import KEEP, Color
from traffic_switch.journal import Answer, Newest, Record
from traffic_switch.model import Live, Mode, Outcome, Switch
from traffic_switch.one_way import passes
from traffic_switch.stack_looks import FORWARD

MAX_EVENT_AGE_SECONDS = 240.0
"""How long Lambda keeps an asynchronous event (MaximumEventAgeInSeconds of the Request function)."""


@dataclass(frozen=True)
class Scene:
    """What is known when a request arrives.

    `newest` is what the journal knows of the same resource, `status` the stack's, `drift` what is wrong with the rule
    as a sentence. `astray`: it is as remembered, but on the listener that served before HTTP and HTTPS changed places.
    `redelivered`: the event comes from the queue of those that failed, so that its age is unknown. `is_anothers`: the
    rule belongs to another resource.
    """

    newest: Newest
    status: str = ""
    live: Live | None = None
    drift: str = ""
    astray: bool = False
    now: float = 0.0
    redelivered: bool = False
    is_anothers: bool = False


@dataclass(frozen=True)
class Meaning:
    """A switch to record; with an `answer`, nothing is run. Of a late request nobody else takes notice."""

    switch: Switch
    answer: Answer | None = None
    outcome: Outcome | None = None
    is_newest: bool = True


def classify(ask: Ask, scene: Scene) -> Meaning:
    """Say what the request asks for.

    It is the first that fits of a removal, an event that came too late, a restore, nothing to undo, moving the rule
    after the front door, keeping what is live, and a release.
    """
    if ask.kind == DELETE:
        return _removal(ask, scene)
    if _is_late(ask, scene):
        late = _answered(ask, Mode.RELEASE, "FAILED", "this request has been rolled back already", scene.live)
        return replace(late, is_newest=False)
    if undone := _undone(ask, scene):
        return _restore(ask, undone, scene)
    if scene.status not in FORWARD:
        return _nothing_to_undo(ask, "the release had not been recorded", scene.live)
    if scene.live and scene.astray and asks_for(ask, scene.live):
        return Meaning(Switch(ask.id, ask.service, Mode.REPAIR, scene.live.color, scene.live.version))
    if ask.color == KEEP and scene.live:
        return _kept(ask, scene.live, scene.drift)
    color = Color.BLUE if ask.color == KEEP else Color(ask.color)
    return Meaning(_release(ask, color))


def asks_for(ask: Ask, live: Live) -> bool:
    """Whether the request asks for what is live already."""
    return ask.color == KEEP or (ask.color, ask.version) == (live.color, live.version)


def _release(ask: Ask, color: Color) -> Switch:
    """A release that names no color is the very first one, which has no way back."""
    if ask.color == KEEP:
        return Switch(ask.id, ask.service, Mode.RELEASE, color, ask.version)
    one_way, undo = ask.one_way, ask.undo_one_way
    return Switch(ask.id, ask.service, Mode.RELEASE, color, ask.version, one_way=one_way, undo_one_way=undo)


def _removal(ask: Ask, scene: Scene) -> Meaning:
    """The rule goes with the resource whose release it is: a creation that failed and is cleaned up took no traffic."""
    newest = scene.newest.record
    at_work = newest is not None and (newest.answer is None or newest.is_open)
    if (scene.is_anothers or _never_had_it(newest, scene.live)) and not at_work:
        reason = "the production rule is another resource's and stays"
        return _answered(ask, Mode.REMOVE, "SUCCESS", reason, scene.live)
    return Meaning(Switch(ask.id, ask.service, Mode.REMOVE, Color.BLUE, ""))


def _never_had_it(newest: Record | None, live: Live | None) -> bool:
    """A creation that failed, where something is live of which an older Greenlight did not note whose it is."""
    failed = newest is not None and not newest.properties.old and newest.answer is not None and not newest.answer.good
    return failed and live is not None and not live.resource


def _is_late(ask: Ask, scene: Scene) -> bool:
    """An update that arrives after its own rollback: releasing it would leave the stack and the traffic apart."""
    reversed_at = scene.newest.reversed_at(ask.properties)
    if reversed_at is None or scene.status not in FORWARD:
        return False
    return scene.redelivered or scene.now - reversed_at < MAX_EVENT_AGE_SECONDS


def _undone(ask: Ask, scene: Scene) -> Record | Switch | None:
    """The release that this request takes back. A good one is taken back only if the stack says that it rolls back.

    While the stack rolls back, a release is also known by what it has led to, if that is what is being left, or if
    nobody can read it any more. A second try at a restore that has not ended by itself undoes what the first was to.
    """
    newest, rolls_back = scene.newest.record, scene.status not in FORWARD
    if newest is None:
        return None
    if newest.switch.mode is Mode.RELEASE:
        if newest.properties.reverses(ask.properties):
            return newest if rolls_back or not (newest.answer and newest.answer.good) else None
        left = newest.properties.new == ask.properties.old or "properties" in newest.damage
        return newest if rolls_back and left else None
    ended = newest.answer is not None and newest.outcome is not Outcome.TAKEN_OVER
    if newest.switch.undoes and not ended and rolls_back and newest.properties == ask.properties:
        return newest.switch
    return None


def _restore(ask: Ask, undone: Record | Switch, scene: Scene) -> Meaning:
    """A release that has ended and has nothing open needs no execution to be undone; nor does a one-way door that is
    held, of which people have been paged.
    """
    if isinstance(undone, Switch):
        return Meaning(Switch(ask.id, ask.service, Mode.RESTORE, undone.color, undone.version, undone.undoes))
    if undone.answer and not undone.is_open and not undone.damage:
        ended = undone.outcome.value if undone.outcome else "over"
        return _nothing_to_undo(ask, f"the release {undone.switch.id} is {ended} already", scene.live)
    if undone.answer and undone.outcome is Outcome.HELD and not undone.damage and passes(undone.switch, undone.before):
        return _nothing_to_undo(ask, f"the release {undone.switch.id} is a one-way door, and HELD already", scene.live)
    switch = undone.switch
    return Meaning(Switch(ask.id, ask.service, Mode.RESTORE, switch.color, switch.version, switch.id))


def _nothing_to_undo(ask: Ask, why: str, live: Live | None) -> Meaning:
    return _answered(ask, Mode.RESTORE, "SUCCESS", f"nothing to undo: {why}", live)


def _kept(ask: Ask, live: Live, drift: str) -> Meaning:
    reason = f"{live.color} with version {live.version} stays live"
    switch = Switch(ask.id, ask.service, Mode.RELEASE, live.color, live.version)
    answer = _answer("SUCCESS", f"{reason}. {drift}" if drift else reason, live)
    return Meaning(switch, answer, Outcome.UNCHANGED)


def _answered(ask: Ask, mode: Mode, status: str, reason: str, live: Live | None) -> Meaning:
    color = Color(ask.color) if ask.color in set(Color) else Color.BLUE
    switch = Switch(ask.id, ask.service, mode, color, ask.version)
    return Meaning(switch, _answer(status, reason, live), Outcome.UNCHANGED)


def _answer(status: str, reason: str, live: Live | None) -> Answer:
    color = live.color.value if live else "none"
    return Answer(status, reason, {"ActiveColor": color, "Outcome": Outcome.UNCHANGED.value})
