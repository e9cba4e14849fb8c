"""Reads what EC2 knows of the host's type, its machine image and its zone."""

from __future__ import annotations

from host_age.judgment import Host

from greenlight.doctor.host import InstanceType, MachineImage
from greenlight.doctor.ports.aws import Aws, unless
from greenlight.doctor.ports.stacks import Stacks
from greenlight.host import UNKNOWN, running


class Hosts:
    """One look at EC2."""

    def __init__(self, aws: Aws, stacks: Stacks) -> None:
        self._aws, self._stacks = aws, stacks

    def instance_type(self, name: str) -> InstanceType | None:
        """The type with the zones that offer it; None when EC2 knows none of that name in this region."""
        ec2 = self._aws.client("ec2")
        found = unless(lambda: ec2.describe_instance_types(InstanceTypes=[name]), "InvalidInstanceType")
        if not found or not found["InstanceTypes"]:
            return None
        offered = self._aws.pages(
            "ec2",
            "describe_instance_type_offerings",
            "InstanceTypeOfferings",
            LocationType="availability-zone",
            Filters=[{"Name": "instance-type", "Values": [name]}],
        )
        architectures = found["InstanceTypes"][0]["ProcessorInfo"]["SupportedArchitectures"]
        return InstanceType(name, tuple(architectures), tuple(each["Location"] for each in offered))

    def image(self, ami_id: str | None) -> MachineImage | None:
        """The machine image; None when there is none of that id, or none is named."""
        if ami_id is None:
            return None
        ec2 = self._aws.client("ec2")
        missing = ("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidAMIID.Malformed")
        found = unless(lambda: ec2.describe_images(ImageIds=[ami_id]), *missing)
        if not found or not found["Images"]:
            return None
        image = found["Images"][0]
        return MachineImage(ami_id, image["Architecture"], image["State"])

    def host(self, instance: str) -> Host | None:
        """The instance, None when it has ended."""
        ec2 = self._aws.client("ec2")
        found = unless(lambda: ec2.describe_instances(InstanceIds=[instance]), *UNKNOWN)
        return running(found) if found else None

    def zone(self) -> str:
        """The zone of the VPC's first subnets, where the host is; before the first deploy, the one that it will get.

        `Fn::GetAZs` gives the zones with a default subnet, and all of the region where there are none (CloudFormation
        user guide, Fn::GetAZs).
        """
        vpc = self._stacks.output("Network", "VpcId")
        chosen = {"Name": "vpc-id", "Values": [vpc]} if vpc else {"Name": "default-for-az", "Values": ["true"]}
        subnets = self._aws.pages("ec2", "describe_subnets", "Subnets", Filters=[chosen])
        zones = [subnet["AvailabilityZone"] for subnet in subnets] or self._all_zones()
        return min(zones)

    def _all_zones(self) -> list[str]:
        available = [{"Name": "state", "Values": ["available"]}]
        found = self._aws.client("ec2").describe_availability_zones(Filters=available)["AvailabilityZones"]
        return [each["ZoneName"] for each in found if each["ZoneType"] == "availability-zone"]
