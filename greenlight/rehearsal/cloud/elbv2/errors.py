"""What Elastic Load Balancing refuses, in its own words.

The codes are those of the API reference. The texts are AWS's where one was seen in public, else in its manner.
"""

from __future__ import annotations

from collections.abc import Sequence

LAST_PORT = 65_535


class ApiError(Exception):
    """A request that is refused with a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def invalid(message: str) -> ApiError:
    """Refuse what is not allowed whatever exists."""
    return ApiError("ValidationError", message)


def constraint(value: str, member: str, satisfied: str) -> ApiError:
    """Refuse a value that the API's own model does not allow."""
    said = f"Value '{value}' at '{member}' failed to satisfy constraint: Member must satisfy {satisfied}"
    return invalid(f"1 validation error detected: {said}")


def out_of_range(value: str, name: str, least: int, most: int) -> ApiError:
    """Refuse a number that is too small or too large for the API's own model."""
    bound = f"greater than or equal to {least}" if int(value) < least else f"less than or equal to {most}"
    member = name[0].lower() + name[1:]
    said = f"Value '{value}' at '{member}' failed to satisfy constraint: Member must have value {bound}"
    return invalid(f"1 validation error detected: {said}")


def too_long(value: str, member: str, limit: int) -> ApiError:
    """Refuse a value that is longer than the API's own model allows."""
    said = f"Member must have length less than or equal to {limit}"
    return invalid(f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {said}")


def weight_out_of_range() -> ApiError:
    """Refuse a weight."""
    return invalid("The weight for each target group must be between 0 and 999, inclusive")


def too_many_groups(limit: int, count: int) -> ApiError:
    """Refuse a forward action to more groups than one may have."""
    return ApiError(
        "TooManyTargetGroups",
        f"Up to '{limit}' target groups can be specified per action, but '{count}' were specified",
    )


def target_group_not_found(arn: str) -> ApiError:
    """Refuse a group that does not exist."""
    return ApiError("TargetGroupNotFound", f"Target groups '{arn}' not found")


def target_group_in_use(arn: str) -> ApiError:
    """Refuse to delete a group that a rule names."""
    return ApiError("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")


def target_group_elsewhere(arn: str) -> ApiError:
    """Refuse a group that another load balancer uses."""
    return ApiError(
        "TargetGroupAssociationLimit",
        f"The following target groups cannot be associated with more than one load balancer: {arn}",
    )


def rule_not_found() -> ApiError:
    """Refuse a rule that does not exist."""
    return ApiError("RuleNotFound", "One or more rules not found")


def listener_not_found() -> ApiError:
    """Refuse a listener that does not exist."""
    return ApiError("ListenerNotFound", "One or more listeners not found")


def load_balancer_not_found(arn: str) -> ApiError:
    """Refuse a load balancer that does not exist."""
    return ApiError("LoadBalancerNotFound", f"Load balancers '[{arn}]' not found")


def priority_in_use(priority: str) -> ApiError:
    """Refuse a priority that another rule of the listener has."""
    return ApiError("PriorityInUse", f"Priority '{priority}' is currently in use")


def listener_exists(load_balancer_arn: str) -> ApiError:
    """Refuse a second listener on a port."""
    return ApiError(
        "DuplicateListener", f"A listener already exists on this port for this load balancer '{load_balancer_arn}'"
    )


def certificate_not_found(arn: str) -> ApiError:
    """Refuse a certificate that ACM does not have in this account and region."""
    return ApiError("CertificateNotFound", f"Certificate '{arn}' not found")


def unsupported_certificate(arn: str) -> ApiError:
    """Refuse a certificate that is not issued, or cannot be served."""
    return ApiError(
        "UnsupportedCertificate",
        f"The certificate '{arn}' must have a fully-qualified domain name, a supported signature, and a supported key"
        " size.",
    )


def deletion_protected(arn: str) -> ApiError:
    """Refuse to delete a protected load balancer."""
    return ApiError(
        "OperationNotPermitted", f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
    )


def target_missing(identities: Sequence[str]) -> ApiError:
    """Refuse instances that do not exist."""
    return ApiError("InvalidTarget", f"The following targets do not exist: {_quoted(identities)}")


def target_not_running(identities: Sequence[str]) -> ApiError:
    """Refuse instances that are stopped, or ended."""
    said = f"The following targets are not in a running state and cannot be registered: {_quoted(identities)}"
    return ApiError("InvalidTarget", said)


def target_in_another_vpc(identities: Sequence[str], vpc: str) -> ApiError:
    """Refuse instances that the load balancer cannot reach."""
    said = f"The following targets are not in the target group VPC '{vpc}': {_quoted(identities)}"
    return ApiError("InvalidTarget", said)


def _quoted(identities: Sequence[str]) -> str:
    return ", ".join(f"'{each}'" for each in identities)
