"""The other steps by themselves: Gate, Preflight, Smoke, Bake, Done and Respond, and what every step has in common."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from traffic_switch.journal import Answer

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Fault, Kind
from tests.simulation.people import Operator
from tests.simulation.pieces.workbench import BACK_TO_BLUE, BLUE_BEFORE, BLUE_LIVE, RELEASE, Workbench, asked
from tests.simulation.web import ANSWER_HOST


@pytest.fixture
def bench() -> Workbench:
    """Blue is live, and the release s1 holds the lock."""
    bench = Workbench()
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.greenlight.site.write_rule(100, 0)
    bench.register(asked(RELEASE, resource="stack/Release"))
    bench.lock(RELEASE)
    return bench


@pytest.fixture
def shifted(bench: Workbench) -> Workbench:
    """The release has moved all traffic just now."""
    bench.amend(RELEASE, before=BLUE_BEFORE, shifted_at=int(EPOCH))
    bench.greenlight.site.write_rule(0, 100)
    return bench


def test_a_gate_carries_its_start_and_its_good_looks(bench: Workbench) -> None:
    first = bench.step("Gate", RELEASE)
    second = bench.step("Gate", RELEASE, progress=first["progress"])

    assert (first["verdict"], first["progress"]["look"], first["progress"]["streak"]) == ("WAIT", 1, 1)
    assert (second["verdict"], second["progress"]["look"], second["progress"]["streak"]) == ("PASS", 2, 2)
    assert second["progress"]["since"] == first["progress"]["since"] == pytest.approx(EPOCH, abs=1)
    assert first["wait_seconds"] == bench.greenlight.policy.gate_interval_seconds
    assert "trace:gate:0002" in bench.record(RELEASE)


def test_a_gate_measures_its_time_from_the_first_look(bench: Workbench) -> None:
    bench.greenlight.site.change("green", up=False)
    bench.cloud.kernel.sleep(15.0)
    told = bench.step("Gate", RELEASE, progress={"since": EPOCH - 60, "look": 12, "streak": 1})

    assert (told["verdict"], told["progress"]["streak"], told["progress"]["look"]) == ("FAIL", 0, 13)


def test_a_gate_hears_an_abort(bench: Workbench) -> None:
    Operator(bench.greenlight.site).abort("s1", "asked by ann")
    told = bench.step("Gate", RELEASE, progress={"since": EPOCH, "look": 1, "streak": 1})

    assert (told["verdict"], told["reason"]) == ("FAIL", "the operator aborted it: asked by ann")


def test_a_preflight_remembers_what_was_before(bench: Workbench) -> None:
    told = bench.step("Preflight", RELEASE)
    live = {**BLUE_LIVE, "resource": "", "digest": ""}

    assert (told["verdict"], told["reason"]) == ("PASS", "green can be switched to")
    assert told["before"] == {"weights": {"blue": 100, "green": 0}, "live": live}
    assert bench.record(RELEASE)["before"] == told["before"]


def test_a_preflight_that_fails_remembers_nothing(bench: Workbench) -> None:
    Operator(bench.greenlight.site).set_weights(50, 50)
    told = bench.step("Preflight", RELEASE)

    assert (told["verdict"], told["before"]) == ("FAIL", {})
    assert "before" not in bench.record(RELEASE)


def test_a_preflight_that_runs_again_keeps_what_was_before_the_first_time(bench: Workbench) -> None:
    bench.amend(RELEASE, before={"weights": {}, "live": {}})

    assert bench.step("Preflight", RELEASE)["before"] == {"weights": {}, "live": {}}


@pytest.mark.parametrize("color", ["blue", "green"])
def test_stickiness_of_either_target_group_refuses_a_release(bench: Workbench, color: str) -> None:
    group = bench.greenlight.site.group(color)
    attributes = [{"Key": "stickiness.enabled", "Value": "true"}]
    bench.cloud.elbv2.groups[group].attributes.update({one["Key"]: one["Value"] for one in attributes})

    assert bench.step("Preflight", RELEASE)["reason"] == (
        "stickiness is on, which would pin users to one color whatever the weights say: turn it off"
    )


def test_an_alarm_of_the_idle_color_refuses_a_release(bench: Workbench) -> None:
    bench.cloud.cloudwatch.alarms["shop-green-errors"] = "ALARM"

    assert bench.step("Preflight", RELEASE)["reason"].startswith("alarm shop-green-errors is in state ALARM")


def test_a_description_that_lags_is_waited_for_before_drift_is_told(bench: Workbench) -> None:
    bench.greenlight.site.write_rule(50, 50)
    bench.cloud.kernel.at(10.0, lambda: bench.greenlight.site.write_rule(100, 0))

    assert bench.step("Preflight", RELEASE)["verdict"] == "PASS"


def test_a_smoke_test_asks_for_health_and_for_a_page(bench: Workbench) -> None:
    told = bench.step("Smoke", RELEASE)

    assert (told["verdict"], told["reason"]) == ("PASS", "2 smoke requests answered by green v2")
    assert bench.record(RELEASE)["trace:smoke:0001"]["verdict"] == "PASS"


def test_a_smoke_test_knows_a_stale_container(bench: Workbench) -> None:
    bench.greenlight.site.change("green", version="v0")

    assert bench.step("Smoke", RELEASE)["reason"] == ("smoke request 1 of 2 was answered by version v0, wanted v2")


def test_a_release_that_is_done_is_live_with_its_resource(shifted: Workbench) -> None:
    told = shifted.step("Done", RELEASE)
    live = shifted.cloud.live("shop") or {}

    assert (told["verdict"], told["reason"]) == ("PASS", "shop is live on green with version v2")
    assert (live["color"], live["version"], live["resource"]) == ("green", "v2", "stack/Release")
    assert (live["blue"], live["green"]) == (0, 100)
    assert shifted.record(RELEASE)["trace:done:0001"]["reason"] == told["reason"]


def test_a_release_whose_rule_somebody_changed_is_not_done(shifted: Workbench) -> None:
    Operator(shifted.greenlight.site).set_weights(50, 50)
    told = shifted.step("Done", RELEASE)

    assert (told["verdict"], told["reason"]) == (
        "FAIL",
        "the rule is not as it was written (blue 0, green 100): the production rule has blue 50, green 50",
    )
    assert shifted.cloud.lock("shop") is not None
    assert shifted.record(RELEASE)["trace:done:0001"]["verdict"] == "FAIL"


def test_a_release_whose_lock_is_lost_is_not_done(shifted: Workbench) -> None:
    shifted.lock(RELEASE, epoch=8)

    assert shifted.step("Done", RELEASE)["reason"] == "the lock of shop is not held by s1 in epoch 7 any more"


def test_a_bake_looks_at_cloudwatch_at_targets_and_at_alarms(shifted: Workbench) -> None:
    shifted.cloud.cloudwatch.alarms["shop-green-errors"] = "ALARM"
    told = shifted.step("Bake", RELEASE)

    assert (told["verdict"], told["reason"]) == ("FAIL", "alarm shop-green-errors is in state ALARM")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("elbv2.DescribeTargetHealth", "the targets' health could not be read: An error occurred"),
        ("cloudwatch.DescribeAlarms", "the alarms could not be read: An error occurred"),
        ("cloudwatch.GetMetricData", "CloudWatch could not be read: An error occurred"),
    ],
)
def test_a_bake_says_what_it_cannot_read_and_rolls_nothing_back(shifted: Workbench, call: str, words: str) -> None:
    shifted.cloud.kernel.sleep(40.0)
    shifted.cloud.faults.addressed["Bake", call, 1] = Fault(Kind.DENIED)
    told = shifted.step("Bake", RELEASE, progress={"look": 4, "batches": [[1.0, 1, 0, 0], [2.0, 1, 0, 0]]})

    assert told["verdict"] == "WAIT"
    assert words in told["reason"]


def test_a_bake_counts_the_first_look_as_its_begin_and_carries_its_batches(shifted: Workbench) -> None:
    told = shifted.step("Bake", RELEASE)

    assert told["progress"]["look"] == 1
    assert [batch[1:] for batch in told["progress"]["batches"]] == [[1, 0, 0], [1, 0, 0]]
    assert "phase:bake" in shifted.record(RELEASE)
    assert told["wait_seconds"] >= 1


def answered(bench: Workbench, status: str = "FAILED") -> None:
    """The journal has fixed an answer."""
    text = json.dumps({"status": status, "reason": "said so", "data": {"Outcome": "UNCHANGED"}})
    bench.amend(RELEASE, answer=text)


@pytest.mark.parametrize(("status", "verdict"), [("SUCCESS", "PASS"), ("FAILED", "FAIL")])
def test_cloudformation_gets_the_answer_that_the_journal_has_fixed(bench: Workbench, status: str, verdict: str) -> None:
    answered(bench, status)
    told = bench.step("Respond", RELEASE)
    (answer,) = bench.cloud.answers["s1"]

    assert (told["verdict"], told["reason"]) == (verdict, "said so")
    assert (answer["Status"], answer["Reason"], answer["Data"]) == (status, "said so", {"Outcome": "UNCHANGED"})
    assert answer["PhysicalResourceId"] == "greenlight-release-shop"
    assert bench.cloud.request_item("s1") is None


def test_an_answer_that_was_given_is_not_given_again(bench: Workbench) -> None:
    answered(bench)
    bench.step("Respond", RELEASE)
    bench.step("Respond", RELEASE)

    assert len(bench.cloud.answers["s1"]) == 1


@pytest.mark.parametrize("request_", [{"ResponseURL": "no url", "StackId": "a", "RequestId": "s1"}, {}])
def test_an_answer_that_nobody_takes_is_forgotten(bench: Workbench, request_: dict[str, str]) -> None:
    answered(bench)
    bench.greenlight.tamper("request#s1", {"request": json.dumps(request_)})

    assert bench.step("Respond", RELEASE)["verdict"] == "FAIL"
    assert bench.cloud.request_item("s1") is None


@pytest.mark.parametrize("text", ["{", "[]", 7])
def test_a_request_that_nobody_can_read_is_not_answered(bench: Workbench, text: object) -> None:
    answered(bench)
    bench.greenlight.tamper("request#s1", {"request": text})

    assert bench.step("Respond", RELEASE)["verdict"] == "FAIL"
    assert bench.cloud.answers == {}


def test_a_switch_that_was_recorded_before_an_upgrade_is_answered(bench: Workbench) -> None:
    """Its record held the request itself."""
    answered(bench)
    bench.amend(RELEASE, request=(bench.cloud.request_item("s1") or {})["request"])
    bench.greenlight.tamper("request#s1", None)
    bench.step("Respond", RELEASE)

    assert [answer["Reason"] for answer in bench.cloud.answers["s1"]] == ["said so"]


def test_what_is_not_decided_is_not_answered(bench: Workbench) -> None:
    failed = bench.invoke("Respond", RELEASE)

    assert failed.error == "UnsettledError"
    assert json.loads(failed.cause)["errorMessage"] == "the switch s1 has no answer yet"
    assert bench.cloud.answers == {}


def test_a_call_that_aws_does_not_take_has_one_name_and_tells_its_own(bench: Workbench) -> None:
    bench.cloud.faults.addressed["Gate", "elbv2.DescribeTargetHealth", 1] = Fault(Kind.DENIED)
    failed = bench.invoke("Gate", RELEASE)

    assert failed.error == "AwsCallError"
    assert json.loads(failed.cause)["errorMessage"].startswith("ClientError: An error occurred (AccessDenied")


def test_a_task_that_ends_well_answers_in_the_words_of_the_state_machine(bench: Workbench) -> None:
    answered(bench)

    assert bench.step("Respond", RELEASE) == {
        "verdict": "FAIL",
        "reason": "said so",
        "progress": {},
        "wait_seconds": 1,
    }


def test_a_task_that_lost_its_lock_hands_on_what_it_was_given(bench: Workbench) -> None:
    bench.lock(RELEASE, epoch=8)
    told = bench.step("Done", RELEASE, before=BLUE_BEFORE)

    assert told["verdict"] == "LOST"
    assert (told["hold"], told["before"]) == ({"epoch": 7, "debt": ""}, BLUE_BEFORE)


def test_a_task_that_was_given_nothing_hands_on_nothing(bench: Workbench) -> None:
    bench.lock(RELEASE, epoch=8)
    told = bench.step("Done", RELEASE, hold=None, before=None)

    assert (told["hold"], told["before"]) == ({}, {})


def test_a_subject_that_is_too_long_for_a_message_is_cut(bench: Workbench) -> None:
    bench.run(lambda world: world.notifier.tell("x" * 200, "text"), "Drift")

    assert [len(one.subject) for one in bench.cloud.topics.published] == [99]


def test_an_execution_is_started_once(bench: Workbench) -> None:
    for _ in range(2):
        bench.run(lambda world: world.executions().start(RELEASE), "Request")

    assert bench.greenlight.executions.running() == ["s1"]


def test_an_execution_that_ran_under_another_input_is_left_alone(bench: Workbench) -> None:
    bench.run(lambda world: world.executions().start(RELEASE), "Request")
    bench.run(lambda world: world.executions().start(replace(RELEASE, version="v9")), "Request")

    assert json.loads(bench.greenlight.executions.describe("s1")["input"])["version"] == "v2"


def test_an_execution_that_has_ended_is_not_stopped(bench: Workbench) -> None:
    bench.greenlight.executions.start("s1", json.dumps(RELEASE.as_input()))
    bench.greenlight.executions.stop("s1", "First", "by hand")
    bench.run(lambda world: world.executions().stop("s1", "again"), "Lock")

    assert bench.greenlight.executions.describe("s1")["error"] == "First"


def test_answers_are_sent_to_the_address_that_the_request_named(bench: Workbench) -> None:
    request = {
        "ResponseURL": f"https://{ANSWER_HOST}/elsewhere",
        "StackId": "arn:stack",
        "RequestId": "s1",
        "LogicalResourceId": "ShopRelease",
    }
    bench.run(lambda world: world.answer(request, Answer("SUCCESS", "why", {"A": "b"}), "id"), "Respond")
    ((answer,),) = bench.cloud.answers.values()

    assert answer == {
        "Status": "SUCCESS",
        "Reason": "why",
        "PhysicalResourceId": "id",
        "StackId": "arn:stack",
        "RequestId": "s1",
        "LogicalResourceId": "ShopRelease",
        "Data": {"A": "b"},
    }


def test_a_release_of_blue_that_is_done_is_live(bench: Workbench) -> None:
    bench.register(asked(BACK_TO_BLUE))
    bench.lock(BACK_TO_BLUE)
    bench.step("Done", BACK_TO_BLUE)
    live = bench.cloud.live("shop") or {}

    assert (live["color"], live["blue"], live["green"]) == ("blue", 100, 0)


def test_a_release_whose_record_is_gone_is_not_done(shifted: Workbench) -> None:
    shifted.greenlight.tamper("switch#s1", None)

    assert shifted.invoke("Done", RELEASE).error == "ForgedError"
    assert shifted.cloud.lock("shop") is not None
