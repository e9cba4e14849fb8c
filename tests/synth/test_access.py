"""What the stack of people's roles promises, and who could make users unserved with one call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from aws_cdk import App
from cdk_nag import AwsSolutionsChecks
from greenlight_cdk.people_rights import PEOPLE

from greenlight.bootstrap.policy import MOST_CHARACTERS, size
from tests.synth.account import Account
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, properties, resources
from tests.synth.test_stages import OWN, crossing

ANN = "arn:aws:iam::111122223333:role/ann"
OPEN: Mapping[str, Any] = {"access": True, "access_releasers": ANN}


def documents(template: Template) -> dict[str, list[dict[str, Any]]]:
    """The statements of each person's policy."""
    found = resources(template, "IAM::ManagedPolicy")
    return {
        re.sub(r"Policy[0-9A-F]{8}$", "", name): each["Properties"]["PolicyDocument"]["Statement"]
        for name, each in found.items()
    }


@pytest.mark.parametrize("compute", ["ec2", "fargate"])
def test_people_change_nothing_of_other_stacks_but_what_these_export(synthesize: Synthesize, compute: str) -> None:
    without, beside = synthesize(compute=compute), synthesize(compute=compute, **OPEN)

    assert beside.keys() - without.keys() == {"GreenlightAccess"}
    for name, template in without.items():
        assert template["Resources"] == beside[name]["Resources"]


def test_every_kind_of_person_has_a_policy_and_those_with_principals_a_role(synthesize: Synthesize) -> None:
    template = synthesize(**OPEN)["GreenlightAccess"]
    (role,) = properties(template, "IAM::Role")

    assert set(documents(template)) == set(PEOPLE)
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ANN}}
    ]
    assert set(template["Outputs"]) == {*(f"{person}PolicyArn" for person in PEOPLE), "ReleaserRoleArn"}


def test_a_policy_is_as_short_as_iam_takes_it(synthesize: Synthesize) -> None:
    account = Account(synthesize(**OPEN))
    lengths = [
        size(account.resolved("GreenlightAccess", each))
        for each in documents(account.stacks["GreenlightAccess"]).values()
    ]

    assert 0 < max(lengths) <= MOST_CHARACTERS


def test_no_person_of_one_stage_reaches_the_other(synthesize: Synthesize) -> None:
    flags = {"stages": OWN, "access": True}
    production, staging = Account(synthesize(**flags)), Account(synthesize(**flags, stage="staging"))
    looks = re.compile(r":(Describe|Get|List)")

    for own, other in ((production, staging), (staging, production)):
        found = [(reach, arn) for reach, arn in crossing(own, other) if "Access/" in reach.policy]
        assert {arn for reach, arn in found if not (reach.resource == "*" and looks.search(reach.action))} <= {
            arn for arn in other.arns() if "PreviewSecret" in arn
        }


@pytest.mark.parametrize("stage", ["", "staging"])
def test_the_stack_passes_every_rule_of_cdk_nag(synthesize: Synthesize, built: Callable[..., App], stage: str) -> None:
    flags = {"stages": OWN, **OPEN, **({"stage": stage} if stage else {})}
    synthesize(**flags)
    app = built(**flags)

    violations = AwsSolutionsChecks(app).validate_scope(app).violations
    assert not [violation.rule_name for violation in violations]
