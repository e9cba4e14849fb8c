"""Stacks: every way in which a creation, an update, a rollback and a deletion can go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.simulation.cloudformation.lab import BLUE, GREEN, Lab, failing, one
from tests.simulation.cloudformation.template import CustomResource, OwnResource, Properties
from tests.simulation.errors import AwsError

Event = Mapping[str, Any]


def colors(lab: Lab) -> list[tuple[str, str]]:
    """What was asked for, in order: the request type and the color."""
    return [(event["RequestType"], event["ResourceProperties"]["Color"]) for _, event in lab.received]


def sibling(attempt: int, seconds: float, fails: str = "", **more: Any) -> OwnResource:
    return OwnResource({"Attempt": attempt}, seconds, fails, **more)


def test_a_stack_is_created_updated_and_deleted() -> None:
    lab = Lab()

    assert lab.deploy(one(BLUE)) == "CREATE_COMPLETE"
    assert lab.deploy(one(GREEN)) == "UPDATE_COMPLETE"
    assert lab.after(lab.stacks.delete("s")) == "DELETE_COMPLETE"
    assert colors(lab) == [("Create", "blue"), ("Update", "green"), ("Delete", "green")]
    assert lab.statuses == [
        "CREATE_IN_PROGRESS",
        "CREATE_COMPLETE",
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
        "DELETE_IN_PROGRESS",
        "DELETE_COMPLETE",
    ]


def test_a_deployment_that_changes_nothing_sends_nothing() -> None:
    lab = Lab()
    lab.deploy(one(BLUE))

    assert lab.stacks.deploy("s", one(BLUE)) is None
    lab.go_on()
    assert lab.kinds == ["Create"]


def test_an_update_that_fails_is_sent_again_with_the_old_properties() -> None:
    lab = Lab(failing("green"))
    lab.deploy(one(BLUE))

    assert lab.deploy(one(GREEN)) == "UPDATE_ROLLBACK_COMPLETE"
    forward, back = (event for _, event in lab.received[1:])
    assert (back["RequestType"], back["PhysicalResourceId"]) == ("Update", "physical-1")
    assert back["RequestId"] != forward["RequestId"]
    assert back["ResourceProperties"] == forward["OldResourceProperties"]
    assert back["OldResourceProperties"] == forward["ResourceProperties"]
    assert lab.stacks.all["s"].template == one(BLUE)
    assert "not healthy" in lab.stacks.all["s"].reason


def test_the_status_says_rollback_before_the_request_of_the_rollback_is_sent() -> None:
    seen: list[str] = []
    lab = Lab(failing("green"))
    answer = lab.script

    def look(event: Event) -> Any:
        seen.append(lab.stacks.describe("s")["StackStatus"])
        return answer(event)

    lab.script = look
    lab.deploy(one(BLUE))
    lab.deploy(one(GREEN))

    assert seen == ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"]


def test_a_cancelled_update_is_rolled_back_and_its_late_answer_is_not_heard() -> None:
    lab = Lab()
    lab.deploy(one(BLUE))
    lab.deploy(one(GREEN), until=15.0)
    lab.stacks.cancel("s")

    assert lab.go_on() == "UPDATE_ROLLBACK_COMPLETE"
    assert colors(lab) == [("Create", "blue"), ("Update", "green"), ("Update", "blue")]
    assert lab.received[2][0] == 15.0
    cancelled = lab.stacks.requests[1]
    assert (cancelled.closed, cancelled.heard, len(cancelled.answers)) == ("cancelled", None, 1)


def test_only_an_update_that_is_under_way_can_be_cancelled() -> None:
    lab = Lab()
    lab.deploy(one(BLUE), until=5.0)
    with pytest.raises(AwsError, match="CREATE_IN_PROGRESS"):
        lab.stacks.cancel("s")
    lab.go_on()
    with pytest.raises(AwsError, match="CREATE_COMPLETE"):
        lab.stacks.cancel("s")


def test_a_rollback_that_fails_leaves_the_stack_stuck_until_it_is_continued() -> None:
    lab = Lab(failing("green", "blue"))
    lab.script = lambda event: (10.0, {"Status": "SUCCESS" if event["RequestType"] == "Create" else "FAILED"})
    lab.deploy(one(BLUE))
    assert lab.deploy(one(GREEN)) == "UPDATE_ROLLBACK_FAILED"
    with pytest.raises(AwsError, match="can not be updated"):
        lab.stacks.deploy("s", one(GREEN))

    lab.script = lambda _: (10.0, {})
    assert lab.after(lab.stacks.continue_rollback("s")) == "UPDATE_ROLLBACK_COMPLETE"
    assert colors(lab) == [("Create", "blue"), ("Update", "green"), ("Update", "blue"), ("Update", "blue")]
    assert lab.received[3][1]["OldResourceProperties"]["Color"] == "green"
    assert len({request.id for request in lab.stacks.requests}) == 4


def test_a_continued_rollback_may_skip_what_fails() -> None:
    lab = Lab(lambda event: (10.0, {"Status": "SUCCESS" if event["RequestType"] == "Create" else "FAILED"}))
    lab.deploy(one(BLUE))
    lab.deploy(one(GREEN))

    assert lab.after(lab.stacks.continue_rollback("s", skip=["Request"])) == "UPDATE_ROLLBACK_COMPLETE"
    assert len(lab.received) == 3
    assert lab.stacks.all["s"].template == one(BLUE)


def test_a_rollback_that_is_never_answered_ends_after_the_timeout() -> None:
    lab = Lab(failing("green"))
    lab.deploy(one(BLUE))
    forward = lab.script
    lab.script = lambda event: forward(event) if event["ResourceProperties"]["Color"] == "green" else None

    assert lab.deploy(one(GREEN)) == "UPDATE_ROLLBACK_FAILED"
    assert lab.kernel.time == 10 + 10 + 100


def test_a_release_that_was_answered_is_rolled_back_when_another_resource_fails_later() -> None:
    lab = Lab()
    lab.deploy(one(BLUE, Other=sibling(1, 1.0)))
    lab.deploy(one(GREEN, Other=sibling(2, 60.0, "no capacity")))

    assert lab.stacks.all["s"].status == "UPDATE_ROLLBACK_COMPLETE"
    assert colors(lab) == [("Create", "blue"), ("Update", "green"), ("Update", "blue")]
    assert [request.closed for request in lab.stacks.requests] == ["heard"] * 3
    assert lab.received[2][0] - lab.received[1][0] == 60.0


def test_a_release_under_way_is_cancelled_when_another_resource_fails_first() -> None:
    lab = Lab()
    lab.deploy(one(BLUE, Other=sibling(1, 1.0)))
    lab.deploy(one(GREEN, Other=sibling(2, 5.0, "no capacity")))

    assert lab.stacks.all["s"].status == "UPDATE_ROLLBACK_COMPLETE"
    assert lab.stacks.requests[1].closed == "cancelled"
    assert lab.received[2][0] - lab.received[1][0] == 5.0


def test_a_resource_of_cloudformations_own_is_put_back_too() -> None:
    applied: list[int] = []

    def keep(properties: Properties) -> None:
        applied.append(properties["Attempt"])

    lab = Lab(failing("green"))
    lab.deploy(one(BLUE, Other=sibling(1, 1.0, apply=keep)))
    lab.deploy(one(GREEN, Other=sibling(2, 1.0, apply=keep)))

    assert applied == [1, 2, 1]


def test_a_create_that_fails_is_deleted_by_the_id_that_it_gave() -> None:
    lab = Lab(lambda event: (10.0, {"Status": "FAILED"} if event["RequestType"] == "Create" else {}))

    assert lab.deploy(one()) == "ROLLBACK_COMPLETE"
    assert lab.kinds == ["Create", "Delete"]
    assert lab.received[1][1]["PhysicalResourceId"] == "physical-1"
    assert lab.statuses[1] == "ROLLBACK_IN_PROGRESS"


def test_a_create_that_is_cancelled_is_deleted_while_it_still_runs() -> None:
    lab = Lab(lambda event: (500.0, {}) if event["RequestType"] == "Create" else (10.0, {}))
    lab.deploy(one(BLUE, Other=sibling(1, 20.0, "no capacity")))

    assert lab.stacks.all["s"].status == "ROLLBACK_COMPLETE"
    assert [time for time, _ in lab.received] == [0.0, 20.0]
    assert lab.received[1][1]["PhysicalResourceId"].startswith("s-Request-")
    assert lab.stacks.requests[0].closed == "cancelled"
    assert lab.stacks.requests[0].answers[0][0] == 500.0


def test_a_stack_can_be_deleted_while_it_is_created() -> None:
    lab = Lab(lambda event: (500.0, {}) if event["RequestType"] == "Create" else (10.0, {}))
    lab.deploy(one(), until=20.0)
    lab.stacks.delete("s")

    assert lab.go_on() == "DELETE_COMPLETE"
    assert [(time, event["RequestType"]) for time, event in lab.received] == [(0.0, "Create"), (20.0, "Delete")]
    assert lab.statuses == ["CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"]


def test_a_stack_cannot_be_deleted_while_it_is_updated() -> None:
    lab = Lab()
    lab.deploy(one(BLUE))
    lab.deploy(one(GREEN), until=15.0)

    with pytest.raises(AwsError, match="cannot be deleted while in status UPDATE_IN_PROGRESS"):
        lab.stacks.delete("s")


def test_a_deletion_that_fails_can_be_tried_again() -> None:
    lab = Lab()
    lab.deploy(one())
    lab.script = lambda _: (10.0, {"Status": "FAILED", "Reason": "the rule is there"})
    assert lab.after(lab.stacks.delete("s")) == "DELETE_FAILED"

    lab.script = lambda _: (10.0, {})
    assert lab.after(lab.stacks.delete("s")) == "DELETE_COMPLETE"
    assert lab.kinds == ["Create", "Delete", "Delete"]


def test_a_stack_that_was_deleted_is_created_anew_and_is_another_one() -> None:
    lab = Lab()
    lab.deploy(one())
    old = lab.stacks.all["s"].id
    lab.after(lab.stacks.delete("s"))

    assert lab.deploy(one()) == "CREATE_COMPLETE"
    assert lab.stacks.all["s"].id != old
    assert lab.kinds == ["Create", "Delete", "Create"]


def test_another_physical_id_is_a_replacement_whose_old_half_is_deleted() -> None:
    lab = Lab(lambda event: (10.0, {"PhysicalResourceId": "physical-2"} if event["RequestType"] == "Update" else {}))
    lab.deploy(one(BLUE))

    assert lab.deploy(one(GREEN)) == "UPDATE_COMPLETE"
    assert colors(lab) == [("Create", "blue"), ("Update", "green"), ("Delete", "blue")]
    assert lab.received[2][1]["PhysicalResourceId"] == "physical-1"
    assert lab.stacks.all["s"].resources["Request"].physical_id == "physical-2"


def test_a_resource_that_leaves_the_template_is_deleted_after_the_update_three_times_at_most() -> None:
    lab = Lab(lambda event: (10.0, {"Status": "FAILED"} if event["RequestType"] == "Delete" else {}))
    lab.deploy({**one(BLUE), "Second": CustomResource("Custom::X", "Request", BLUE, 100.0)})

    assert lab.deploy(one(BLUE)) == "UPDATE_COMPLETE"
    assert lab.kinds == ["Create", "Create", "Delete", "Delete", "Delete"]
    assert lab.stacks.all["s"].template == one(BLUE)


def test_a_resource_that_a_failed_update_added_is_deleted_again() -> None:
    lab = Lab(failing("green"))
    lab.deploy(one(BLUE))
    added = CustomResource("Custom::X", "Request", {"Color": "none"}, 100.0)

    assert lab.deploy({**one(GREEN), "Second": added}) == "UPDATE_ROLLBACK_COMPLETE"
    assert colors(lab)[-2:] == [("Update", "blue"), ("Delete", "none")]
    assert lab.stacks.all["s"].template == one(BLUE)


def test_what_depends_on_another_resource_waits_for_it_and_is_deleted_before_it() -> None:
    lab = Lab()
    second = CustomResource("Custom::X", "Request", {"Color": "second"}, 100.0, after=("Request",))
    lab.deploy({"Second": second, **one(BLUE)})
    lab.after(lab.stacks.delete("s"))

    assert colors(lab) == [("Create", "blue"), ("Create", "second"), ("Delete", "second"), ("Delete", "blue")]


def test_a_guard_that_refuses_keeps_what_depends_on_it_untouched() -> None:
    lab = Lab(failing("green"))
    after = {"Color": "compute", "Attempt": 1}
    lab.deploy({**one(BLUE), "Second": CustomResource("Custom::X", "Request", after, 100.0, after=("Request",))})
    changed = {**after, "Attempt": 2}
    lab.deploy({**one(GREEN), "Second": CustomResource("Custom::X", "Request", changed, 100.0, after=("Request",))})

    assert colors(lab)[2:] == [("Update", "green"), ("Update", "blue")]


def test_a_description_may_be_old() -> None:
    lab = Lab()
    lab.deploy(one(BLUE))
    lab.deploy(one(GREEN), until=15.0)
    lab.stacks.cancel("s")
    lab.go_on(until=16.0)
    lab.stacks.stale[2] = 5.0

    seen = [lab.stacks.describe(lab.stacks.all["s"].id)["StackStatus"] for _ in range(3)]
    assert seen == ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"]


def test_a_deleted_stack_is_described_by_its_id_alone() -> None:
    lab = Lab()
    lab.deploy(one())
    lab.after(lab.stacks.delete("s"))

    assert lab.stacks.describe(lab.stacks.all["s"].id)["StackStatus"] == "DELETE_COMPLETE"
    for name in ("s", "another"):
        with pytest.raises(AwsError, match="does not exist"):
            lab.stacks.describe(name)


def test_what_is_asked_for_shows_in_the_status_at_once() -> None:
    lab = Lab()
    lab.stacks.deploy("s", one(BLUE))
    assert lab.stacks.describe("s")["StackStatus"] == "CREATE_IN_PROGRESS"
    lab.go_on()
    lab.stacks.deploy("s", one(GREEN))
    with pytest.raises(AwsError, match="UPDATE_IN_PROGRESS"):
        lab.stacks.deploy("s", one(GREEN))
    lab.stacks.cancel("s")
    with pytest.raises(AwsError, match="UPDATE_ROLLBACK_IN_PROGRESS"):
        lab.stacks.cancel("s")

    assert lab.go_on() == "UPDATE_ROLLBACK_COMPLETE"
    assert lab.kinds == ["Create"]
