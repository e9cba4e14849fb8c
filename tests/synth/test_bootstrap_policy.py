"""The policies of a narrower bootstrap: written from the templates, within IAM's limits, and really narrower."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest
from greenlight_cdk.people_rights import EVERYWHERE, PEOPLE, RIGHTS, Person
from greenlight_cdk.strict.customer_key import USE, USERS

from greenlight.bootstrap.__main__ import FOLDER, SHAPES, documents
from greenlight.bootstrap.calls import calls
from greenlight.bootstrap.places import BOUNDARY
from greenlight.bootstrap.policy import BOUNDED, MOST_CHARACTERS, size, types_of
from greenlight.project import CHECKOUT
from tests.synth.conftest import Synthesize

FILES = sorted(FOLDER.glob("*.json"))
MOST_POLICIES = 10
"""Of one role (IAM guide, "IAM and AWS STS quotas")."""


@cache
def statements(name: str) -> list[dict[str, Any]]:
    """What the committed policies of this name say."""
    found = [json.loads(file.read_text())["Statement"] for file in FILES if file.stem.startswith(name)]
    return [statement for each in found for statement in each]


def allowed(name: str) -> Iterator[tuple[str, str, Any]]:
    """Each action on each resource, and under which condition."""
    for each in statements(name):
        resources = [each["Resource"]] if isinstance(each["Resource"], str) else each["Resource"]
        yield from ((action, arn, each.get("Condition")) for action in each["Action"] for arn in resources)


def test_what_is_committed_is_what_the_templates_need() -> None:
    written = {file.stem: file.read_text() for file in FILES}

    assert written == documents(), "run `python -m greenlight.bootstrap`"


def test_every_policy_is_within_iams_limits() -> None:
    lengths = {file.stem: size(json.loads(file.read_text())["Statement"]) for file in FILES}

    assert max(lengths.values()) <= MOST_CHARACTERS
    assert 1 < len(lengths) - 1 <= MOST_POLICIES


@pytest.mark.parametrize("compute", ["ec2", "fargate"])
def test_every_type_of_the_templates_has_its_calls(synthesize: Synthesize, compute: str) -> None:
    types = types_of(synthesize(compute=compute, backup_days="7").values())
    actions = [action for action, _, _ in allowed("execution")]

    assert not [kind for kind in types if not calls(kind)]
    missing = {call for kind in types for call in calls(kind) if not any(fnmatchcase(call, each) for each in actions)}
    assert not missing


def test_the_shapes_are_both_computes_with_and_without_the_strict_profile() -> None:
    assert {(shape["compute"], shape.get("security", "standard")) for shape in SHAPES} == {
        ("ec2", "standard"),
        ("ec2", "strict"),
        ("fargate", "standard"),
        ("fargate", "strict"),
    }


def test_the_boundary_lets_roles_use_what_the_key_of_strict_encrypts() -> None:
    found = {(action, service) for action, _, how in allowed("boundary") if how for service in _through(how)}

    assert found == {(action, f"{service}.*") for action in USE for service in USERS}


def _through(condition: Any) -> list[str]:
    services: list[str] = condition["StringLike"]["kms:ViaService"]
    return services


def test_no_statement_allows_a_whole_service() -> None:
    wide = {action for action, _, _ in allowed("execution") if "*" in action}

    assert wide == {"ec2:Describe*", "elasticloadbalancing:Describe*"}


@pytest.mark.parametrize(
    "service", ["dynamodb", "ecr", "events", "iam", "lambda", "s3", "sns", "sqs", "states", "wafv2"]
)
def test_what_has_names_is_reached_by_greenlights_alone(service: str) -> None:
    found = {
        arn for action, arn, condition in allowed("execution") if action.startswith(f"{service}:") and not condition
    }
    known = ("*Greenlight*", "*greenlight*", "*:stateMachine:Switch*", "*webacl/Firewall*", "*loadbalancer/app/Green*")
    others = {arn for arn in found if not any(fnmatchcase(arn, each) for each in known)}

    assert others <= {
        "*",
        "arn:aws:iam::*:oidc-provider/token.actions.githubusercontent.com",
        "arn:aws:lambda:*:*:event-source-mapping:*",
        "arn:aws:s3:::cdk-hnb659fds-assets-*",
        "arn:aws:wafv2:*:*:regional/managedruleset/*",
    }
    assert "*" not in found or service in ("lambda", "sns")


def test_what_is_dangerous_without_names_is_limited_to_greenlights_stacks() -> None:
    conditions = [
        condition
        for action, _, condition in allowed("execution")
        if action in ("ec2:TerminateInstances", "ec2:StopInstances", "kms:PutKeyPolicy")
    ]

    assert conditions == [{"StringLike": {"aws:ResourceTag/aws:cloudformation:stack-name": "Greenlight*"}}] * 3


def test_a_role_gets_rights_only_within_the_boundary() -> None:
    bound = [(arn, condition) for action, arn, condition in allowed("execution") if action in BOUNDED]

    assert len(bound) == len(BOUNDED)
    assert {arn for arn, _ in bound} == {"arn:aws:iam::*:role/Greenlight*"}
    assert all(
        each == {"ArnLike": {"iam:PermissionsBoundary": f"arn:aws:iam::*:policy/{BOUNDARY}"}} for _, each in bound
    )


def test_nobody_takes_the_boundary_off_or_changes_it() -> None:
    actions = {action for action, _, _ in allowed("execution")}
    policies = {arn for action, arn, _ in allowed("execution") if action.startswith("iam:CreatePolicy")}

    assert "iam:DeleteRolePermissionsBoundary" not in actions
    assert not [arn for arn in policies if fnmatchcase(f"arn:aws:iam::1:policy/{BOUNDARY}", arn)]


def test_a_role_is_handed_to_the_services_that_use_one_alone() -> None:
    (passed,) = ((arn, condition) for action, arn, condition in allowed("execution") if action == "iam:PassRole")

    assert passed[0] == "arn:aws:iam::*:role/Greenlight*"
    assert set(passed[1]["StringEquals"]["iam:PassedToService"]) == {
        f"{service}.amazonaws.com" for service in ("backup", "ec2", "ecs-tasks", "lambda", "states", "vpc-flow-logs")
    }


@pytest.mark.parametrize("person", PEOPLE)
def test_the_boundary_lets_people_do_what_their_roles_are_for(person: Person) -> None:
    wanted = {action for each in RIGHTS[person](EVERYWHERE) for action in each.actions}

    assert wanted <= {action for action, _, _ in allowed("boundary")}


def test_the_boundary_makes_nobody_an_administrator() -> None:
    """It lets roles do what Greenlight's roles do: no rights, no secrets but Greenlight's; of networks it closes."""
    actions = {action for action, _, _ in allowed("boundary")}
    secrets = {arn for action, arn, _ in allowed("boundary") if action == "secretsmanager:GetSecretValue"}

    assert {action for action in actions if action.startswith("iam:")} == {"iam:GetRole"}
    assert {each for each in actions if each.startswith("ec2:") and not each.startswith("ec2:Describe")} == {
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
    }
    assert secrets == {f"arn:aws:secretsmanager:*:*:secret:*{kind}Secret*" for kind in ("Preview", "Service")}


def test_the_page_names_each_policy() -> None:
    page = (CHECKOUT / "docs" / "operations.md").read_text()

    assert f"for name in {' '.join(file.stem for file in FILES)}; do" in page
    assert ",".join(f"$ours-{number}" for number in range(1, len(FILES))) in page
    assert f'"{BOUNDARY}"' in page
