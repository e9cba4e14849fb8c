"""Request by itself: what is recorded, whose rule goes, and what comes back from the queue."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.functions import Invocation
from tests.simulation.pieces.asking import BLUE_PROPERTIES, PROPERTIES, SWAPPED, enter, event, sent, stack_id
from tests.simulation.pieces.workbench import BLUE_LIVE, RELEASE, Workbench, asked
from tests.simulation.web import ANSWER_HOST


def test_a_release_is_recorded_and_started(asking: Workbench) -> None:
    assert sent(asking, event(asking)).result == {"received": True}
    item = asking.cloud.switch_item("r1") or {}
    switch = json.loads(item["switch"])

    assert (switch["mode"], switch["color"], switch["version"]) == ("release", "green", "v2")
    assert json.loads(asking.greenlight.executions.describe("r1")["input"]) == switch
    assert json.loads((asking.cloud.request_item("r1") or {})["request"])["ResponseURL"] == f"https://{ANSWER_HOST}/r1"
    assert ANSWER_HOST not in str(item)
    assert asking.cloud.answers == {}


def test_a_record_says_whose_request_it_is_and_what_was_there_before(asking: Workbench) -> None:
    sent(asking, event(asking))
    item = asking.cloud.switch_item("r1") or {}
    old, new = (
        {name: given[name] for name in given if name != "ServiceToken"} for given in (BLUE_PROPERTIES, PROPERTIES)
    )

    assert item["resource"] == f"{stack_id(asking)}/ShopRelease"
    assert (json.loads(item["properties"]["old"]), json.loads(item["properties"]["new"])) == (old, new)
    assert float(item["started_at"]) == pytest.approx(EPOCH + asking.cloud.kernel.time, abs=2)


def test_a_request_that_is_answered_already_is_answered_again(asking: Workbench) -> None:
    given = event(asking, ResourceProperties={**PROPERTIES, "Color": "keep"})
    sent(asking, given)
    asking.amend(RELEASE)
    sent(asking, given)

    assert [one["Reason"] for one in asking.cloud.answers["r1"]] == ["blue with version v1 stays live"] * 2
    assert asking.cloud.request_item("r1") is None


def queued(asking: Workbench, age_seconds: float, *given: dict[str, Any]) -> Invocation:
    """The event of a queue that holds failed invocations."""
    moment = datetime.fromtimestamp(EPOCH + asking.cloud.kernel.time - age_seconds, UTC).isoformat()
    bodies = [{"timestamp": moment.replace("+00:00", "Z"), "requestPayload": one} for one in given]
    return sent(asking, {"Records": [{"body": json.dumps(body)} for body in bodies]})


def test_requests_that_failed_are_taken_from_the_queue(asking: Workbench) -> None:
    assert queued(asking, 449, event(asking)).result == {"received": True}
    assert asking.greenlight.executions.describe("r1")["status"] == "RUNNING"


def test_a_request_that_is_older_than_a_switch_may_run_is_dropped_and_the_next_is_not(asking: Workbench) -> None:
    old = queued(asking, 460, event(asking))
    assert (old.result, asking.greenlight.switches()) == ({"received": True}, [])

    moment = datetime.fromtimestamp(EPOCH - 9_999, UTC).isoformat()
    late = {"body": json.dumps({"timestamp": moment, "requestPayload": event(asking)})}
    now = {"body": json.dumps({"timestamp": asking.now, "requestPayload": event(asking, request_id="r2")})}
    sent(asking, {"Records": [late, now]})
    assert [json.loads(item["switch"])["switch_id"] for item in asking.greenlight.switches()] == ["r2"]


def taken_back(asking: Workbench) -> None:
    """A restore took the release of green back ten minutes ago."""
    text = sent_text(asking)
    asking.greenlight.tamper(
        f"newest#{stack_id(asking)}/ShopRelease",
        {"switch_id": "gone", "reversed": [{"text": text, "at": int(EPOCH) - 600}]},
    )


def sent_text(asking: Workbench) -> str:
    """By what the journal knows the release of green."""
    sent(asking, event(asking, request_id="r0"))
    record = asking.run(lambda world: world.journal.record("r0"))
    assert record is not None
    return record.properties.text


def test_the_same_release_is_welcome_some_time_after_it_was_taken_back(asking: Workbench) -> None:
    taken_back(asking)
    sent(asking, event(asking))

    assert "r1" in asking.greenlight.executions.running()


def test_a_request_of_unknown_age_that_was_taken_back_is_refused(asking: Workbench) -> None:
    taken_back(asking)
    queued(asking, 5, event(asking))

    resource = f"{stack_id(asking)}/ShopRelease"

    assert [one["Reason"] for one in asking.cloud.answers["r1"]] == ["this request has been rolled back already"]
    assert (asking.cloud.item(f"newest#{resource}") or {})["switch_id"] == "gone"


def test_a_request_that_is_overtaken_three_times_is_tried_again_later(asking: Workbench) -> None:
    resource = f"{stack_id(asking)}/ShopRelease"
    others = iter(range(100))

    def overtakes(_actor: str, call: str, _number: int) -> None:
        if call == "dynamodb.TransactWriteItems":
            asking.greenlight.tamper(f"newest#{resource}", {"switch_id": f"other{next(others)}"})

    asking.cloud.before_call = overtakes
    failed = sent(asking, event(asking))

    assert failed.error == "UnsettledError"
    assert json.loads(failed.cause)["errorMessage"] == ("the request r1 was overtaken 3 times while it was recorded")
    assert next(others) == 3


def test_a_request_that_is_overtaken_once_is_recorded(asking: Workbench) -> None:
    resource = f"{stack_id(asking)}/ShopRelease"
    others = iter(["other"])

    def overtakes(_actor: str, call: str, _number: int) -> None:
        if call == "dynamodb.TransactWriteItems" and (other := next(others, "")):
            asking.greenlight.tamper(f"newest#{resource}", {"switch_id": other})

    asking.cloud.before_call = overtakes
    sent(asking, event(asking))

    assert (asking.cloud.item(f"newest#{resource}") or {})["switch_id"] == "r1"


def removed(asking: Workbench) -> str:
    """What becomes of a deletion: the mode of the switch that runs, or the answer's reason."""
    sent(asking, event(asking, "Delete"))
    running = asking.greenlight.executions.running()
    if "r1" in running:
        return "removes"
    reason: str = asking.cloud.answers["r1"][0]["Reason"]
    return reason


