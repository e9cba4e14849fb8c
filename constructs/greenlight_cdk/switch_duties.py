"""What each function of the switch may do: one role each, and nothing that its work does not need.

Pure data, without the CDK: the simulation refuses every call that is not granted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from greenlight_cdk.journal_rights import REQUEST_RIGHTS, RIGHTS, patterns
from greenlight_cdk.names import PREVIEW_TAG

SHIFT_SECONDS = 720
"""A write of the rule, then the front door is asked for `confirm_deadline_seconds`."""

REPAIR_SECONDS = 900
"""As long as Lambda allows: what a shift does, then the rule that is left on the other listener is deleted."""


@dataclass(frozen=True)
class Grant:
    """Actions on resources; `*` is the only resource that AWS accepts for most Describe and metric calls.

    Resources that carry the tag `spares` are left out. Of a table only the items are meant whose keys match `keys`.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    spares: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Duty:
    """One function: its handler module, how long it may run, what it may call, and its memory.

    `commands` are its calls to the state machine and that one's executions. They are no grants, because the machine's
    ARN does not exist yet when the functions that it calls are made.

    A function with a write of the rule in it may run for five minutes: the longest such write that the settings allow
    takes four times `write_settle_seconds`, and a minute is left for everything else. Drift waits so long once for each
    service that has drifted.
    """

    name: str
    timeout_seconds: int
    grants: tuple[Grant, ...]
    commands: tuple[str, ...] = ()
    memory_mib: int = 256

    @property
    def handler(self) -> str:
        """The function's entry in the shared Lambda asset."""
        return f"traffic_switch.handlers.{self.name.lower()}.handle"

    @property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """For each action on the tables the patterns of the items that it may be about."""
        found: dict[str, tuple[str, ...]] = {}
        for grant in self.grants:
            for action in grant.actions if grant.keys else ():
                found[action] = (*found.get(action, ()), *grant.keys)
        return found

    @property
    def actions(self) -> frozenset[str]:
        """Every action that the function may call, on whatever resource."""
        return frozenset(self.commands).union(*(grant.actions for grant in self.grants))


@dataclass(frozen=True)
class Places:
    """ARNs that the duties are scoped to; `rules` is a pattern."""

    journal: str
    requests: str
    listener: str
    rules: str
    topic: str
    preview_secret: str


START = "states:StartExecution"
STOP = ("states:DescribeExecution", "states:StopExecution")
LOOK_AT_RULES = Grant(("elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules"), ("*",))
LOOK_AT_TARGETS = Grant(("elasticloadbalancing:DescribeTargetHealth",), ("*",))
LOOK_AT_ATTRIBUTES = Grant(("elasticloadbalancing:DescribeTargetGroupAttributes",), ("*",))
LOOK_AT_ALARMS = Grant(("cloudwatch:DescribeAlarms",), ("*",))
LOOK_AT_METRICS = Grant(("cloudwatch:GetMetricData",), ("*",))
LOOK_AT_STACKS = Grant(("cloudformation:DescribeStacks",), ("*",))


def duties(places: Places) -> Iterable[Duty]:
    """All functions of the switch.

    Each may page: whoever is called for a switch that nobody asked for says so (docs/protocol.md, Who may ask).
    """
    notify = Grant(("sns:Publish",), (places.topic,))
    preview = Grant(("secretsmanager:GetSecretValue",), (places.preview_secret,))
    write = (LOOK_AT_RULES, *_change_rules(places))
    take_back = (*write, _delete_rules(places), LOOK_AT_TARGETS, preview)
    report = (LOOK_AT_ALARMS, notify)

    def journal(name: str) -> tuple[Grant, ...]:
        return (*_on_items(places.journal, RIGHTS[name]), *_on_items(places.requests, REQUEST_RIGHTS.get(name, {})))

    return (
        Duty("Request", 60, (*journal("Request"), LOOK_AT_RULES, LOOK_AT_STACKS, notify), commands=(START,)),
        Duty("Lock", 60, (*journal("Lock"), notify), commands=STOP),
        Duty("Pay", 300, (*journal("Pay"), *take_back, notify)),
        Duty(
            "Preflight",
            60,
            (*journal("Preflight"), LOOK_AT_RULES, LOOK_AT_TARGETS, LOOK_AT_ATTRIBUTES, LOOK_AT_ALARMS, notify),
        ),
        Duty("Gate", 60, (*journal("Gate"), LOOK_AT_TARGETS, notify)),
        Duty("Smoke", 120, (*journal("Smoke"), preview, notify)),
        Duty("Shift", SHIFT_SECONDS, (*journal("Shift"), *write, notify)),
        Duty(
            "Bake", 240, (*journal("Bake"), LOOK_AT_RULES, LOOK_AT_TARGETS, LOOK_AT_METRICS, *report), memory_mib=1024
        ),
        Duty("Done", 120, (*journal("Done"), LOOK_AT_RULES, notify)),
        Duty("Rollback", 300, (*journal("Rollback"), *take_back, *report)),
        Duty("Remove", 300, (*journal("Remove"), LOOK_AT_RULES, _delete_rules(places), notify)),
        Duty(
            "Repair",
            REPAIR_SECONDS,
            (*journal("Repair"), *write, *_misplaced_rules(places), LOOK_AT_TARGETS, preview, notify),
        ),
        Duty("Respond", 120, (*journal("Respond"), notify)),
        Duty("Settle", 400, (*journal("Settle"), *take_back, *report), commands=STOP),
        Duty("Drift", 300, (*journal("Drift"), LOOK_AT_RULES, notify)),
    )


def _on_items(table: str, rights: Mapping[str, str]) -> Iterator[Grant]:
    return (Grant((action,), (table,), keys=keys) for action, keys in patterns(rights))


def _change_rules(places: Places) -> tuple[Grant, Grant]:
    return (
        Grant(("elasticloadbalancing:CreateRule",), (places.listener,)),
        _on_rules(places, "ModifyRule"),
    )


def _delete_rules(places: Places) -> Grant:
    return _on_rules(places, "DeleteRule")


def _misplaced_rules(places: Places) -> tuple[Grant, Grant]:
    return _on_rules(places, "SetRulePriorities"), _delete_rules(places)


def _on_rules(places: Places, action: str) -> Grant:
    """A change of rules, but for the preview rules: a rule's ARN does not say which one it is, its tag does.

    The service authorization reference has `aws:ResourceTag` for each of these actions on `listener-rule/app`.
    """
    return Grant((f"elasticloadbalancing:{action}",), (places.rules,), spares=PREVIEW_TAG)
