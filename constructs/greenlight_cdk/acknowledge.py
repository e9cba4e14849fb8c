"""The one way to accept a cdk-nag finding: beside the resource, with a reason that can be disputed."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

MIN_REASON_LENGTH = 40


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept one finding on a construct and below it.

    Rules on policies need the finding's own id, e.g. `AwsSolutions-IAM5[Resource::*]`. The id goes without the pack's
    prefix (`AwsSolutions::`): with it, `validate_scope` would not recognise it.

    Raises:
        ValueError: when the reason is too short to be one; cdk-nag itself accepts even an empty one.
    """
    if len(reason) < MIN_REASON_LENGTH:
        raise ValueError(
            f"reason for {rule} at {construct.node.path}: got {reason!r}; allowed: {MIN_REASON_LENGTH} characters"
            f" or more"
        )
    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
