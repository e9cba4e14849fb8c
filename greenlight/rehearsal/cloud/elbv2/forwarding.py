"""Forward actions with weights, as records in ministack's shape: it knows a single target group only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from greenlight.rehearsal.cloud.elbv2 import errors

Record = dict[str, Any]

MAX_WEIGHT = 999
MAX_GROUPS = 5
_DEFAULT_WEIGHT = 1


def complete(action: Record, config: Mapping[str, Any]) -> Record:
    """Give a forward action its ForwardConfig, as DescribeRules returns it. Other actions stay as they are.

    AWS returns the config also for an action that was given one group alone, and TargetGroupArn for one group only.
    Raises ApiError when the action names one group and its config others.
    """
    if action["Type"] != "forward":
        return action
    groups = [_tuple(each) for each in config.get("TargetGroups") or []]
    groups = groups or [_tuple({"TargetGroupArn": action.get("TargetGroupArn", "")})]
    if (alone := action.get("TargetGroupArn")) and [alone] != [each["TargetGroupArn"] for each in groups]:
        raise errors.invalid(
            "TargetGroupArn must be the only target group of the ForwardConfig when both are specified"
        )
    stickiness = _stickiness(config.get("TargetGroupStickinessConfig") or {})
    completed = {**action, "ForwardConfig": {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}}
    completed.pop("TargetGroupArn", None)
    return completed if len(groups) > 1 else {**completed, "TargetGroupArn": groups[0]["TargetGroupArn"]}


def groups_of(action: Mapping[str, Any]) -> list[tuple[str, int]]:
    """List an action's target groups with their weights."""
    config = action.get("ForwardConfig") or {}
    return [(each["TargetGroupArn"], each["Weight"]) for each in config.get("TargetGroups", [])]


def check(action: Mapping[str, Any]) -> None:
    """Raise ApiError for weights and group counts that AWS refuses."""
    groups = groups_of(action)
    if len(groups) > MAX_GROUPS:
        raise errors.too_many_groups(MAX_GROUPS, len(groups))
    if any(not 0 <= weight <= MAX_WEIGHT for _, weight in groups):
        raise errors.weight_out_of_range()
    arns = [arn for arn, _ in groups]
    if not all(arns):
        raise errors.invalid("A target group ARN must be specified")
    if len(set(arns)) != len(arns):
        raise errors.invalid("A target group can be specified only once per action")


def config_xml(action: Mapping[str, Any]) -> str:
    """Write an action's ForwardConfig for an answer; nothing for other actions."""
    config = action.get("ForwardConfig")
    if not config:
        return ""
    groups = "".join(
        f"<member><TargetGroupArn>{escape(arn)}</TargetGroupArn><Weight>{weight}</Weight></member>"
        for arn, weight in groups_of(action)
    )
    stickiness = config["TargetGroupStickinessConfig"]
    seconds = stickiness.get("DurationSeconds")
    duration = f"<DurationSeconds>{seconds}</DurationSeconds>" if seconds else ""
    enabled = str(stickiness["Enabled"]).lower()
    return (
        f"<ForwardConfig><TargetGroups>{groups}</TargetGroups><TargetGroupStickinessConfig>"
        f"<Enabled>{enabled}</Enabled>{duration}</TargetGroupStickinessConfig></ForwardConfig>"
    )


def from_query(params: Mapping[str, list[str]], action: str) -> Record:
    """Read the ForwardConfig of one action, by its prefix, from a request of the query protocol."""

    def value(name: str) -> str:
        return (params.get(f"{action}.ForwardConfig.{name}") or [""])[0]

    groups: list[Record] = []
    while arn := value(f"TargetGroups.member.{len(groups) + 1}.TargetGroupArn"):
        groups.append({"TargetGroupArn": arn, "Weight": value(f"TargetGroups.member.{len(groups) + 1}.Weight")})
    stickiness = {
        name: value(f"TargetGroupStickinessConfig.{name}")
        for name in ("Enabled", "DurationSeconds")
        if value(f"TargetGroupStickinessConfig.{name}")
    }
    return {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}


def _tuple(given: Mapping[str, Any]) -> Record:
    weight = given.get("Weight", "")
    return {
        "TargetGroupArn": given["TargetGroupArn"],
        "Weight": _DEFAULT_WEIGHT if weight in ("", None) else int(weight),
    }


def _stickiness(given: Mapping[str, Any]) -> Record:
    record: Record = {"Enabled": str(given.get("Enabled", False)).lower() == "true"}
    if given.get("DurationSeconds"):
        record["DurationSeconds"] = int(given["DurationSeconds"])
    return record
