"""The preview rules, on every listener of the load balancer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from traffic_switch.contract import PREVIEW_HEADER

from preview_keys.keyring import name_in

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import RuleTypeDef

log = logging.getLogger(__name__)


class PreviewRules:
    """Changes which values of the preview header a rule accepts, and nothing else of it.

    A rule is known by what it accepts: each value begins with its name. IAM lets this touch no rule without the
    preview tag. `connect` makes boto3's client for ELBv2, when it is needed: CloudFormation waits for a first look that
    needs none.
    """

    def __init__(self, connect: Callable[[], ElasticLoadBalancingv2Client], load_balancer_arn: str) -> None:
        self._connect = connect
        self._load_balancer = load_balancer_arn

    @cached_property
    def _client(self) -> ElasticLoadBalancingv2Client:
        return self._connect()

    def follow(self, opening: Mapping[str, Sequence[str]]) -> None:
        for rule in self._rules():
            values = _accepted(rule)
            (name, *_) = [name_in(value) for value in values if name_in(value) in opening] or [""]
            if name and sorted(values) != sorted(opening[name]):
                conditions = [_rewritten(condition, opening[name]) for condition in rule["Conditions"]]
                self._client.modify_rule(RuleArn=rule["RuleArn"], Conditions=conditions)
                log.info("the preview rule accepts other values", extra={"preview": name, "rule": rule["RuleArn"]})

    def _rules(self) -> Iterator[RuleTypeDef]:
        pages = self._client.get_paginator("describe_listeners").paginate(LoadBalancerArn=self._load_balancer)
        for listener in [each for page in pages for each in page["Listeners"]]:
            for page in self._client.get_paginator("describe_rules").paginate(ListenerArn=listener["ListenerArn"]):
                yield from page["Rules"]


def _accepted(rule: RuleTypeDef) -> list[str]:
    """The values of the preview header that a rule asks for; none for another rule."""
    headers = [each["HttpHeaderConfig"] for each in rule["Conditions"] if _is_preview(each)]
    return [value for header in headers for value in header["Values"]]


def _is_preview(condition: Mapping[str, Any]) -> bool:
    name: str = condition.get("HttpHeaderConfig", {}).get("HttpHeaderName", "")
    return name.lower() == PREVIEW_HEADER.lower()


def _rewritten(condition: Mapping[str, Any], values: Sequence[str]) -> Any:
    """A condition as ModifyRule takes it: DescribeRules gives the values of some in two places."""
    if _is_preview(condition):
        header = {"HttpHeaderName": PREVIEW_HEADER, "Values": list(values)}
        return {"Field": "http-header", "HttpHeaderConfig": header}
    return {name: value for name, value in condition.items() if name != "Values"}
