"""Executions, events and invocations that nobody of Greenlight's made: nothing is changed, and a person is paged."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.contract import Color
from traffic_switch.model import Mode, Switch

from tests.simulation.cloud import STATE_MACHINE
from tests.simulation.functions import Invocation
from tests.simulation.pieces.asking import enter, event, sent
from tests.simulation.pieces.workbench import (
    BACK_TO_BLUE,
    BLUE_BEFORE,
    BLUE_LIVE,
    RELEASE,
    REMOVE,
    REPAIR,
    RESTORE,
    Workbench,
    asked,
)

TASKS = [
    *("Lock", "Pay", "Preflight", "Gate", "Smoke", "Shift", "Bake", "Done"),
    *("Rollback", "Remove", "Repair", "Respond"),
]
PARTS = {
    "Lock": {*Mode},
    "Pay": {*Mode},
    "Respond": {*Mode},
    "Rollback": {Mode.RELEASE, Mode.RESTORE, Mode.REPAIR},
    "Remove": {Mode.REMOVE},
    "Repair": {Mode.REPAIR},
}
"""Which modes a task has a part in; all others have one in releases alone."""
SWITCHES = {switch.mode: switch for switch in (RELEASE, RESTORE, REMOVE, REPAIR)}
WRITES = ("Create", "Modify", "Delete", "SetRule", "PutItem", "UpdateItem", "Transact", "Start", "Stop")


@pytest.fixture
def moved(moved: Workbench) -> Workbench:
    """The release s1 has moved all traffic to green; from now on it is counted what functions ask for."""
    moved.asked_for.clear()
    return moved


def refused(bench: Workbench, failed: Invocation) -> str:
    """That the invocation failed as forged, changed nothing, and paged once; what it said."""
    assert failed.error == "ForgedError"
    (page,) = bench.cloud.pages
    assert page.subject == "PAGE: Greenlight: a forged execution was refused"
    said: str = json.loads(failed.cause)["errorMessage"]
    assert page.message.startswith(f"{said}. Nothing was changed. ")
    assert untouched(bench)
    return said


def untouched(bench: Workbench) -> bool:
    """Whether no function has written anything."""
    return not [call for call in bench.asked_for if call.partition(".")[2].startswith(WRITES)]


@pytest.mark.parametrize("task", TASKS)
def test_a_switch_that_nobody_asked_for_is_refused(moved: Workbench, task: str) -> None:
    said = refused(moved, moved.invoke(task, replace(SWITCHES[min(PARTS.get(task, {Mode.RELEASE}))], id="forged")))

    assert said == "the journal has no record of the switch forged: nobody asked for it"


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"mode": Mode.REMOVE}, "mode"),
        ({"color": Color.BLUE}, "color"),
        ({"version": "v9"}, "version"),
        ({"service": "report"}, "service"),
        ({"undoes": "s0"}, "undoes"),
        ({"mode": Mode.RESTORE, "undoes": "s0"}, "mode, undoes"),
    ],
)
def test_an_input_that_is_not_as_it_was_asked_for_is_refused(
    moved: Workbench, task: str, changes: dict[str, Any], names: str
) -> None:
    said = refused(moved, moved.invoke(task, replace(RELEASE, **changes)))

    assert said == f"the input of the switch s1 is not as it was asked for: {names}"


@pytest.mark.parametrize("task", TASKS)
def test_a_second_execution_of_a_switch_that_runs_is_refused(moved: Workbench, task: str) -> None:
    said = refused(moved, moved.invoke(task, RELEASE, execution="another"))

    assert said == "the execution another says that it is the switch s1"


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "the input is no switch (TypeError)"),
        ("remove", "the input is no switch (TypeError)"),
        ([], "the input is no switch (TypeError)"),
        ({}, "the input is no switch (KeyError)"),
        ({**RELEASE.as_input(), "mode": "wish"}, "the input is no switch (ValueError)"),
        ({**RELEASE.as_input(), "version": {"v": 2}}, "the input is no switch: what it holds is no text"),
        ({**RELEASE.as_input(), "force": "yes", "also": ""}, "the input of s1 has also, force, which no switch has"),
    ],
)
def test_an_input_that_is_no_switch_is_refused(moved: Workbench, task: str, given: Any, words: str) -> None:
    assert refused(moved, moved.invoke(task, RELEASE, switch=given)) == words


@pytest.mark.parametrize(
    ("task", "mode"),
    [(task, mode) for task in TASKS for mode in Mode if mode not in PARTS.get(task, {Mode.RELEASE})],
)
def test_a_task_takes_no_switch_that_it_has_no_part_in(bench: Workbench, task: str, mode: Mode) -> None:
    switch = SWITCHES[mode]
    bench.register(asked(switch))
    bench.lock(switch)
    bench.asked_for.clear()

    assert refused(bench, bench.invoke(task, switch)) == (
        f"a {mode} was given to a task that has no part in it: {switch.id}"
    )


def test_an_execution_from_before_an_upgrade_goes_on(moved: Workbench) -> None:
    """Its definition does not give its name, and its input may lack what is empty."""
    given = {name: value for name, value in RELEASE.as_input().items() if name != "undoes"}
    moved.judged(RELEASE, shift="PASS", bake="PASS")
    invocation = moved.cloud.functions.invoke(
        "Done", {"switch": given, "hold": {"epoch": 7, "debt": ""}, "held_at": moved.now, "entered": moved.now}
    )

    assert invocation.result["verdict"] == "PASS"
    assert moved.cloud.pages == []


PROVED = {"preflight": "PASS", "gate": "PASS", "smoke": "PASS"}
WATCHED = {"shift": "PASS", "bake": "PASS"}


@pytest.mark.parametrize(
    ("task", "verdicts"),
    [
        *(("Shift", {**PROVED, phase: verdict}) for phase in PROVED for verdict in ("WAIT", "FAIL")),
        *(("Done", {**WATCHED, phase: verdict}) for phase in WATCHED for verdict in ("WAIT", "FAIL")),
        ("Shift", {"preflight": "NOOP"}),
        ("Done", {"preflight": "PASS"}),
        ("Shift", {}),
        ("Done", PROVED),
    ],
)
def test_a_task_that_is_called_before_its_turn_is_refused(
    moved: Workbench, task: str, verdicts: dict[str, str]
) -> None:
    moved.in_turn = False
    moved.judged(RELEASE, **verdicts)

    wanted = {
        "Shift": "preflight PASS and gate PASS and smoke PASS",
        "Done": "shift PASS and bake PASS or preflight NOOP",
    }
    assert refused(moved, moved.invoke(task, RELEASE)) == (
        f"a task of s1 was called before its turn: wanted {wanted[task]}, got {dict(sorted(verdicts.items()))}"
    )


def test_the_last_look_of_a_phase_counts(moved: Workbench) -> None:
    moved.in_turn = False
    moved.judged(RELEASE, shift="PASS", bake="PASS")
    moved.amend(RELEASE, **{"trace:bake:0002": {"verdict": "FAIL"}})

    assert "'bake': 'FAIL'" in refused(moved, moved.invoke("Done", RELEASE))


def test_a_release_of_what_is_live_already_is_done_without_a_bake(moved: Workbench) -> None:
    moved.in_turn = False
    moved.judged(RELEASE, preflight="NOOP")

    assert moved.step("Done", RELEASE)["verdict"] == "PASS"


def test_a_switch_that_has_ended_does_not_begin_again(moved: Workbench) -> None:
    """Step Functions forgets the name of an execution after 90 days; the record is kept for longer."""
    moved.step("Done", RELEASE)
    told = moved.step("Lock", RELEASE)

    assert told["verdict"] == "LOST"
    assert moved.cloud.lock("shop") is None


def test_a_payment_of_what_the_lock_does_not_owe_is_refused(moved: Workbench) -> None:
    """It would give the traffic back to where a release of long ago had found it."""
    moved.register(asked(BACK_TO_BLUE))
    moved.amend(BACK_TO_BLUE, shifted_at=1, before=BLUE_BEFORE, outcome="DONE")
    moved.asked_for.clear()
    failed = moved.invoke("Pay", RELEASE, hold={"epoch": 7, "debt": BACK_TO_BLUE.id})

    assert refused(moved, failed) == "the switch s1 owes nothing for s5"


def test_a_debt_that_is_paid_may_be_paid_again(moved: Workbench) -> None:
    """The function is called again when its reply gets lost."""
    moved.register(asked(BACK_TO_BLUE))
    moved.amend(RELEASE, paid=BACK_TO_BLUE.id)

    assert moved.step("Pay", RELEASE, hold={"epoch": 7, "debt": BACK_TO_BLUE.id})["verdict"] == "PASS"
    assert moved.cloud.pages == []


def test_a_payment_without_a_lock_is_refused(moved: Workbench) -> None:
    moved.greenlight.tamper("lock#shop", None)
    failed = moved.invoke("Pay", RELEASE, hold={"epoch": 7, "debt": "s5"})

    assert refused(moved, failed) == "the switch s1 owes nothing for s5"


def test_a_payment_of_nothing_is_refused(moved: Workbench) -> None:
    assert refused(moved, moved.invoke("Pay", RELEASE)) == "the switch s1 owes nothing for "


@pytest.mark.parametrize(("length", "more"), [(1_000, ""), (1_001, "...")])
def test_of_what_somebody_made_up_no_more_is_told_than_a_message_takes(
    moved: Workbench, length: int, more: str
) -> None:
    said = "the journal has no record of the switch : nobody asked for it"
    moved.invoke("Lock", replace(RELEASE, id="x" * (length - len(said))))
    (page,) = moved.cloud.pages
    told, _, _ = page.message.partition(". Nothing was changed. ")

    assert len(told) == 1_000 + len(more)
    assert told.endswith(more or "nobody asked for it")


def test_a_page_that_does_not_get_through_is_tried_again(moved: Workbench) -> None:
    moved.cloud.topics.topics.clear()

    assert moved.invoke("Lock", replace(RELEASE, version="v9")).error == "AwsCallError"
    assert untouched(moved)


def died(bench: Workbench, switch: Switch, **more: Any) -> Invocation:
    """Somebody says that an execution died."""
    said = {"name": switch.id, "status": "FAILED", "input": json.dumps(switch.as_input())}
    return bench.cloud.functions.invoke("Settle", {"detail": {**said, "stateMachineArn": STATE_MACHINE, **more}})


@pytest.mark.parametrize(
    "more",
    [
        {"input": json.dumps({**RELEASE.as_input(), "mode": "remove"})},
        {"name": "another"},
        {"input": "{"},
        {"input": None},
    ],
)
def test_a_death_that_is_not_of_our_own_execution_settles_nothing(moved: Workbench, more: dict[str, Any]) -> None:
    assert died(moved, RELEASE, **more).result == {"settled": True}
    (page,) = moved.cloud.pages

    assert page.subject == "PAGE: Greenlight: a forged execution was refused"
    assert "It is said to be FAILED. Nothing was changed." in page.message
    assert untouched(moved)


def test_a_switch_that_runs_is_not_settled_whoever_says_that_it_died(moved: Workbench) -> None:
    moved.greenlight.executions.start("s1", json.dumps(RELEASE.as_input()))
    failed = moved.run(lambda world: world.executions(STATE_MACHINE).is_running("s1"), "Settle")
    invocation = died(moved, RELEASE)

    assert failed
    assert json.loads(invocation.cause)["errorMessage"] == "the execution s1 runs"
    assert "outcome" not in moved.record(RELEASE)


@pytest.mark.parametrize(
    "stack",
    [
        "arn:aws:cloudformation:eu-central-1:123456789012:stack/GreenlightReleases/1",
        "arn:aws:cloudformation:eu-central-1:999999999999:stack/GreenlightRelease/1",
        "arn:aws:cloudformation:us-east-1:123456789012:stack/GreenlightRelease/1",
        "arn:aws:cloudformation:eu-central-1:123456789012:stack/GreenlightEdge/1",
        "GreenlightRelease",
    ],
)
def test_a_request_of_another_stack_changes_nothing(asking: Workbench, stack: str) -> None:
    for kind in ("Create", "Update", "Delete"):
        assert sent(asking, event(asking, kind, StackId=stack)).result == {"received": True}

    assert [page.subject for page in asking.cloud.pages] == ["PAGE: Greenlight: a forged request was refused"] * 3
    assert asking.cloud.pages[0].message.startswith(f"the request is of the stack {stack}, and only arn:aws:")
    assert untouched(asking)
    assert asking.cloud.answers == {}


@pytest.mark.parametrize("url", ["https://evil.example/answer", "http://169.254.169.254/", None])
def test_a_request_that_is_to_be_answered_elsewhere_changes_nothing(asking: Workbench, url: str | None) -> None:
    assert sent(asking, event(asking, ResponseURL=url)).result == {"received": True}
    (page,) = asking.cloud.pages

    assert page.message.startswith("the request is to be answered at a place that is not CloudFormation's. ")
    assert untouched(asking)


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_FAILED"])
def test_a_removal_is_not_asked_for_while_the_stack_is_at_rest(asking: Workbench, status: str) -> None:
    enter(asking, status)
    asking.cloud.kernel.sleep(60.0)

    assert sent(asking, event(asking, "Delete")).result == {"received": True}
    (page,) = asking.cloud.pages
    assert f"the removal of shop was asked for (r1) while the stack is {status}" in page.message
    assert untouched(asking)
    assert asking.greenlight.site.rule() is not None


@pytest.mark.parametrize(
    "status", ["DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"]
)
def test_a_removal_is_asked_for_while_cloudformation_works_on_the_stack(asking: Workbench, status: str) -> None:
    enter(asking, "UPDATE_COMPLETE")
    asking.cloud.kernel.at(5.0, lambda: enter(asking, status))
    sent(asking, event(asking, "Delete"))

    assert [item["switch"] for item in asking.greenlight.switches() if "remove" in item["switch"]]
    assert asking.cloud.pages == []


def test_a_record_whose_answer_was_led_elsewhere_is_not_answered(bench: Workbench) -> None:
    """Who may write the requests may not have an answer sent to himself."""
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.register(asked(RELEASE))
    request = {"ResponseURL": "https://evil.example/", "StackId": "a", "RequestId": "s1", "LogicalResourceId": "b"}
    answer = json.dumps({"status": "FAILED", "reason": "said so", "data": {}})
    bench.greenlight.tamper("request#s1", {"request": json.dumps(request)})
    bench.amend(RELEASE, answer=answer)

    assert bench.step("Respond", RELEASE)["verdict"] == "FAIL"
    (page,) = bench.cloud.pages
    assert page.subject == "PAGE: Greenlight: a forged request was refused"
    assert "evil.example" not in page.message
    assert page.message.startswith(
        "the switch s1: the ResponseURL does not lead to CloudFormation, so nothing was sent"
    )
    assert bench.cloud.request_item("s1") is None
