"""What a role may do, asked of ministack's own policies.

ministack runs some of what uses a role inside its process, past the check that every request goes through: the tasks of
a state machine, and what Lambda, logs and Systems Manager do for their owners.
"""

from __future__ import annotations

from collections.abc import Mapping

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_region
from ministack.services import iam

from greenlight.rehearsal.cloud.iam.roles import role_name, session_arn

REQUIRED = (
    "EvalContext",
    "_gather_role_policies",
    "_permissions_boundary",
    "_resource_policy",
    "combine_resource_policy",
    "evaluate",
)
"""The names of ministack's iam_evaluator module that this module uses."""

SESSION = "greenlight"
"""The session in which such a role is used."""


def denial(
    role_arn: str,
    action: str,
    resource_arn: str,
    keys: Mapping[str, str] | None = None,
    session: str = SESSION,
) -> str | None:
    """AWS's words for why a role may not do something, or None when it may.

    Within one account, the role's policies or the resource's own policy must allow it, and none may deny it.

    Args:
        role_arn: the role.
        action: what it would do.
        resource_arn: to what.
        keys: the values of condition keys, whose names are in lower case.
        session: as whom the role is used.
    """
    account, role, principal = role_arn.split(":")[4], role_name(role_arn), session_arn(role_arn, session)
    context = iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource_arn,
        region=resource_arn.split(":")[3] if resource_arn != "*" else get_region(),
        service_context=dict(keys or {}),
    )
    limits = iam_evaluator._permissions_boundary(iam._roles, role, account)
    result = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(role, account), *limits)
    own = iam_evaluator._resource_policy(action.split(":")[0], resource_arn)
    if own is not None:
        result = iam_evaluator.combine_resource_policy(result, context, *own, limits=limits)
    if result.decision == "Allow":
        return None
    is_denied = result.decision == "Deny"
    words: str = iam_actions.identity_denial_message(action, principal, resource_arn, explicit_deny=is_denied)
    return words.replace("an identity-based", "a resource-based") if result.resource_policy_arn else words
