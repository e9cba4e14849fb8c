"""The production rule: created, changed and deleted here alone, in place, and read back after every write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_switch.errors import RuleError
from traffic_switch.model import Weights

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import ActionTypeDef, RuleTypeDef


@dataclass(frozen=True)
class Rule:
    """The rule as the listener has it: target group ARN to weight, and what is wrong with its shape, if anything."""

    arn: str
    weights: dict[str, int]
    problem: str


class ListenerRule:
    """One listener's rule of one priority. The listener and the priority are its name: its ARN is in no template."""

    def __init__(self, client: ElasticLoadBalancingv2Client, listener_arn: str, priority: int) -> None:
        self._client = client
        self._listener_arn = listener_arn
        self._priority = priority

    def read(self) -> Rule | None:
        """The rule, or None when there is none."""
        for page in self._client.get_paginator("describe_rules").paginate(ListenerArn=self._listener_arn):
            for rule in page["Rules"]:
                if rule["Priority"] == str(self._priority):
                    return _parsed(rule)
        return None

    def weights(self, blue_arn: str, green_arn: str) -> Weights | None:
        """The weights of the two colors, or None when there is no rule."""
        rule = self.read()
        return None if rule is None else weights_of(rule, blue_arn, green_arn)

    def write(self, weights: Weights, blue_arn: str, green_arn: str, paths: Sequence[str]) -> None:
        """Create the rule or change it in place, both colors always in it, then read it back.

        Raises:
            RuleError: the rule reads back with other weights.
        """
        actions = _forward(weights, blue_arn, green_arn)
        rule = self.read()
        if rule is None:
            self._create(actions, paths)
        elif rule.problem or weights_of(rule, blue_arn, green_arn) != weights:
            self._client.modify_rule(RuleArn=rule.arn, Actions=actions)
        self._verify(weights, blue_arn, green_arn)

    def remove(self) -> None:
        """Delete the rule; that there is none is a success."""
        rule = self.read()
        if rule is None:
            return
        try:
            self._client.delete_rule(RuleArn=rule.arn)
        except self._client.exceptions.RuleNotFoundException:
            return

    def _create(self, actions: list[ActionTypeDef], paths: Sequence[str]) -> None:
        """A lost reply makes this run twice; the second time the priority is in use, by the rule of the first."""
        try:
            self._client.create_rule(
                ListenerArn=self._listener_arn,
                Priority=self._priority,
                Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": list(paths)}}],
                Actions=actions,
            )
        except self._client.exceptions.PriorityInUseException:
            return

    def _verify(self, wanted: Weights, blue_arn: str, green_arn: str) -> None:
        found = self.weights(blue_arn, green_arn)
        if found != wanted:
            raise RuleError(f"wrote {wanted} to the production rule but read back {found or 'no rule'}")


def weights_of(rule: Rule, blue_arn: str, green_arn: str) -> Weights:
    """The weights of the two colors in a rule that was read."""
    return Weights(rule.weights.get(blue_arn, 0), rule.weights.get(green_arn, 0))


def _forward(weights: Weights, blue_arn: str, green_arn: str) -> list[ActionTypeDef]:
    """Both groups stay in the rule: one that is in no rule is `unused` and never health-checked."""
    return [
        {
            "Type": "forward",
            "ForwardConfig": {
                "TargetGroups": [
                    {"TargetGroupArn": blue_arn, "Weight": weights.blue},
                    {"TargetGroupArn": green_arn, "Weight": weights.green},
                ],
                "TargetGroupStickinessConfig": {"Enabled": False},
            },
        }
    ]


def _parsed(rule: RuleTypeDef) -> Rule:
    forwards = [action["ForwardConfig"] for action in rule["Actions"] if "ForwardConfig" in action]
    if len(rule["Actions"]) != 1 or len(forwards) != 1:
        kinds = ", ".join(action["Type"] for action in rule["Actions"]) or "none"
        return Rule(rule["RuleArn"], {}, f"the production rule must have one forward action, it has: {kinds}")
    groups = {group["TargetGroupArn"]: group.get("Weight", 1) for group in forwards[0].get("TargetGroups", [])}
    sticky = forwards[0].get("TargetGroupStickinessConfig", {}).get("Enabled", False)
    return Rule(rule["RuleArn"], groups, "stickiness is on in the production rule: turn it off" if sticky else "")
