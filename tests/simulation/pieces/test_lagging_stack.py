"""Request, while DescribeStacks shows the stack as it was some seconds ago."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.errors import AwsCallError
from traffic_switch.journal import Answer
from traffic_switch.model import Outcome

from tests.simulation.pieces.asking import SWAPPED, answered, enter, event, sent, stack_id
from tests.simulation.pieces.workbench import RELEASE, RESTORE, Workbench, asked


def test_a_stack_that_seems_to_be_at_rest_is_looked_at_again(asking: Workbench) -> None:
    enter(asking, "UPDATE_COMPLETE")
    asking.cloud.kernel.at(8.0, lambda: enter(asking, "UPDATE_IN_PROGRESS"))
    sent(asking, event(asking))

    assert "r1" in asking.greenlight.executions.running()
    assert asking.cloud.kernel.time < 10


def test_a_stack_that_is_at_rest_asks_for_nothing_any_more(asking: Workbench) -> None:
    enter(asking, "UPDATE_COMPLETE")
    answer = answered(asking, event(asking))

    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "nothing to undo: the release had not been recorded")
    assert 15 <= asking.cloud.kernel.time < 18


@pytest.mark.parametrize("status", ["ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
def test_a_stack_that_rolls_back_is_believed_at_once(asking: Workbench, status: str) -> None:
    enter(asking, status)
    answered(asking, event(asking, **SWAPPED))

    assert asking.cloud.kernel.time < 3


def test_a_rollback_to_anything_but_what_is_live_is_looked_at_again_where_no_release_is_known(
    asking: Workbench,
) -> None:
    enter(asking, "UPDATE_ROLLBACK_IN_PROGRESS")
    asking.cloud.kernel.at(8.0, lambda: enter(asking, "UPDATE_IN_PROGRESS"))
    sent(asking, event(asking))

    assert "r1" in asking.greenlight.executions.running()


def test_a_stack_that_seems_to_roll_back_what_was_answered_already_is_looked_at_again(asking: Workbench) -> None:
    restored = asked(RESTORE, answer=Answer("SUCCESS", "over"), outcome=Outcome.ROLLED_BACK)
    asking.register(restored)
    resource = f"{stack_id(asking)}/ShopRelease"
    asking.greenlight.tamper(f"newest#{resource}", {"switch_id": RESTORE.id})
    enter(asking, "UPDATE_ROLLBACK_IN_PROGRESS")
    asking.cloud.kernel.at(8.0, lambda: enter(asking, "UPDATE_IN_PROGRESS"))
    sent(asking, event(asking))

    assert "r1" in asking.greenlight.executions.running()


def test_a_rollback_that_looks_like_an_update_for_some_seconds_is_not_refused(asking: Workbench) -> None:
    asking.greenlight.tamper("live#shop", {"color": "blue"})
    asking.cloud.kernel.at(8.0, lambda: enter(asking, "UPDATE_ROLLBACK_IN_PROGRESS"))
    answer = answered(asking, event(asking, **SWAPPED))

    assert answer["Status"] == "SUCCESS"


def test_a_stack_that_cannot_be_looked_at_is_an_error_that_is_tried_again(asking: Workbench) -> None:
    failed = sent(asking, event(asking, StackId=f"{stack_id(asking)}-gone"))

    assert failed.error == AwsCallError.__name__
    assert asking.cloud.answers == {}


def after_a_rollback(asking: Workbench, **changes: Any) -> float:
    """How long a request looks at a stack that still says that it rolls back, after a rollback was answered."""
    sent(asking, event(asking, request_id="r0"))
    enter(asking, "UPDATE_ROLLBACK_IN_PROGRESS")
    sent(asking, event(asking, request_id="r1", **SWAPPED))
    asking.amend(replace(RELEASE, id="r1"), answer=json.dumps({"status": "SUCCESS", "reason": "", "data": {}}))
    started = asking.cloud.kernel.time
    sent(asking, event(asking, request_id="r2", **changes))
    return asking.cloud.kernel.time - started


def test_a_stack_whose_rollback_was_answered_is_looked_at_again(asking: Workbench) -> None:
    assert after_a_rollback(asking) > 14


def test_a_rollback_that_is_asked_for_again_is_believed(asking: Workbench) -> None:
    assert after_a_rollback(asking, **SWAPPED) < 3


def test_the_rollback_of_a_release_that_was_answered_is_believed_at_once(asking: Workbench) -> None:
    sent(asking, event(asking, request_id="r0"))
    asking.amend(replace(RELEASE, id="r0"), answer=json.dumps({"status": "FAILED", "reason": "", "data": {}}))
    enter(asking, "UPDATE_ROLLBACK_IN_PROGRESS")
    started = asking.cloud.kernel.time
    sent(asking, event(asking, **SWAPPED))

    assert asking.cloud.kernel.time - started < 3


def opposite(bench: Workbench) -> None:
    """Blue was asked for, and live already."""
    sent(bench, event(bench, request_id="r0", **SWAPPED))
    answer = json.dumps({"status": "SUCCESS", "reason": "", "data": {}})
    bench.amend(replace(RELEASE, id="r0"), answer=answer, outcome="DONE")


def waited_for_the_stack(bench: Workbench) -> float:
    """Seconds that a release of green takes until it is recorded."""
    started = bench.cloud.kernel.time
    sent(bench, event(bench))
    return bench.cloud.kernel.time - started


def test_a_release_whose_opposite_found_itself_done_waits_for_a_stack_that_may_roll_back(asking: Workbench) -> None:
    opposite(asking)
    asking.cloud.kernel.at(8.0, lambda: enter(asking, "UPDATE_ROLLBACK_COMPLETE"))

    assert waited_for_the_stack(asking) >= 15
    assert asking.cloud.answers["r1"][0]["Reason"] == "nothing to undo: the release r0 is DONE already"


def test_a_release_in_a_later_update_than_its_opposite_waits_for_nothing(asking: Workbench) -> None:
    opposite(asking)
    enter(asking, "UPDATE_COMPLETE")
    asking.cloud.kernel.sleep(5.0)
    enter(asking, "UPDATE_IN_PROGRESS")

    assert waited_for_the_stack(asking) < 3


def test_a_release_after_another_that_was_done_waits_for_nothing(asking: Workbench) -> None:
    sent(asking, event(asking, request_id="r0"))
    asking.amend(replace(RELEASE, id="r0"), outcome="DONE")

    assert waited_for_the_stack(asking) < 3
