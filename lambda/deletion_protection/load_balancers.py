"""ELBv2's protection of load balancers against deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

ATTRIBUTE = "deletion_protection.enabled"


class Elbv2LoadBalancers:
    """Reads and writes the attribute. `client` is boto3's for ELBv2."""

    def __init__(self, client: ElasticLoadBalancingv2Client) -> None:
        self._client = client

    def is_protected(self, arn: str) -> bool:
        """Whether ELBv2 would refuse to delete the load balancer."""
        attributes = self._client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        return {each["Key"]: each["Value"] for each in attributes}.get(ATTRIBUTE) == "true"

    def protect(self, arn: str, protected: bool) -> None:
        """Turn the protection on or off; that it is so already is a success."""
        value = str(protected).lower()
        self._client.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": ATTRIBUTE, "Value": value}]
        )
