"""Events that make no sense, and rollbacks that meet trouble: each is answered once, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from host_color.model import Change
from traffic_switch.errors import AnswerError, RequestError
from traffic_switch.journal import Lock
from traffic_switch.ports.answer import CloudFormationRequest

from tests.unit.host_color_world import NEW, OLD, FakeHostWorld, event

SWITCH = Lock("switch-7", 1, reason="release green 2.0.0", since=990.0, deadline=4_000.0)
NEEDED = ["Image", "Document", "InstanceId", "Port", "TargetGroupArn"]
BACK = event("Update", image="shop:1.0.0", instance=NEW, old=NEW)


def altered(request: dict[str, Any], **properties: object) -> dict[str, Any]:
    kept = {name: value for name, value in {**request["ResourceProperties"], **properties}.items() if value is not None}
    return {**request, "ResourceProperties": kept}


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize("name", NEEDED)
def test_a_property_that_is_missing_is_named(kind: str, name: str) -> None:
    world = FakeHostWorld()

    status, reason = world.serve(altered(event(kind), **{name: None}))

    assert (status, f"the property {name} is missing" in reason) == ("FAILED", True)
    assert world.calls == []


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "3001.0"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    status, reason = FakeHostWorld().serve(altered(event("Create"), Port=port))

    assert (status, "allowed is a number from 1 to 65535" in reason) == ("FAILED", True)


def test_a_deletion_passes_whatever_its_properties_lack() -> None:
    world = FakeHostWorld(registered={NEW: 3001})

    assert world.serve(altered(event("Delete"), Image=None))[0] == "SUCCESS"


def test_an_event_without_properties_is_answered() -> None:
    request = {name: value for name, value in event("Update").items() if name != "ResourceProperties"}

    status, reason = FakeHostWorld().serve(request)

    assert (status, "the event has no ResourceProperties" in reason) == ("FAILED", True)


def test_a_request_of_an_unknown_type_is_refused() -> None:
    status, reason = FakeHostWorld().serve({**event("Update"), "RequestType": "Read"})

    assert (status, reason) == ("FAILED", "RequestType is 'Read'; allowed are Create, Update, Delete")


@pytest.mark.parametrize("name", NEEDED)
def test_a_rollback_from_properties_that_made_no_sense_goes_through(name: str) -> None:
    broken = altered(BACK, **{name: None})["ResourceProperties"]
    world = FakeHostWorld(rolling_back=True)

    assert world.serve({**BACK, "OldResourceProperties": broken})[0] == "SUCCESS"
    assert world.containers == {NEW: "shop:1.0.0"}


@pytest.mark.parametrize("name", NEEDED)
def test_a_rollback_to_properties_that_make_no_sense_does_not_stop_the_stack(name: str) -> None:
    status, reason = FakeHostWorld(rolling_back=True).serve(altered(BACK, **{name: None}))

    assert (status, f"the property {name} is missing" in reason) == ("SUCCESS", True)


@pytest.mark.parametrize("trouble", [{"switch": SWITCH}, {"broken": {"lock"}}, {"broken": {"weights"}}])
def test_a_rollback_asks_for_nobodys_leave(trouble: dict[str, Any]) -> None:
    world = FakeHostWorld(rolling_back=True, registered={NEW: 3001}, **trouble)

    assert world.serve(BACK)[0] == "SUCCESS"
    assert world.containers == {NEW: "shop:1.0.0"}


def test_a_rollback_to_an_earlier_greenlight_knows_no_listener() -> None:
    world = FakeHostWorld(rolling_back=True, registered={NEW: 3001})

    assert world.serve(altered(BACK, ListenerArn=None))[0] == "SUCCESS"
    assert world.containers == {NEW: "shop:1.0.0"}


def test_a_rollback_whose_stack_could_not_be_read_at_first_is_not_refused() -> None:
    class Blinking(FakeHostWorld):
        def stack(self, stack_id: str) -> bool:
            self.broken, broken = set(), "stack" in self.broken
            if broken:
                raise RuntimeError("throttled")
            return True

    world = Blinking(broken={"stack"}, switch=SWITCH, registered={NEW: 3001})

    assert world.serve(BACK)[0] == "SUCCESS"
    assert world.containers == {NEW: "shop:1.0.0"}


def test_a_stack_that_cannot_be_read_at_all_goes_forward() -> None:
    world = FakeHostWorld(broken={"stack"}, registered={OLD: 3001})

    assert world.serve(event("Update", old=OLD))[0] == "SUCCESS"
    assert world.registered == {NEW: 3001}


def test_an_event_that_nobody_sent_is_answered_by_nobody(caplog: pytest.LogCaptureFixture) -> None:
    world = FakeHostWorld()
    lonely = {name: value for name, value in event("Create").items() if name != "ResponseURL"}

    with pytest.raises(ValueError, match="not enough values"):
        world.serve(lonely)

    assert "the event has no ResponseURL" in str(vars(caplog.records[-1]))
    assert world.calls == []


def test_a_color_that_is_none_is_refused() -> None:
    with pytest.raises(RequestError, match="the property Color is 'red'; allowed are blue, green"):
        Change.from_event(altered(event("Create"), Color="red"))


def test_an_answer_that_is_refused_for_good_is_logged_and_not_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    class Late(FakeHostWorld):
        def answer(
            self, request: CloudFormationRequest, status: str, reason: str, data: Mapping[str, str], physical_id: str
        ) -> None:
            super().answer(request, status, reason, data, physical_id)
            raise AnswerError("HTTP 403: the request has expired")

    assert Late().serve(event("Create"))[0] == "SUCCESS"
    assert "the request has expired" in str(vars(caplog.records[-1]))
