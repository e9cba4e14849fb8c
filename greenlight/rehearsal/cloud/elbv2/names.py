"""Which names load balancers and target groups can have.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html and
API_CreateTargetGroup.html. The texts are those that users of AWS report.
"""

from __future__ import annotations

import re

from greenlight.rehearsal.cloud.elbv2 import errors

LONGEST = 32
_CHARACTERS = re.compile(r"[A-Za-z0-9-]+")


def check_load_balancer_name(name: str) -> None:
    """Raise ApiError for a name that no load balancer can have."""
    _check(f"The load balancer name '{name}'", name, "alphanumeric characters and hyphens(-)")
    if name.startswith("internal-"):
        raise errors.invalid(f"The load balancer name '{name}' cannot begin with 'internal-'")


def check_target_group_name(name: str) -> None:
    """Raise ApiError for a name that no target group can have."""
    _check(f"Target group name '{name}'", name, "alphanumeric characters or hyphens(-)")


def _check(what: str, name: str, characters: str) -> None:
    if len(name) > LONGEST:
        raise errors.invalid(f"{what} cannot be longer than '{LONGEST}' characters")
    if not _CHARACTERS.fullmatch(name):
        raise errors.invalid(f"{what} can only contain characters that are {characters}")
    if name.startswith("-") or name.endswith("-"):
        raise errors.invalid(f"{what} cannot begin or end with a hyphen(-)")
