"""The acts can fail: each claim is held against what would disprove it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from traffic_switch.contract import Color

from greenlight.commands.rehearse import chosen_acts
from greenlight.errors import RehearsalError
from greenlight.rehearsal.acts.act import Seen
from greenlight.rehearsal.acts.flags import Script
from greenlight.rehearsal.acts.releases import CIRCUIT_BREAKER
from greenlight.rehearsal.acts.repertoire import DEFAULT, REPERTOIRE
from greenlight.rehearsal.snapshot import Snapshot
from greenlight.rehearsal.stage import CommandOutcome
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.record import RequestRecord
from greenlight.rehearsal.versions import Cast
from tests.unit.seen import (
    BAD,
    BAKED,
    BAKED_AGAIN,
    BLUE,
    DRIFTED,
    ELSEWHERE,
    FLAWLESS,
    GOOD,
    GREEN,
    HAS_GREEN,
    IDLE_ANEW,
    KEPT,
    LIVE_ANEW,
    THROUGH,
    bought,
    failed_in_release,
    long_request,
    record,
    shopping,
    step,
    switch,
    with_other,
)

ACTS = {act.name: act for act in REPERTOIRE}
OTHER_PROCESSES = replace(KEPT, processes={Color.BLUE: frozenset({9}), Color.GREEN: frozenset({8})})
NO_PROCESSES = replace(KEPT, processes=dict.fromkeys(Color, frozenset()))


def complaints(name: str, seen: Seen) -> list[str]:
    return list(ACTS[name].complaints(seen))


def spoiled(name: str, **changes: Any) -> Seen:
    """What is seen of an act, with one thing changed; `steps` replaces single steps."""
    good = FLAWLESS[name]
    steps = {**good.steps, **changes.pop("steps", {})}
    return replace(good, steps={key: value for key, value in steps.items() if value}, **changes)


@pytest.mark.parametrize("name", ACTS)
def test_an_act_without_a_flaw_has_no_complaint(name: str) -> None:
    assert complaints(name, FLAWLESS[name]) == []


RESET = record(None, 1.0, RequestOutcome.RESET)
FAILED = [record(Color.GREEN), record(Color.GREEN, 9.0, RequestOutcome.RESET)]

BY_ECS: dict[str, Any] = {
    "compute": "fargate",
    "compute_status": "UPDATE_ROLLBACK_COMPLETE",
    "stack_status": "UPDATE_COMPLETE",
    "switches": [],
    "steps": {"unhealthy": step(CommandOutcome(1, "", f"Error occurred during operation '{CIRCUIT_BREAKER}'"))},
}
"""What is seen when ECS refuses a version: the release stack is not reached."""


def long_ones(*more: RequestRecord) -> dict[str, Any]:
    return {"more_records": {"long-requests": [*FLAWLESS["in-flight"].more_records["long-requests"], *more]}}


BROKEN_AGAIN = FLAWLESS["two-services"].steps["broken-service"]


def once_more(after: Snapshot = BROKEN_AGAIN.after) -> dict[str, Any]:
    return {"steps": {"broken-service": replace(BROKEN_AGAIN, after=after)}}


def both_again(**changes: Any) -> dict[str, Any]:
    """What the good one is like after the deploy of both, with something changed."""
    both = FLAWLESS["two-services"].steps["both-services"]
    return {"steps": {"both-services": replace(both, after=replace(both.after, **changes))}}


def ended(outcome: str = "ROLLED_BACK", reason: str = "Bake failed") -> Snapshot:
    return with_other(BAKED, switch("release", outcome, "s9", reason), of=HAS_GREEN)


def bought_ones(*more: RequestRecord) -> dict[str, Any]:
    return {"more_records": {"shoppers": [*FLAWLESS["shoppers"].more_records["shoppers"], *more]}}


FLAWS = [
    ("two-services", {"steps": {"both-services": step(GOOD, with_other(BAKED), with_other())}}, "it succeeded"),
    ("two-services", {"steps": {"broken-service": None}}, "broken-service: its time never came"),
    (
        "two-services",
        {"steps": {"one-service": step(BAD, with_other(BAKED, of=HAS_GREEN), with_other(BAKED))}},
        "one-service: it failed: refused",
    ),
    (
        "two-services",
        {"steps": {"both-services": step(BAD, with_other(BAKED, of=HAS_GREEN), with_other())}},
        "both-services: green 2 is live, wanted blue 1",
    ),
    ("two-services", {"switches": [switch("release", "ROLLED_BACK")]}, "ended with ROLLED_BACK, and green 2 is live"),
    ("two-services", {"after": BLUE}, "ended with DONE, and blue 1 is live"),
    (
        "two-services",
        once_more(ended("DONE")),
        "broken-service: the broken one's release ended as ['DONE (Bake failed)']",
    ),
    ("two-services", once_more(with_other(BAKED, of=HAS_GREEN)), "the broken one's release ended as []"),
    ("two-services", once_more(ended(reason="Gate")), "broken-service: the message does not name the bake: Gate"),
    (
        "two-services",
        once_more(with_other(BAKED, BAKED_AGAIN, of=HAS_GREEN, live=GREEN)),
        "broken-service: of the broken one green 2 is live",
    ),
    ("two-services", once_more(with_other(BAKED, BAKED_AGAIN, of=OTHER_PROCESSES)), "a process was restarted"),
    ("two-services", once_more(with_other(BAKED, BAKED_AGAIN, of=DRIFTED)), "the rule of the good one was changed"),
    (
        "two-services",
        once_more(with_other(BAKED, BAKED_AGAIN, of=replace(HAS_GREEN, switches=(switch("release", "DONE"),)))),
        "a switch of the good one was begun",
    ),
    (
        "two-services",
        both_again(live=BLUE, weights=None),
        "both-services: the rule of the good one was changed to None",
    ),
    ("two-services", both_again(weights=GREEN.weights), "both-services: the rule of the good one was changed"),
    ("two-services", both_again(rule_arn=""), "both-services: the rule of the good one was changed"),
    ("two-services", {"switches": []}, "the switches ended as none"),
    (
        "two-services",
        {"switches": FLAWLESS["two-services"].switches[:2]},
        "the switches ended as release DONE, restore",
    ),
    (
        "two-services",
        {"steps": {"one-service": step(GOOD, with_other(BAKED, BAKED_AGAIN, of=HAS_GREEN), with_other(BAKED))}},
        "one-service: a switch of the broken one was begun",
    ),
    (
        "two-services",
        {"steps": {"one-service": step(GOOD, with_other(BAKED, of=HAS_GREEN, live=GREEN), with_other(BAKED))}},
        "one-service: of the broken one green 2 is live",
    ),
    (
        "two-services",
        {"more_records": {"users-of-the-other": [record(Color.GREEN), record(Color.GREEN, 9.0)]}},
        "were not all answered well by blue",
    ),
    (
        "two-services",
        {"more_records": {"users-of-the-other": [record(), record(at=9.0)]}},
        "no user was given anything of the broken one",
    ),
    ("two-services", {"records": []}, "no request to the good one was recorded"),
    ("two-services", {"records": FAILED}, "1 requests failed, wanted 0"),
    ("two-services", {"more_records": {"users-of-the-other": FAILED}}, "the last 1 requests to the broken one"),
    ("two-services", {"more_records": {}}, "the last 0 requests to the broken one"),
    ("release", {"steps": {"release": step(BAD)}}, "the deploy failed: refused"),
    ("release", {"stack_status": "UPDATE_FAILED"}, "wanted UPDATE_COMPLETE"),
    ("release", {"after": BLUE}, "blue 1 is still live"),
    ("release", {"switches": [switch("release", "HELD")]}, "ended with HELD, wanted DONE"),
    ("undo", {"records": FAILED}, "1 requests failed, wanted 0"),
    ("undo", {"switches": []}, "ended with nothing, wanted DONE"),
    ("unhealthy", {"steps": {"unhealthy": step(GOOD)}}, "the deploy succeeded"),
    ("unhealthy", {"after": GREEN}, "green 2 is live, wanted blue 1"),
    ("unhealthy", {"records": [record(Color.GREEN)]}, "the idle color answered 1 requests"),
    ("unhealthy", {"switches": []}, "no switch was started"),
    ("unhealthy", {"switches": [replace(switch("release", "UNCHANGED"), phases={"gate": 1, "smoke": 2})]}, "the gate"),
    ("unhealthy", {"switches": [switch("release", "ROLLED_BACK")]}, "wanted UNCHANGED"),
    ("unhealthy", {**BY_ECS, "steps": {"unhealthy": step(GOOD)}}, "the deploy succeeded"),
    ("unhealthy", {**BY_ECS, "steps": {"unhealthy": step(BAD)}}, "it was not ECS's circuit breaker"),
    ("unhealthy", {**BY_ECS, "compute_status": "UPDATE_COMPLETE"}, "the compute stack is UPDATE_COMPLETE"),
    ("unhealthy", {**BY_ECS, "switches": [switch("release", "UNCHANGED")]}, "a switch was begun"),
    ("unhealthy", {**BY_ECS, "after": GREEN}, "green 2 is live, wanted blue 1"),
    ("unhealthy", {**BY_ECS, "records": [record(Color.GREEN)]}, "the idle color answered 1 requests"),
    ("errors", {"switches": [switch("release", "HELD")]}, "wanted ROLLED_BACK"),
    ("errors", {"records": [record()]}, "green never had traffic"),
    ("errors", {"records": [record(at=1.0), record(Color.GREEN, 9.0)]}, "1 of the last 1 requests"),
    (
        "errors",
        {"records": [record(Color.GREEN), record(None, 9.0, RequestOutcome.TIMEOUT)]},
        "1 of the last 1 requests",
    ),
    ("errors", {"switches": [switch("release", "ROLLED_BACK", reason="Bake failed")]}, "no evidence was kept"),
    ("errors", {"switches": [switch("release", "ROLLED_BACK", reason="Gate")]}, "does not name the bake: Gate"),
    ("unrelated-deploy", {"steps": {"unrelated": step(BAD)}}, "unrelated: it failed"),
    ("unrelated-deploy", {"steps": {"unrelated": step(replace(GOOD, output="✅ A (no changes)"))}}, "nothing at all"),
    ("unrelated-deploy", {"steps": {"unrelated": step(after=DRIFTED)}}, "the rule was changed"),
    ("unrelated-deploy", {"steps": {"unrelated": step(after=OTHER_PROCESSES)}}, "a process was restarted"),
    ("unrelated-deploy", {"switches": [switch("release", "DONE")]}, "a switch was begun"),
    ("stale-deploy", {"steps": {"stale": step(GOOD)}}, "stale: it succeeded"),
    ("stale-deploy", {"steps": {"stale": step(BAD)}}, "does not say that the color is live"),
    ("stale-deploy", {"steps": {"stale": step(BAD, OTHER_PROCESSES)}}, "a process was restarted"),
    ("drift", {"messages": ()}, "nobody was told"),
    ("drift", {"steps": {"unrelated": step(after=KEPT)}}, "unrelated: the weights are blue 100, green 0"),
    ("drift", {"steps": {"drifted": step(GOOD, DRIFTED)}}, "drifted: it succeeded"),
    ("drift", {"steps": {"repair": step(BAD)}}, "repair: it failed"),
    ("drift", {"switches": [switch("release", "UNCHANGED", reason="no")]}, "does not say what the rule is like: no"),
    ("drift", {"switches": [switch("release", "DONE")]}, "wanted UNCHANGED by the preflight"),
    ("drift", {"switches": []}, "no switch ended with REPAIRED"),
    ("https", {"steps": {"http-again": step(BAD)}}, "http-again: it failed"),
    ("https", {"records": FAILED}, "1 requests failed, wanted 0"),
    ("https", {"records": [record()]}, "port 80 never redirected"),
    ("https", {"switches": [switch("release", "DONE")]}, "wanted REPAIRED (the rule moved)"),
    ("https", {"more_records": {}}, "nobody on port 443 got the new version"),
    ("https", {"more_records": {"port-443": FAILED}}, "1 requests failed on port 443"),
    (
        "intruder",
        {"steps": {"page": step(CommandOutcome(1, "tried", "a page: start a switch"))}},
        "page got in: a page: ",
    ),
    ("intruder", {"steps": {"neighbor": step(CommandOutcome(0, ""))}}, "neighbor tried nothing"),
    ("intruder", {"steps": {"service": step(after=DRIFTED)}}, "service changed the rule"),
    ("intruder", {"steps": {"service": step(after=OTHER_PROCESSES)}}, "service changed what runs"),
    ("intruder", {"switches": [switch("release", "DONE")]}, "a switch was begun"),
    ("intruder", {"messages": ()}, "nobody was told of the forged executions"),
    ("intruder", {"after": GREEN}, "green 2 is live, wanted blue 1"),
    ("intruder", {"records": FAILED}, "1 requests failed, wanted 0"),
    ("rotation", {"steps": {"rotate": None}}, "rotate: its time never came"),
    ("rotation", {"steps": {"rotate": step(GOOD)}}, "does not say what it rotated"),
    ("rotation", {"switches": [switch("release", "ROLLED_BACK")]}, "wanted DONE, and DONE again"),
    ("rotation", {"after": GREEN}, "green 2 is live, wanted blue 1"),
    ("rotation", {"records": FAILED}, "1 requests failed, wanted 0"),
    ("retry", {"steps": {"aborted": step(GOOD)}}, "aborted: it succeeded"),
    ("retry", {"steps": {"abort": None}}, "abort: its time never came"),
    ("retry", {"switches": [switch("release", "DONE")]}, "wanted ROLLED_BACK, then DONE"),
    ("killed", {"steps": {"killed-in-bake": None}}, "killed-in-bake: its time never came"),
    ("killed", {"switches": FLAWLESS["killed"].switches[:2]}, "1 releases were begun, wanted 2"),
    ("killed", {"switches": [switch("release", "HELD", reason="stopped in")] * 2}, "ended with HELD"),
    ("killed", {"records": [record(Color.GREEN)]}, "1 of the last 1 requests"),
    ("cancelled", {"switches": [switch("release", "ROLLED_BACK")]}, "ended as release ROLLED_BACK, wanted"),
    ("cancelled", {"records": [record()]}, "green never had traffic"),
    ("cancelled", {"stack_status": "UPDATE_COMPLETE"}, "wanted UPDATE_ROLLBACK_COMPLETE"),
    ("two-at-once", {"steps": {"rival": step(GOOD)}}, "rival: it succeeded"),
    ("two-at-once", {"steps": {"rival": step(BAD, OTHER_PROCESSES)}}, "rival: a process was restarted"),
    ("two-at-once", {"steps": {"repair-meanwhile": None}}, "its time never came"),
    ("two-at-once", {"switches": [switch("release", "DONE", name) for name in "ab"]}, "a second release was begun"),
    ("deleted", {"steps": {"destroyed": step(BAD)}}, "destroyed: it failed"),
    ("deleted", {"steps": {"deleted": step(BAD, KEPT)}}, "deleted: the production rule is still there"),
    ("deleted", {"after": GREEN}, "still remembers green 2"),
    ("deleted", {"stack_status": "DELETE_FAILED"}, "the release stack is still there"),
    ("deleted", {"records": [record(Color.GREEN)]}, "users still get answers"),
    ("one-way", {"steps": {"one-way": step(GOOD, THROUGH)}}, "one-way: it succeeded, wanted a failure"),
    (
        "one-way",
        {"steps": {"one-way": step(BAD)}},
        "the rule has blue 100, green 0, wanted all",
    ),
    (
        "one-way",
        {"steps": {"without-a-word": step(BAD)}},
        "the journal does not say that green is live",
    ),
    ("one-way", {"steps": {"without-a-word": step(GOOD, THROUGH)}}, "without-a-word: it succeeded"),
    ("one-way", {"steps": {"by-a-word": step(BAD)}}, "by-a-word: it failed"),
    ("one-way", {"switches": [switch("release", "ROLLED_BACK")]}, "wanted release HELD, restore UNCHANGED"),
    ("one-way", {"messages": ()}, "nobody was paged with what to do"),
    ("one-way", {"records": [record(at=9.0)]}, "green never had traffic"),
    ("one-way", {"after": GREEN}, "green 2 is live"),
    ("in-flight", {"steps": {"back": step(BAD)}}, "back: it failed"),
    ("in-flight", {"switches": [switch("release", "DONE", shifted_at=20.0)]}, "wanted DONE, and DONE again"),
    ("in-flight", {"switches": [switch("release", "DONE")] * 2}, "the traffic was never moved back"),
    ("in-flight", {"after": GREEN}, "green 2 is live"),
    ("in-flight", {"records": FAILED}, "1 requests failed, wanted 0"),
    ("in-flight", long_ones(long_request(15.0, status=400)), "1 long requests failed"),
    ("in-flight", long_ones(long_request(15.0, color=Color.BLUE)), "1 of 4 requests that green had taken"),
    ("in-flight", long_ones(long_request(15.0, "PUT /x")), "1 requests PUT /x were under way"),
    (
        "in-flight",
        {"more_records": {"long-requests": [long_request(19.5)] * 9}},
        "0 requests GET /?slow were under way",
    ),
    (
        "in-flight",
        {"more_records": {"long-requests": [long_request(10.5)] * 9}},
        "0 requests GET /?slow were under way",
    ),
    ("in-flight", {"more_records": {}}, "no long request was recorded"),
    ("restart", {"steps": {"killed": step(BAD, LIVE_ANEW)}}, "killed: it failed"),
    ("restart", {"steps": {"killed": step()}}, "a process of blue was not killed"),
    ("restart", {"steps": {"killed": step(after=ELSEWHERE)}}, "a process of green was restarted"),
    ("restart", {"switches": [switch("release", "DONE")]}, "a switch was begun"),
    ("restart", {"after": GREEN}, "green 2 is live"),
    ("restart", {"records": [RESET]}, "1 of the last 1 requests"),
    ("restart", {"records": [record()]}, "no request failed"),
    ("restart", {"records": [RESET, record(None, 70.0, RequestOutcome.RESET), record(at=90.0)]}, "over 69 s"),
    ("shoppers", {"steps": {"undo-5": step(BAD)}}, "undo-5: it failed"),
    ("shoppers", {"steps": {"release-3": None}}, "release-3: its time never came"),
    ("shoppers", {"switches": [switch("release", "DONE")] * 9}, "wanted DONE 10 times"),
    ("shoppers", {"after": GREEN}, "green 2 is live"),
    ("shoppers", {"records": FAILED}, "1 requests failed, wanted 0"),
    ("shoppers", {"shopping": None}, "nobody went shopping"),
    ("shoppers", {"shopping": replace(shopping(199), people=200)}, "199 people kept a ledger, wanted 200"),
    ("shoppers", bought_ones(bought(Color.BLUE, status=409)), "1 times POST /checkout: answered 409"),
    ("shoppers", bought_ones(bought(Color.BLUE, status=429)), "1 times POST /checkout: answered 429"),
    ("shoppers", bought_ones(RESET._replace(request="GET /")), "1 times GET /: reset"),
    ("shoppers", {"more_records": {"shoppers": [bought(Color.BLUE)]}}, "nobody ordered anything of green"),
    ("secret-rotated", {"steps": {"put-first": step(BAD)}}, "put-first: it failed"),
    ("secret-rotated", {"steps": {"renewed-6": None}}, "renewed-6: its time never came"),
    ("secret-rotated", {"steps": {"too-soon": step(GOOD)}}, "too-soon: it succeeded"),
    ("secret-rotated", {"steps": {"changed": step(BAD)}}, "changed: it failed"),
    ("secret-rotated", {"switches": [switch("release", "DONE")] * 5}, "wanted DONE 6 times"),
    ("secret-rotated", {"after": GREEN}, "green 2 is live"),
    ("secret-rotated", {"records": FAILED}, "1 requests failed, wanted 0"),
    ("secret-rotated", {"shopping": None}, "nobody went shopping"),
    ("restart-idle", {"steps": {"killed": step(BAD, IDLE_ANEW)}}, "killed: it failed"),
    ("restart-idle", {"steps": {"killed": step()}}, "a process of green was not killed"),
    ("restart-idle", {"steps": {"killed": step(after=ELSEWHERE)}}, "a process of blue was restarted"),
    ("restart-idle", {"switches": [switch("release", "DONE")]}, "a switch was begun"),
    ("restart-idle", {"after": GREEN}, "green 2 is live"),
    ("restart-idle", {"records": [RESET, record(at=9.0)]}, "1 requests failed, wanted 0"),
    ("renew-host", {"steps": {"renewed": step(BAD)}}, "renewed: it failed"),
    ("renew-host", {"steps": {"renewed": step(after=OTHER_PROCESSES)}}, "green was not started on another host"),
    ("renew-host", {"steps": {"renewed": step(after=NO_PROCESSES)}}, "blue was not started on another host"),
    ("renew-host", {"compute_status": "UPDATE_ROLLBACK_COMPLETE"}, "wanted UPDATE_COMPLETE"),
    ("renew-host", {"switches": [switch("release", "DONE")]}, "a switch was begun"),
    ("renew-host", {"after": GREEN}, "green 2 is live"),
    ("renew-host", {"records": [record(ending=RequestOutcome.RESET)]}, "1 requests failed, wanted 0"),
    ("pipeline", {"steps": {"run": step(BAD)}}, "run: it failed: refused"),
    ("pipeline", {"steps": {"recorded": step(replace(GOOD, output="blue 1"))}}, "recorded is blue 1, but green 3"),
    ("pipeline", {"steps": {"recorded": step(BAD)}}, "recorded: it failed"),
    ("pipeline", {"steps": {"rights": step(BAD)}}, "may do what no run has done: refused"),
    ("pipeline", {"steps": {"rights": None}}, "nobody looked at what the pipeline's roles have used"),
    ("pipeline", {"messages": ()}, "nobody was asked whether this is to be released"),
    ("pipeline", {"after": GREEN}, "green 2 is live, wanted green 3.0.0-delivered"),
    ("pipeline", {"switches": [switch("release", "HELD")]}, "ended with HELD, wanted DONE"),
    ("pipeline", {"records": FAILED}, "1 requests failed, wanted 0"),
    ("pipeline-refused", {"steps": {"run": step(GOOD)}}, "run: it succeeded"),
    ("pipeline-refused", {"steps": {"run": step(replace(BAD, why="Plan: no"))}}, "did not fail in Release, but: Plan"),
    ("pipeline-refused", {"steps": {"run": step(failed_in_release("no"))}}, "wanted 'Gate failed: 500' in the log"),
    ("pipeline-refused", {"switches": []}, 'wanted "the gate\'s words" in the log'),
    ("pipeline-refused", {"compute": "fargate"}, "wanted 'ECS Deployment Circuit Breaker was triggered' in the log"),
    ("pipeline-refused", {"steps": {"recorded": step(GOOD)}}, "recorded: it succeeded"),
    ("pipeline-refused", {"after": GREEN}, "green 2 is live, wanted blue 1"),
    ("pipeline-refused", {"records": [record(Color.GREEN)]}, "the idle color answered 1 requests"),
    ("pipeline-refused", {"records": FAILED}, "1 requests failed, wanted 0"),
    ("pipeline-denied", {"steps": {"run": None}}, "run: its time never came"),
    ("pipeline-denied", {"steps": {"run": step(failed_in_release("no"))}}, "wanted 'AWS denied ecr:BatchGetImage'"),
    (
        "pipeline-denied",
        {"steps": {"run": step(FLAWLESS["pipeline-denied"].steps["run"].outcome, OTHER_PROCESSES)}},
        "restarted",
    ),
    ("pipeline-denied", {"steps": {"recorded": step(GOOD)}}, "recorded: it succeeded"),
    ("pipeline-denied", {"switches": [switch("release", "UNCHANGED")]}, "a switch was begun"),
    ("pipeline-denied", {"after": GREEN}, "green 2 is live, wanted blue 1"),
    ("pipeline-denied", {"records": FAILED}, "1 requests failed, wanted 0"),
    ("deleted", {"switches": []}, "ended as none, wanted remove REMOVED"),
]


def test_on_fargate_ecs_refuses_an_unhealthy_version_before_any_switch_begins() -> None:
    """AWS: AmazonECS/latest/developerguide/deployment-circuit-breaker.html."""
    assert complaints("unhealthy", spoiled("unhealthy", **BY_ECS)) == []


def test_a_release_that_the_local_cloudformation_did_not_begin_is_not_taken_back() -> None:
    """It begins one after the other, and none after one that failed."""
    assert complaints("two-services", spoiled("two-services", switches=[switch("release", "DONE")])) == []


@pytest.mark.parametrize(("name", "changes", "complaint"), FLAWS)
def test_each_flaw_is_a_complaint(name: str, changes: dict[str, Any], complaint: str) -> None:
    found = complaints(name, spoiled(name, **dict(changes)))

    assert any(complaint in each for each in found), found


def test_every_act_has_a_flaw_that_is_tested() -> None:
    assert {name for name, _, _ in FLAWS} == set(ACTS)


def test_each_usual_act_begins_where_the_one_before_ended() -> None:
    left = "first"
    for act in DEFAULT:
        assert left in act.scenes
        left = act.leaves


NEVER_ROLLED_BACK = ("release", "unhealthy", "errors", "secure-release", "http-again", "one-service")


def test_every_release_that_is_rolled_back_has_an_attempt_of_its_own() -> None:
    script = Script("shop", Cast("1", "2"), others=("report",))
    made = [
        {**flags(script)}["shop.attempt"]
        for act in REPERTOIRE
        for name, flags in act.flags.items()
        if flags(script).get("shop.active_color") == "green" and name not in NEVER_ROLLED_BACK
    ]

    assert len(made) == len(set(made)) > 5
    assert "1" not in made


def test_the_usual_acts_are_played_unless_others_are_asked_for() -> None:
    assert chosen_acts((), everything=False, compute="ec2", services=2) == DEFAULT
    assert chosen_acts((), everything=True, compute="ec2", services=2) == list(REPERTOIRE)
    played = chosen_acts(("drift", "release"), everything=False, compute="ec2", services=1)
    assert [act.name for act in played] == ["release", "drift"]
    with pytest.raises(RehearsalError, match="leave one of them out"):
        chosen_acts(("drift",), everything=True, compute="ec2", services=1)


def test_an_act_about_the_host_is_not_played_where_there_is_none() -> None:
    assert "renew-host" not in [act.name for act in chosen_acts((), everything=True, compute="fargate", services=2)]
    with pytest.raises(RehearsalError, match="the act renew-host is about compute=ec2, and compute is fargate"):
        chosen_acts(("renew-host",), everything=False, compute="fargate", services=2)


def test_an_act_of_two_services_is_not_played_with_one() -> None:
    assert "two-services" not in [act.name for act in chosen_acts((), everything=True, compute="ec2", services=1)]
    with pytest.raises(RehearsalError, match="the act two-services takes 2 services, and the settings have 1"):
        chosen_acts(("two-services",), everything=False, compute="ec2", services=1)


def test_an_act_about_the_shop_is_not_played_with_another_service() -> None:
    assert "shoppers" not in [
        act.name for act in chosen_acts((), everything=True, compute="ec2", services=2, source="apps/web")
    ]
    with pytest.raises(RehearsalError, match="whose source is services/shop, and the first service's is apps/web"):
        chosen_acts(("shoppers",), everything=False, compute="ec2", services=2, source="apps/web")


def test_shoppers_who_are_asked_to_come_back_in_a_moment_have_no_complaint() -> None:
    asked = bought_ones(bought(Color.BLUE, status=429, request="POST /login"))

    assert complaints("shoppers", spoiled("shoppers", **asked)) == []


@pytest.mark.parametrize("name", ACTS)
def test_every_act_is_documented(name: str) -> None:
    operations = Path(__file__).resolve().parents[2] / "docs" / "operations.md"

    assert f"| `{name}` |" in operations.read_text()


def test_broken_versions_are_made_of_the_one_that_replaces_the_live_one() -> None:
    broken = {"2-unhealthy": ["unhealthy"], "2-errors": ["errors"]}
    assert Cast("1", "2").faults == {"1": [], "2": [], **broken, "2-slow": ["slow"]}
