"""AWS::EC2::FlowLog. Record only: no traffic of the rehearsal passes the VPC, so no flow is ever logged."""

from __future__ import annotations

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.answers import element, query
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import (
    Created,
    Properties,
    ResourceType,
    register,
)
from greenlight.rehearsal.cloud.requirement import require

_PARAMETERS = ("ResourceType", "TrafficType", "LogDestinationType", "LogDestination", "LogGroupName")
_REPLACING = (
    *_PARAMETERS,
    "DeliverCrossAccountRole",
    "DeliverLogsPermissionArn",
    "DestinationOptions",
    "LogFormat",
    "MaxAggregationInterval",
    "ResourceId",
)


def install() -> None:
    """Add the type."""
    require(ec2, "_flow_logs", "_tags", "_create_flow_logs")
    require(provisioners, "_ec2_apply_tags")
    register(ResourceType("AWS::EC2::FlowLog", _create, _delete, _retag, _REPLACING))


def _create(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    given = {name: properties.get(name) for name in _PARAMETERS}
    flow_log = element(query(ec2._create_flow_logs, {**given, "ResourceId.1": properties["ResourceId"]}), "item")
    provisioners._ec2_apply_tags(flow_log, properties)
    return flow_log, {"Id": flow_log}


def _retag(physical_id: str, old: Properties, new: Properties) -> Created:
    provisioners._ec2_apply_tags(physical_id, new, old)
    return physical_id, {"Id": physical_id}


def _delete(physical_id: str, _properties: Properties) -> None:
    ec2._flow_logs.pop(physical_id, None)
    ec2._tags.pop(physical_id, None)
