"""IAM: which resource a load balancer request is about, and loopback as if it were TLS.

ministack checks requests about rules against "*", which no least-privilege policy allows. And the bucket that CDK
stages assets in denies plain HTTP, which on this machine nobody can listen to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import iam_actions

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.iam import items, principals, roles, service_linked_roles, uses, web_identity
from greenlight.rehearsal.cloud.requirement import require

_SERVICE = "elasticloadbalancing"
_NAMING = frozenset({_SERVICE, "dynamodb", "ecr", "ecs", "events", "iam", "lambda", "secretsmanager", "states"})
"""Services whose denials name the resource, as users of AWS report them."""
_NAMED_BY = (
    "RuleArn",
    "RulePriorities.member.1.RuleArn",
    "ResourceArns.member.1",
    "ListenerArn",
    "TargetGroupArn",
    "LoadBalancerArn",
)
"""The parameters that name what a request is about, the narrowest first."""
_CREATED = {"CreateLoadBalancer": "loadbalancer/app", "CreateTargetGroup": "targetgroup"}

Parameters = Mapping[str, Any]


def install(context: CloudContext) -> None:
    """Put our view in ministack's place."""
    principals.check_requirements()
    roles.install()
    require(iam_actions, "extract_resource_arn", "access_denied_response", "identity_denial_message", "_query_param")
    iam_actions.extract_resource_arn = _with_rules(iam_actions.extract_resource_arn)
    iam_actions.access_denied_response = _naming_the_resource(iam_actions.access_denied_response)
    service_linked_roles.install()
    items.install()
    uses.install(context)
    web_identity.install()
    app.pin_request_origin = _as_if_tls(require(app, "pin_request_origin"))


def load_balancing_resource(parameters: Parameters, region: str, account: str) -> str:
    """Return the ARN that a request is checked against, as the service authorization reference has it.

    Actions that describe have no resource-level permissions.
    """
    action = iam_actions._query_param(parameters, "Action")
    if action.startswith("Describe"):
        return "*"
    if action in _CREATED:
        name = iam_actions._query_param(parameters, "Name")
        return f"arn:aws:{_SERVICE}:{region}:{account}:{_CREATED[action]}/{name}/*"
    named = (iam_actions._query_param(parameters, name) for name in _NAMED_BY)
    return next((str(arn) for arn in named if arn), "*")


def _with_rules(extract: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        if service == _SERVICE:
            return load_balancing_resource(query_params, region, account_id)
        return extract(service, method, path, headers, body, query_params, region, account_id)

    return extract_resource_arn


def _naming_the_resource(deny: Callable[..., Any]) -> Callable[..., Any]:
    """AWS tells on which resource a request was denied; ministack does so for Systems Manager and logs alone."""

    def access_denied_response(service: str, action: str, principal: str, request_id: str, **details: Any) -> Any:
        if service in _NAMING and not details.get("error_code") and not details.get("message"):
            resource, explicit = details.get("resource_arn", "*"), details.get("explicit_deny", False)
            details["message"] = iam_actions.identity_denial_message(action, principal, resource, explicit)
        return deny(service, action, principal, request_id, **details)

    return access_denied_response


def _as_if_tls(pin: Callable[[str, bool], None]) -> Callable[[str, bool], None]:
    def pin_request_origin(source_ip: str, _secure_transport: bool) -> None:
        pin(source_ip, True)

    return pin_request_origin