STAYS = "the production rule is another resource's and stays"


def test_the_rule_goes_with_the_resource_whose_release_is_live(asking: Workbench) -> None:
    resource = f"{stack_id(asking)}/ShopRelease"
    asking.greenlight.tamper("live#shop", {**BLUE_LIVE, "resource": resource})

    assert removed(asking) == "removes"


def test_the_rule_stays_when_another_resources_release_is_live(asking: Workbench) -> None:
    asking.greenlight.tamper("live#shop", {**BLUE_LIVE, "resource": "stack/Other"})

    assert removed(asking) == STAYS


def locked_by(asking: Workbench, **changes: Any) -> None:
    """Another switch is about to write the rule."""
    asking.register(asked(RELEASE, **changes))
    asking.lock(RELEASE)


def test_the_rule_stays_when_another_resources_switch_is_about_to_write_it(asking: Workbench) -> None:
    locked_by(asking, resource="stack/Other")

    assert removed(asking) == STAYS


@pytest.mark.parametrize("resource", ["", "own"])
def test_a_switch_of_the_same_resource_or_of_none_keeps_no_rule(asking: Workbench, resource: str) -> None:
    own = f"{stack_id(asking)}/ShopRelease"
    locked_by(asking, resource=own if resource else "")

    assert removed(asking) == "removes"


def test_a_switch_that_has_ended_keeps_no_rule(asking: Workbench) -> None:
    locked_by(asking, resource="stack/Other")
    asking.amend(RELEASE, answer="{}")

    assert removed(asking) == "removes"


@pytest.mark.parametrize("lock", [{}, {"owner": "nobody-recorded", "epoch": 1}])
def test_a_lock_that_names_nobody_known_keeps_no_rule(asking: Workbench, lock: dict[str, Any]) -> None:
    asking.greenlight.tamper("lock#shop", lock)

    assert removed(asking) == "removes"


