"""What cannot be read refuses; a rollback is never refused; an event that makes no sense is answered in words."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from custom_resource.patience import Patience
from traffic_switch.errors import JournalAwayError
from traffic_switch.journal import Lock
from traffic_switch.ports.dynamodb_journal import DynamoJournal
from traffic_switch.ports.journal_table import JournalTable

from tests.unit.fake_surroundings import FakeSurroundings
from tests.unit.version_guard_world import FakeGuardWorld, event, failing

CHANGE = event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0")
BLUE_CHANGES = event("Update", wanted="2.0.0 1.0.0", before="1.0.0 1.0.0")


def denied(action: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": f"may not {action}"}}, action)


def without(change: dict[str, Any], name: str) -> dict[str, Any]:
    properties = {key: value for key, value in change["ResourceProperties"].items() if key != name}
    return {**change, "ResourceProperties": properties}


@pytest.mark.parametrize("look", ["memory", "lock", "weights", "live", "images", "remember", "mark"])
def test_what_cannot_be_read_refuses_the_deployment(look: str) -> None:
    world = FakeGuardWorld(looks={look: failing(RuntimeError("AWS does not answer"))})

    assert world.serve(CHANGE) == ("FAILED", "the versions could not be checked: AWS does not answer")


@pytest.mark.parametrize("look", ["memory", "lock", "weights", "live", "images", "remember", "mark"])
def test_a_permission_that_was_given_a_moment_ago_is_waited_for(look: str) -> None:
    world = FakeGuardWorld()

    def deny() -> None:
        if world.around.clock < 1_025.0:
            raise denied(look)

    world.looks = {look: deny}

    assert world.serve(CHANGE)[0] == "SUCCESS"


class Table:
    """DynamoDB's client before the policy of a new role counts, `refusals` times, and then."""

    def __init__(self, refusals: int, code: str = "AccessDeniedException") -> None:
        self._refusals, self._code = refusals, code

    def get_item(self, **_: Any) -> dict[str, Any]:
        self._refusals -= 1
        if self._refusals >= 0:
            raise ClientError({"Error": {"Code": self._code, "Message": "no"}}, "GetItem")
        return {}


def journal_lock(table: Any) -> Lock | None:
    around = FakeSurroundings()
    journal = DynamoJournal(JournalTable(table, "journal", around.sleep))
    return Patience(around, 60.0)(lambda: journal.lock("shop"))


def test_the_journals_own_word_for_a_refusal_is_waited_for_too() -> None:
    assert journal_lock(Table(refusals=3)) is None


@pytest.mark.parametrize(("refusals", "code"), [(99, "AccessDeniedException"), (1, "ValidationException")])
def test_a_journal_that_stays_away_is_told_of(refusals: int, code: str) -> None:
    with pytest.raises(JournalAwayError, match=code):
        journal_lock(Table(refusals, code))


def test_a_permission_that_is_missing_is_named_after_half_a_minute() -> None:
    world = FakeGuardWorld(looks={"lock": failing(denied("GetItem"))})

    status, reason = world.serve(CHANGE)

    assert status == "FAILED"
    assert "may not GetItem" in reason
    assert 25.0 < world.around.clock - 1_000.0 < 40.0


def test_calls_that_take_all_the_time_leave_enough_for_an_answer() -> None:
    world = FakeGuardWorld()
    world.looks = {name: lambda: world.around.sleep(60.0) for name in ("stack", "lock", "weights", "live", "images")}

    status, reason = world.serve(CHANGE)

    assert status == "FAILED"
    assert "AWS took more than 165 s to answer" in reason


def test_a_rollback_passes_even_when_it_changes_the_live_color() -> None:
    world = FakeGuardWorld(rolling_back=True)

    status, _ = world.serve(event("Update", wanted="1.0.0 1.0.0", before="2.0.0 1.0.0"))

    assert status == "SUCCESS"
    assert set(world.marked) == {"live-blue", "live-green"}


