"""The version guard and `host_color` with every single fault at each of their calls, and reruns after lost answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.simulation.compute import NEW, OLD, REPOSITORY, Compute
from tests.simulation.faults import Fault, Kind

FAULTS = [
    *(Fault(kind) for kind in Kind if kind not in (Kind.SLOW, Kind.STALE, Kind.TWICE, Kind.CONFLICT)),
    *(Fault(kind, attempts=1) for kind in (Kind.THROTTLED, Kind.FAILED, Kind.LOST_REPLY)),
    Fault(Kind.SLOW, 20.0),
    Fault(Kind.STALE, 10.0),
    Fault(Kind.TWICE, 200.0),
]
Story = Callable[[Compute], list[dict[str, Any]]]


def scenarios(story: Story, status: str = "UPDATE_IN_PROGRESS") -> Iterator[tuple[Compute, list[dict[str, Any]]]]:
    """The story with each fault at each call, those that the fault's own retries add included."""
    plain = Compute(status=status)
    story(plain)
    plain.cloud.close()
    for number in range(1, plain.cloud.calls + 1):
        for fault in FAULTS:
            compute = Compute((number, fault), status)
            yield compute, story(compute)
            compute.cloud.close()


def release_follows(compute: Compute) -> None:
    """As soon as CloudFormation has heard of success, the stack goes on, and a release moves all users to green."""

    def hear(_id: str, answer: dict[str, Any]) -> None:
        if answer["Status"] == "SUCCESS":
            compute.site.write_rule(0, 100)

    compute.cloud.web.on_answer = hear


def told(compute: Compute) -> str:
    return f"{compute.cloud.faults.met} {compute.cloud.answers} {compute.host}"


def change_then_release(compute: Compute) -> list[dict[str, Any]]:
    release_follows(compute)
    return compute.change_green()


def test_green_is_answered_and_serving_after_any_single_fault() -> None:
    for compute, answers in scenarios(change_then_release):
        assert answers, told(compute)
        image = NEW
        if answers[0]["Status"] == "FAILED":
            image = OLD
            assert [answer["Status"] for answer in compute.roll_green_back()] == ["SUCCESS"]
        assert (compute.host.running["green"], compute.green_target) == (image, "healthy"), told(compute)


def test_green_is_never_taken_from_its_users_by_a_second_run() -> None:
    for compute, _ in scenarios(change_then_release):
        assert compute.deregistered_live == 0, told(compute)


def test_green_is_started_once_at_most() -> None:
    for compute, _ in scenarios(change_then_release):
        assert len(compute.host.started) <= 1, told(compute)


def test_green_is_not_touched_while_a_switch_runs() -> None:
    def story(compute: Compute) -> list[dict[str, Any]]:
        compute.lock()
        return compute.change_green()

    for compute, answers in scenarios(story):
        assert {answer["Status"] for answer in answers} == {"FAILED"}, told(compute)
        assert (compute.host.running["green"], compute.green_target) == (OLD, "healthy"), told(compute)


def test_a_late_request_brings_back_no_older_image() -> None:
    compute = Compute()
    compute.host.declared["green"] = compute.host.running["green"] = "registry/shop:3.0.0"

    (answer,) = compute.change_green()

    assert (answer["Status"], compute.host.started) == ("FAILED", [])


def test_a_rollback_of_green_succeeds_after_any_single_fault() -> None:
    def story(compute: Compute) -> list[dict[str, Any]]:
        compute.host.running["green"] = NEW
        return compute.roll_green_back()

    for compute, answers in scenarios(story):
        assert {answer["Status"] for answer in answers} == {"SUCCESS"}, told(compute)
        assert compute.green_target == "healthy", told(compute)


def test_the_guard_answers_after_any_single_fault() -> None:
    for compute, answers in scenarios(lambda compute: compute.guard("1.0.0", "2.0.0")):
        assert answers, told(compute)


@pytest.mark.parametrize("versions", [("2.0.0", "1.0.0"), ("1.0.0", "2.0.0")])
def test_the_guard_lets_nothing_pass_while_a_switch_runs_whatever_fault_it_meets(versions: tuple[str, str]) -> None:
    def story(compute: Compute) -> list[dict[str, Any]]:
        compute.lock()
        return compute.guard(*versions)

    for compute, answers in scenarios(story):
        assert {answer["Status"] for answer in answers} == {"FAILED"}, told(compute)


def test_the_guard_lets_no_change_of_the_live_color_pass_whatever_fault_it_meets() -> None:
    for compute, answers in scenarios(lambda compute: compute.guard("2.0.0", "1.0.0")):
        assert {answer["Status"] for answer in answers} == {"FAILED"}, told(compute)


def test_the_guard_stops_no_rollback_whatever_fault_it_meets() -> None:
    for compute, answers in scenarios(lambda compute: compute.guard("2.0.0", "1.0.0"), "UPDATE_ROLLBACK_IN_PROGRESS"):
        assert {answer["Status"] for answer in answers} == {"SUCCESS"}, told(compute)


@pytest.mark.parametrize(
    ("versions", "status"),
    [(("1.0.0", "2.0.0"), "UPDATE_IN_PROGRESS"), (("1.0.0", "1.0.0"), "UPDATE_ROLLBACK_IN_PROGRESS")],
    ids=["forward", "back"],
)
def test_the_live_color_keeps_its_image_though_its_tag_moved_whatever_fault_the_guard_meets(
    versions: tuple[str, str], status: str
) -> None:
    def story(compute: Compute) -> list[dict[str, Any]]:
        compute.recorded = compute.digest("1.0.0")
        compute.cloud.registry.push(REPOSITORY, "1.0.0", "somebody else's")
        return compute.guard(*versions)

    for compute, answers in scenarios(story, status):
        named = {answer["Data"]["BlueImage"] for answer in answers if answer["Status"] == "SUCCESS"}
        assert named <= {f"@{compute.recorded}"}, told(compute)
        assert answers, told(compute)


def test_a_version_whose_tag_moved_never_passes_whatever_fault_the_guard_meets() -> None:
    def story(compute: Compute) -> list[dict[str, Any]]:
        compute.remember_image("2.0.0")
        compute.cloud.registry.push(REPOSITORY, "2.0.0", "somebody else's")
        return compute.guard("1.0.0", "2.0.0")

    for compute, answers in scenarios(story):
        assert {answer["Status"] for answer in answers} == {"FAILED"}, told(compute)
