"""How large the environment of a function of the switch can get, and the refusal of one that Lambda would not take.

Most of it is names that AWS makes up during the deploy, so each counts with the greatest length that it can have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Protocol

from greenlight_cdk.names import Names, StackKind
from traffic_switch.config import Policy, Row, domain_and_others, written
from traffic_switch.contract import CONFIG_VARIABLE, POLICY_VARIABLE, STAGE_VARIABLE

from stacks.options.service import ServiceSettings

MOST_BYTES = 4096
"""All environment variables of a function together (Lambda developer guide, quotas; not adjustable)."""

OTHER_BYTES = 650
"""What the names of the journal, the requests, the topic, the secret and the state machine take, with the variables'
own; the names of the stacks, which are part of three of them and one by itself, come on top.
"""

NAMED: tuple[StackKind, ...] = ("Data", "Data", "Switch", "Release")
"""The stacks that the variables name."""

REGION, PARTITION, ACCOUNT, ID = "x" * 14, "x" * 10, "x" * 12, "x" * 16
NAME = "x" * 32
"""The longest name of a load balancer or a target group (ELBv2 API reference, CreateLoadBalancer)."""
LISTENER = f"arn:{PARTITION}:elasticloadbalancing:{REGION}:{ACCOUNT}:listener/app/{NAME}/{ID}/{ID}"
TARGET_GROUP = f"targetgroup/{NAME}/{ID}"
LOAD_BALANCER_URL = f"https://{NAME}-{'x' * 10}.{REGION}.elb.amazonaws.com.cn"


class Declared(Protocol):
    """The settings that reach the functions, besides their policy."""

    @property
    def services(self) -> Sequence[ServiceSettings]: ...
    @property
    def alarm_names(self) -> Sequence[str]: ...
    @property
    def domain_name(self) -> str | None: ...
    @property
    def certificate_arn(self) -> str | None: ...
    @property
    def names(self) -> Names: ...


def policy(settings: object) -> dict[str, Any]:
    """The thresholds, under the names of `traffic_switch.config.Policy`."""
    return {field.name: getattr(settings, field.name) for field in fields(Policy)}


def longest(settings: Declared) -> int:
    """Return the most bytes that the environment can take."""
    edge = {
        "listener_arn": LISTENER,
        "front_door_url": LOAD_BALANCER_URL,
        **domain_and_others(settings.domain_name, bool(settings.certificate_arn)),
        "alarm_prefix": settings.names.alarm_prefix,
        "alarm_names": list(settings.alarm_names),
    }
    config = written(edge, {service.name: _row(service) for service in settings.services})
    others = OTHER_BYTES + sum(len(settings.names.stack(kind)) for kind in NAMED)
    stage = {STAGE_VARIABLE: settings.names.stage} if settings.names.stage else {}
    return others + measured({CONFIG_VARIABLE: _json(config), POLICY_VARIABLE: _json(policy(settings)), **stage})


def measured(variables: Mapping[str, str]) -> int:
    """The bytes that Lambda counts: all variables as one JSON object, as its refusal shows it ("String measured")."""
    return len(_json(variables).encode())


def _row(service: ServiceSettings) -> Row:
    return Row(
        service.priority, service.paths, service.health_path, service.probe_path, blue=TARGET_GROUP, green=TARGET_GROUP
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
