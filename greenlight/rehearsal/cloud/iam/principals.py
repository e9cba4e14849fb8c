"""What an AWS service may do as itself: take a role that trusts it, and reach a resource whose policy lets it in.

IAM guide, "AWS JSON policy elements: Principal" and "The confused deputy problem". ministack lets every service take
every role, and delivers to every topic.
"""

from __future__ import annotations

from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

from greenlight.rehearsal.cloud.requirement import require

EC2 = "ec2.amazonaws.com"
"""Who takes the role of an instance."""


def check_requirements() -> None:
    """Fail at start when the library has changed what this module relies on."""
    require(app, "AUTH")
    require(iam, "_roles")
    require(iam_evaluator, "EvalContext", "evaluate_resource_policy")


def may_assume(role_arn: str, service: str, source_arn: str = "") -> bool:
    """Whether a role is there and its trust policy lets a service take it.

    Args:
        role_arn: the role; a name with another path is another role.
        service: its principal, e.g. `lambda.amazonaws.com`.
        source_arn: for whom the service asks, where it says so (aws:SourceArn, aws:SourceAccount).
    """
    if not app.AUTH:
        return True
    role = iam._roles.get(role_arn.rpartition("/")[2])
    if not role or role["Arn"] != role_arn:
        return False
    return _allows(role.get("AssumeRolePolicyDocument"), service, "sts:AssumeRole", role_arn, source_arn)


def may_reach(policy: Any, service: str, action: str, resource_arn: str, source_arn: str) -> bool:
    """Whether the policy of a queue, a topic or a function lets a service in; without a policy nobody is let in."""
    return not app.AUTH or _allows(policy, service, action, resource_arn, source_arn)


def _allows(policy: Any, service: str, action: str, resource_arn: str, source_arn: str) -> bool:
    """A service has no account, no policies of its own, and always uses TLS."""
    account = get_account_id()
    source = {"aws:sourcearn": source_arn, "aws:sourceaccount": account, "aws:sourceowner": account}
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource_arn,
        region=get_region(),
        secure_transport=True,
        service_context=source if source_arn else {},
        principal_keys={"aws:principalisawsservice": "true", "aws:principalservicename": service},
    )
    return bool(iam_evaluator.evaluate_resource_policy(policy, context, service=service).decision == "Allow")
