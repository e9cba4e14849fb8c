"""The world as it is on AWS: each port is made when it is first used, so that a cold start pays for no other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

from botocore.config import Config

from traffic_switch import config
from traffic_switch.contract import (
    JOURNAL_VARIABLE,
    PREVIEW_HEADER,
    PREVIEW_SECRET_VARIABLE,
    RELEASE_STACK_VARIABLE,
    REQUESTS_VARIABLE,
    STAGE_VARIABLE,
    STATE_MACHINE_VARIABLE,
    TOPIC_VARIABLE,
    Color,
)
from traffic_switch.journal import Answer
from traffic_switch.model import StackLook
from traffic_switch.origin import own_stack
from traffic_switch.ports import answer, answer_host, preview_secret, stack_status
from traffic_switch.ports.answer import CloudFormationRequest
from traffic_switch.ports.dynamodb_journal import DynamoJournal
from traffic_switch.ports.executions import Executions
from traffic_switch.ports.front_door import FrontDoor
from traffic_switch.ports.journal_table import JournalTable
from traffic_switch.ports.listener_rule import ListenerRule
from traffic_switch.ports.metrics import Metrics
from traffic_switch.ports.notifier import Notifier
from traffic_switch.ports.target_groups import TargetGroups
from traffic_switch.surroundings import LambdaSurroundings, Surroundings

RETRIES = Config(retries={"mode": "standard", "total_max_attempts": 6}, connect_timeout=3, read_timeout=10)
"""Throttling is a normal state of the ELB API (argo-rollouts #3333); standard mode backs off with jitter."""

SHORT = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=1, read_timeout=2)
"""For journal and secret: two attempts of three seconds each, and at most a second between them. A rollback that cannot
reach the journal must know it within the seconds in which it may act without; one that cannot read the secret goes by
health checks alone, and users wait for it meanwhile.
"""


class AwsWorld:
    """See `traffic_switch.world.World`; what is where comes from the function's environment."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    @cached_property
    def services(self) -> Mapping[str, config.Service]:
        return config.services(self._around.environment)

    @cached_property
    def policy(self) -> config.Policy:
        return config.policy(self._around.environment)

    @cached_property
    def journal(self) -> DynamoJournal:
        client = self._around.client("dynamodb", SHORT)
        environment = self._around.environment
        requests = environment.get(REQUESTS_VARIABLE, "")
        return DynamoJournal(JournalTable(client, environment[JOURNAL_VARIABLE], self._around.sleep, requests))

    @cached_property
    def target_groups(self) -> TargetGroups:
        return TargetGroups(self._elbv2)

    @cached_property
    def metrics(self) -> Metrics:
        return Metrics(self._around.client("cloudwatch", RETRIES))

    @cached_property
    def notifier(self) -> Notifier:
        environment = self._around.environment
        stage = environment.get(STAGE_VARIABLE, "")
        return Notifier(self._around.client("sns", RETRIES), environment[TOPIC_VARIABLE], stage)

    def executions(self, machine_arn: str = "") -> Executions:
        arn = machine_arn or self._around.environment[STATE_MACHINE_VARIABLE]
        return Executions(self._around.client("stepfunctions", RETRIES), arn)

    def rule(self, service: config.Service) -> ListenerRule:
        return ListenerRule(self._elbv2, self._elbv2_writer, service.rule_place)

    def front_door(self, service: config.Service) -> FrontDoor:
        return FrontDoor(service.front_door_url, self._around, service.host_name)

    def preview_headers(self, service: config.Service, color: Color) -> Mapping[str, str]:
        secrets, secret = (
            self._around.client("secretsmanager", SHORT),
            self._around.environment[PREVIEW_SECRET_VARIABLE],
        )
        return {PREVIEW_HEADER: preview_secret.value(secrets, secret, service.name, color)}

    @property
    def own_stack(self) -> str:
        environment = self._around.environment
        return own_stack(environment[STATE_MACHINE_VARIABLE], environment[RELEASE_STACK_VARIABLE])

    def is_cloudformations(self, url: str) -> bool:
        return answer_host.is_cloudformations(url, self._around.environment)

    def stack(self, stack_id: str) -> StackLook:
        return stack_status.look(self._around.client("cloudformation", RETRIES), stack_id)

    def answer(self, request: Mapping[str, Any], decided: Answer, physical_id: str) -> None:
        asked = CloudFormationRequest.from_event(request)
        answer.answer(asked, decided.status, decided.reason, decided.data, physical_id, surroundings=self._around)

    def now(self) -> float:
        return self._around.now()

    def monotonic(self) -> float:
        return self._around.monotonic()

    def sleep(self, seconds: float) -> None:
        self._around.sleep(seconds)

    @cached_property
    def _elbv2(self) -> Any:
        return self._around.client("elbv2", RETRIES)

    @cached_property
    def _elbv2_writer(self) -> Any:
        connect, read = self.policy.write_timeouts
        once = Config(retries={"total_max_attempts": 1}, connect_timeout=connect, read_timeout=read)
        return self._around.client("elbv2", once)


@cache
def aws_world() -> AwsWorld:
    """One world for the life of a function's environment, so that warm invocations reuse its connections."""
    return AwsWorld(LambdaSurroundings())
