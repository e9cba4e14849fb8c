"""The rights of machines that deliver, as data: who may read, and who may change what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from greenlight_cdk.delivery_rights import (
    DELIVERY_RIGHTS,
    DUTIES,
    DeliveryGrounds,
    Duty,
    plan_and_record,
    push,
    release,
)

GROUNDS = DeliveryGrounds(
    journal="arn:aws:dynamodb:eu-west-1:111122223333:table/GreenlightData-Journal-1",
    repositories=("arn:aws:ecr:eu-west-1:111122223333:repository/greenlight/shop",),
    stacks=("arn:aws:cloudformation:eu-west-1:111122223333:stack/GreenlightEdge/*",),
    bootstrap_roles=("arn:aws:iam::111122223333:role/cdk-hnb659fds-deploy-role-111122223333-eu-west-1",),
)
READS = ("Describe", "Get", "BatchGet", "Scan")


def test_a_plan_only_reads() -> None:
    actions = [action for each in plan_and_record(GROUNDS) for action in each.actions]

    assert all(action.partition(":")[2].startswith(READS) for action in actions)


def test_a_release_reads_what_its_plan_reads_and_changes_things_by_the_bootstraps_roles_alone() -> None:
    *looks, deploy = release(GROUNDS)

    assert tuple(looks) == plan_and_record(GROUNDS)
    assert (deploy.actions, deploy.resources) == (("sts:AssumeRole",), GROUNDS.bootstrap_roles)


@pytest.mark.parametrize("duty", DUTIES)
def test_no_machine_deletes_an_image_or_writes_the_journal(duty: Duty) -> None:
    actions = {action for each in DELIVERY_RIGHTS[duty](GROUNDS) for action in each.actions}

    assert not {action for action in actions if "Delete" in action or "Update" in action}
    assert {action for action in actions if action.startswith("dynamodb:")} <= {"dynamodb:GetItem", "dynamodb:Scan"}


def test_githubs_push_alone_keeps_what_it_builds() -> None:
    """The pipeline's builds keep nothing; who could write a cache could change the next build."""
    cache = "arn:aws:ecr:eu-west-1:111122223333:repository/greenlight.cache/shop"
    grounds = replace(GROUNDS, build_caches=(cache,))

    reach = {duty: [each.sid for each in DELIVERY_RIGHTS[duty](grounds) if cache in each.resources] for duty in DUTIES}
    assert reach == {"Push": ["KeepBuilds"], "Plan": [], "Release": []}
    assert push(grounds) == push(GROUNDS)


@pytest.mark.parametrize("duty", [each for each in DUTIES if each != "Push"])
def test_images_are_pushed_by_nobody_else(duty: Duty) -> None:
    actions = {action for each in DELIVERY_RIGHTS[duty](GROUNDS) for action in each.actions}

    assert "ecr:PutImage" not in actions
