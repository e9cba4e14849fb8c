"""What keeps people from deleting the load balancer, and CloudFormation from deleting a listener that users need."""

from __future__ import annotations

from typing import Any

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct
from traffic_switch.contract import KEPT_LISTENER_RESOURCE_TYPE, PROTECTION_RESOURCE_TYPE

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.front_door import FrontDoor
from greenlight_cdk.function_resource import FunctionResource, after
from greenlight_cdk.lambda_function import PythonFunction

SECONDS = 150
"""What the function may take: its calls with their retries, 30 s until a new role counts, 45 s for the answer."""
ATTRIBUTE = "deletion_protection.enabled"
LOOKED_AT = ("LoadBalancerAttributes", "Listeners", "Rules")


class DeletionProtection(Construct):
    """Turns the load balancer's protection on when all else of its stack is there: make it last.

    As an attribute in the template it would be there from the creation on, and a first deploy that fails would end in
    ROLLBACK_FAILED: no load balancer that is protected can be deleted.

    A second resource comes before the listeners. It refuses an update that would delete the one on port 443 while users
    are served by that one alone.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        door: FrontDoor,
        enabled: bool,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        load_balancer = door.load_balancer
        load_balancer.remove_attribute(ATTRIBUTE)
        others = [child for child in Stack.of(self).node.children if child is not self]
        function = PythonFunction(
            self,
            "Function",
            handler="deletion_protection.handler.handle",
            timeout=Duration.seconds(SECONDS),
            environment={},
            log_retention_days=log_retention_days,
            description="Greenlight: protects the load balancer against deletion once all of its stack is there",
        )
        self._allow(function, load_balancer)
        arn = {"LoadBalancerArn": load_balancer.load_balancer_arn}
        kept = {**arn, "Https": str(door.https is not None).lower()}
        before = self._resource("KeptListener", function, KEPT_LISTENER_RESOURCE_TYPE, kept)
        for listener in door.listeners:
            listener.node.add_dependency(before)
        protected = {**arn, "Enabled": str(enabled).lower(), "OtherAttributes": _attributes(load_balancer)}
        last = self._resource("Protection", function, PROTECTION_RESOURCE_TYPE, protected)
        last.node.add_dependency(*others)

    def _resource(self, name: str, function: PythonFunction, kind: str, properties: dict[str, Any]) -> FunctionResource:
        return FunctionResource(
            self, name, function=function, timeout=after(SECONDS), resource_type=kind, properties=properties
        )

    def _allow(self, function: PythonFunction, load_balancer: elbv2.ApplicationLoadBalancer) -> None:
        function.allow(["cloudformation:DescribeStacks"], [Aws.STACK_ID])
        function.allow(["elasticloadbalancing:ModifyLoadBalancerAttributes"], [load_balancer.load_balancer_arn])
        function.allow([f"elasticloadbalancing:Describe{what}" for what in LOOKED_AT], ["*"])
        acknowledge(
            function,
            "AwsSolutions-IAM5[Resource::*]",
            "The Describe calls of ELBv2 know no resources (service authorization reference); they only read.",
        )


def _attributes(load_balancer: elbv2.ApplicationLoadBalancer) -> object:
    """The attributes that CloudFormation writes: when they change, the protection is written once more after them.

    Whether CloudFormation leaves an attribute alone that its list does not hold is not documented.
    """
    resource = load_balancer.node.default_child
    assert isinstance(resource, elbv2.CfnLoadBalancer)
    return resource.load_balancer_attributes
