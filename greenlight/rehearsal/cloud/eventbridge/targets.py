"""Whether EventBridge may deliver to a target: by the target's own policy, or as a role that trusts EventBridge.

EventBridge guide, "Using resource-based policies" and "Amazon EventBridge targets". An event that
a target refuses is tried again for a day and then dropped; nobody is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.arn import parse_arn

from greenlight.rehearsal.cloud.iam.principals import may_assume, may_reach

PRINCIPAL = "events.amazonaws.com"
ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}
"""The services whose resources let EventBridge in by their own policies; all others need a role."""


def refusal(target: Mapping[str, Any], rule_arn: str) -> str:
    """Say why events of a rule do not reach a target, or return an empty string."""
    arn, role = str(target["Arn"]), target.get("RoleArn")
    if role:
        return "" if may_assume(role, PRINCIPAL, rule_arn) else f"its role {role} does not trust {PRINCIPAL}"
    service = parse_arn(arn).service
    if service not in ACTIONS:
        return f"it has no role that EventBridge could take to reach {service}"
    found = iam_evaluator._resource_policy(service, arn)
    if found is None:
        return "it does not exist"
    if may_reach(found[0], PRINCIPAL, ACTIONS[service], arn, rule_arn):
        return ""
    return f"its policy does not allow {ACTIONS[service]} to {PRINCIPAL} for {rule_arn}"
