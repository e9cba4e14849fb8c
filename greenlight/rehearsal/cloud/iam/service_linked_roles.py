"""The roles that AWS services make for themselves when an account gets their first resource.

ministack makes none, and names ECS's one in another way than AWS (IAM user guide, service-linked roles; ECS developer
guide, using service-linked roles; Elastic Load Balancing user guide, service-linked role).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import iam
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.requirement import require

NAMES = {
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
}
MADE_WITH = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "elasticloadbalancing.amazonaws.com",
    "AWS::ECS::Cluster": "ecs.amazonaws.com",
}
_ACTION = "CreateServiceLinkedRole"

Create = Callable[..., Any]


def install() -> None:
    """Let the roles come with the resources that need them, under AWS's names."""
    require(iam, "_IAM_HANDLERS", "_roles", "_gen_id", "_now", "_role_xml", "_p", "_xml", "_error", "get_account_id")
    require(provisioners, "_RESOURCE_HANDLERS")
    iam._IAM_HANDLERS[_ACTION] = _under_its_name(iam._IAM_HANDLERS[_ACTION])
    for kind, service in MADE_WITH.items():
        handlers = provisioners._RESOURCE_HANDLERS[kind]
        provisioners._RESOURCE_HANDLERS[kind] = {**handlers, "create": _making_first(service, handlers["create"])}


def _making_first(service: str, create: Create) -> Create:
    def with_role(*arguments: Any, **more: Any) -> Any:
        if NAMES[service] not in iam._roles:
            _make(service)
        return create(*arguments, **more)

    return with_role


def _under_its_name(create: Create) -> Create:
    def create_service_linked_role(parameters: Mapping[str, Any]) -> Any:
        service = iam._p(parameters, "AWSServiceName")
        if service not in NAMES:
            return create(parameters)
        name = NAMES[service]
        if name in iam._roles:
            taken = f"Service role name {name} has been taken in this account, please try a different suffix."
            return iam._error(400, "InvalidInput", taken, ns="iam")
        _make(service)
        made = f"<{_ACTION}Result><Role>{iam._role_xml(name)}</Role></{_ACTION}Result>"
        return iam._xml(200, f"{_ACTION}Response", made, ns="iam")

    return create_service_linked_role


def _make(service: str) -> None:
    name, path = NAMES[service], f"/aws-service-role/{service}/"
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    iam._roles[name] = {
        "RoleName": name,
        "Arn": f"arn:aws:iam::{iam.get_account_id()}:role{path}{name}",
        "RoleId": iam._gen_id("AROA"),
        "CreateDate": iam._now(),
        "Path": path,
        "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        "Description": f"Service-linked role for {service}",
        "MaxSessionDuration": 3600,
        "AttachedPolicies": [],
        "InlinePolicies": {},
        "Tags": [],
    }
