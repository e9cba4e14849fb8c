"""What is logged where nothing else tells it: whoever asks later what the switch met has nothing but these lines."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from traffic_switch.contract import Color
from traffic_switch.handlers import settle
from traffic_switch.taking_back import previewed

from tests.simulation.cloud import STATE_MACHINE
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Fault, Kind, Outage
from tests.simulation.pieces.asking import PROPERTIES, SERVICES, event, sent
from tests.simulation.pieces.logs import Line, logged
from tests.simulation.pieces.rollback import FAILURE, rolled_back
from tests.simulation.pieces.workbench import BLUE_BEFORE, RELEASE, Workbench, asked

Log = pytest.LogCaptureFixture
UNHEARD = Line("ERROR", "nobody was notified", {})


def died(bench: Workbench, text: str, tries: int = 1) -> None:
    """Settle hears of an execution that had this input."""
    detail = {"name": RELEASE.id, "status": "TIMED_OUT", "input": text, "stateMachineArn": STATE_MACHINE}
    record = {"body": json.dumps({"detail": detail}), "attributes": {"ApproximateReceiveCount": str(tries)}}
    bench.run(lambda world: settle.handle.step({"Records": [record]}, world), "Settle")


def test_news_that_get_lost_are_logged(moved: Workbench, caplog: Log) -> None:
    moved.cloud.topics.topics.clear()
    rolled_back(moved)

    assert UNHEARD in logged(caplog)


def test_a_page_that_the_journal_is_away_is_logged_if_it_gets_lost(moved: Workbench, caplog: Log) -> None:
    moved.cloud.faults.outages.append(Outage("dynamodb", 0.0, 10_000.0))
    moved.cloud.topics.topics.clear()
    moved.invoke("Rollback", RELEASE, before=BLUE_BEFORE, failure=FAILURE)

    assert logged(caplog) == [UNHEARD]


def test_traffic_that_cannot_be_put_back_without_the_journal_is_logged(moved: Workbench, caplog: Log) -> None:
    moved.cloud.faults.outages.append(Outage("dynamodb", 0.0, 10_000.0))
    moved.cloud.faults.addressed["Rollback", "elbv2.ModifyRule", 1] = Fault(Kind.DENIED)
    moved.invoke("Rollback", RELEASE, before=BLUE_BEFORE, failure=FAILURE)

    assert logged(caplog) == [Line("ERROR", "the traffic could not be put back without the journal", {})]


def test_a_third_failure_to_settle_of_which_nobody_hears_is_logged(moved: Workbench, caplog: Log) -> None:
    moved.cloud.topics.topics.clear()
    moved.cloud.faults.addressed["Settle", "dynamodb.GetItem", 1] = Fault(Kind.DENIED)
    record = {
        "body": json.dumps({"detail": {"input": json.dumps(RELEASE.as_input())}}),
        "attributes": {"ApproximateReceiveCount": "3"},
    }
    moved.cloud.functions.invoke("Settle", {"Records": [record]})

    assert logged(caplog) == [UNHEARD]


def test_evidence_that_is_not_complete_is_logged(moved: Workbench, caplog: Log) -> None:
    moved.cloud.faults.addressed["Rollback", "cloudwatch.DescribeAlarms", 1] = Fault(Kind.DENIED)
    rolled_back(moved)

    assert Line("ERROR", "evidence was not complete", {}) in logged(caplog)


def test_evidence_that_is_not_kept_is_logged(moved: Workbench, caplog: Log) -> None:
    moved.cloud.faults.addressed["Rollback", "dynamodb.UpdateItem", 2] = Fault(Kind.DENIED)
    rolled_back(moved)

    assert Line("ERROR", "evidence was not kept", {}) in logged(caplog)


def test_a_service_that_drift_could_not_look_at_is_logged(moved: Workbench, caplog: Log) -> None:
    moved.greenlight.tamper("lock#shop", None)
    moved.greenlight.tamper("live#shop", {"color": "teal"})
    moved.cloud.functions.invoke("Drift", {})

    assert logged(caplog) == [Line("ERROR", "the service could not be looked at", {})]


def test_a_request_that_is_refused_is_logged_with_the_reason(asking: Workbench, caplog: Log) -> None:
    sent(asking, event(asking, ResourceProperties={**PROPERTIES, "Service": "gone"}))

    line = logged(caplog)[0]
    assert line == Line("ERROR", "the request was refused", {"problem": f"there is no service 'gone'; {SERVICES}"})


@pytest.mark.parametrize("request_id", ["r1", None])
def test_a_request_that_comes_too_late_is_logged_with_its_id(
    asking: Workbench, caplog: Log, request_id: str | None
) -> None:
    moment = datetime.fromtimestamp(EPOCH - 9_999, UTC).isoformat()
    given = {name: value for name, value in event(asking).items() if name != "RequestId"}
    late = given | ({"RequestId": request_id} if request_id else {})
    sent(asking, {"Records": [{"body": json.dumps({"timestamp": moment, "requestPayload": late})}]})

    assert logged(caplog) == [Line("ERROR", "a request came too late", {"request": request_id or ""})]


def test_an_answer_that_cloudformation_does_not_take_is_logged_for_its_switch(moved: Workbench, caplog: Log) -> None:
    moved.greenlight.tamper("request#s1", {"request": json.dumps({"ResponseURL": "https://nowhere"})})
    moved.amend(RELEASE, answer=json.dumps({"status": "SUCCESS", "reason": "well", "data": {}}))
    moved.step("Respond", RELEASE)

    said = "the event has no StackId, RequestId, LogicalResourceId"
    problem = f"{said}: CloudFormation did not send it, and nobody can be answered"
    assert logged(caplog) == [
        Line("ERROR", "CloudFormation does not take the answer", {"switch": "s1", "problem": problem})
    ]


def test_an_execution_that_was_no_switch_is_logged_with_what_is_wrong(moved: Workbench, caplog: Log) -> None:
    died(moved, "{}")

    why = "the input is no switch (KeyError). It is said to be TIMED_OUT"
    assert logged(caplog) == [Line("ERROR", "refused as forged", {"what": "execution", "why": why})]


def test_a_dead_switch_that_another_ends_first_is_logged_with_the_reason(moved: Workbench, caplog: Log) -> None:
    def ends(call: str, _parameters: object) -> None:
        if call == "elbv2.ModifyRule":
            moved.amend(RELEASE, answer=json.dumps({"status": "FAILED", "reason": "taken over", "data": {}}))
            moved.lock(replace(RELEASE, id="other"), epoch=9)

    moved.cloud.after_event.append(ends)
    died(moved, json.dumps(RELEASE.as_input()))

    reason = "the lock of shop was taken from s1 while it took traffic back"
    assert Line("INFO", "ended by another", {"switch": "s1", "reason": reason}) in logged(caplog)


def test_an_answer_that_arrived_is_logged(moved: Workbench, caplog: Log) -> None:
    moved.amend(RELEASE, answer=json.dumps({"status": "SUCCESS", "reason": "well", "data": {}}))
    moved.step("Respond", RELEASE)

    assert logged(caplog) == [Line("INFO", "answered CloudFormation", {"status": "SUCCESS", "reason": "well"})]


def test_every_answer_that_does_not_arrive_is_logged(moved: Workbench, caplog: Log) -> None:
    moved.cloud.faults.addressed["Respond", "http.PUT", 1] = Fault(Kind.UNREACHABLE)
    moved.amend(RELEASE, answer=json.dumps({"status": "SUCCESS", "reason": "well", "data": {}}))
    moved.step("Respond", RELEASE)

    assert logged(caplog)[0] == Line("WARNING", "CloudFormation did not take the answer", {"problem": "TimeoutError"})


def test_an_early_write_that_fails_is_logged_with_what_aws_said(moved: Workbench, caplog: Log) -> None:
    moved.cloud.faults.addressed["Rollback", "elbv2.ModifyRule", 1] = Fault(Kind.DENIED)
    rolled_back(moved, clean=False)

    level, words, more = logged(caplog)[0]
    assert (level, words, set(more)) == ("WARNING", "the early write did not work", {"problem"})
    assert more["problem"].startswith("An error occurred (AccessDenied")


def test_a_color_that_cannot_be_asked_is_logged_with_what_aws_said(moved: Workbench, caplog: Log) -> None:
    moved.cloud.faults.addressed["Rollback", "secretsmanager.GetSecretValue", 1] = Fault(Kind.DENIED)
    moved.run(lambda world: previewed(world, world.services["shop"], Color.BLUE), "Rollback")

    ((level, words, more),) = logged(caplog)
    assert (level, words, more["color"]) == ("WARNING", "the color cannot be asked what it runs", "blue")
    assert more["problem"].startswith("An error occurred (AccessDenied")


def test_a_step_that_is_not_its_switchs_any_more_is_logged_with_the_reason(moved: Workbench, caplog: Log) -> None:
    moved.lock(replace(RELEASE, id="other"))
    rolled_back(moved)

    reason = "the lock of shop is held by other, not by s1"
    assert logged(caplog) == [Line("WARNING", "not ours any more", {"reason": reason})]


def test_every_ruling_is_logged_with_its_switch(moved: Workbench, caplog: Log) -> None:
    moved.register(asked(replace(RELEASE, id="s9")))
    moved.step("Done", RELEASE)

    more = {"switch": "s1", "verdict": "PASS", "reason": "shop is live on green with version v2"}
    assert Line("INFO", "done", more) in logged(caplog)
