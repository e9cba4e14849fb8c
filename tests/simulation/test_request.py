"""Request by itself: what it refuses and how it answers then, repairs, and what comes back from the queue."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from traffic_switch.errors import AwsCallError
from traffic_switch.journal import Answer
from traffic_switch.model import Outcome

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.functions import Invocation
from tests.simulation.web import ANSWER_HOST
from tests.simulation.workbench import BLUE_LIVE, RELEASE, RESTORE, Workbench, asked

SERVICES = "the services are shop"
PROPERTIES = {"Service": "shop", "Color": "green", "Version": "v2", "ServiceToken": "arn"}
BLUE_PROPERTIES = {**PROPERTIES, "Color": "blue", "Version": "v1"}
SWAPPED: dict[str, Any] = {"ResourceProperties": BLUE_PROPERTIES, "OldResourceProperties": PROPERTIES}
"""What the rollback of a release of green asks for."""


@pytest.fixture
def bench() -> Workbench:
    """A stack on its way forward, where blue is live."""
    bench = Workbench()
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.greenlight.site.write_rule(100, 0)
    bench.greenlight.stacks.add("Release")
    enter(bench, "UPDATE_IN_PROGRESS")
    return bench


def enter(bench: Workbench, status: str) -> None:
    """The stack takes on a status."""
    stack = bench.greenlight.stacks.all["Release"]
    stack.status = status
    stack.history.append((bench.cloud.kernel.time, status))


def event(bench: Workbench, kind: str = "Update", request_id: str = "r1", **changes: Any) -> dict[str, Any]:
    """What CloudFormation sends; None takes something away."""
    full = {
        "RequestType": kind,
        "RequestId": request_id,
        "ResponseURL": f"https://{ANSWER_HOST}/{request_id}",
        "StackId": bench.greenlight.stacks.all["Release"].id,
        "LogicalResourceId": "ShopRelease",
        "ResourceProperties": PROPERTIES,
        **({"OldResourceProperties": BLUE_PROPERTIES} if kind == "Update" else {}),
        **changes,
    }
    return {name: value for name, value in full.items() if value is not None}


def sent(bench: Workbench, given: dict[str, Any]) -> Invocation:
    return bench.cloud.functions.invoke("Request", given)


def answered(bench: Workbench, given: dict[str, Any]) -> dict[str, Any]:
    """The one answer that a request gets at once."""
    invocation = sent(bench, given)
    assert invocation.result == {"received": True}
    ((answer,),) = bench.cloud.answers.values()
    return answer


def test_a_release_is_recorded_and_started(bench: Workbench) -> None:
    assert sent(bench, event(bench)).result == {"received": True}
    item = bench.cloud.switch_item("r1") or {}
    switch = json.loads(item["switch"])

    assert (switch["mode"], switch["color"], switch["version"]) == ("release", "green", "v2")
    assert json.loads(bench.greenlight.executions.describe("r1")["input"]) == switch
    assert json.loads(item["request"])["ResponseURL"] == f"https://{ANSWER_HOST}/r1"
    assert bench.cloud.answers == {}


def test_a_record_says_whose_request_it_is_and_what_was_there_before(bench: Workbench) -> None:
    sent(bench, event(bench))
    item = bench.cloud.switch_item("r1") or {}
    old, new = (
        {name: given[name] for name in given if name != "ServiceToken"} for given in (BLUE_PROPERTIES, PROPERTIES)
    )

    assert item["resource"] == f"{bench.greenlight.stacks.all['Release'].id}/ShopRelease"
    assert (json.loads(item["properties"]["old"]), json.loads(item["properties"]["new"])) == (old, new)
    assert float(item["started_at"]) == pytest.approx(EPOCH + bench.cloud.kernel.time, abs=2)


def test_a_request_that_is_answered_already_is_answered_again(bench: Workbench) -> None:
    given = event(bench, ResourceProperties={**PROPERTIES, "Color": "keep"})
    sent(bench, given)
    bench.amend(RELEASE)
    bench.greenlight.tamper("switch#r1", {**(bench.cloud.switch_item("r1") or {}), "request": json.dumps(given)})
    sent(bench, given)

    assert [one["Reason"] for one in bench.cloud.answers["r1"]] == ["blue with version v1 stays live"] * 2


def test_a_request_that_nobody_can_be_answered_for_is_dropped(bench: Workbench) -> None:
    assert sent(bench, event(bench, ResponseURL=None)).result == {"received": True}
    assert bench.greenlight.switches() == []


def test_a_service_that_there_is_not_is_refused_with_those_that_there_are(bench: Workbench) -> None:
    answer = answered(bench, event(bench, ResourceProperties={**PROPERTIES, "Service": "chop"}))

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == f"there is no service 'chop'; {SERVICES}"
    assert answer["PhysicalResourceId"] == "greenlight-release-chop"
    assert bench.greenlight.switches() == []


@pytest.mark.parametrize("properties", [{"Color": "green"}, "none", None])
def test_a_request_that_names_no_service_is_refused_for_an_unknown_one(bench: Workbench, properties: Any) -> None:
    assert answered(bench, event(bench, ResourceProperties=properties))["PhysicalResourceId"] == (
        "greenlight-release-unknown"
    )


def test_a_rollback_that_cannot_be_understood_succeeds_all_the_same(bench: Workbench) -> None:
    enter(bench, "UPDATE_ROLLBACK_IN_PROGRESS")

    assert answered(bench, event(bench, ResourceProperties={**PROPERTIES, "Service": "chop"}))["Status"] == "SUCCESS"


def deleted(bench: Workbench) -> str:
    """How the deletion of a release that cannot be understood is answered."""
    given = event(bench, "Delete", ResourceProperties={**PROPERTIES, "Service": "chop"})
    status: str = answered(bench, given)["Status"]
    return status


def test_a_deletion_that_cannot_be_understood_succeeds_when_there_is_nothing_to_remove(bench: Workbench) -> None:
    assert deleted(bench) == "SUCCESS"


@pytest.mark.parametrize("key", ["live#chop", "lock#chop"])
def test_a_deletion_that_cannot_be_understood_fails_while_there_may_be_a_rule(bench: Workbench, key: str) -> None:
    bench.greenlight.tamper(key, {**BLUE_LIVE, "owner": "s1", "epoch": 1})

    assert deleted(bench) == "FAILED"


def test_a_deletion_that_cannot_be_understood_fails_while_the_journal_cannot_either(bench: Workbench) -> None:
    bench.greenlight.tamper("live#chop", {"color": "teal"})

    assert deleted(bench) == "FAILED"


def test_a_damaged_note_of_what_is_live_refuses_a_release_with_what_to_write(bench: Workbench) -> None:
    bench.greenlight.tamper("live#shop", {"color": "teal"})
    answer = answered(bench, event(bench))

    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("the journal's item live#shop is damaged")


def repaired(bench: Workbench, **changes: Any) -> Invocation:
    given = {"RequestType": "Repair", "RequestId": "p1", "Service": "shop", "Reason": "drift", **changes}
    return sent(bench, given)


def test_a_repair_is_recorded_and_started_with_what_is_live(bench: Workbench) -> None:
    assert repaired(bench).result == {"switch_id": "p1"}
    item = bench.cloud.switch_item("p1") or {}
    switch = json.loads(item["switch"])

    assert (switch["mode"], switch["color"], switch["version"]) == ("repair", "blue", "v1")
    assert json.loads(bench.greenlight.executions.describe("p1")["input"]) == switch
    assert "request" not in item


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Service": "chop"}, f"there is no service 'chop'; {SERVICES}"),
        ({"Service": None}, f"there is no service 'None'; {SERVICES}"),
        ({"RequestId": ""}, "the request has no RequestId: give it one that was never used"),
    ],
)
def test_a_repair_of_what_there_is_not_is_refused(bench: Workbench, changes: dict[str, Any], words: str) -> None:
    refused = repaired(bench, **changes)

    assert (refused.error, json.loads(refused.cause)["errorMessage"]) == ("RequestError", words)
    assert bench.greenlight.switches() == []


def test_a_repair_needs_a_service(bench: Workbench) -> None:
    refused = sent(bench, {"RequestType": "Repair", "RequestId": "p1"})

    assert json.loads(refused.cause)["errorMessage"] == f"there is no service ''; {SERVICES}"


def test_a_repair_of_a_service_that_was_never_released_is_refused(bench: Workbench) -> None:
    bench.greenlight.tamper("live#shop", None)
    refused = repaired(bench)

    assert json.loads(refused.cause)["errorMessage"] == (
        "the journal remembers nothing live of shop: release a version first"
    )


def queued(bench: Workbench, age_seconds: float, *given: dict[str, Any]) -> Invocation:
    """The event of a queue that holds failed invocations."""
    moment = datetime.fromtimestamp(EPOCH + bench.cloud.kernel.time - age_seconds, UTC).isoformat()
    bodies = [{"timestamp": moment.replace("+00:00", "Z"), "requestPayload": one} for one in given]
    return sent(bench, {"Records": [{"body": json.dumps(body)} for body in bodies]})


def test_requests_that_failed_are_taken_from_the_queue(bench: Workbench) -> None:
    assert queued(bench, 449, event(bench)).result == {"received": True}
    assert bench.greenlight.executions.describe("r1")["status"] == "RUNNING"


def test_a_request_that_is_older_than_a_switch_may_run_is_dropped_and_the_next_is_not(bench: Workbench) -> None:
    old = queued(bench, 460, event(bench))
    assert (old.result, bench.greenlight.switches()) == ({"received": True}, [])

    moment = datetime.fromtimestamp(EPOCH - 9_999, UTC).isoformat()
    late = {"body": json.dumps({"timestamp": moment, "requestPayload": event(bench)})}
    now = {"body": json.dumps({"timestamp": bench.now, "requestPayload": event(bench, request_id="r2")})}
    sent(bench, {"Records": [late, now]})
    assert [json.loads(item["switch"])["switch_id"] for item in bench.greenlight.switches()] == ["r2"]


def taken_back(bench: Workbench) -> None:
    """A restore took the release of green back ten minutes ago."""
    text = sent_text(bench)
    bench.greenlight.tamper(
        f"newest#{bench.greenlight.stacks.all['Release'].id}/ShopRelease",
        {"switch_id": "gone", "reversed": [{"text": text, "at": int(EPOCH) - 600}]},
    )


def sent_text(bench: Workbench) -> str:
    """By what the journal knows the release of green."""
    sent(bench, event(bench, request_id="r0"))
    record = bench.run(lambda world: world.journal.record("r0"))
    assert record is not None
    return record.properties.text


def test_the_same_release_is_welcome_some_time_after_it_was_taken_back(bench: Workbench) -> None:
    taken_back(bench)
    sent(bench, event(bench))

    assert "r1" in bench.greenlight.executions.running()


def test_a_request_of_unknown_age_that_was_taken_back_is_refused(bench: Workbench) -> None:
    taken_back(bench)
    queued(bench, 5, event(bench))

    assert [one["Reason"] for one in bench.cloud.answers["r1"]] == ["this request has been rolled back already"]


def test_a_stack_that_seems_to_be_at_rest_is_looked_at_again(bench: Workbench) -> None:
    enter(bench, "UPDATE_COMPLETE")
    bench.cloud.kernel.at(8.0, lambda: enter(bench, "UPDATE_IN_PROGRESS"))
    sent(bench, event(bench))

    assert "r1" in bench.greenlight.executions.running()
    assert bench.cloud.kernel.time < 10


def test_a_stack_that_is_at_rest_asks_for_nothing_any_more(bench: Workbench) -> None:
    enter(bench, "UPDATE_COMPLETE")
    answer = answered(bench, event(bench))

    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "nothing to undo: the release had not been recorded")
    assert 15 <= bench.cloud.kernel.time < 18


@pytest.mark.parametrize("status", ["ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
def test_a_stack_that_rolls_back_is_believed_at_once(bench: Workbench, status: str) -> None:
    enter(bench, status)
    answered(bench, event(bench))

    assert bench.cloud.kernel.time < 3


def test_a_stack_that_seems_to_roll_back_what_was_answered_already_is_looked_at_again(bench: Workbench) -> None:
    restored = asked(RESTORE, answer=Answer("SUCCESS", "over"), outcome=Outcome.ROLLED_BACK)
    bench.register(restored)
    resource = f"{bench.greenlight.stacks.all['Release'].id}/ShopRelease"
    bench.greenlight.tamper(f"newest#{resource}", {"switch_id": RESTORE.id})
    enter(bench, "UPDATE_ROLLBACK_IN_PROGRESS")
    bench.cloud.kernel.at(8.0, lambda: enter(bench, "UPDATE_IN_PROGRESS"))
    sent(bench, event(bench))

    assert "r1" in bench.greenlight.executions.running()


def test_a_request_that_is_overtaken_three_times_is_tried_again_later(bench: Workbench) -> None:
    resource = f"{bench.greenlight.stacks.all['Release'].id}/ShopRelease"
    others = iter(range(100))

    def overtakes(_actor: str, call: str, _number: int) -> None:
        if call == "dynamodb.TransactWriteItems":
            bench.greenlight.tamper(f"newest#{resource}", {"switch_id": f"other{next(others)}"})

    bench.cloud.before_call = overtakes
    failed = sent(bench, event(bench))

    assert failed.error == "UnsettledError"
    assert json.loads(failed.cause)["errorMessage"] == ("the request r1 was overtaken 3 times while it was recorded")
    assert next(others) == 3


def test_a_request_that_is_overtaken_once_is_recorded(bench: Workbench) -> None:
    resource = f"{bench.greenlight.stacks.all['Release'].id}/ShopRelease"
    others = iter(["other"])

    def overtakes(_actor: str, call: str, _number: int) -> None:
        if call == "dynamodb.TransactWriteItems" and (other := next(others, "")):
            bench.greenlight.tamper(f"newest#{resource}", {"switch_id": other})

    bench.cloud.before_call = overtakes
    sent(bench, event(bench))

    assert (bench.cloud.item(f"newest#{resource}") or {})["switch_id"] == "r1"


def removed(bench: Workbench) -> str:
    """What becomes of a deletion: the mode of the switch that runs, or the answer's reason."""
    sent(bench, event(bench, "Delete"))
    running = bench.greenlight.executions.running()
    if "r1" in running:
        return "removes"
    reason: str = bench.cloud.answers["r1"][0]["Reason"]
    return reason


