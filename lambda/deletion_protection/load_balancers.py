"""ELBv2's protection of load balancers against deletion, and a sign of their age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_switch.contract import HTTP_PORT

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

ATTRIBUTE = "deletion_protection.enabled"


class Elbv2LoadBalancers:
    """Reads and writes the attribute, and reads listeners. `client` is boto3's for ELBv2."""

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

    def redirects_for_good(self, arn: str) -> bool:
        """Whether port 80 redirects with 301, as it did before there was a way back from port 443 (decision 0019)."""
        pages = self._client.get_paginator("describe_listeners").paginate(LoadBalancerArn=arn)
        listeners = [each for page in pages for each in page["Listeners"] if each["Port"] == HTTP_PORT]
        actions = [action for listener in listeners for action in listener["DefaultActions"]]
        return any(action.get("RedirectConfig", {}).get("StatusCode") == "HTTP_301" for action in actions)
