"""What ministack's alb module holds, read and checked across resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ministack.services import alb

from greenlight.rehearsal.cloud.elbv2 import errors, forwarding
from greenlight.rehearsal.cloud.elbv2.actions import check_shape
from greenlight.rehearsal.cloud.elbv2.conditions import check_conditions
from greenlight.rehearsal.cloud.requirement import require

Record = dict[str, Any]

_MAX_PRIORITY = 50_000


def require_records() -> None:
    """Fail at start when ministack holds its records otherwise."""
    require(alb, "_lbs", "_tgs", "_listeners", "_rules", "_targets", "_tg_attrs", "_lb_attrs", "_listener_attrs")


def rules_of(listener_arn: str) -> list[Record]:
    """List a listener's rules by priority, the default one last."""
    rules = [rule for rule in list(alb._rules.values()) if rule["ListenerArn"] == listener_arn]
    return sorted(rules, key=lambda rule: _MAX_PRIORITY + 1 if rule["IsDefault"] else int(rule["Priority"]))


def references() -> Iterator[tuple[str, str]]:
    """Name each target group that a rule forwards to, with the load balancer of that rule. A weight of 0 counts."""
    for rule in list(alb._rules.values()):
        listener = alb._listeners.get(rule["ListenerArn"])
        for action in rule["Actions"] if listener else ():
            for group, _ in forwarding.groups_of(action):
                yield group, listener["LoadBalancerArn"]


def relink() -> None:
    """Set each target group's LoadBalancerArns from the rules: they say which group is in use."""
    used: dict[str, set[str]] = {}
    for group, load_balancer in references():
        used.setdefault(group, set()).add(load_balancer)
    for arn, group in list(alb._tgs.items()):
        group["LoadBalancerArns"] = sorted(used.get(arn, ()))


def check_actions(actions: Sequence[Mapping[str, Any]], load_balancer_arn: str) -> None:
    """Raise ApiError for actions that a load balancer's listener cannot have."""
    check_shape(actions)
    for action in actions:
        forwarding.check(action)
        for arn, _ in forwarding.groups_of(action):
            if arn not in alb._tgs:
                raise errors.target_group_not_found(arn)
            if any(group == arn and user != load_balancer_arn for group, user in references()):
                raise errors.target_group_elsewhere(arn)


def check_rule(rule: Mapping[str, Any], *, own_arn: str = "") -> None:
    """Raise ApiError for a rule that its listener cannot have. `own_arn` is the rule itself when it exists already."""
    listener = alb._listeners.get(rule["ListenerArn"])
    if listener is None:
        raise errors.listener_not_found()
    check_actions(rule["Actions"], listener["LoadBalancerArn"])
    check_conditions(rule["Conditions"])
    priority = str(rule["Priority"])
    check_priority(priority)
    others = [other for other in rules_of(rule["ListenerArn"]) if other["RuleArn"] != own_arn]
    if any(str(other["Priority"]) == priority for other in others):
        raise errors.priority_in_use(priority)


def check_priority(priority: str) -> None:
    """Raise ApiError for a priority that no rule can have."""
    if not priority.isdigit() or not 1 <= int(priority) <= _MAX_PRIORITY:
        raise errors.invalid(f"Priority '{priority}' must be between 1 and {_MAX_PRIORITY}")


def check_listener_port(load_balancer_arn: str, port: int, *, own_arn: str = "") -> None:
    """Raise ApiError when another listener of the load balancer has the port already."""
    listeners = [each for each in list(alb._listeners.values()) if each["ListenerArn"] != own_arn]
    if any(each["LoadBalancerArn"] == load_balancer_arn and each["Port"] == port for each in listeners):
        raise errors.listener_exists(load_balancer_arn)


def attribute(attributes: Iterable[Mapping[str, str]], key: str, default: str) -> str:
    """Find an attribute in a list of keys and values."""
    return next((each["Value"] for each in attributes if each["Key"] == key), default)
