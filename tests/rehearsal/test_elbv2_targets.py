"""Targets as the load balancer sees them: checked, healthy or not, and drained; and who gets requests meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from tests.rehearsal.live_shop import fast_cloud
from tests.rehearsal.load_balancing import Server, Shop
from tests.rehearsal.local_cloud import LocalCloud, eventually

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with fast_cloud(tmp_path_factory.mktemp("cloud"), "iam", "elbv2") as cloud:
        yield cloud


def test_a_target_of_weight_0_is_checked_and_healthy_after_one_pass(shop: Shop, green: Server) -> None:
    shop.register(shop.green, green.port)

    assert shop.health(shop.green)[0] == {
        "State": "initial",
        "Reason": "Elb.RegistrationInProgress",
        "Description": "Target registration is in progress",
    }
    assert shop.becomes(shop.green, "healthy")


def test_unhealthy_targets_tell_why(shop: Shop, blue: Server, green: Server) -> None:
    blue.set(health=503)
    green.set(delay=1)
    shop.register(shop.blue, blue.port)
    shop.register(shop.green, green.port)
    shop.register(shop.green, None)

    assert shop.becomes(shop.blue, "unhealthy")
    assert shop.becomes(shop.green, "unhealthy", "unhealthy")
    assert [*shop.health(shop.blue), *shop.health(shop.green)] == [
        {
            "State": "unhealthy",
            "Reason": "Target.ResponseCodeMismatch",
            "Description": "Health checks failed with these codes: [503]",
        },
        {"State": "unhealthy", "Reason": "Target.Timeout", "Description": "Request timed out"},
        {"State": "unhealthy", "Reason": "Target.FailedHealthChecks", "Description": "Health checks failed"},
    ]


def test_one_failed_check_is_not_enough_to_be_unhealthy(live: Shop, blue: Server) -> None:
    group = live.group("patient", UnhealthyThresholdCount=10)
    live.add_rule(20, [{"Type": "forward", "TargetGroupArn": group.arn}], [{"Field": "path-pattern", "Values": ["/x"]}])
    live.register(group, blue.port)
    assert live.becomes(group, "healthy")

    blue.set(health=500)

    assert live.becomes(live.blue, "unhealthy")
    assert live.states(group) == ["healthy"]


def test_only_healthy_targets_get_requests(live: Shop, green: Server) -> None:
    live.register(live.blue, None)
    assert live.becomes(live.blue, "healthy", "unhealthy")

    assert {live.get()[0] for _ in range(20)} == {200}


def test_a_group_of_unhealthy_targets_gets_requests_all_the_same(live: Shop, blue: Server) -> None:
    blue.set(health=503)
    assert live.becomes(live.blue, "unhealthy")

    assert {live.get()[:2] for _ in range(10)} == {(200, "blue")}


def test_an_unhealthy_color_does_not_hand_its_share_to_the_other(live: Shop) -> None:
    live.elb.deregister_targets(TargetGroupArn=live.blue.arn, Targets=live.blue.targets)

    assert eventually(lambda: live.get()[0] == 503)


def test_a_deregistered_target_drains_and_then_is_unused(live: Shop, green: Server) -> None:
    _delay(live, live.blue.arn, 1)
    target = live.register(live.blue, green.port)
    assert live.becomes(live.blue, "healthy", "healthy")

    live.elb.deregister_targets(TargetGroupArn=live.blue.arn, Targets=[target])

    assert live.health(live.blue, target)[0]["Reason"] == "Target.DeregistrationInProgress"
    assert live.states(live.blue) == ["healthy", "draining"]
    assert live.becomes(live.blue, "healthy")
    assert live.health(live.blue, target)[0]["Reason"] == "Target.NotRegistered"


def test_a_request_in_flight_outlives_the_deregistration_of_its_target(live: Shop) -> None:
    with Slow(live, seconds=1) as slow:
        live.elb.deregister_targets(TargetGroupArn=live.blue.arn, Targets=live.blue.targets)

    assert slow.answer[:2] == (200, "blue")


def test_a_group_without_a_rule_is_unused_until_it_has_one(shop: Shop, blue: Server) -> None:
    group = shop.group("spare")
    target = shop.register(group, blue.port)
    assert shop.health(group, target)[0]["Reason"] == "Target.NotInUse"
    assert _load_balancers(shop, group.arn) == []

    shop.add_rule(5, [{"Type": "forward", "TargetGroupArn": group.arn}], [{"Field": "path-pattern", "Values": ["/x"]}])

    assert _load_balancers(shop, group.arn) == [shop.arn]
    assert shop.becomes(group, "healthy")


def test_targets_that_nothing_serves_are_told_apart(shop: Shop) -> None:
    shop.register(shop.blue, None)
    shop.register(shop.blue, None)

    assert shop.becomes(shop.blue, "unhealthy", "unhealthy")


class Slow:
    """A request that takes its time, while the block does something else."""

    def __init__(self, shop: Shop, seconds: float) -> None:
        self.answer: tuple[int, str, str] = (0, "", "")
        self._thread = threading.Thread(target=self._ask, args=(shop, seconds))

    def __enter__(self) -> Slow:
        self._thread.start()
        time.sleep(0.3)
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def _ask(self, shop: Shop, seconds: float) -> None:
        self.answer = shop.get(f"/slow?seconds={seconds}")


def _delay(shop: Shop, group: str, seconds: int) -> None:
    attribute = {"Key": "deregistration_delay.timeout_seconds", "Value": str(seconds)}
    shop.elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=[attribute])


def _load_balancers(shop: Shop, group: str) -> list[str]:
    found = shop.elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"]
    return list(found)
