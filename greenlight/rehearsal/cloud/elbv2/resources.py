"""The CloudFormation resource types, with the same checks as the API, and the balancer told after each change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import alb
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.elbv2 import forwarding, records, tags
from greenlight.rehearsal.cloud.elbv2.attributes import LISTENER, LOAD_BALANCER, TARGET_GROUP, check_attributes
from greenlight.rehearsal.cloud.elbv2.checks import check_deletion_of_group, check_deletion_of_load_balancer
from greenlight.rehearsal.cloud.elbv2.conditions import from_template
from greenlight.rehearsal.cloud.elbv2.edge import Edge
from greenlight.rehearsal.cloud.elbv2.eligibility import check_targets, check_vpc
from greenlight.rehearsal.cloud.elbv2.errors import ApiError
from greenlight.rehearsal.cloud.elbv2.groups import check_settings
from greenlight.rehearsal.cloud.elbv2.listeners import check_listener
from greenlight.rehearsal.cloud.elbv2.names import check_load_balancer_name, check_target_group_name
from greenlight.rehearsal.cloud.requirement import require

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, Any]]

_PREFIX = "AWS::ElasticLoadBalancingV2::"


def install(edge: Edge) -> None:
    """Put ourselves around ministack's provisioners."""
    require(provisioners, "_RESOURCE_HANDLERS", "_elbv2_listener_actions", "_flatten_listener_rule_conditions")
    require(provisioners, "_elbv2_handler_error")
    tags.install()
    provisioners._elbv2_listener_actions = _with_config(provisioners._elbv2_listener_actions)
    flatten = provisioners._flatten_listener_rule_conditions
    provisioners._flatten_listener_rule_conditions = lambda given: [from_template(each) for each in flatten(given)]
    for kind, resource in (
        ("LoadBalancer", LoadBalancers()),
        ("Listener", Listeners()),
        ("ListenerRule", ListenerRules()),
        ("TargetGroup", TargetGroups(edge)),
    ):
        handlers = provisioners._RESOURCE_HANDLERS[_PREFIX + kind]
        provisioners._RESOURCE_HANDLERS[_PREFIX + kind] = {**handlers, **_around(handlers, resource, edge)}


