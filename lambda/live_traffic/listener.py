"""What a load balancer sends to target groups, by all rules of all listeners and whatever their shape."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from traffic_switch.contract import PREVIEW_HEADER

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import RuleTypeDef


class Listeners:
    """Reads the rules of all listeners of one load balancer, by its ARN.

    The switch asks whether the production rule is as it wrote it. This asks who has users, so it takes every rule
    but the preview's: also one that a person added, one at the priority that the settings named before, or one that is
    still on port 80 while the front door is becoming HTTPS.
    """

    def __init__(self, client: ElasticLoadBalancingv2Client, load_balancer_arn: str) -> None:
        self._client = client
        self._load_balancer = load_balancer_arn

    def weights(self) -> Mapping[str, int]:
        """Target group ARN to the largest weight that any rule gives it. A group that is not there gets nothing."""
        found: dict[str, int] = defaultdict(int)
        for _, arn, weight in self._all_shares():
            found[arn] = max(found[arn], weight)
        return found

    def only_served_at(self, port: int) -> set[str]:
        """The target groups, by their ARNs, that get users by the listener of one port and by no other."""
        ports = defaultdict[str, set[int]](set)
        for at, arn, weight in self._all_shares():
            if weight:
                ports[arn].add(at)
        return {arn for arn, found in ports.items() if found == {port}}

    def _all_shares(self) -> Iterator[tuple[int, str, int]]:
        """Port, target group ARN and weight, for every rule but the preview's."""
        pages = self._client.get_paginator("describe_listeners").paginate(LoadBalancerArn=self._load_balancer)
        for listener in [each for page in pages for each in page["Listeners"]]:
            for page in self._client.get_paginator("describe_rules").paginate(ListenerArn=listener["ListenerArn"]):
                for rule in page["Rules"]:
                    if not _is_preview(rule):
                        yield from ((listener["Port"], *share) for share in _shares(rule))


def _is_preview(rule: RuleTypeDef) -> bool:
    headers = [each["HttpHeaderConfig"] for each in rule["Conditions"] if "HttpHeaderConfig" in each]
    return any(header["HttpHeaderName"].lower() == PREVIEW_HEADER.lower() for header in headers)


def _shares(rule: RuleTypeDef) -> Iterator[tuple[str, int]]:
    for action in rule["Actions"]:
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
        for group in groups:
            yield group["TargetGroupArn"], group.get("Weight", 1)
        if not groups and "TargetGroupArn" in action:
            yield action["TargetGroupArn"], 1
