"""What people read of a story afterwards: the trace of each switch, its reason, what they were told by message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.simulation.cloud import Cloud
from tests.simulation.installation import Installation
from tests.simulation.stories.catalog import STORIES
from tests.simulation.stories.scenario import HORIZON_SECONDS, REST_SECONDS

DRIFTED = (
    "the production rule has blue 50, green 50, but the journal remembers blue 100, green 0: somebody changed it, or a "
    "switch was held. `greenlight repair` puts it back"
)
PROVED = [
    "lock:0001 PASS locked for release green v2",
    "preflight:0001 PASS green can be switched to",
    "gate:0001 WAIT 1 of 1 targets healthy, 1 of 2 looks in a row",
    "gate:0002 PASS 1 of 1 targets healthy, 2 of 2 looks in a row",
    "smoke:0001 PASS 2 smoke requests answered by green v2",
]
SHIFTED = [*PROVED, "shift:0001 PASS all traffic is on green; the front door agreed after N requests"]
LIVE = "shop is live on green with version v2"
HEALTHY = "1 of 1 targets of blue are healthy"
FAILING = "3 of 3 own requests failed: 100.0 %, allowed 1 %"
DEAD = "blue does not answer (status 502), though its targets may still be called healthy"
HELD = f"TRAFFIC WAS HELD WHERE IT IS: {DEAD}"
NEXT = "Look at both colors, then run `greenlight repair`; the runbook (docs/operations.md, HELD) says what else"
DAMAGED = (
    "the journal's item lock#shop is damaged: it names no owner or no epoch. Delete it when no execution of the switch "
    "is running, then retry"
)


def after(story: str) -> dict[str, list[str]]:
    """The texts of a story by what they are about: the mode of a switch, `news` for messages, `answers`."""
    cloud = Cloud()
    greenlight = Installation(cloud, services=STORIES[story].services)
    cloud.kernel.sleep(REST_SECONDS)
    STORIES[story].play(greenlight)
    cloud.run(until=HORIZON_SECONDS)
    texts: dict[str, list[str]] = {"news": [f"{one.subject} | {one.message}" for one in cloud.topics.published]}
    for item in sorted(greenlight.switches(), key=lambda one: float(one["started_at"])):
        texts.setdefault(json.loads(item["switch"])["mode"], []).extend(_of(item))
    texts["answers"] = [_answer(body) for sent in cloud.answers.values() for body in sent]
    cloud.close()
    return {about: [_masked(text) for text in said] for about, said in texts.items()}


def _of(item: dict[str, Any]) -> Iterator[str]:
    """What a switch's record says: its trace without the looks of the bake that decide nothing, then its reason."""
    order = ("lock", "preflight", "gate", "smoke", "shift", "bake", "done", "repair", "remove", "rollback")
    traces = [name for name in item if name.startswith("trace:")]
    for name in sorted(traces, key=lambda one: (order.index(one.split(":")[1]), one)):
        trace = item[name]
        if not name.startswith("trace:bake:") or trace["verdict"] != "WAIT":
            yield f"{name.removeprefix('trace:')} {trace['verdict']} {trace['reason']}"
    yield f"{item['outcome']}: {item['reason']}"


def _answer(body: dict[str, Any]) -> str:
    data = body["Data"]
    return f"{body['Status']} {body['PhysicalResourceId']} {data['ActiveColor']} {data['Outcome']} {body['Reason']}"


def _masked(text: str) -> str:
    """Without what differs from run to run of another seed."""
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)
    return re.sub(r"Unix time \d+", "Unix time N", re.sub(r"after \d+ requests", "after N requests", text))


def test_a_release() -> None:
    told = after("release")
    *trace, bake, done, outcome = told["release"]

    assert trace == SHIFTED
    assert re.fullmatch(r"bake:\d{4} PASS own requests: 0 of \d+ failed, 0 slow .* users' requests: .* in \d+ s", bake)
    assert (done, outcome) == (f"done:0001 PASS {LIVE}", f"DONE: {LIVE}")
    assert told["answers"] == [f"SUCCESS greenlight-release-shop green DONE {LIVE}"]
    assert told["news"] == []


def test_a_release_of_what_is_live_already() -> None:
    live = "shop is live on blue with version v1"

    assert after("again")["release"] == [
        "lock:0001 PASS locked for release blue v1",
        "preflight:0001 NOOP blue is live with version v1 already",
        f"done:0001 PASS {live}",
        f"DONE: {live}",
    ]


def test_a_release_that_fails_in_the_bake_and_its_rollback() -> None:
    told = after("errors")
    *trace, bake, rollback, outcome = told["release"]
    reason = f"Bake failed: {FAILING}. Traffic is back as it was: {HEALTHY}"
    over = "nothing to undo: the release ID is ROLLED_BACK already"

    assert trace == SHIFTED
    assert bake.endswith(f" FAIL {FAILING}")
    assert (rollback, outcome) == (f"rollback:0001 PASS {HEALTHY}", f"ROLLED_BACK: {reason}")
    assert told["restore"] == [f"UNCHANGED: {over}"]
    assert told["news"] == [f"Greenlight shop: release ROLLED_BACK | {reason}"]
    assert told["answers"] == [
        f"FAILED greenlight-release-shop blue ROLLED_BACK {reason}",
        f"SUCCESS greenlight-release-shop blue UNCHANGED {over}",
    ]


