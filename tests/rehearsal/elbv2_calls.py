"""What tests of Elastic Load Balancing's API ask for, and how they look at what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.load_balancing import Shop

PREVIEW = [{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Preview", "Values": ["blue"]}}]

OK = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "matched"}}]
"""An action that answers at once, so that a test sees that its rule matched."""


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    """The code and the message of what a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def forward(*groups: tuple[str, int]) -> list[dict[str, Any]]:
    """An action that forwards to groups by weight."""
    tuples = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in groups]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": tuples}}]


def weights(shop: Shop) -> list[int]:
    """The weights of the shop's rule, blue first."""
    action = shop.elb.describe_rules(RuleArns=[shop.rule])["Rules"][0]["Actions"][0]
    return [each["Weight"] for each in action["ForwardConfig"]["TargetGroups"]]
