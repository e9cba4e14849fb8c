"""The hosts that run, as EC2 tells."""

from __future__ import annotations

from typing import Any

from host_age.judgment import Host

STACK_TAG = "aws:cloudformation:stack-name"
"""CloudFormation puts it on what it makes, and nobody else can."""


def running_hosts(client: Any, stack: str) -> list[Host]:
    """The running instances of a stack: one, and two while a host is being replaced. `client` is boto3's for EC2."""
    wanted = [
        {"Name": f"tag:{STACK_TAG}", "Values": [stack]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]
    pages = client.get_paginator("describe_instances").paginate(Filters=wanted)
    found = [each for page in pages for group in page["Reservations"] for each in group["Instances"]]
    return [Host(each["InstanceId"], each["LaunchTime"].timestamp()) for each in found]