def test_traffic_that_is_held_is_a_page() -> None:
    told = after("both-sick")
    *_, rollback, outcome = told["release"]
    reason = f"Bake failed: {FAILING}. {HELD}. {NEXT}"

    assert (rollback, outcome) == (f"rollback:0001 FAIL {DEAD}", f"HELD: {reason}")
    assert told["restore"] == [
        "lock:0001 PASS locked for restore green v2",
        f"rollback:0001 FAIL {DEAD}",
        f"HELD: {HELD}. {NEXT}",
    ]
    assert told["news"] == [
        f"PAGE: Greenlight shop: release HELD | {reason}",
        f"PAGE: Greenlight shop: restore HELD | {HELD}. {NEXT}",
    ]


def test_a_release_whose_targets_are_not_healthy() -> None:
    *_, gate, rollback, outcome = after("unhealthy")["release"]
    sick = "i-1:3001 is unhealthy (Target.FailedHealthChecks: Health checks failed)"

    assert re.fullmatch(rf"gate:00\d\d FAIL 0 of 1 targets healthy after 6\d s: {re.escape(sick)}", gate)
    assert rollback == "rollback:0001 PASS no traffic had moved"
    assert outcome.startswith("UNCHANGED: Gate failed: 0 of 1 targets healthy after ")
    assert outcome.endswith(f"{sick}. Traffic was not touched: no traffic had moved")


def test_a_release_that_fails_its_smoke_test() -> None:
    *_, smoke, rollback, outcome = after("first-fails")["release"]
    reason = "smoke request 1 of 2 got status 500, wanted 200 to 399"

    assert smoke == f"smoke:0001 FAIL {reason}"
    assert rollback == "rollback:0001 PASS no traffic had moved"
    assert outcome == f"UNCHANGED: Smoke failed: {reason}. Traffic was not touched: no traffic had moved"


def test_a_deploy_that_names_no_color() -> None:
    told = after("keep")

    assert told["release"] == ["UNCHANGED: blue with version v1 stays live"]
    assert told["news"] == []


def test_a_deploy_and_a_release_after_the_rule_was_edited() -> None:
    kept, *_, preflight, rollback, outcome = after("drifted")["release"]

    assert kept == f"UNCHANGED: blue with version v1 stays live. {DRIFTED}"
    assert preflight == f"preflight:0001 FAIL {DRIFTED}"
    assert rollback == "rollback:0001 PASS no traffic had moved"
    assert outcome == f"UNCHANGED: Preflight failed: {DRIFTED}. Traffic was not touched: no traffic had moved"


def test_a_drift_is_paged_once() -> None:
    assert after("drift")["news"] == [f"PAGE: Greenlight shop: the production rule has drifted | {DRIFTED}"]


def test_a_restore_of_a_good_release() -> None:
    assert sorted(after("late-failure")["restore"]) == [
        f"ROLLED_BACK: Traffic is back as it was: {HEALTHY}",
        "UNCHANGED: nothing to undo: the release ID is UNCHANGED already",
        "lock:0001 PASS locked for restore green v2",
        f"rollback:0001 PASS {HEALTHY}",
    ]


def test_a_repair() -> None:
    said = f"the production rule has blue 100, green 0 again; before: {DRIFTED}"

    assert after("repair")["repair"] == [
        "lock:0001 PASS locked for repair blue v1",
        f"repair:0001 PASS {said}",
        f"REPAIRED: {said}",
    ]


def test_a_repair_onto_a_dead_color() -> None:
    assert after("repair-in-vain")["repair"] == [
        "lock:0001 PASS locked for repair blue v1",
        f"repair:0001 FAIL {DEAD}",
        "rollback:0001 PASS no traffic had moved",
        f"UNCHANGED: Repair failed: {DEAD}. Traffic was not touched: no traffic had moved",
    ]


def test_a_repair_while_a_release_runs() -> None:
    assert after("repair-meanwhile")["repair"] == [
        "UNCHANGED: another switch of shop is running: ID (release green v2), until Unix time N at the latest. Wait "
        "for it, or abort it with `greenlight abort`"
    ]


def test_a_removal() -> None:
    told, gone = after("destroy"), "the production rule of shop is gone"

    assert told["remove"] == ["lock:0001 PASS locked for remove blue", f"remove:0001 PASS {gone}", f"REMOVED: {gone}"]
    assert told["answers"] == [f"SUCCESS greenlight-release-shop none REMOVED {gone}"]


def test_a_release_that_the_operator_aborted() -> None:
    *_, bake, _, outcome = after("aborted")["release"]

    assert bake.endswith(" FAIL the operator aborted it: aborted by hand")
    assert outcome.startswith("ROLLED_BACK: Bake failed: the operator aborted it: aborted by hand. Traffic is back")


def test_a_lock_that_is_damaged() -> None:
    assert after("lock-without-owner")["release"] == [f"UNCHANGED: {DAMAGED}"]
