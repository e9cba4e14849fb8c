"""What ELBv2 says about target groups, where it says little."""

from __future__ import annotations

from typing import Any

from traffic_switch.model import Target
from traffic_switch.ports.target_groups import TargetGroups


class Elbv2:
    """A client that describes one target, by as little as the API must say."""

    def describe_target_health(self, **_asked: Any) -> dict[str, Any]:
        return {"TargetHealthDescriptions": [{"Target": {"Id": "i-1"}, "TargetHealth": {"State": "healthy"}}]}


def test_a_target_of_which_only_the_state_is_told_has_no_port_and_no_reason() -> None:
    groups = TargetGroups(Elbv2())  # type: ignore[arg-type]

    assert groups.targets("arn:blue") == (Target("i-1", 0, "healthy", "", ""),)
