"""Requests that cannot be understood, and repairs: how they are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulation.functions import Invocation
from tests.simulation.pieces.asking import PROPERTIES, SERVICES, answered, enter, event, sent
from tests.simulation.pieces.workbench import BLUE_LIVE, Workbench, new_installation


def test_a_request_that_nobody_can_be_answered_for_is_dropped(asking: Workbench) -> None:
    assert sent(asking, event(asking, ResponseURL=None)).result == {"received": True}
    assert asking.greenlight.switches() == []


def test_a_service_that_there_is_not_is_refused_with_those_that_there_are(asking: Workbench) -> None:
    answer = answered(asking, event(asking, ResourceProperties={**PROPERTIES, "Service": "chop"}))

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == f"there is no service 'chop'; {SERVICES}"
    assert answer["PhysicalResourceId"] == "greenlight-release-chop"
    assert asking.greenlight.switches() == []


@pytest.mark.parametrize("properties", [{"Color": "green"}, "none", None])
def test_a_request_that_names_no_service_is_refused_for_an_unknown_one(asking: Workbench, properties: Any) -> None:
    assert answered(asking, event(asking, ResourceProperties=properties))["PhysicalResourceId"] == (
        "greenlight-release-unknown"
    )


def test_a_rollback_that_cannot_be_understood_succeeds_all_the_same(asking: Workbench) -> None:
    enter(asking, "UPDATE_ROLLBACK_IN_PROGRESS")

    assert answered(asking, event(asking, ResourceProperties={**PROPERTIES, "Service": "chop"}))["Status"] == "SUCCESS"


def deleted(asking: Workbench) -> str:
    """How the deletion of a release that cannot be understood is answered."""
    given = event(asking, "Delete", ResourceProperties={**PROPERTIES, "Service": "chop"})
    status: str = answered(asking, given)["Status"]
    return status


def test_a_deletion_that_cannot_be_understood_succeeds_when_there_is_nothing_to_remove(asking: Workbench) -> None:
    assert deleted(asking) == "SUCCESS"


@pytest.mark.parametrize("key", ["live#chop", "lock#chop"])
def test_a_deletion_that_cannot_be_understood_fails_while_there_may_be_a_rule(asking: Workbench, key: str) -> None:
    asking.greenlight.tamper(key, {**BLUE_LIVE, "owner": "s1", "epoch": 1})

    assert deleted(asking) == "FAILED"


def test_a_deletion_that_cannot_be_understood_fails_while_the_journal_cannot_either(asking: Workbench) -> None:
    asking.greenlight.tamper("live#chop", {"color": "teal"})

    assert deleted(asking) == "FAILED"


def test_a_damaged_note_of_what_is_live_refuses_a_release_with_what_to_write(asking: Workbench) -> None:
    asking.greenlight.tamper("live#shop", {"color": "teal"})
    answer = answered(asking, event(asking))

    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("the journal's item live#shop is damaged")


def repaired(asking: Workbench, **changes: Any) -> Invocation:
    given = {"RequestType": "Repair", "RequestId": "p1", "Service": "shop", "Reason": "drift", **changes}
    return sent(asking, given)


def test_a_repair_is_recorded_and_started_with_what_is_live(asking: Workbench) -> None:
    assert repaired(asking).result == {"switch_id": "p1"}
    item = asking.cloud.switch_item("p1") or {}
    switch = json.loads(item["switch"])

    assert (switch["mode"], switch["color"], switch["version"]) == ("repair", "blue", "v1")
    assert json.loads(asking.greenlight.executions.describe("p1")["input"]) == switch
    assert "request" not in item


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Service": "chop"}, f"there is no service 'chop'; {SERVICES}"),
        ({"Service": None}, f"there is no service 'None'; {SERVICES}"),
        ({"RequestId": ""}, "the request has no RequestId: give it one that was never used"),
    ],
)
def test_a_repair_of_what_there_is_not_is_refused(asking: Workbench, changes: dict[str, Any], words: str) -> None:
    refused = repaired(asking, **changes)

    assert (refused.error, json.loads(refused.cause)["errorMessage"]) == ("RequestError", words)
    assert asking.greenlight.switches() == []


def test_a_repair_needs_a_service(asking: Workbench) -> None:
    refused = sent(asking, {"RequestType": "Repair", "RequestId": "p1"})

    assert json.loads(refused.cause)["errorMessage"] == f"there is no service ''; {SERVICES}"


def test_a_repair_of_a_service_that_was_never_released_is_refused(asking: Workbench) -> None:
    asking.greenlight.tamper("live#shop", None)
    refused = repaired(asking)

    assert json.loads(refused.cause)["errorMessage"] == (
        "the journal remembers nothing live of shop: release a version first"
    )


def test_a_repair_is_refused_with_every_service_that_there_is() -> None:
    bench = Workbench(new_installation(services=2))
    refused = repaired(bench, Service="chop")

    assert json.loads(refused.cause)["errorMessage"] == "there is no service 'chop'; the services are shop, report"
