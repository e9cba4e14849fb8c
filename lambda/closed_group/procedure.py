"""What is done for CloudFormation: the group is closed when the resource comes or changes, and left alone otherwise."""

from __future__ import annotations

from custom_resource.patience import Patience
from custom_resource.request import Event, Kind, kind_of, properties, required
from traffic_switch.journal import Answer

from closed_group.world import World


def decide(event: Event, world: World, patience: Patience) -> Answer:
    """Return SUCCESS with what was done. The group goes with its VPC, so that nothing is done when the resource goes.

    Raises:
        RequestError: a property is missing.
    """
    group_id = required(properties(event), "GroupId")
    if kind_of(event) is Kind.DELETE:
        return Answer("SUCCESS", f"{group_id} stays as it is")
    ingress, egress = patience(lambda: world.groups.rules(group_id))
    patience(lambda: world.groups.revoke(group_id, ingress, egress))
    return Answer("SUCCESS", f"{group_id} has no rules: {len(ingress)} in and {len(egress)} out were taken away")