STAYS = "the production rule is another resource's and stays"


def test_the_rule_goes_with_the_resource_whose_release_is_live(bench: Workbench) -> None:
    resource = f"{bench.greenlight.stacks.all['Release'].id}/ShopRelease"
    bench.greenlight.tamper("live#shop", {**BLUE_LIVE, "resource": resource})

    assert removed(bench) == "removes"


def test_the_rule_stays_when_another_resources_release_is_live(bench: Workbench) -> None:
    bench.greenlight.tamper("live#shop", {**BLUE_LIVE, "resource": "stack/Other"})

    assert removed(bench) == STAYS


def locked_by(bench: Workbench, **changes: Any) -> None:
    """Another switch is about to write the rule."""
    bench.register(asked(RELEASE, **changes))
    bench.lock(RELEASE)


def test_the_rule_stays_when_another_resources_switch_is_about_to_write_it(bench: Workbench) -> None:
    locked_by(bench, resource="stack/Other")

    assert removed(bench) == STAYS


@pytest.mark.parametrize("resource", ["", "own"])
def test_a_switch_of_the_same_resource_or_of_none_keeps_no_rule(bench: Workbench, resource: str) -> None:
    own = f"{bench.greenlight.stacks.all['Release'].id}/ShopRelease"
    locked_by(bench, resource=own if resource else "")

    assert removed(bench) == "removes"


