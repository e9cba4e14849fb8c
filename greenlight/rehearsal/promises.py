"""What must hold after every act, whatever it was about: the design's invariants, checked against what really runs."""

from __future__ import annotations

from collections.abc import Iterator

from greenlight.rehearsal.snapshot import Snapshot

OUTCOMES = frozenset({"DONE", "ROLLED_BACK", "UNCHANGED", "HELD", "REMOVED", "TAKEN_OVER", "REPAIRED"})


def broken(before: Snapshot, after: Snapshot, moves: bool = False) -> Iterator[str]:
    """Say which invariants an act broke. `moves`: the live color was to be started anew."""
    yield from _about_the_rule(before, after)
    yield from _about_the_switches(before, after)
    for request, answers in after.answers.items():
        if answers != 1:
            yield f"CloudFormation got {answers} answers to its request {request}, wanted 1"
    yield from (f"AWS would have said nothing: {each}" for each in after.lost)
    if before.live and not moves and before.processes[before.live.color] != after.processes[before.live.color]:
        yield f"a process of {before.live.color}, which was live, was restarted"


def _about_the_rule(before: Snapshot, after: Snapshot) -> Iterator[str]:
    removed = any(switch.outcome == "REMOVED" for switch in after.since(before))
    held = any(switch.outcome == "HELD" for switch in after.since(before))
    if after.live and after.weights != after.live.weights and not held:
        yield f"the weights are {after.weights}, but the journal remembers {after.live.weights}"
    if after.rule_arn and not after.live:
        yield f"there is a production rule ({after.weights}), but the journal remembers nothing as live"
    if before.rule_arn and not after.rule_arn and not removed:
        yield "the production rule is gone"
    repaired = any(switch.outcome == "REPAIRED" for switch in after.since(before))
    if before.rule_arn and after.rule_arn not in ("", before.rule_arn) and not (removed or repaired):
        yield "the production rule was deleted and created again"


def _about_the_switches(before: Snapshot, after: Snapshot) -> Iterator[str]:
    if after.lock_owner:
        yield f"the lock is still held by {after.lock_owner}"
    for name in after.running:
        yield f"the execution {name} is still running"
    begun = after.since(before)
    for switch in begun:
        if switch.outcome not in OUTCOMES:
            yield f"the {switch} ended with {switch.outcome or 'no outcome'}"
    held = sum(switch.outcome == "HELD" for switch in begun)
    pages = sum(message.is_page for message in after.messages_since(before))
    if pages < held:
        yield f"{held} switches are HELD, but {pages} pages went out"
    if after.dead > before.dead:
        yield f"{after.dead - before.dead} events were given up: they are in a dead-letter queue"
