"""When a deployment may end: as the load balancer judges its tasks.

Sources: docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html, and
docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html for the grace period.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from ministack.services import alb, ecs

from greenlight.rehearsal.cloud.ec2.subnets import AddressPool, SubnetFullError
from greenlight.rehearsal.cloud.ecs import targets as task_targets
from greenlight.rehearsal.cloud.ecs.container import Backoff
from greenlight.rehearsal.cloud.ecs.rollout import STEADY_SECONDS, Rollouts

GROUP = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/g/1"
CLUSTER = "arn:aws:ecs:us-east-1:000000000000:cluster/c"
HEALTH = (
    "<DescribeTargetHealthResponse xmlns='http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/'>"
    "<DescribeTargetHealthResult><TargetHealthDescriptions>"
    "<member><Target><Id>10.20.1.5</Id><Port>3000</Port></Target>"
    "<TargetHealth><State>{}</State></TargetHealth></member>"
    "</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>"
)


class World:
    """One service with one running task, and a load balancer that says what a test wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.completed: list[str] = []
        self.requests: list[tuple[str, list[str]]] = []
        self.stopped: list[str] = []
        self.called_well: list[str] = []
        self.state = "initial"
        self.deployment = {"id": "d", "status": "PRIMARY", "rolloutState": "IN_PROGRESS"}
        self.service: dict[str, Any] = {
            "serviceName": "s",
            "clusterArn": CLUSTER,
            "status": "ACTIVE",
            "deployments": [self.deployment],
            "loadBalancers": [{"targetGroupArn": GROUP, "containerPort": 3000}],
        }
        self.task: dict[str, Any] = {
            "taskArn": f"{CLUSTER.replace('cluster', 'task')}/t",
            "clusterArn": CLUSTER,
            "group": "service:s",
            "lastStatus": "RUNNING",
            "_deployment_id": "d",
            "_container_ip": "10.20.1.5",
            "_judged_since": time.monotonic() - STEADY_SECONDS,
        }
        monkeypatch.setattr(ecs, "_services", {"c/s": self.service})
        monkeypatch.setattr(ecs, "_tasks", {self.task["taskArn"]: self.task})
        monkeypatch.setattr(ecs, "_mark_task_stopped", lambda arn, *_: self.stopped.append(arn))
        monkeypatch.setattr(ecs, "_cleanup_task_resources", lambda *_: None)
        monkeypatch.setattr(ecs, "_get_docker", lambda: None)
        monkeypatch.setattr(alb, "_tgs", {GROUP: {}})
        for name in ("RegisterTargets", "DeregisterTargets"):
            monkeypatch.setitem(alb._ACTION_MAP, name, self._note(name))
        monkeypatch.setitem(
            alb._ACTION_MAP, "DescribeTargetHealth", lambda _: (200, {}, HEALTH.format(self.state).encode())
        )
        self.rollouts = Rollouts(
            lambda cluster, *_: self.completed.append(cluster), lambda key, _: self.called_well.append(key), 0.5
        )
        monkeypatch.setattr(ecs, "_complete_service_deployment", self.rollouts.complete)

    def _note(self, name: str) -> Any:
        return lambda parameters: self.requests.append((name, parameters["Targets.member.1.Id"]))

    def complete(self) -> None:
        self.rollouts.complete("c", "c/s")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A world that is looked at once: a second look, a quarter of a second later, would fall into another test."""
    world = World(monkeypatch)
    monkeypatch.setattr(world.rollouts, "_look_again", lambda *_: None)
    return world


def test_a_deployment_goes_on_while_its_task_is_not_judged(world: World) -> None:
    world.complete()

    assert world.completed == []


@pytest.mark.parametrize("state", ["initial", "unhealthy", "unused"])
def test_a_deployment_does_not_end_before_its_task_is_healthy(world: World, state: str) -> None:
    world.state = state
    world.service["healthCheckGracePeriodSeconds"] = 60
    world.complete()

    assert world.completed == []


def test_a_deployment_ends_when_its_task_is_healthy(world: World) -> None:
    world.state = "healthy"
    world.complete()

    assert world.completed == ["c"]


def test_a_deployment_does_not_end_with_a_healthy_task_that_has_only_begun(world: World) -> None:
    world.state = "healthy"
    world.task["_judged_since"] = time.monotonic()
    world.complete()

    assert (world.completed, world.called_well) == ([], [])


def test_a_task_that_only_runs_does_not_let_earlier_failures_be_forgotten(world: World) -> None:
    for world.state in ("initial", "unhealthy", "healthy"):
        world.rollouts.note_healthy("c/s", world.task)

    assert world.called_well == ["c/s"]


def test_a_task_counts_as_well_once_the_load_balancer_says_so(world: World) -> None:
    world.complete()
    early = list(world.called_well)
    world.state = "healthy"
    world.complete()

    assert (early, world.called_well) == ([], ["c/s"])


def test_a_deployment_that_waits_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    world.complete()
    world.state = "healthy"
    deadline = time.monotonic() + 5
    while not world.completed:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_unhealthy_task_is_stopped_after_its_grace(world: World) -> None:
    world.state = "unhealthy"
    world.service["healthCheckGracePeriodSeconds"] = 10
    world.task["_judged_since"] = time.monotonic() - 6
    world.complete()

    assert (world.stopped, world.completed) == ([world.task["taskArn"]], [])


def test_an_unhealthy_task_is_left_alone_during_its_grace(world: World) -> None:
    world.state = "unhealthy"
    world.service["healthCheckGracePeriodSeconds"] = 10
    world.task["_judged_since"] = time.monotonic() - 4
    world.complete()

    assert (world.stopped, world.completed) == ([], [])


def test_targets_are_registered_once_and_deregistered_when_the_task_ends(world: World) -> None:
    task_targets.sync_service_targets("c", world.service)
    task_targets.sync_service_targets("c", world.service)
    world.task["lastStatus"] = "STOPPED"
    task_targets.sync_service_targets("c", world.service)

    assert world.requests == [("RegisterTargets", ["10.20.1.5"]), ("DeregisterTargets", ["10.20.1.5"])]


def test_waiting_for_a_drained_target_ends_when_it_is_gone(world: World) -> None:
    world.state = "draining"
    looks = []

    def keep_waiting() -> bool:
        looks.append(world.state)
        world.state = "unused"
        return True

    task_targets.wait_until_drained([GROUP], "10.20.1.5", keep_waiting)

    assert looks[0] == "draining"


def test_addresses_come_from_the_subnet_without_those_that_aws_keeps() -> None:
    pool = AddressPool()

    assert [pool.take("10.20.1.0/28") for _ in range(2)] == ["10.20.1.4", "10.20.1.5"]


def test_an_address_is_used_again_only_after_it_was_given_back() -> None:
    pool = AddressPool()
    taken = [pool.take("10.20.1.0/28") for _ in range(11)]
    with pytest.raises(SubnetFullError, match="no free address"):
        pool.take("10.20.1.0/28")
    pool.give_back(taken[3])

    assert pool.take("10.20.1.0/28") == taken[3]


def test_the_starts_of_a_failing_service_are_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    backoff = Backoff()
    backoff.wait("s")
    for _ in range(3):
        backoff.note_failure("s")
        backoff.wait("s")

    assert pauses == [0.1, 0.2, 0.4]
