"""What becomes of a color on its host, and what CloudFormation hears of it."""

from __future__ import annotations

from host_color.model import Place, Step
from traffic_switch.model import State

from tests.unit.host_color_world import NEW, FakeHostWorld, event


def test_a_new_color_is_started_first_and_registered_then() -> None:
    world = FakeHostWorld()

    status, _ = world.serve(event("Create"))

    assert status == "SUCCESS"
    assert world.calls == [f"run shop-green shop:2.0.0 on {NEW}", f"register {NEW}:3001"]


def test_a_new_color_does_not_have_to_be_healthy_since_the_gate_judges_that() -> None:
    world = FakeHostWorld(health=lambda instance, now: State.UNHEALTHY)

    assert world.serve(event("Create"))[0] == "SUCCESS"


def test_a_host_that_still_boots_is_waited_for() -> None:
    world = FakeHostWorld(reachable_after=120.0)

    assert world.serve(event("Create"))[0] == "SUCCESS"


def test_a_host_that_never_comes_up_fails_in_time_and_says_so() -> None:
    world = FakeHostWorld(reachable_after=1e9)

    status, reason = world.serve(event("Create"))

    assert status == "FAILED"
    assert reason == f"{NEW} has not registered"


def test_a_refusal_by_iam_is_tried_again_for_seconds_only() -> None:
    world = FakeHostWorld(refuses=True)

    status, reason = world.serve(event("Create"))

    assert (status, world.seconds < 40.0) == ("FAILED", True)
    assert "ssm:SendCommand" in reason


def test_a_failed_command_fails_with_the_end_of_its_output_and_registers_nothing() -> None:
    world = FakeHostWorld(status="Failed", output="pulling\ngreenlight: cannot pull shop:2.0.0\n")

    status, reason = world.serve(event("Create"))

    assert status == "FAILED"
    assert reason.endswith("the command ended as Failed: prepare / pulling / greenlight: cannot pull shop:2.0.0")
    assert world.registered == {}


def test_a_command_that_never_ends_fails_in_time() -> None:
    world = FakeHostWorld(status="InProgress")

    status, reason = world.serve(event("Update", old=NEW))

    assert status == "FAILED"
    assert "has not ended" in reason


def test_the_health_of_the_old_container_says_nothing_about_the_new_one() -> None:
    world = FakeHostWorld(registered={NEW: 3001})

    world.serve(event("Update", old=NEW))

    assert [call.split()[0] for call in world.calls] == ["deregister", "run", "register"]


def test_an_update_of_what_runs_already_changes_nothing() -> None:
    world = FakeHostWorld(registered={NEW: 3001}, containers={NEW: "shop:1.0.0"})

    assert world.serve(event("Update", image="shop:1.0.0", old=NEW))[0] == "SUCCESS"
    assert world.calls == []


def test_an_image_that_cannot_be_pulled_changes_nothing() -> None:
    world = FakeHostWorld(registered={NEW: 3001}, status="Failed", fails_at=Step.PREPARE, output="cannot pull")

    status, reason = world.serve(event("Update", old=NEW))

    assert (status, "cannot pull" in reason) == ("FAILED", True)
    assert world.calls == []


def test_a_new_version_that_does_not_start_is_registered_all_the_same_for_its_checks_to_judge() -> None:
    world = FakeHostWorld(registered={NEW: 3001}, status="Failed", fails_at=Step.RUN)

    world.serve(event("Update", old=NEW))

    assert world.calls[0] == f"deregister {NEW}:3001"
    assert world.registered == {NEW: 3001}


def test_a_deleted_color_is_out_of_its_target_group() -> None:
    world = FakeHostWorld(registered={NEW: 3001})

    assert world.serve(event("Delete"))[0] == "SUCCESS"
    assert world.registered == {}


def test_a_deletion_succeeds_even_when_aws_does_not_answer() -> None:
    class Broken(FakeHostWorld):
        def deregister(self, place: Place) -> None:
            raise RuntimeError("ELBv2 does not answer")

    assert Broken().serve(event("Delete"))[0] == "SUCCESS"