class Resource:
    """What is done before and after ministack's part; nothing, unless a type says otherwise."""

    def before(self, physical_id: str | None, properties: Properties) -> None:
        """Check a resource that is about to be created (no physical id) or updated. Raises ApiError."""

    def before_delete(self, physical_id: str) -> None:
        """Check a resource that is about to be deleted. Raises ApiError."""

    def after(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Complete a resource that was created (no old properties) or updated."""


class LoadBalancers(Resource):
    """Load balancers may be protected from deletion. Their DNS name is set with all other records."""

    def before(self, _physical_id: str | None, properties: Properties) -> None:
        check_load_balancer_name(str(properties.get("Name") or "unnamed"))
        check_attributes("Load balancer", LOAD_BALANCER, properties.get("LoadBalancerAttributes") or [])

    def before_delete(self, physical_id: str) -> None:
        check_deletion_of_load_balancer(physical_id)


class Listeners(Resource):
    """Listeners have actions, a port and a certificate to check."""

    def before(self, physical_id: str | None, properties: Properties) -> None:
        load_balancer = properties.get("LoadBalancerArn", "")
        port, protocol, policy = (str(properties.get(name) or "") for name in ("Port", "Protocol", "SslPolicy"))
        given = properties.get("Certificates") or []
        check_attributes("Listener", LISTENER, properties.get("ListenerAttributes") or [])
        certificates = [each["CertificateArn"] for each in given if each.get("CertificateArn")]
        check_listener(port, protocol, certificates, policy)
        records.check_actions(provisioners._elbv2_listener_actions(properties, None), load_balancer)
        records.check_listener_port(load_balancer, int(port), own_arn=physical_id or "")


class ListenerRules(Resource):
    """Rules have actions, conditions and a priority to check, and tags, which ministack drops."""

    def before(self, physical_id: str | None, properties: Properties) -> None:
        rule = {
            "ListenerArn": properties.get("ListenerArn", ""),
            "Priority": properties.get("Priority", ""),
            "Conditions": provisioners._flatten_listener_rule_conditions(properties.get("Conditions")),
            "Actions": provisioners._elbv2_listener_actions(properties, None, prop="Actions"),
        }
        records.check_rule(rule, own_arn=physical_id or "")

    def after(self, physical_id: str, _old: Properties, new: Properties) -> None:
        tags.keep(physical_id, new)


class TargetGroups(Resource):
    """Target groups have targets, which ministack ignores."""

    def __init__(self, edge: Edge) -> None:
        self._registrations = edge.registrations

    def before(self, _physical_id: str | None, properties: Properties) -> None:
        vpc = str(properties.get("VpcId") or "")
        check_target_group_name(str(properties.get("Name") or "unnamed"))
        check_settings(properties)
        check_attributes("Target group", TARGET_GROUP, properties.get("TargetGroupAttributes") or [])
        check_vpc(vpc)
        kind = str(properties.get("TargetType") or "instance")
        check_targets({"TargetType": kind, "VpcId": vpc}, properties.get("Targets") or [])

    def before_delete(self, physical_id: str) -> None:
        check_deletion_of_group(physical_id)
        self._registrations.forget_group(physical_id)

    def after(self, physical_id: str, old: Properties, new: Properties) -> None:
        before, wanted = (
            [self._registrations.target(physical_id, each) for each in properties.get("Targets") or []]
            for properties in (old, new)
        )
        self._registrations.deregister(physical_id, [each for each in before if each not in wanted])
        self._registrations.register(physical_id, wanted)


def _around(handlers: Mapping[str, Any], resource: Resource, edge: Edge) -> dict[str, Callable[..., Any]]:
    """Wrap a type's three handlers. What AWS refuses fails the resource with AWS's message."""

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        _refusing(resource.before, None, properties)
        created = handlers["create"](logical_id, properties, stack)
        return _finished(created, {}, properties)

    def update(physical_id: str, old: Properties, new: Properties, *rest: Any, **more: Any) -> Created:
        _refusing(resource.before, physical_id, new)
        updated = handlers["update"](physical_id, old, new, *rest, **more)
        return _finished(updated, old if updated[0] == physical_id else {}, new)

    def delete(physical_id: str, properties: Properties) -> None:
        _refusing(resource.before_delete, physical_id)
        handlers["delete"](physical_id, properties)
        edge.changed()

    def _finished(made: Created, old: Properties, new: Properties) -> Created:
        physical_id, attributes = made
        resource.after(physical_id, old, new)
        edge.changed()
        return physical_id, {**attributes, **_corrected(physical_id)}

    return {"create": create, "update": update, "delete": delete}


def _corrected(arn: str) -> dict[str, str]:
    """Give what ministack has otherwise: the address of a load balancer, the whole name of a target group."""
    if arn in alb._lbs:
        return {"DNSName": alb._lbs[arn]["DNSName"]}
    return {"TargetGroupFullName": arn.rpartition(":")[2]} if arn in alb._tgs else {}


def _refusing(check: Callable[..., None], *arguments: Any) -> None:
    try:
        check(*arguments)
    except ApiError as error:
        raise provisioners._elbv2_handler_error(str(error)) from error


def _with_config(actions: Callable[..., list[dict[str, Any]]]) -> Callable[..., list[dict[str, Any]]]:
    def listener_actions(
        properties: Properties, load_balancer: str | None, prop: str = "DefaultActions"
    ) -> list[dict[str, Any]]:
        given = [each for each in properties.get(prop) or [] if isinstance(each, dict)]
        found = zip(actions(properties, load_balancer, prop), given, strict=True)
        return [
            forwarding.complete(_with_own_group(action, source), source.get("ForwardConfig") or {})
            for action, source in found
        ]

    return listener_actions


def _with_own_group(action: dict[str, Any], source: Properties) -> dict[str, Any]:
    """An action with the target group that its template gives it: ministack adds the first one of several."""
    return {name: value for name, value in action.items() if name != "TargetGroupArn" or source.get(name)}
