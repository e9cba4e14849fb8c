"""What people are told in the end, held against what is: the stack, the pages, the reasons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.simulation.cloud import Cloud
from tests.simulation.cloudformation.requests import Request
from tests.simulation.cloudformation.template import CustomResource
from tests.simulation.errors import AwsError
from tests.simulation.installation import TIMEOUT_SECONDS, Installation

BLAME = ("somebody changed", "somebody else changed", "changed by hand")


def final(greenlight: Installation, edited: bool) -> Iterator[str]:
    """What is not true when all is at rest. `edited`: a person changed the rule."""
    yield from _stuck(greenlight)
    yield from _run_as_releases(greenlight)
    if len(standing := [stack for stack in greenlight.stacks.all.values() if _stands(stack.status)]) == 1:
        yield from _belied(greenlight, standing[0].resources.values())
    for _, actor, call, said in greenlight.cloud.kernel.trace:
        if said and isinstance(said[-1], AwsError) and said[-1].code.startswith("AccessDenied"):
            yield f"{actor.partition('#')[0]} may not do {call}"
    by_hand = any(call.startswith("operator: elbv2") for _, _, call, _ in greenlight.cloud.kernel.trace)
    if not (edited or by_hand):
        yield from _blamed(greenlight)


def _settles_late(greenlight: Installation) -> bool:
    """Whether Settle hears of a dead execution when CloudFormation has given up long ago."""
    return max(greenlight.executions.events.usual, default=0.0) > TIMEOUT_SECONDS


def _paged_late(greenlight: Installation) -> bool:
    """Whether a switch was held while nobody could be paged: it is closed after its page, perhaps too late."""
    given_up = {f"switch#{request.id}" for request in greenlight.stacks.requests if request.closed == "gave up"}
    held = any(item.get("outcome") == "HELD" and item["pk"] in given_up for item in greenlight.switches())
    return held and any(outage.service == "sns" for outage in greenlight.cloud.faults.outages)


def _found_no_journal(greenlight: Installation) -> bool:
    """Whether Settle has met the journal away twice: two waits of its queue are more than CloudFormation's patience."""
    ran = greenlight.cloud.functions.invocations
    return sum(one.function == "Settle" and one.error == "JournalAwayError" for one in ran) > 1


LATE = (_settles_late, _paged_late, _found_no_journal)
"""Why a rollback may be answered when CloudFormation has given up: accidents that nothing can make up for."""


def _stands(status: str) -> bool:
    """Whether a stack with this status is there. Of two that say what is live, one at least says what was."""
    return status.endswith("_COMPLETE") and status not in ("DELETE_COMPLETE", "ROLLBACK_COMPLETE")


def _stuck(greenlight: Installation) -> Iterator[str]:
    """A rollback that fails leaves a stack that only a person gets out of it."""
    for name, stack in greenlight.stacks.all.items():
        unheard = "did not receive" in stack.reason and any(late(greenlight) for late in LATE)
        if stack.status == "UPDATE_ROLLBACK_FAILED" and not unheard:
            yield f"{name} is stuck in {stack.status}: {stack.reason}"


def _run_as_releases(greenlight: Installation) -> Iterator[str]:
    """A rollback must not fail, and a release may: no rollback is run as one."""
    for request in greenlight.stacks.requests:
        item = greenlight.cloud.switch_item(request.id) or {}
        is_rollback = request.event["RequestType"] == "Update" and rolls_back(greenlight, request)
        if is_rollback and "begun" in item and json.loads(item["switch"])["mode"] == "release":
            yield f"the rollback {request.id} was run as a release"


def undelivered(cloud: Cloud) -> Iterator[str]:
    """Messages of which no function has made anything."""
    for queue in cloud.queues.values():
        if queue.dead:
            yield f"the queue {queue.name} gave up on a message"
        if queue.waiting:
            yield f"the queue {queue.name} brings a message again and again"


def rolls_back(greenlight: Installation, request: Request) -> bool:
    """Whether the stack of a request was rolling back when it sent the request; one that is gone was being deleted."""
    stacks = (one for one in greenlight.stacks.all.values() if one.id == request.event["StackId"])
    earlier = [status for one in stacks for time, status in one.history if time <= request.sent]
    return bool(earlier) and earlier[-1].endswith("ROLLBACK_IN_PROGRESS")


def _belied(greenlight: Installation, deployed: Any) -> Iterator[str]:
    """Invariant 8: what the stack says is what is live, unless a person was paged about it."""
    for one in deployed:
        resource = one.resource
        if not isinstance(resource, CustomResource) or resource.sent["Color"] == "keep":
            continue
        service, wanted = resource.sent["Service"], (resource.sent["Color"], resource.sent["Version"])
        live = greenlight.cloud.live(service) or {"color": "", "version": ""}
        held = any(item.get("outcome") == "HELD" for item in greenlight.switches())
        is_damaged = "version" not in live
        if (live["color"], live.get("version")) != wanted and not (held or is_damaged):
            yield f"the stack says {' '.join(wanted)} of {service}, and the journal says that {live} is live"


def _blamed(greenlight: Installation) -> Iterator[str]:
    """Nobody is told of a hand edit that there was not."""
    if any(item.get("outcome") == "HELD" for item in greenlight.switches()):
        return
    if any("drifted" in page.subject for page in greenlight.cloud.pages):
        yield "people are told of a drift, and nobody had changed the rule"
    said = [page.message for page in greenlight.cloud.pages]
    said += [str(item.get("reason", "")) for item in greenlight.switches()]
    for text in said:
        if any(word in text for word in BLAME):
            yield f"people are told of a change by hand, and there was none: {text}"