def test_where_the_pointer_is_damaged_the_newest_switch_of_the_service_is_asked(asking: Workbench) -> None:
    resource = f"{stack_id(asking)}/ShopRelease"
    sent(asking, event(asking))
    asking.greenlight.tamper(f"newest#{resource}", {"switch_id": 5})
    enter(asking, "UPDATE_ROLLBACK_IN_PROGRESS")
    sent(asking, event(asking, request_id="r2", **SWAPPED))
    switch = json.loads((asking.cloud.switch_item("r2") or {})["switch"])

    assert (switch["mode"], switch["undoes"]) == ("restore", "r1")
    assert (asking.cloud.item(f"newest#{resource}") or {})["switch_id"] == "r2"


def test_a_newest_switch_of_another_resource_is_not_asked(asking: Workbench) -> None:
    resource = f"{stack_id(asking)}/ShopRelease"
    sent(asking, event(asking, LogicalResourceId="Other"))
    asking.greenlight.tamper(f"newest#{resource}", {"switch_id": 5})
    enter(asking, "UPDATE_ROLLBACK_IN_PROGRESS")
    sent(asking, event(asking, request_id="r2", **SWAPPED))

    assert asking.cloud.answers["r2"][0]["Reason"] == "nothing to undo: the release had not been recorded"


@pytest.mark.parametrize("kind", ["older", "nothing"])
def test_a_rule_of_which_nobody_noted_whose_it_is_goes(asking: Workbench, kind: str) -> None:
    if kind == "nothing":
        asking.greenlight.tamper("live#shop", None)

    assert removed(asking) == "removes"


def test_a_request_that_is_known_is_not_asked_about_again(asking: Workbench) -> None:
    given = event(asking)
    sent(asking, given)
    asking.greenlight.stacks.all.clear()

    assert sent(asking, given).result == {"received": True}


def test_a_request_that_a_copy_of_this_function_records_first_is_started(asking: Workbench) -> None:
    given = event(asking)
    sent(asking, given)
    item = asking.cloud.switch_item("r1")
    asking.greenlight.tamper("switch#r1", None)
    asking.greenlight.executions.stop("r1", "", "")

    def records(actor: str, call: str, _number: int) -> None:
        if (actor, call) == ("Request", "dynamodb.TransactWriteItems"):
            asking.greenlight.tamper("switch#r1", item)

    asking.cloud.before_call = records

    assert sent(asking, given).result == {"received": True}


def test_a_deploy_that_names_no_color_waits_for_a_description_that_lags(asking: Workbench) -> None:
    asking.greenlight.site.write_rule(50, 50)
    asking.cloud.kernel.at(10.0, lambda: asking.greenlight.site.write_rule(100, 0))
    sent(asking, event(asking, ResourceProperties={**PROPERTIES, "Color": "keep"}))

    assert [one["Reason"] for one in asking.cloud.answers["r1"]] == ["blue with version v1 stays live"]


def test_a_rule_as_it_should_be_keeps_no_deploy_waiting(asking: Workbench) -> None:
    sent(asking, event(asking, ResourceProperties={**PROPERTIES, "Color": "keep"}))

    assert asking.cloud.kernel.time < 5


def test_a_deletion_that_leaves_the_rule_says_what_is_live(asking: Workbench) -> None:
    asking.greenlight.tamper("live#shop", {**BLUE_LIVE, "resource": "stack/Other"})
    removed(asking)

    assert asking.cloud.answers["r1"][0]["Data"] == {"ActiveColor": "blue", "Outcome": "UNCHANGED"}


def test_where_the_pointer_is_gone_nothing_is_known_of_the_resource(asking: Workbench) -> None:
    resource = f"{stack_id(asking)}/ShopRelease"
    sent(asking, event(asking))
    asking.greenlight.tamper(f"newest#{resource}", None)
    enter(asking, "UPDATE_ROLLBACK_IN_PROGRESS")
    sent(asking, event(asking, request_id="r2", **SWAPPED))

    assert asking.cloud.answers["r2"][0]["Reason"] == "nothing to undo: the release had not been recorded"
