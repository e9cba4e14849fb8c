"""AWS::CloudWatch::CompositeAlarm: the library evaluates it, but has no CloudFormation handler for it."""

from __future__ import annotations

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.answers import json_call
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import (
    Created,
    Properties,
    ResourceType,
    register,
)
from greenlight.rehearsal.cloud.requirement import require


def install() -> None:
    """Add the type."""
    require(cloudwatch, "_put_composite_alarm", "_composite_alarms")
    require(provisioners, "_physical_name")
    register(ResourceType("AWS::CloudWatch::CompositeAlarm", _create, _delete, _update, ("AlarmName",)))


def _create(logical_id: str, properties: Properties, stack_name: str) -> Created:
    return _put(properties.get("AlarmName") or provisioners._physical_name(stack_name, logical_id), properties)


def _update(physical_id: str, _old: Properties, new: Properties) -> Created:
    return _put(physical_id, new)


def _put(name: str, properties: Properties) -> Created:
    json_call(
        lambda request: cloudwatch._put_composite_alarm({}, request, False, True), {**properties, "AlarmName": name}
    )
    return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}


def _delete(physical_id: str, _properties: Properties) -> None:
    cloudwatch._composite_alarms.pop(physical_id, None)
