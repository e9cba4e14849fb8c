"""AWS::WAFv2::WebACLAssociation and AWS::WAFv2::LoggingConfiguration. Record only: nothing is inspected."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import waf

from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError, json_call
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import (
    Created,
    Properties,
    ResourceType,
    register,
)
from greenlight.rehearsal.cloud.requirement import require

LOG_GROUP_PREFIX = "aws-waf-logs-"
_logging: Any = AccountRegionScopedDict()


def install() -> None:
    """Add both types."""
    require(waf, "_associate_web_acl", "_disassociate_web_acl", "_resolve_local_web_acl")
    register(
        ResourceType("AWS::WAFv2::WebACLAssociation", _associate, _disassociate, replacing=("ResourceArn", "WebACLArn"))
    )
    register(
        ResourceType(
            "AWS::WAFv2::LoggingConfiguration", _start_logging, _stop_logging, _change_logging, ("ResourceArn",)
        )
    )


def _associate(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    json_call(waf._associate_web_acl, {name: properties[name] for name in ("WebACLArn", "ResourceArn")})
    return f"{properties['ResourceArn']}|{properties['WebACLArn']}", {}


def _disassociate(_physical_id: str, properties: Properties) -> None:
    json_call(waf._disassociate_web_acl, {"ResourceArn": properties["ResourceArn"]})


def _start_logging(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    """Keep the configuration, after the two checks that WAF makes: the web ACL, and the name of a log group."""
    _, refusal = waf._resolve_local_web_acl(properties["ResourceArn"])
    if refusal:
        raise ActionError(f"WAFNonexistentItemException: no web ACL {properties['ResourceArn']}")
    for destination in properties["LogDestinationConfigs"]:
        _check_destination(destination)
    _logging[properties["ResourceArn"]] = dict(properties)
    return properties["ResourceArn"], {"ManagedByFirewallManager": False}


def _check_destination(arn: str) -> None:
    if ":log-group:" in arn and not arn.split(":log-group:")[1].startswith(LOG_GROUP_PREFIX):
        raise ActionError(f"WAFInvalidParameterException: log group {arn} must have a name with {LOG_GROUP_PREFIX}")


def _change_logging(_physical_id: str, _old: Properties, new: Properties) -> Created:
    return _start_logging("", new, "")


def _stop_logging(physical_id: str, _properties: Properties) -> None:
    _logging.pop(physical_id, None)
