"""The production rule as the port finds it in ELBv2's answers."""

from __future__ import annotations

import boto3
from botocore.stub import Stubber
from traffic_switch.model import Weights
from traffic_switch.ports.listener_rule import ListenerRule

from tests.unit.switch_facts import PLACE, raw_rule


def test_a_rule_on_a_later_page_is_found() -> None:
    client = boto3.client("elbv2", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    asked = {"ListenerArn": PLACE.listener_arn}
    with Stubber(client) as stub:
        stub.add_response("describe_rules", {"Rules": [], "NextMarker": "page-2"}, asked)
        stub.add_response("describe_rules", {"Rules": [raw_rule(30, 70)]}, {**asked, "Marker": "page-2"})

        assert ListenerRule(client, client, PLACE).look().reads(Weights(30, 70))
