"""What each function of the switch may do: one role each, and nothing that its state does not need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Grant:
    """Actions on resources; `*` is the only resource that AWS accepts for most Describe and metric calls."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True)
class Duty:
    """One state's function: its handler module, how long it may run, and its grants."""

    name: str
    timeout_seconds: int
    grants: tuple[Grant, ...]

    @property
    def handler(self) -> str:
        """The function's entry in the shared Lambda asset."""
        return f"traffic_switch.handlers.{self.name.lower()}.handle"


@dataclass(frozen=True)
class Places:
    """ARNs that the duties are scoped to."""

    journal: str
    listener: str
    rules: str
    topic: str
    preview_secret: str


LOOK_AT_RULES = Grant(("elasticloadbalancing:DescribeRules",), ("*",))
LOOK_AT_TARGETS = Grant(("elasticloadbalancing:DescribeTargetHealth",), ("*",))
LOOK_AT_ATTRIBUTES = Grant(("elasticloadbalancing:DescribeTargetGroupAttributes",), ("*",))
LOOK_AT_ALARMS = Grant(("cloudwatch:DescribeAlarms",), ("*",))
LOOK_AT_METRICS = Grant(("cloudwatch:GetMetricData",), ("*",))
LOOK_AT_STACKS = Grant(("cloudformation:DescribeStacks",), ("*",))


def duties(places: Places) -> Iterable[Duty]:
    """The functions that the state machine calls, and the one that settles what it left open."""
    write_rules = (
        Grant(("elasticloadbalancing:CreateRule",), (places.listener,)),
        Grant(("elasticloadbalancing:ModifyRule",), (places.rules,)),
    )
    remove_rules = Grant(("elasticloadbalancing:DeleteRule",), (places.rules,))
    notify = Grant(("sns:Publish",), (places.topic,))
    restore = (LOOK_AT_RULES, LOOK_AT_TARGETS, LOOK_AT_METRICS, LOOK_AT_ALARMS, *write_rules, remove_rules, notify)

    def journal(*more: str) -> Grant:
        actions = ("GetItem", "UpdateItem", *more)
        return Grant(tuple(f"dynamodb:{action}" for action in actions), (places.journal,))

    return (
        Duty("Lock", 30, (journal("PutItem"),)),
        Duty("Preflight", 60, (journal(), LOOK_AT_RULES, LOOK_AT_TARGETS, LOOK_AT_ATTRIBUTES, LOOK_AT_ALARMS)),
        Duty("Gate", 60, (journal(), LOOK_AT_TARGETS)),
        Duty("Smoke", 120, (journal(), Grant(("secretsmanager:GetSecretValue",), (places.preview_secret,)))),
        Duty("Shift", 720, (journal(), LOOK_AT_RULES, *write_rules)),
        Duty("Bake", 240, (journal(), LOOK_AT_TARGETS, LOOK_AT_METRICS, LOOK_AT_ALARMS)),
        Duty("Done", 30, (journal(),)),
        Duty("Remove", 60, (journal("DeleteItem"), LOOK_AT_RULES, remove_rules)),
        Duty("Rollback", 120, (journal("DeleteItem"), *restore)),
        Duty("Respond", 120, (journal("DeleteItem"),)),
        Duty("Settle", 240, (journal("DeleteItem"), *restore)),
    )
