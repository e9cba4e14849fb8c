"""What each request of the API is refused for, before ministack sees it.

ministack answers unknown resources with empty lists, and takes priorities, weights and groups as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ministack.services import alb

from greenlight.rehearsal.cloud.elbv2 import errors, records
from greenlight.rehearsal.cloud.elbv2.attributes import LISTENER, LOAD_BALANCER, TARGET_GROUP, check_attributes
from greenlight.rehearsal.cloud.elbv2.certificates import HTTPS
from greenlight.rehearsal.cloud.elbv2.eligibility import check_vpc
from greenlight.rehearsal.cloud.elbv2.groups import RANGES, check_settings
from greenlight.rehearsal.cloud.elbv2.listeners import check_listener
from greenlight.rehearsal.cloud.elbv2.names import LONGEST, check_load_balancer_name, check_target_group_name

Params = dict[str, list[str]]
SCHEMES = ("internet-facing", "internal")


def check(action: str, params: Params) -> None:
    """Raise ApiError when AWS would refuse the request."""
    checks = _CHECKS.get(action)
    if checks:
        checks(params)


def target_group(params: Params) -> str:
    """Return the target group that a request names. Raises ApiError when it does not exist."""
    arn = str(alb._p(params, "TargetGroupArn"))
    if arn not in alb._tgs:
        raise errors.target_group_not_found(arn)
    return arn


def check_deletion_of_group(arn: str) -> None:
    """Raise ApiError while a rule names the group."""
    if any(group == arn for group, _ in records.references()):
        raise errors.target_group_in_use(arn)


def check_deletion_of_load_balancer(arn: str) -> None:
    """Raise ApiError while the load balancer is protected."""
    if records.attribute(alb._lb_attrs.get(arn, []), "deletion_protection.enabled", "false") == "true":
        raise errors.deletion_protected(arn)


def _create_listener(params: Params) -> None:
    load_balancer = alb._p(params, "LoadBalancerArn")
    if load_balancer not in alb._lbs:
        raise errors.load_balancer_not_found(load_balancer)
    certificates, policy = alb._parse_certificate_arns(params), alb._p(params, "SslPolicy")
    check_listener(alb._p(params, "Port"), alb._p(params, "Protocol"), certificates, policy)
    records.check_actions(alb._parse_actions(params, "DefaultActions"), load_balancer)
    records.check_listener_port(load_balancer, int(alb._p(params, "Port")))


def _modify_listener(params: Params) -> None:
    listener = alb._listeners.get(alb._p(params, "ListenerArn"))
    if listener is None:
        raise errors.listener_not_found()
    if actions := alb._parse_actions(params, "DefaultActions"):
        records.check_actions(actions, listener["LoadBalancerArn"])
    if port := alb._p(params, "Port"):
        records.check_listener_port(listener["LoadBalancerArn"], int(port), own_arn=listener["ListenerArn"])
    protocol = alb._p(params, "Protocol") or listener["Protocol"]
    kept = listener.get("Certificates", []) if protocol == HTTPS else []
    certificates = alb._parse_certificate_arns(params) or kept
    check_listener(port or str(listener["Port"]), protocol, certificates, alb._p(params, "SslPolicy"))


def _create_rule(params: Params) -> None:
    records.check_rule(
        {
            "ListenerArn": alb._p(params, "ListenerArn"),
            "Priority": alb._p(params, "Priority"),
            "Conditions": alb._parse_conditions(params),
            "Actions": alb._parse_actions(params, "Actions"),
        }
    )


def _modify_rule(params: Params) -> None:
    rule = _rule(alb._p(params, "RuleArn"))
    actions = alb._parse_actions(params, "Actions") or rule["Actions"]
    conditions = alb._parse_conditions(params) or rule["Conditions"]
    if not rule["IsDefault"]:
        records.check_rule({**rule, "Actions": actions, "Conditions": conditions}, own_arn=rule["RuleArn"])


def _delete_rule(params: Params) -> None:
    _rule(alb._p(params, "RuleArn"))


def _set_rule_priorities(params: Params) -> None:
    wanted = _priorities(params)
    for listener in {alb._rules[arn]["ListenerArn"] for arn in wanted}:
        rules = records.rules_of(listener)
        priorities = [wanted.get(rule["RuleArn"], str(rule["Priority"])) for rule in rules]
        twice = next((each for each in priorities if priorities.count(each) > 1), None)
        if twice is not None:
            raise errors.priority_in_use(twice)


def _priorities(params: Params) -> dict[str, str]:
    """Read the priorities that rules are to have. Raises ApiError for one that no rule can have."""
    wanted: dict[str, str] = {}
    while arn := alb._p(params, f"RulePriorities.member.{len(wanted) + 1}.RuleArn"):
        priority = alb._p(params, f"RulePriorities.member.{len(wanted) + 1}.Priority")
        if arn in wanted:
            raise errors.invalid(f"Rule '{arn}' was provided multiple times")
        if priority in wanted.values():
            raise errors.invalid(f"Priority '{priority}' was provided multiple times")
        if _rule(arn)["IsDefault"]:
            raise errors.ApiError("OperationNotPermitted", f"The priority of default rule '{arn}' cannot be modified")
        records.check_priority(priority)
        wanted[arn] = priority
    if not wanted:
        raise errors.invalid("A rule priority must be specified")
    return wanted


def _create_load_balancer(params: Params) -> None:
    if name := alb._p(params, "Name"):
        check_load_balancer_name(name)
    if (scheme := alb._p(params, "Scheme")) and scheme not in SCHEMES:
        raise errors.constraint(scheme, "scheme", f"enum value set: [{', '.join(SCHEMES)}]")


def _create_target_group(params: Params) -> None:
    if name := alb._p(params, "Name"):
        check_target_group_name(name)
    check_settings(_settings(params))
    check_vpc(alb._p(params, "VpcId"))


def _modify_target_group(params: Params) -> None:
    check_settings(_settings(params), known=alb._tgs[target_group(params)])


def _settings(params: Params) -> dict[str, Any]:
    """Read the settings of a target group that a request gives."""
    given = {name: alb._p(params, name) for name in (*RANGES, "Protocol", "HealthCheckProtocol", "VpcId", "TargetType")}
    codes = alb._p(params, "Matcher.HttpCode")
    return {name: value for name, value in {**given, "Matcher": {"HttpCode": codes} if codes else ""}.items() if value}


def _modify_target_group_attributes(params: Params) -> None:
    check_attributes("Target group", TARGET_GROUP, _attributes(params))


def _modify_listener_attributes(params: Params) -> None:
    check_attributes("Listener", LISTENER, _attributes(params))


def _modify_load_balancer_attributes(params: Params) -> None:
    check_attributes("Load balancer", LOAD_BALANCER, _attributes(params))


def _attributes(params: Params) -> list[dict[str, str]]:
    """Read the attributes that a request gives."""
    found: list[dict[str, str]] = []
    while key := alb._p(params, f"Attributes.member.{len(found) + 1}.Key"):
        found.append({"Key": key, "Value": alb._p(params, f"Attributes.member.{len(found) + 1}.Value")})
    return found


def _delete_target_group(params: Params) -> None:
    check_deletion_of_group(alb._p(params, "TargetGroupArn"))


def _delete_load_balancer(params: Params) -> None:
    check_deletion_of_load_balancer(alb._p(params, "LoadBalancerArn"))


def _describe_rules(params: Params) -> None:
    listener, rules = alb._p(params, "ListenerArn"), alb._parse_member_list(params, "RuleArns")
    if bool(listener) == bool(rules):
        raise errors.invalid("You must specify either a listener ARN or one or more rule ARNs")
    if listener and listener not in alb._listeners:
        raise errors.listener_not_found()
    for arn in rules:
        _rule(arn)


def _describe_load_balancers(params: Params) -> None:
    by_name = {each["LoadBalancerName"] for each in alb._lbs.values()}
    arns, wanted = alb._parse_member_list(params, "LoadBalancerArns"), alb._parse_member_list(params, "Names")
    for name in wanted:
        if len(name) > LONGEST:
            check_load_balancer_name(name)
    if missing := [each for each in wanted if each not in by_name]:
        raise errors.load_balancer_not_found(", ".join(missing))
    if _unknown(arns, alb._lbs):
        raise errors.ApiError("LoadBalancerNotFound", "One or more load balancers not found")


def _describe_listeners(params: Params) -> None:
    load_balancer = alb._p(params, "LoadBalancerArn")
    if load_balancer and load_balancer not in alb._lbs:
        raise errors.load_balancer_not_found(load_balancer)
    if _unknown(alb._parse_member_list(params, "ListenerArns"), alb._listeners):
        raise errors.listener_not_found()


def _describe_target_groups(params: Params) -> None:
    names = {group["TargetGroupName"]: group for group in alb._tgs.values()}
    arns, wanted = alb._parse_member_list(params, "TargetGroupArns"), alb._parse_member_list(params, "Names")
    if _unknown(arns, alb._tgs) or _unknown(wanted, names):
        raise errors.ApiError("TargetGroupNotFound", "One or more target groups not found")


def _rule(arn: str) -> dict[str, Any]:
    rule = alb._rules.get(arn)
    if rule is None:
        raise errors.rule_not_found()
    return dict(rule)


def _unknown(wanted: Iterable[str], known: Mapping[str, Any]) -> bool:
    return any(each not in known for each in wanted)


_CHECKS: dict[str, Callable[[Params], None]] = {
    "CreateListener": _create_listener,
    "ModifyListener": _modify_listener,
    "CreateRule": _create_rule,
    "ModifyRule": _modify_rule,
    "DeleteRule": _delete_rule,
    "SetRulePriorities": _set_rule_priorities,
    "CreateLoadBalancer": _create_load_balancer,
    "CreateTargetGroup": _create_target_group,
    "ModifyTargetGroup": _modify_target_group,
    "ModifyTargetGroupAttributes": _modify_target_group_attributes,
    "ModifyListenerAttributes": _modify_listener_attributes,
    "ModifyLoadBalancerAttributes": _modify_load_balancer_attributes,
    "DeleteTargetGroup": _delete_target_group,
    "DeleteLoadBalancer": _delete_load_balancer,
    "DescribeLoadBalancers": _describe_load_balancers,
    "DescribeRules": _describe_rules,
    "DescribeListeners": _describe_listeners,
    "DescribeTargetGroups": _describe_target_groups,
}
