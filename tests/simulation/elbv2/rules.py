"""A listener's rules: checked as ELBv2 checks them, written as it describes them, matched as the load balancer does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

from tests.simulation.errors import AwsError

Rule: TypeAlias = Mapping[str, Any]
"""As DescribeRules shows it. It is never changed: a write puts another in its place."""

GROUPS_LIMIT, VALUES_LIMIT = 5, 5
"""Target groups of one forward action, and values of one rule's conditions (ELB guide, Quotas)."""

CONFIGS = {
    "path-pattern": "PathPatternConfig",
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}


def conditions(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Conditions as they are described later: with both the old and the new field for paths and hosts."""
    described = [_condition(condition) for condition in raw]
    values = sum(len(condition[CONFIGS[condition["Field"]]]["Values"]) for condition in described)
    if values > VALUES_LIMIT:
        raise AwsError("ValidationError", f"A rule can only have '{VALUES_LIMIT}' condition values")
    return described


def _condition(raw: dict[str, Any]) -> dict[str, Any]:
    field = raw.get("Field", "")
    if field not in CONFIGS:
        raise AwsError("ValidationError", f"Condition field '{field}' must be one of '[{', '.join(CONFIGS)}]'")
    config = dict(raw.get(CONFIGS[field]) or {"Values": raw.get("Values", [])})
    values = list(config.get("Values", []))
    if not values or any(not value or len(value) > 128 for value in values):
        raise AwsError("ValidationError", f"A condition value of {field} must have 1 to 128 characters, got {values}")
    config["Values"] = values
    old = {"Values": list(values)} if field in {"path-pattern", "host-header"} else {}
    return {"Field": field, **old, CONFIGS[field]: config}


def actions(raw: list[dict[str, Any]], known: Collection[str]) -> list[dict[str, Any]]:
    """Actions as they are described later. `known` are the target groups that there are."""
    if len(raw) == 0 or raw[-1]["Type"] not in {"forward", "redirect", "fixed-response"}:
        raise AwsError("ValidationError", "A rule must end with a forward, redirect or fixed-response action")
    return [_forward(action, known) if action["Type"] == "forward" else {"Order": 1, **action} for action in raw]


def _forward(raw: dict[str, Any], known: Collection[str]) -> dict[str, Any]:
    config = raw.get("ForwardConfig") or {"TargetGroups": [{"TargetGroupArn": raw.get("TargetGroupArn", "")}]}
    groups = [{"Weight": 1, **group} for group in config.get("TargetGroups", [])]
    arns = [group["TargetGroupArn"] for group in groups]
    _refuse_bad_groups(groups, arns, known)
    sticky = dict(config.get("TargetGroupStickinessConfig") or {"Enabled": False})
    if sticky.get("Enabled") and "DurationSeconds" not in sticky:
        raise AwsError("ValidationError", "Stickiness duration must be between 1 and 604800 seconds")
    one = {"TargetGroupArn": arns[0]} if len(arns) == 1 else {}
    described = {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky}
    return {"Type": "forward", "Order": raw.get("Order", 1), **one, "ForwardConfig": described}


def _refuse_bad_groups(groups: list[dict[str, Any]], arns: list[str], known: Collection[str]) -> None:
    if not 1 <= len(groups) <= GROUPS_LIMIT:
        raise AwsError("ValidationError", f"A forward action must have 1 to {GROUPS_LIMIT} target groups")
    if len(set(arns)) < len(arns):
        raise AwsError("ValidationError", "Target groups of a forward action must be unique")
    for group in groups:
        if not 0 <= group["Weight"] <= 999:
            raise AwsError("ValidationError", f"Weight '{group['Weight']}' must be between 0 and 999")
        if group["TargetGroupArn"] not in known:
            raise AwsError("TargetGroupNotFound", f"Target groups '{group['TargetGroupArn']}' not found")


def matches(rule: Rule, path: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is this rule's. `headers` has lower-case names."""
    return all(_meets(condition, path, headers) for condition in rule["Conditions"])


def _meets(condition: Mapping[str, Any], path: str, headers: Mapping[str, str]) -> bool:
    config = condition[CONFIGS[condition["Field"]]]
    match condition["Field"]:
        case "path-pattern":
            got = path
        case "host-header":
            got = headers.get("host", "")
        case "http-header":
            got = headers.get(config["HttpHeaderName"].lower(), "")
        case _:
            return False
    return any(fnmatchcase(got, pattern) for pattern in config["Values"])


def weights(rule: Rule) -> dict[str, int]:
    """Target group ARN to weight; empty for a rule that forwards nothing."""
    for action in rule["Actions"]:
        if action["Type"] == "forward":
            return {group["TargetGroupArn"]: group["Weight"] for group in action["ForwardConfig"]["TargetGroups"]}
    return {}


def rank(rule: Rule) -> int:
    """The order in which rules are tried: by priority, the default last."""
    return 1_000_000 if rule["Priority"] == "default" else int(rule["Priority"])