def test_a_switch_that_has_ended_keeps_no_rule(bench: Workbench) -> None:
    locked_by(bench, resource="stack/Other")
    bench.amend(RELEASE, answer="{}")

    assert removed(bench) == "removes"


@pytest.mark.parametrize("lock", [{}, {"owner": "nobody-recorded", "epoch": 1}])
def test_a_lock_that_names_nobody_known_keeps_no_rule(bench: Workbench, lock: dict[str, Any]) -> None:
    bench.greenlight.tamper("lock#shop", lock)

    assert removed(bench) == "removes"


def test_where_the_pointer_is_damaged_the_newest_switch_of_the_service_is_asked(bench: Workbench) -> None:
    resource = f"{bench.greenlight.stacks.all['Release'].id}/ShopRelease"
    sent(bench, event(bench))
    bench.greenlight.tamper(f"newest#{resource}", {"switch_id": 5})
    enter(bench, "UPDATE_ROLLBACK_IN_PROGRESS")
    sent(bench, event(bench, request_id="r2", **SWAPPED))
    switch = json.loads((bench.cloud.switch_item("r2") or {})["switch"])

    assert (switch["mode"], switch["undoes"]) == ("restore", "r1")
    assert (bench.cloud.item(f"newest#{resource}") or {})["switch_id"] == "r2"


def test_a_newest_switch_of_another_resource_is_not_asked(bench: Workbench) -> None:
    resource = f"{bench.greenlight.stacks.all['Release'].id}/ShopRelease"
    sent(bench, event(bench, LogicalResourceId="Other"))
    bench.greenlight.tamper(f"newest#{resource}", {"switch_id": 5})
    enter(bench, "UPDATE_ROLLBACK_IN_PROGRESS")
    sent(bench, event(bench, request_id="r2", **SWAPPED))

    assert bench.cloud.answers["r2"][0]["Reason"] == "nothing to undo: the release had not been recorded"


def test_a_stack_that_cannot_be_looked_at_is_an_error_that_is_tried_again(bench: Workbench) -> None:
    failed = sent(bench, event(bench, StackId="arn:nothing"))

    assert failed.error == AwsCallError.__name__
    assert bench.cloud.answers == {}
