"""The world as it is on AWS: each port is made when it is first used, so that a cold start pays for no other."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from functools import cache, cached_property

import boto3
from botocore.config import Config

from traffic_switch import config
from traffic_switch.contract import (
    JOURNAL_VARIABLE,
    PREVIEW_HEADER,
    PREVIEW_SECRET_VARIABLE,
    STATE_MACHINE_VARIABLE,
    TOPIC_VARIABLE,
    Color,
)
from traffic_switch.journal import Answer
from traffic_switch.ports import answer, stack_status
from traffic_switch.ports.dynamodb_journal import DynamoJournal
from traffic_switch.ports.executions import Executions
from traffic_switch.ports.front_door import FrontDoor
from traffic_switch.ports.listener_rule import ListenerRule
from traffic_switch.ports.metrics import Metrics
from traffic_switch.ports.notifier import Notifier
from traffic_switch.ports.target_groups import TargetGroups

RETRIES = Config(retries={"mode": "standard", "max_attempts": 6}, connect_timeout=3, read_timeout=10)
"""Throttling is a normal state of the ELB API (argo-rollouts #3333); standard mode backs off with jitter."""


class AwsWorld:
    """See `traffic_switch.world.World`; what is where comes from the function's environment."""

    @cached_property
    def services(self) -> Mapping[str, config.Service]:
        return config.services(os.environ)

    @cached_property
    def policy(self) -> config.Policy:
        return config.policy(os.environ)

    @cached_property
    def journal(self) -> DynamoJournal:
        return DynamoJournal(boto3.resource("dynamodb", config=RETRIES).Table(os.environ[JOURNAL_VARIABLE]))

    @cached_property
    def target_groups(self) -> TargetGroups:
        return TargetGroups(boto3.client("elbv2", config=RETRIES))

    @cached_property
    def metrics(self) -> Metrics:
        return Metrics(boto3.client("cloudwatch", config=RETRIES))

    @cached_property
    def executions(self) -> Executions:
        return Executions(boto3.client("stepfunctions", config=RETRIES), os.environ[STATE_MACHINE_VARIABLE])

    @cached_property
    def notifier(self) -> Notifier:
        return Notifier(boto3.client("sns", config=RETRIES), os.environ[TOPIC_VARIABLE])

    def rule(self, service: config.Service) -> ListenerRule:
        return ListenerRule(boto3.client("elbv2", config=RETRIES), service.listener_arn, service.priority)

    def front_door(self, service: config.Service) -> FrontDoor:
        return FrontDoor(service.front_door_url)

    def preview_headers(self, color: Color) -> Mapping[str, str]:
        secrets = boto3.client("secretsmanager", config=RETRIES)
        secret = secrets.get_secret_value(SecretId=os.environ[PREVIEW_SECRET_VARIABLE])["SecretString"]
        return {PREVIEW_HEADER: f"{color}-{secret}"}

    def is_rolling_back(self, stack_id: str) -> bool:
        return stack_status.is_rolling_back(boto3.client("cloudformation", config=RETRIES), stack_id)

    def answer(self, request: answer.CloudFormationRequest, decided: Answer, physical_id: str) -> None:
        answer.answer(request, decided.status, decided.reason, decided.data, physical_id)

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@cache
def aws_world() -> AwsWorld:
    """One world for the life of a function's environment, so that warm invocations reuse its connections."""
    return AwsWorld()
