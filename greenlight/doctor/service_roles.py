"""The roles that AWS services take themselves, and that are missing in an account which never used the service."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from greenlight.doctor.finding import Finding, ok, problem, warning

LOAD_BALANCING, ECS = "AWSServiceRoleForElasticLoadBalancing", "AWSServiceRoleForECS"
SERVICES: Mapping[str, str] = {LOAD_BALANCING: "elasticloadbalancing.amazonaws.com", ECS: "ecs.amazonaws.com"}


def needed(compute: str) -> tuple[str, ...]:
    """The roles that a deploy relies on."""
    return (LOAD_BALANCING, ECS) if compute == "fargate" else (LOAD_BALANCING,)


def judge_roles(wanted: Collection[str], there: Collection[str], has_load_balancer: bool) -> Iterator[Finding]:
    """Judge the roles.

    Elastic Load Balancing makes its own with the first load balancer (its user guide, service-linked role), and ECS
    too, but the first cluster or service may fail before it is known everywhere ("Unable to assume the service linked
    role", baseline-environment-on-aws #238).
    """
    missing = [role for role in wanted if role not in there]
    for role in missing:
        yield _missing(role, has_load_balancer)
    if not missing:
        yield ok(f"{' and '.join(wanted)} {'are' if len(wanted) > 1 else 'is'} there")


def _missing(role: str, has_load_balancer: bool) -> Finding:
    create = f"`aws iam create-service-linked-role --aws-service-name {SERVICES[role]}`"
    if role == ECS:
        return problem(f"{role} is missing: ECS may refuse the first cluster or service of this account", create)
    if has_load_balancer:
        return problem(f"{role} is missing, though there is a load balancer that works through it", create)
    return warning(f"{role} is missing: the first load balancer makes it, if the deployer may", create)
