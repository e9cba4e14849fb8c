"""What a listener sends to target groups, by all of its rules and whatever their shape."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from traffic_switch.contract import PREVIEW_HEADER

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import RuleTypeDef


class Listener:
    """Reads the rules of one listener.

    The switch asks whether the production rule is as it wrote it. This asks who has users, so it takes every rule
    but the preview's: also one that a person added, or one at the priority that the settings named before.
    """

    def __init__(self, client: ElasticLoadBalancingv2Client, arn: str) -> None:
        self._client = client
        self._arn = arn

    def weights(self) -> Mapping[str, int]:
        """Target group ARN to the largest weight that any rule gives it. A group that is not there gets nothing."""
        found: dict[str, int] = defaultdict(int)
        for page in self._client.get_paginator("describe_rules").paginate(ListenerArn=self._arn):
            for rule in page["Rules"]:
                if not _is_preview(rule):
                    for arn, weight in _shares(rule):
                        found[arn] = max(found[arn], weight)
        return found


def _is_preview(rule: RuleTypeDef) -> bool:
    headers = (each.get("HttpHeaderConfig", {}).get("HttpHeaderName", "") for each in rule.get("Conditions", []))
    return any(header.lower() == PREVIEW_HEADER.lower() for header in headers)


def _shares(rule: RuleTypeDef) -> Iterator[tuple[str, int]]:
    for action in rule.get("Actions", []):
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
        for group in groups:
            yield group["TargetGroupArn"], group.get("Weight", 1)
        if not groups and "TargetGroupArn" in action:
            yield action["TargetGroupArn"], 1
