"""AWS::EC2::Instance, with or without a launch template.

A new version of the template is a new instance, since the version is in the instance's properties: the new one starts
first, and the old one ends when the whole stack has been updated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import ec2, ssm
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError, query
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import (
    Created,
    Properties,
    ResourceType,
    register,
)
from greenlight.rehearsal.cloud.requirement import require

REPLACING = (
    "AvailabilityZone",
    "BlockDeviceMappings",
    "CpuOptions",
    "HibernationOptions",
    "ImageId",
    "KeyName",
    "LaunchTemplate",
    "NetworkInterfaces",
    "PlacementGroupName",
    "PrivateIpAddress",
    "SecurityGroups",
    "SubnetId",
)
_BY_PARAMETER = "resolve:ssm:"


def install() -> None:
    """Add the type."""
    require(ec2, "_instances", "_launch_instances_internal", "_terminate_instances", "_launch_templates")
    require(ec2, "_resolve_iam_instance_profile", "_DEFAULT_SUBNET_ID")
    require(ssm, "_select_parameter")
    require(provisioners, "_ec2_apply_tags")
    register(ResourceType("AWS::EC2::Instance", _create, _delete, _update, REPLACING))


def _create(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    wanted = {**template_data(properties.get("LaunchTemplate")), **properties}
    network: Mapping[str, Any] = next(iter(wanted.get("NetworkInterfaces") or ()), {})
    record = ec2._launch_instances_internal(
        image_id=_image(wanted.get("ImageId", "")),
        instance_type=wanted.get("InstanceType", "m1.small"),
        subnet_id=wanted.get("SubnetId") or network.get("SubnetId") or ec2._DEFAULT_SUBNET_ID,
        key_name=wanted.get("KeyName", ""),
        user_data=wanted.get("UserData", ""),
        sg_ids=wanted.get("SecurityGroupIds") or network.get("GroupSet") or network.get("Groups"),
        iam_profile=_profile(wanted.get("IamInstanceProfile")),
        public=_public(network),
        **_hops(wanted.get("MetadataOptions")),
    )[0]
    provisioners._ec2_apply_tags(record["InstanceId"], properties)
    return _created(record)


def _public(network: Mapping[str, Any]) -> bool | None:
    """Whether the instance gets a public address; None where its subnet decides."""
    given = network.get("AssociatePublicIpAddress")
    return None if given is None else str(given).lower() == "true"


def _hops(options: Mapping[str, Any] | None) -> Mapping[str, int]:
    """How far the metadata service answers, where the launch template says so."""
    limit = (options or {}).get("HttpPutResponseHopLimit")
    return {"hops": int(limit)} if limit else {}


def template_data(specification: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return what a launch template says in the version that is asked for. Raises ActionError when there is none."""
    if not specification:
        return {}
    identity, name = specification.get("LaunchTemplateId"), specification.get("LaunchTemplateName")
    template = next((each for each in ec2._launch_templates.values() if _is_named(each, identity, name)), None)
    if not template:
        raise ActionError(f"the launch template {identity or name!r} does not exist")
    wanted = str(specification.get("Version", "$Default"))
    number = {"$Latest": template["LatestVersionNumber"], "$Default": template["DefaultVersionNumber"]}.get(
        wanted, wanted
    )
    for version in template["Versions"]:
        if str(version["VersionNumber"]) == str(number):
            data: Mapping[str, Any] = version["LaunchTemplateData"]
            return data
    raise ActionError(f"the launch template {template['LaunchTemplateId']} has no version {wanted}")


def _is_named(template: Mapping[str, Any], identity: str | None, name: str | None) -> bool:
    return bool(identity == template["LaunchTemplateId"] if identity else name == template["LaunchTemplateName"])


def _image(image: str) -> str:
    """Look up an image that is named by a parameter, as EC2 does at each launch."""
    if not image.startswith(_BY_PARAMETER):
        return image
    parameter, _ = ssm._select_parameter(image.removeprefix(_BY_PARAMETER))
    if not parameter:
        raise ActionError(f"the image {image} names a parameter that does not exist")
    return str(parameter["Value"])


def _profile(profile: Any) -> Any:
    """Read a profile: its name on an instance (ministack's Ref gives its ARN), either one in a launch template."""
    if not profile:
        return None
    kind = "Arn" if str(profile).startswith("arn:") else "Name"
    given = profile if isinstance(profile, Mapping) else {kind: profile}
    found, refusal = ec2._resolve_iam_instance_profile(iam_arn=given.get("Arn", ""), iam_name=given.get("Name", ""))
    if refusal:
        raise ActionError(f"the instance profile {given} does not exist")
    return found


def _update(physical_id: str, old: Properties, new: Properties) -> Created:
    record = ec2._instances[physical_id]
    record["InstanceType"] = new.get("InstanceType", record["InstanceType"])
    provisioners._ec2_apply_tags(physical_id, new, old)
    return _created(record)


def _delete(physical_id: str, _properties: Properties) -> None:
    if physical_id in ec2._instances:
        query(ec2._terminate_instances, {"InstanceId.1": physical_id})


def _created(record: Mapping[str, Any]) -> Created:
    attributes = {
        "InstanceId": record["InstanceId"],
        "PrivateIp": record["PrivateIpAddress"],
        "PublicIp": record.get("PublicIpAddress", ""),
        "PrivateDnsName": record["PrivateDnsName"],
        "PublicDnsName": record["PublicDnsName"],
        "AvailabilityZone": record["Placement"]["AvailabilityZone"],
        "VpcId": record["VpcId"],
    }
    return record["InstanceId"], attributes
