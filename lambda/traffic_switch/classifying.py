"""What a request of CloudFormation means, from what the journal knows of the requests before it. Pure.

CloudFormation marks neither a rollback nor a late event. A rollback is recognized by its properties, which are those of
the request that it takes back, the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

from traffic_switch.asking import DELETE, Ask
from traffic_switch.contract import KEEP, Color
from traffic_switch.journal import Answer, Record
from traffic_switch.model import Live, Mode, Outcome, Switch

MAX_EVENT_AGE_SECONDS = 240.0
"""How long Lambda keeps an asynchronous event (MaximumEventAgeInSeconds of the Request function)."""

FORWARD = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
"""The stack's statuses while it goes forward."""


@dataclass(frozen=True)
class Scene:
    """What is known when a request arrives.

    `newest` is the newest earlier request of the same resource, `status` the stack's, `drift` what is wrong with the
    rule as a sentence. `redelivered`: the event comes from the queue of those that failed, so that its age is unknown.
    """

    newest: Record | None
    status: str
    live: Live | None
    drift: str
    now: float
    redelivered: bool = False


@dataclass(frozen=True)
class Meaning:
    """A switch to record; with an `answer`, nothing is run."""

    switch: Switch
    answer: Answer | None = None
    outcome: Outcome | None = None


def classify(ask: Ask, scene: Scene) -> Meaning:
    """Say what the request asks for: the first that fits of a removal, an event that came too late, a restore, nothing
    to undo, keeping what is live, and a release.
    """
    newest = scene.newest
    if ask.kind == DELETE:
        return Meaning(Switch(ask.id, ask.service, Mode.REMOVE, Color.BLUE, ""))
    if newest and _is_late(ask, newest, scene):
        return _answered(ask, Mode.RELEASE, "FAILED", "this request has been rolled back already", scene.live)
    if newest and (undone := _undone(ask, newest, scene)):
        return Meaning(Switch(ask.id, ask.service, Mode.RESTORE, undone.color, undone.version, undone.id))
    if scene.status not in FORWARD:
        reason = "nothing to undo: the release had not touched the traffic"
        return _answered(ask, Mode.RESTORE, "SUCCESS", reason, scene.live)
    if ask.color == KEEP and scene.live:
        return _kept(ask, scene.live, scene.drift)
    color = Color.BLUE if ask.color == KEEP else Color(ask.color)
    return Meaning(Switch(ask.id, ask.service, Mode.RELEASE, color, ask.version))


def _is_late(ask: Ask, newest: Record, scene: Scene) -> bool:
    """An update that arrives after its own rollback: releasing it would leave the stack and the traffic apart."""
    reversed_by_restore = newest.properties.reverses(ask.properties) and newest.switch.mode is Mode.RESTORE
    young = scene.redelivered or scene.now - newest.started_at < MAX_EVENT_AGE_SECONDS
    return reversed_by_restore and scene.status in FORWARD and young


def _undone(ask: Ask, newest: Record, scene: Scene) -> Switch | None:
    """The release that this request takes back. A good one is taken back only if the stack says that it rolls back.

    A second try at a restore that has no answer yet (ContinueUpdateRollback) undoes what the first one was to undo.
    """
    rolls_back = scene.status not in FORWARD
    if newest.switch.mode is Mode.RELEASE and newest.properties.reverses(ask.properties):
        succeeded = newest.answer is not None and newest.answer.good
        return newest.switch if rolls_back or not succeeded else None
    again = newest.switch.mode is Mode.RESTORE and newest.switch.undoes and newest.answer is None
    if again and rolls_back and newest.properties == ask.properties:
        first = newest.switch
        return Switch(first.undoes, first.service, Mode.RELEASE, first.color, first.version)
    return None


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
