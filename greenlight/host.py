"""The EC2 host that is deployed, as EC2 tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError
from greenlight_cdk.names import Names
from host_age.judgment import Host

from greenlight.deployed_stack import IMPATIENT, DeployedStack
from stacks.options.compute import NEVER

UNKNOWN = ("InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed")
ENDED = ("shutting-down", "terminated")


def deployed_host(names: Names) -> Host | None:
    """The host of a stage; None when it has ended.

    Raises:
        NotDeployedError: none was ever deployed.
    """
    instance = DeployedStack(names.compute_stack("ec2")).output("InstanceId")
    try:
        found = boto3.client("ec2", config=IMPATIENT).describe_instances(InstanceIds=[instance])
    except ClientError as error:
        if error.response["Error"]["Code"] in UNKNOWN:
            return None
        raise
    return running(found)


def running(found: Mapping[str, Any]) -> Host | None:
    """The one instance of an answer of DescribeInstances; None when it has ended."""
    (one,) = found["Reservations"][0]["Instances"]
    return None if one["State"]["Name"] in ENDED else Host(one["InstanceId"], one["LaunchTime"].timestamp())


def renewed_at(names: Names) -> str:
    """When the deployed host was renewed, as its stack says; `never` for the first one, or where there is none."""
    stack = DeployedStack(names.compute_stack("ec2"))
    return stack.outputs.get("HostRenewedAt", NEVER) if stack.status else NEVER
