"""The way in to one color: its preview rule, as whoever may look at rules finds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenlight_cdk.identifiers import pascal
from traffic_switch.contract import PREVIEW_HEADER, Color

from greenlight.deployed_stack import DeployedStack
from greenlight.errors import NotDeployedError


def preview_headers(elbv2: Any, edge: DeployedStack, service: str, color: Color) -> Mapping[str, str]:
    """The header that leads to a color, with the value that is valid now.

    Raises:
        NotDeployedError: no rule leads there.
    """
    group = edge.output(f"{pascal(service)}{color.capitalize()}TargetGroupArn")
    pages = elbv2.get_paginator("describe_rules").paginate(ListenerArn=edge.output("ListenerArn"))
    for rule in (rule for page in pages for rule in page["Rules"]):
        if values := _values(rule, group):
            return {PREVIEW_HEADER: values[0]}
    raise NotDeployedError(f"no preview rule leads to {color} of {service}: deploy the stack of the edge anew")


def _values(rule: Mapping[str, Any], group: str) -> list[str]:
    """The values of the preview header of a rule that leads to this target group alone."""
    forwards = [action.get("ForwardConfig", {}).get("TargetGroups", [action]) for action in rule["Actions"]]
    groups = {target.get("TargetGroupArn") for targets in forwards for target in targets}
    configured = [each.get("HttpHeaderConfig", {}) for each in rule["Conditions"]]
    named = [each for each in configured if each.get("HttpHeaderName", "").lower() == PREVIEW_HEADER.lower()]
    return [value for each in named for value in each["Values"]] if groups == {group} else []
