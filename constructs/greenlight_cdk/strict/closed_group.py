"""The VPC's default security group, without a rule."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct
from traffic_switch.contract import CLOSED_GROUP_RESOURCE_TYPE

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.function_resource import FunctionResource, after
from greenlight_cdk.lambda_function import PythonFunction

SECONDS = 150
"""What the function may take: its calls with their retries, 30 s until a new role counts, 45 s for the answer."""


class ClosedGroup(Construct):
    """Takes away what AWS puts in: everything may leave, and its members may reach each other.

    CloudFormation makes the group with the VPC and cannot change it. Nothing of Greenlight is in it; who adds an
    instance by hand and names no group gets into it (CIS AWS Foundations Benchmark, 5.4).
    """

    def __init__(self, scope: Construct, construct_id: str, *, vpc: ec2.Vpc, log_retention_days: int) -> None:
        super().__init__(scope, construct_id)
        function = PythonFunction(
            self,
            "Function",
            handler="closed_group.handler.handle",
            timeout=Duration.seconds(SECONDS),
            environment={},
            log_retention_days=log_retention_days,
            description="Greenlight: takes the rules of the VPC's default security group away",
        )
        group = vpc.vpc_default_security_group
        arn = Stack.of(self).format_arn(service="ec2", resource="security-group", resource_name=group)
        function.allow(["ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"], [arn])
        function.allow(["ec2:DescribeSecurityGroups"], ["*"])
        acknowledge(
            function,
            "AwsSolutions-IAM5[Resource::*]",
            "ec2:DescribeSecurityGroups knows no resources (service authorization reference); it only reads.",
        )
        FunctionResource(
            self,
            "Closed",
            function=function,
            timeout=after(SECONDS),
            resource_type=CLOSED_GROUP_RESOURCE_TYPE,
            properties={"GroupId": group},
        )