@pytest.mark.parametrize("look", ["lock", "weights", "live", "images", "mark"])
def test_a_rollback_passes_whatever_else_cannot_be_read(look: str) -> None:
    world = FakeGuardWorld(rolling_back=True, looks={look: failing(RuntimeError("AWS does not answer"))})

    assert world.serve(BLUE_CHANGES)[0] == "SUCCESS"


@pytest.mark.parametrize("name", ["Service", "BlueVersion", "GreenVersion"])
def test_a_rollback_passes_whatever_its_properties_lack(name: str) -> None:
    assert FakeGuardWorld(rolling_back=True).serve(without(BLUE_CHANGES, name))[0] == "SUCCESS"


def test_a_rollback_that_the_stack_shows_late_is_not_refused() -> None:
    world = FakeGuardWorld()
    world.looks = {"stack": lambda: setattr(world, "rolling_back", world.around.clock >= 1_003.0)}

    assert world.serve(BLUE_CHANGES)[0] == "SUCCESS"


def test_a_rollback_is_recognized_after_the_stack_could_not_be_read_once() -> None:
    world = FakeGuardWorld(rolling_back=True)
    failures = [RuntimeError("throttled")]

    def look() -> None:
        if failures:
            raise failures.pop()

    world.looks = {"stack": look}

    assert world.serve(BLUE_CHANGES)[0] == "SUCCESS"


@pytest.mark.parametrize(("change", "status"), [(CHANGE, "SUCCESS"), (BLUE_CHANGES, "FAILED")])
def test_a_stack_that_cannot_be_read_at_all_is_judged_as_one_that_goes_forward(
    change: dict[str, Any], status: str
) -> None:
    world = FakeGuardWorld(looks={"stack": failing(RuntimeError("AWS does not answer"))})

    assert world.serve(change)[0] == status


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize("name", ["Service", "BlueVersion", "GreenVersion"])
def test_a_property_that_is_missing_is_named(kind: str, name: str) -> None:
    status, reason = FakeGuardWorld().serve(without({**CHANGE, "RequestType": kind}, name))

    assert status == "FAILED"
    assert f"the property {name} is missing" in reason


@pytest.mark.parametrize("value", ["", None, [], {"a": 1}])
def test_a_version_that_is_no_text_is_refused(value: object) -> None:
    change = {**CHANGE, "ResourceProperties": {**CHANGE["ResourceProperties"], "GreenVersion": value}}

    status, reason = FakeGuardWorld().serve(change)

    assert (status, "the property GreenVersion is" in reason) == ("FAILED", True)


def test_an_event_without_properties_is_answered() -> None:
    change = {key: value for key, value in CHANGE.items() if key != "ResourceProperties"}

    status, reason = FakeGuardWorld().serve(change)

    assert (status, "the event has no ResourceProperties" in reason) == ("FAILED", True)


def test_a_service_that_is_not_known_is_refused_with_those_that_are() -> None:
    change = {**CHANGE, "ResourceProperties": {**CHANGE["ResourceProperties"], "Service": "cart"}}

    status, reason = FakeGuardWorld().serve(change)

    assert (status, "there is no service 'cart'; the services are shop" in reason) == ("FAILED", True)


@pytest.mark.parametrize("kind", ["Read", None])
def test_a_request_of_an_unknown_type_is_refused(kind: str | None) -> None:
    status, reason = FakeGuardWorld().serve({**CHANGE, "RequestType": kind})

    assert (status, reason) == ("FAILED", f"RequestType is {kind!r}; allowed are Create, Update, Delete")


def test_an_update_that_does_not_say_what_it_replaces_may_change_no_live_color() -> None:
    change = {**CHANGE, "OldResourceProperties": {"Service": "shop"}}

    status, reason = FakeGuardWorld().serve(change)

    assert status == "FAILED"
    assert "blue is live with version unknown," in reason


def test_a_deletion_passes_whatever_its_properties_lack() -> None:
    assert FakeGuardWorld().serve({**event("Delete", wanted="1 1"), "ResourceProperties": {}})[0] == "SUCCESS"
