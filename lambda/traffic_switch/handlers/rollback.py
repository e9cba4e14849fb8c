"""Rollback: put the traffic back where the journal remembers it, keep the evidence, tell people."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from typing import Any

from traffic_switch import rollback
from traffic_switch.config import Service
from traffic_switch.evidence import gather
from traffic_switch.handlers.entry import Event, entry, log, ruling
from traffic_switch.journal import Before
from traffic_switch.model import Mode, Switch
from traffic_switch.rollback import Decision, Move
from traffic_switch.verdict import failed, passed
from traffic_switch.world import World

OUTCOMES = {
    Move.NOTHING: "UNCHANGED",
    Move.RESTORE: "ROLLED_BACK",
    Move.REMOVE_RULE: "ROLLED_BACK",
    Move.HOLD: "HELD",
}


def restore(event: Event, world: World) -> dict[str, Any]:
    """Take back what the switch (or the one that it undoes) did, and say how that went.

    CloudFormation's rollback follows every failed release and mostly finds nothing left to do: that is no news.
    """
    switch = Switch.from_input(event["switch"])
    service = world.services[switch.service]
    world.journal.begin(switch.id, "rollback", world.now())
    why = explained(event.get("failure") or {})
    record = world.journal.record(switch.undoes or switch.id)
    decision = _act(world, service, record.before if record else None)
    outcome = OUTCOMES[decision.move]
    told = _told(switch.mode, outcome, decision)
    reason = f"{why}. {told}" if why else told
    if switch.mode is Mode.RELEASE:
        _keep_evidence(world, switch, service, why, decision)
    world.journal.close(switch.id, outcome, reason)
    judgment = failed(reason) if outcome == "HELD" else passed(reason)
    result = ruling(world, switch, "rollback", 1, judgment, outcome=outcome)
    if not (switch.mode is Mode.RESTORE and outcome == "UNCHANGED"):
        _tell(world, switch, outcome, reason)
    return result


def explained(failure: Event) -> str:
    """One sentence out of a judgment's reason, or out of the error that Step Functions caught."""
    phase, cause = failure.get("phase", ""), str(failure.get("reason", ""))
    with contextlib.suppress(ValueError, KeyError, TypeError):
        cause = json.loads(cause)["errorMessage"]
    return f"{phase} failed: {cause}".strip() if phase else cause


def _act(world: World, service: Service, before: Before | None) -> Decision:
    if before is None:
        return Decision(Move.NOTHING, "the switch had not looked at the rule yet")
    decision = _decide(world, service, before)
    if decision.move is Move.RESTORE and before.weights:
        world.rule(service).write(before.weights, *service.arns, service.paths)
    if decision.move is Move.REMOVE_RULE:
        world.rule(service).remove()
    if decision.move is not Move.HOLD:
        world.journal.remember_live(service.name, before.live)
    return decision


def _decide(world: World, service: Service, before: Before) -> Decision:
    groups = service.target_groups
    now = world.rule(service).weights(*service.arns)
    old = before.weights.live if before.weights else None
    return rollback.decide(
        now,
        before.weights,
        world.target_groups.targets(groups[old].arn) if old else (),
        world.target_groups.targets(groups[old.other].arn) if old else (),
        world.policy.gate_min_healthy,
    )


def _told(mode: Mode, outcome: str, decision: Decision) -> str:
    match outcome:
        case "UNCHANGED":
            start = "No traffic had moved" if mode is Mode.RELEASE else "Nothing was left to put back"
            return f"{start}: {decision.reason}"
        case "HELD":
            repair = "Repair the other color, then run `greenlight rollback`"
            return f"TRAFFIC WAS HELD WHERE IT IS: {decision.reason}. {repair}"
        case _:
            return f"Traffic is back as it was: {decision.reason}"


def _keep_evidence(world: World, switch: Switch, service: Service, why: str, decision: Decision) -> None:
    """Evidence is worth having but not worth a failed rollback."""
    try:
        seen = gather(world, switch, service)
    except Exception as error:
        log.exception("evidence was not complete")
        seen = {"problem": str(error)}
    world.journal.keep_evidence(switch.id, json.dumps({"why": why, "decision": asdict(decision), **seen}))


def _tell(world: World, switch: Switch, outcome: str, reason: str) -> None:
    """A message that gets lost must not make Step Functions roll back again."""
    urgency = "PAGE: " if outcome == "HELD" else ""
    try:
        world.notifier.tell(f"{urgency}Greenlight {switch.service}: {switch.mode} {outcome}", reason)
    except Exception:
        log.exception("nobody was notified")


handle = entry(restore)
