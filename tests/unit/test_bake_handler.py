"""The bake as the state machine runs it, in virtual time, with production's settings."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError
from traffic_switch.handlers import bake
from traffic_switch.journal import Record
from traffic_switch.model import Reply, RuleLook, State, Weights

from tests.unit.bake_world import BROKEN, GOOD, SHIFTED_AT, SWITCH, BakeWorld, baked, event, policy, target

SLOW = replace(GOOD, milliseconds=900.0)
HANGING = replace(GOOD, milliseconds=3_600_000.0)


def looked(world: BakeWorld, progress: dict[str, Any] | None = None) -> dict[str, Any]:
    return bake.handle.step(event(progress), world)  # type: ignore[arg-type]


def test_a_good_version_passes_after_the_whole_bake() -> None:
    world = BakeWorld()

    ruled = baked(world)

    assert ruled["verdict"] == "PASS"
    assert 420 <= ruled["second"] < 425
    assert 1500 < len(world.asked) < 1700


def test_a_version_that_fails_always_is_back_within_ten_seconds_of_the_shift() -> None:
    ruled = baked(BakeWorld(lambda second: BROKEN))

    assert (ruled["verdict"], ruled["reason"]) == ("FAIL", "60 of 60 own requests failed: 100.0 %, allowed 1 %")
    assert ruled["second"] < 7


def test_a_version_that_hangs_is_found_as_fast_although_nobody_waits_for_its_answers() -> None:
    ruled = baked(BakeWorld(lambda second: HANGING))

    assert ruled["verdict"] == "FAIL"
    assert "took longer than 500 ms" in ruled["reason"]
    assert ruled["second"] < 7


def test_requests_leave_when_they_are_due_although_earlier_ones_are_out() -> None:
    world = BakeWorld(lambda second: SLOW if second < 8 else GOOD, policy=policy(max_p95_ms=2000))

    looked(world)

    times = [at - world.asked[0][0] for at, _ in world.asked[:100]]
    assert times == pytest.approx([number / 20 for number in range(100)])


def test_one_run_sends_for_half_a_minute_and_is_written_down_once() -> None:
    world = BakeWorld()

    ruled = looked(world)

    assert (ruled["verdict"], len(ruled["progress"]["batches"]), len(world.asked)) == ("WAIT", 30, 600)
    assert ruled["progress"]["batches"][:2] == [[3.0, 20, 0, 0], [4.0, 20, 0, 0]]
    assert [look for look, _ in world.notes] == [1]


def test_the_bake_is_known_to_have_begun_before_its_first_requests_are_back() -> None:
    world = BakeWorld()

    looked(world)

    assert world.begun == [("bake", SHIFTED_AT + 3)]


def test_batches_add_up_over_the_looks() -> None:
    world = BakeWorld()

    first = looked(world)
    world.clock += 1
    second = looked(world, first["progress"])

    assert second["progress"]["look"] == 2
    assert second["progress"]["batches"][:30] == first["progress"]["batches"]
    assert len(second["progress"]["batches"]) > 50


def test_five_percent_of_failures_are_found_within_the_first_minute() -> None:
    draw = random.Random(4)

    ruled = baked(BakeWorld(lambda second: BROKEN if draw.random() < 0.05 else GOOD))

    assert ruled["verdict"] == "FAIL"
    assert ruled["second"] < 60


def test_a_failure_in_a_later_look_is_chased() -> None:
    world = BakeWorld(lambda second: BROKEN if second > 150 else GOOD)

    ruled = baked(world)

    assert ruled["verdict"] == "FAIL"
    assert ruled["second"] < 150 + 15 + 5
    assert ruled["progress"]["batches"][-1][0] - ruled["progress"]["batches"][-3][0] == pytest.approx(2, abs=0.1)


def test_what_only_users_meet_is_found_in_cloudwatch() -> None:
    ruled = baked(BakeWorld(users=lambda start: (600, 60, 0)))

    assert ruled["verdict"] == "FAIL"
    assert "users' requests failed" in ruled["reason"]


def test_users_whose_requests_are_slow_are_found_in_cloudwatch() -> None:
    ruled = baked(BakeWorld(users=lambda start: (600, 0, 300)))

    assert "users' requests took longer than 500 ms" in ruled["reason"]


def test_own_failures_are_not_held_against_users_as_well() -> None:
    world = BakeWorld(lambda second: BROKEN if 64 < second < 420 and int(second) % 100 == 77 else GOOD)

    assert "users' requests: none" in baked(world)["reason"]


def test_metrics_of_something_else_never_pass() -> None:
    ruled = baked(BakeWorld(wired=False, users=lambda start: (100, 0, 0)))

    assert ruled["verdict"] == "FAIL"
    assert "these are not this color's metrics" in ruled["reason"]
    assert ruled["second"] >= 600


def test_an_abort_ends_the_bake_within_five_seconds() -> None:
    world = BakeWorld()
    world.answers = lambda second: setattr(world, "abort", "asked by ann" if second > 10 else "") or GOOD  # type: ignore[func-returns-value]

    ruled = baked(world)

    assert (ruled["verdict"], ruled["reason"]) == ("FAIL", "the operator aborted it: asked by ann")
    assert ruled["second"] < 16


def test_an_abort_before_a_look_sends_nothing() -> None:
    world = BakeWorld(abort="asked by ann")

    assert looked(world)["reason"] == "the operator aborted it: asked by ann"
    assert world.asked == []


def test_the_begin_of_the_bake_is_noted_once() -> None:
    world = BakeWorld()

    baked(world)

    assert len(world.begun) == 1


def test_a_rule_that_somebody_changed_ends_the_bake() -> None:
    world = BakeWorld()
    world.rule_look = RuleLook("arn:rule", Weights(100, 0))

    ruled = looked(world)

    assert ruled["verdict"] == "FAIL"
    assert ruled["reason"].startswith("the rule is not as it was written (blue 0, green 100)")
    assert world.asked == []


def test_a_lost_lock_ends_the_bake_without_a_verdict_of_its_own() -> None:
    world = BakeWorld()
    world.is_ours = False

    assert looked(world)["verdict"] == "LOST"
    assert world.notes == []


def test_the_lock_is_looked_at_every_five_seconds_and_at_every_look() -> None:
    world = BakeWorld()

    baked(world)

    gaps = [later - earlier for earlier, later in pairwise(world.checks)]
    assert max(gaps[:10]) < 7
    assert max(gaps) < 17


def test_another_version_ends_the_bake_at_its_first_answer() -> None:
    ruled = baked(BakeWorld(lambda second: replace(GOOD, version="1")))

    assert ruled["reason"] == "an own request was answered by green 1 3 s after the shift"


def test_an_unknown_version_is_not_checked() -> None:
    world = BakeWorld(lambda second: replace(GOOD, version="1"))
    unknown = event()
    unknown["switch"]["version"] = ""
    recorded = Record(replace(SWITCH, version=""), SHIFTED_AT, shifted_at=SHIFTED_AT)
    world.record = lambda switch_id: recorded  # type: ignore[method-assign]

    assert bake.handle.step(unknown, world)["verdict"] == "WAIT"  # type: ignore[arg-type]


def test_answers_of_the_old_color_are_forgiven_until_the_rule_must_have_spread() -> None:
    early, late = (
        BakeWorld(lambda second, end=end: replace(GOOD, environment="blue") if end - 1 < second < end else GOOD)  # type: ignore[misc]
        for end in (20, 62)
    )

    assert baked(early)["verdict"] == "PASS"
    assert baked(late)["reason"] == "an own request was answered by blue 2 61 s after the shift"


def test_a_firewall_that_refuses_the_own_requests_is_no_pass() -> None:
    assert baked(BakeWorld(lambda second: Reply(403, "", "", 3.0)))["verdict"] == "FAIL"


def test_what_aws_does_not_tell_waits_and_rolls_nothing_back() -> None:
    world = BakeWorld()
    world.unreadable = ClientError({"Error": {"Code": "Throttling", "Message": "slow down"}}, "GetMetricData")

    ruled = looked(world)

    assert ruled["verdict"] == "WAIT"
    assert baked(world)["reason"].startswith("not enough is known after 6")
    assert "CloudWatch could not be read" in world.notes[-1][1].reason


def test_an_alarm_and_a_failing_target_end_the_bake_at_the_next_look() -> None:
    alarmed, sick = BakeWorld(alarm_states={"green-errors": "ALARM"}), BakeWorld(health=(target(State.UNHEALTHY),))

    assert looked(alarmed)["reason"] == "alarm green-errors is in state ALARM"
    assert looked(sick)["reason"].startswith("100 % of the targets fail")


def test_a_switch_without_a_record_of_its_shift_begins_now() -> None:
    world = BakeWorld()
    world.record = lambda switch_id: Record(SWITCH, SHIFTED_AT)  # type: ignore[method-assign]

    assert looked(world)["progress"]["batches"][0][0] == 0.0


def test_a_clock_that_jumps_ahead_does_not_let_a_version_pass_unseen() -> None:
    world = BakeWorld(clock=SHIFTED_AT + 500)

    first = looked(world)

    assert first["verdict"] == "WAIT"


def test_minutes_that_cloudwatch_has_not_finished_are_not_judged() -> None:
    world = BakeWorld()
    lag = world.policy.metric_lag_seconds
    world.users = lambda start: (600, 600, 0) if start + 60 > world.now() - lag else (600, 0, 0)

    assert baked(world)["verdict"] == "PASS"


def test_a_verdict_that_the_own_requests_make_clear_asks_aws_for_nothing() -> None:
    world = BakeWorld(lambda second: BROKEN)
    world.targets = world.alarms = world.periods = None  # type: ignore[assignment, method-assign]

    assert baked(world)["verdict"] == "FAIL"


def test_batches_of_half_a_second_are_evenly_filled_and_told_by_when_they_began() -> None:
    world = BakeWorld(policy=policy(bake_batch_seconds=0.5))

    ruled = looked(world)

    times = [at - world.asked[0][0] for at, _ in world.asked[:100]]
    assert times == pytest.approx([number / 20 for number in range(100)])
    assert ruled["progress"]["batches"][:3] == [[3.0, 10, 0, 0], [3.5, 10, 0, 0], [4.0, 10, 0, 0]]


def test_a_batch_whose_answers_do_not_come_is_judged_when_its_last_one_is_slow() -> None:
    world = BakeWorld(lambda second: HANGING, policy=policy(bake_batch_seconds=0.5))

    assert baked(world)["second"] <= 3 + 5 * 0.5 + 0.5


@pytest.mark.parametrize(("batch_seconds", "between"), [(0.5, 5), (1, 5), (4, 4)])
def test_whatever_a_batch_lasts_the_lock_is_looked_at_between_batches_every_five_seconds(
    batch_seconds: float, between: float
) -> None:
    world = BakeWorld(policy=policy(bake_batch_seconds=batch_seconds))

    looked(world)

    assert [later - earlier for earlier, later in pairwise(world.checks)][:4] == pytest.approx([between] * 4, abs=0.2)


def test_the_first_minute_ends_with_a_part_that_is_as_long_as_it_needs_to_be() -> None:
    world = BakeWorld()
    first = looked(world)
    world.clock += 2

    second = looked(world, first["progress"])

    assert len(second["progress"]["batches"]) == 30 + 28


def test_an_answer_that_is_slow_by_the_settings_is_waited_for_twice_as_long() -> None:
    late = replace(GOOD, milliseconds=15_000.0)
    world = BakeWorld(lambda second: late, policy=policy(max_p95_ms=10_000))

    looked(world)

    assert {reply.status for _, reply in world.asked} == {200}
