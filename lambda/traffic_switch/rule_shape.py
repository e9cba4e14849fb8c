"""What a listener rule says, and how it differs from the production rule as Greenlight writes it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from traffic_switch.config import RulePlace
from traffic_switch.model import RuleLook, Weights

RawRule = Mapping[str, Any]
"""A rule as DescribeRules gives it."""


def look_at(rules: Sequence[RawRule], place: RulePlace) -> RuleLook:
    """Find the production rule among a listener's rules, and read it.

    It is the one of the service's priority, or one without a header condition that forwards to its target groups and to
    no other: a rule that was moved to another priority is still the one that users get, but one that sends some of
    another service's users here is that service's.
    """
    found = productions(rules, place)
    if not found:
        return RuleLook()
    if len(found) > 1:
        priorities = " and ".join(rule["Priority"] for rule in found)
        return RuleLook(found[0]["RuleArn"], None, f"{len(found)} rules send traffic to the service: {priorities}")
    return _read(found[0], place)


def productions(rules: Sequence[RawRule], place: RulePlace) -> list[RawRule]:
    """The rules of a listener that send production traffic to the service; more than one is a person's work."""
    return [rule for rule in rules if _is_production(rule, place)]


def among(look: RuleLook, elsewhere: Sequence[RawRule], place: RulePlace) -> RuleLook:
    """The look at the settings' own listener, with what the load balancer's other listeners hold.

    Where the own one has no rule, the other's is the one that users get: it is read, and changed in place, as ever.
    """
    if not elsewhere:
        return look
    strays = tuple(str(rule["RuleArn"]) for rule in elsewhere)
    return replace(look if look.exists else look_at(elsewhere, place), strays=strays)


def _is_production(rule: RawRule, place: RulePlace) -> bool:
    if rule.get("IsDefault"):
        return False
    if rule["Priority"] == str(place.priority):
        return True
    preview = any(condition["Field"] == "http-header" for condition in rule.get("Conditions", []))
    groups = set(_groups(rule))
    return not preview and bool(groups) and groups <= {place.blue_arn, place.green_arn}


def _read(rule: RawRule, place: RulePlace) -> RuleLook:
    groups = _groups(rule)
    if problem := "; ".join(_problems(rule, groups, place)):
        return RuleLook(rule["RuleArn"], None, f"the production rule was changed by hand: {problem}")
    weights = Weights(groups[place.blue_arn], groups[place.green_arn])
    return RuleLook(rule["RuleArn"], weights, misplaced="; ".join(_misplaced(rule, place)))


def _groups(rule: RawRule) -> dict[str, int]:
    forwards = [action.get("ForwardConfig", {}) for action in rule["Actions"]]
    return {group["TargetGroupArn"]: group.get("Weight", 1) for f in forwards for group in f.get("TargetGroups", [])}


def _problems(rule: RawRule, groups: Mapping[str, int], place: RulePlace) -> Iterator[str]:
    """Everything that makes weights of two colors a wrong description of where traffic goes."""
    kinds = [str(action["Type"]) for action in rule["Actions"]]
    if kinds != ["forward"]:
        yield f"its actions are {', '.join(kinds) or 'none'}, wanted one forward"
        return
    ours = {place.blue_arn: "blue", place.green_arn: "green"}
    if missing := [color for arn, color in ours.items() if arn not in groups]:
        yield f"the {' and the '.join(missing)} target group is not in it"
    if foreign := [arn for arn in groups if arn not in ours]:
        yield f"it sends traffic to another target group, {', '.join(foreign)}"
    if rule.get("Transforms"):
        yield "it rewrites requests"
    if rule["Actions"][0].get("ForwardConfig", {}).get("TargetGroupStickinessConfig", {}).get("Enabled"):
        yield "stickiness is on, which pins users to one color whatever the weights say"


def _misplaced(rule: RawRule, place: RulePlace) -> Iterator[str]:
    if rule["Priority"] != str(place.priority):
        yield f"its priority is {rule['Priority']}, the settings say {place.priority}"
    found = {condition["Field"]: _values(condition) for condition in rule.get("Conditions", [])}
    if found != {"path-pattern": sorted(place.paths)}:
        shown = "; ".join(f"{name} {', '.join(values)}" for name, values in found.items()) or "none"
        yield f"its conditions are {shown}, the settings say path-pattern {', '.join(place.paths)}"


def _values(condition: Mapping[str, Any]) -> list[str]:
    """DescribeRules gives the values of a path condition in two places."""
    return sorted(condition.get("PathPatternConfig", {}).get("Values") or condition.get("Values", []))


def forward(weights: Weights, place: RulePlace) -> list[dict[str, Any]]:
    """The rule's one action. Both groups stay in it: one that is in no rule is `unused` and never health-checked."""
    groups = [
        {"TargetGroupArn": place.blue_arn, "Weight": weights.blue},
        {"TargetGroupArn": place.green_arn, "Weight": weights.green},
    ]
    config = {"TargetGroups": groups, "TargetGroupStickinessConfig": {"Enabled": False}}
    return [{"Type": "forward", "ForwardConfig": config}]


def conditions(place: RulePlace) -> list[dict[str, Any]]:
    """The rule's one condition."""
    return [{"Field": "path-pattern", "PathPatternConfig": {"Values": list(place.paths)}}]
