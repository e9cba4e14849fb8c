"""Requests to custom resources: what they say, when they arrive, and which answer counts."""

from __future__ import annotations

import re

import pytest

from tests.simulation.cloudformation.lab import BLUE, GREEN, Lab, one
from tests.simulation.cloudformation.template import CustomResource, function_arn
from tests.simulation.web import ANSWER_HOST


def test_a_create_says_what_is_wanted_and_all_of_it_as_text() -> None:
    lab = Lab()
    properties = {"Color": "blue", "Attempt": 1, "Sure": True, "List": [1, {"n": 2.5}]}
    lab.deploy({"Request": CustomResource("Custom::X", "Request", properties, 100)})

    [(_, event)] = lab.received
    assert event["ResourceProperties"] == {
        "ServiceToken": function_arn("Request"),
        "ServiceTimeout": "100",
        "Color": "blue",
        "Attempt": "1",
        "Sure": "true",
        "List": ["1", {"n": "2.5"}],
    }
    assert (event["RequestType"], event["ResourceType"], event["LogicalResourceId"]) == (
        "Create",
        "Custom::X",
        "Request",
    )
    assert event["StackId"] == lab.stacks.all["s"].id
    assert event["ResponseURL"] == f"https://{ANSWER_HOST}/{event['RequestId']}"
    assert "PhysicalResourceId" not in event
    assert "OldResourceProperties" not in event


def test_an_update_names_the_old_properties_and_the_physical_id() -> None:
    lab = Lab()
    lab.deploy(one(BLUE))
    lab.deploy(one(GREEN))

    event = lab.received[1][1]
    assert (event["RequestType"], event["PhysicalResourceId"]) == ("Update", "physical-1")
    assert event["ResourceProperties"]["Color"] == "green"
    assert event["OldResourceProperties"] == lab.received[0][1]["ResourceProperties"]


def test_every_request_has_an_id_of_its_own_that_an_execution_can_be_named_after() -> None:
    lab = Lab()
    lab.deploy(one(BLUE))
    lab.deploy(one(GREEN))

    ids = [request.id for request in lab.stacks.requests]
    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one_id) for one_id in ids)


@pytest.mark.parametrize(
    ("delays", "arrivals"),
    [((0.0,), [0]), ((30.0,), [30]), ((5.0, 40.0), [5, 40]), ((), [])],
    ids=["at once", "late", "twice", "never"],
)
def test_a_request_arrives_when_and_as_often_as_the_scenario_says(
    delays: tuple[float, ...], arrivals: list[float]
) -> None:
    lab = Lab()
    lab.stacks.mailbox.deliveries.numbered[1] = delays
    lab.deploy(one())

    assert [time for time, event in lab.received if event["RequestType"] == "Create"] == arrivals


def test_requests_can_overtake_each_other() -> None:
    lab = Lab()
    lab.deploy(one(BLUE))
    lab.stacks.mailbox.deliveries.numbered[2] = (50.0,)
    lab.deploy(one(GREEN), until=20.0)
    lab.stacks.cancel("s")
    lab.go_on()

    assert [event["ResourceProperties"]["Color"] for _, event in lab.received] == ["blue", "blue", "green"]


def test_the_receiver_of_a_copy_cannot_change_what_another_gets() -> None:
    lab = Lab()
    lab.stacks.mailbox.deliveries.usual = (0.0, 1.0)
    lab.deploy(one(), until=0.5)
    lab.received[0][1]["ResourceProperties"].clear()
    lab.go_on()

    assert lab.received[1][1]["ResourceProperties"]["Color"] == "blue"


def test_the_first_answer_counts_and_the_others_are_only_kept() -> None:
    lab = Lab(lambda _: None)
    lab.deploy(one(), until=5.0)
    lab.answer(lab.received[0][1], Status="SUCCESS")
    lab.answer(lab.received[0][1], Status="FAILED")

    assert lab.go_on() == "CREATE_COMPLETE"
    [request] = lab.stacks.requests
    assert request.closed == "heard"
    assert request.heard is not None
    assert request.heard["Status"] == "SUCCESS"
    assert [answer["Status"] for _, answer in request.answers] == ["SUCCESS", "FAILED"]


def test_an_answer_for_no_request_is_nobodys() -> None:
    lab = Lab(lambda _: None)
    lab.deploy(one(), until=5.0)
    lab.stacks.answered("another", {"Status": "SUCCESS"})

    assert lab.go_on(until=50.0) == "CREATE_IN_PROGRESS"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"Status": "DONE"}, "Status"),
        ({"PhysicalResourceId": ""}, "PhysicalResourceId"),
        ({"StackId": "another"}, "StackId"),
        ({"RequestId": "another"}, "RequestId"),
        ({"LogicalResourceId": "another"}, "LogicalResourceId"),
        ({"Data": {"Why": "x" * 4096}}, "too long"),
        ({"Status": "FAILED", "Reason": "not healthy"}, "not healthy"),
    ],
)
def test_an_answer_that_cloudformation_does_not_take_is_a_failure(fields: dict[str, str], problem: str) -> None:
    lab = Lab(lambda event: (5.0, fields if event["RequestType"] == "Create" else {}))

    assert lab.deploy(one()) == "ROLLBACK_COMPLETE"
    assert problem in lab.stacks.all["s"].reason


def test_the_data_of_an_answer_become_the_resources_attributes() -> None:
    lab = Lab(lambda _: (5.0, {"Data": {"ActiveColor": "blue"}}))
    lab.deploy(one())

    assert lab.stacks.all["s"].resources["Request"].data == {"ActiveColor": "blue"}


def test_cloudformation_gives_up_after_the_resources_own_timeout() -> None:
    lab = Lab(lambda event: None if event["RequestType"] == "Create" else (1.0, {}))

    assert lab.deploy(one()) == "ROLLBACK_COMPLETE"
    assert "did not receive a response" in lab.stacks.all["s"].reason
    assert lab.received[1][0] == 100.0
    assert lab.stacks.requests[0].closed == "gave up"


def test_cloudformation_acts_on_an_answer_only_after_its_lag() -> None:
    lab = Lab()
    lab.stacks.lag = 3.0
    lab.deploy(one())

    assert lab.stacks.all["s"].history == [(0.0, "CREATE_IN_PROGRESS"), (13.0, "CREATE_COMPLETE")]
