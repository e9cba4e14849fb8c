"""The rights of roles in a rehearsal: one can be taken away, and those that nobody used are named."""

from __future__ import annotations

import pytest

from greenlight.errors import RehearsalError
from greenlight.rehearsal.acts.pipeline.rights import unused
from greenlight.rehearsal.acts.pipeline.roles import Grants, without

READ = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}
BOTH = {"Effect": "Allow", "Action": ["ecr:BatchGetImage", "ecr:PutImage"], "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [READ, BOTH]}


def test_one_action_is_taken_away_and_the_others_stay() -> None:
    assert without(POLICY, "ecr:PutImage")["Statement"] == [
        {**READ, "Action": ["dynamodb:GetItem"]},
        {**BOTH, "Action": ["ecr:BatchGetImage"]},
    ]


def test_a_statement_goes_with_its_only_action() -> None:
    assert [each["Action"] for each in without(POLICY, "dynamodb:GetItem")["Statement"]] == [BOTH["Action"]]


def test_what_a_role_may_not_do_cannot_be_taken_away() -> None:
    with pytest.raises(RehearsalError, match="no statement of the role allows sns:Publish"):
        without(POLICY, "sns:Publish")


def test_what_a_role_may_do_and_has_not_done_is_named() -> None:
    roles = {"PlanRole": Grants("plan-1", frozenset({"sns:Publish", "ecr:PutImage"}))}

    assert list(unused(roles, {"plan-1": ["ecr:PutImage"], "another": ["sns:Publish"]})) == ["PlanRole sns:Publish"]


def test_what_another_run_would_ask_for_is_not_named() -> None:
    roles = {
        name: Grants(name, frozenset({"s3:GetObject", "codebuild:StopBuild"})) for name in ("DeliveryRole", "PlanRole")
    }

    assert list(unused(roles, {})) == ["PlanRole s3:GetObject"]
