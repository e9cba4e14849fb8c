"""Acts in which a container dies: whoever runs it starts it again, and the switch has no part in that."""

from __future__ import annotations

import os
import signal
import time
import urllib.request
from collections.abc import Callable

from traffic_switch.contract import Color

from greenlight.errors import RehearsalError
from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.judging import no_request_failed, nothing_new_is_live, succeeded, traffic_came_back
from greenlight.rehearsal.acts.performance import DONE, Performance, client
from greenlight.rehearsal.snapshot import Snapshot
from greenlight.rehearsal.stage import CommandOutcome
from greenlight.waiting import awaited

BACK_SECONDS = 60.0
"""Within this a container that died is back and healthy. Both restart policy and ECS begin at once; most of it is for a
service that is slow to start.
"""
ANSWER_SECONDS = 2.0
KILLED = "killed"


def _kill(chosen: Callable[[Color], Color]) -> Callable[[Performance], None]:
    """The act that kills the processes of one color, as the kernel does when memory runs out, and waits for others."""

    def perform(performance: Performance) -> None:
        before = performance.lookout.snapshot()
        if before.live is None:
            raise RehearsalError("no color is live, so none can be killed")
        color = chosen(before.live.color)
        for process in before.processes[color]:
            os.kill(process, signal.SIGKILL)
        outcome = _recovery(performance, color, before)
        performance.note(KILLED, outcome, before)

    return perform


def _recovery(performance: Performance, color: Color, before: Snapshot) -> CommandOutcome:
    """Wait until another process of the color answers, and its target is healthy."""
    began = time.monotonic()

    def is_back() -> bool:
        performance.look()
        running = performance.lookout.snapshot().processes[color]
        return (
            bool(running - before.processes[color]) and _answers(performance, color) and _is_healthy(performance, color)
        )

    if not awaited(is_back, bool, BACK_SECONDS):
        return CommandOutcome(1, "", f"{color} was not healthy {BACK_SECONDS:.0f} s after its process was killed")
    performance.stage.progress.note(f"{color} is healthy {time.monotonic() - began:.1f} s after its process was killed")
    return DONE


def _answers(performance: Performance, color: Color) -> bool:
    """Whether the color's container itself says that it is healthy; its target group may not have noticed anything."""
    ports = [each["port"] for each in performance.lookout.containers(color)]
    return bool(ports) and all(
        _is_ok(f"http://127.0.0.1:{port}{performance.stage.service.health_path}") for port in ports
    )


def _is_ok(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _is_healthy(performance: Performance, color: Color) -> bool:
    group = performance.lookout.group(color)
    found = client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    states = [each["TargetHealth"]["State"] for each in found if each["TargetHealth"]["State"] != "draining"]
    return bool(states) and set(states) == {"healthy"}


def _came_back(seen: Seen, color: Color) -> Complaints:
    yield from succeeded(seen, KILLED)
    step = seen.steps[KILLED]
    if step.before.processes[color] & step.after.processes[color]:
        yield f"a process of {color} was not killed, so nothing was proved"
    other = color.other
    if step.before.processes[other] != step.after.processes[other]:
        yield f"a process of {other} was restarted"
    if seen.switches:
        yield f"a switch was begun: {seen.switches[0]}"
    yield from nothing_new_is_live(seen)
    yield from traffic_came_back(seen)


def _live_came_back(seen: Seen) -> Complaints:
    if seen.before is None:
        yield "nothing was live, so nothing was proved"
        return
    yield from _came_back(seen, seen.before.color)
    yield from _failed_for_a_minute_at_most(seen)


def _failed_for_a_minute_at_most(seen: Seen) -> Complaints:
    failed = [record for record in seen.records if record.outcome.failed]
    if not failed:
        yield "no request failed, so the color that was killed was not the one with the traffic"
        return
    seconds = max(each.completed_at for each in failed) - min(each.due_at for each in failed)
    if seconds > BACK_SECONDS:
        yield f"requests failed over {seconds:.0f} s, wanted at most {BACK_SECONDS:.0f} s"


def _idle_came_back(seen: Seen) -> Complaints:
    if seen.before is None:
        yield "nothing was live, so nothing was proved"
        return
    yield from _came_back(seen, seen.before.color.other)
    yield from no_request_failed(seen)


RECOVERY = (
    Act(
        name="restart",
        claim="A live container that is killed is back and healthy within 60 seconds, and no switch moves for it.",
        scenes=("undo",),
        leaves="undo",
        perform=_kill(lambda live: live),
        complaints=_live_came_back,
        moves=True,
    ),
    Act(
        name="restart-idle",
        claim="An idle container that is killed is back and healthy within 60 seconds, and no request fails.",
        scenes=("undo",),
        leaves="undo",
        perform=_kill(lambda live: live.other),
        complaints=_idle_came_back,
    ),
)
