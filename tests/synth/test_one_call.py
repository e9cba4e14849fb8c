"""Nobody makes users unserved with one call, but whoever's work is the traffic, and a breaker."""

from __future__ import annotations

import re

import pytest

from tests.strict_settings import STRICT
from tests.synth.account import Account
from tests.synth.conftest import Synthesize

ELB = "elasticloadbalancing:"
TAKE_BACK = {"Switch/Pay", "Switch/Repair", "Switch/Rollback", "Switch/Settle"}
WRITE = {"Switch/Shift", *TAKE_BACK}

UNSERVING = {
    f"{ELB}CreateRule": WRITE,
    f"{ELB}ModifyRule": {"Edge/PreviewKeys", *WRITE},
    f"{ELB}DeleteRule": {"Switch/Remove", *TAKE_BACK},
    f"{ELB}SetRulePriorities": {"Switch/Repair"},
    f"{ELB}DeregisterTargets": {"Ec2Host/Colors"},
    f"{ELB}ModifyLoadBalancerAttributes": {"Edge/DeletionProtection"},
    "ssm:SendCommand": {"Ec2Host/Colors"},
    "lambda:InvokeFunction": {"Switch/StatesMachine", "Access/Breaker"},
}
"""What some role may do that could leave users without an answer, and whose work it is: the writers of the production
rule, the rotation (a preview rule with another condition would take users), the function that starts containers (which
asks the rule first), the load balancer's deletion protection, and the state machine. A breaker may invoke Request,
which believes what is said of the release stack while that is changed."""

HARMLESS = {
    "cloudformation:CancelUpdateStack": "the rollback restores what the journal remembers",
    "states:StartExecution": "an execution that nobody asked for does nothing (decision 0024)",
    "states:StopExecution": "Settle takes the traffic back",
    "sts:AssumeRole": "into the bootstrap's roles, whose rights are the bootstrap's matter, and into a color's",
    f"{ELB}RegisterTargets": "targets are added, and none is taken",
    "secretsmanager:PutSecretValue": "users send no preview header; a smoke test that fails moves no traffic",
    "secretsmanager:UpdateSecretVersionStage": "the same",
    "ec2:RevokeSecurityGroupEgress": "of the default group alone, in which nothing of Greenlight is",
    "ec2:RevokeSecurityGroupIngress": "of the default group alone, in which nothing of Greenlight is",
    "ecr:PutImage": "tags what runs already; tags of versions do not move",
}
"""What looks as if it could, and why it cannot."""
READS = re.compile(r":(Describe|Get|List|BatchGet|Scan|ConditionCheck|BatchCheck)")
ELSEWHERE = re.compile(
    r"(logs|xray|sqs|sns|ec2messages|ssmmessages|dynamodb|codepipeline):|ssm:UpdateInstanceInformation$"
)
"""Services that no request of a user depends on at the moment. What the journal says is live moves traffic with the
next switch, and who writes it is tested in test_switch_duties.py; carts are the application's own."""


def holders(account: Account) -> dict[str, set[str]]:
    """For each action that a policy allows the roles that have it, e.g. `Switch/Shift`."""
    found: dict[str, set[str]] = {}
    for reach in account.reaches():
        stack, _, policy = reach.policy.removeprefix("Greenlight").partition("/")
        name = re.sub(r"(Function)?(RoleDefault)?(Policy|Commands)[0-9A-F]{8}$", "", policy.removeprefix("Switch"))
        found.setdefault(reach.action, set()).add(f"{stack}/{name}")
    return found


@pytest.fixture(params=["ec2", "fargate", "ec2 strict", "fargate strict"])
def found(request: pytest.FixtureRequest, synthesize: Synthesize) -> dict[str, set[str]]:
    compute, _, profile = request.param.partition(" ")
    flags = STRICT if profile else {}
    return holders(Account(synthesize(compute=compute, access=True, **flags)))


def expected(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """The table, as far as it is about stacks that are there."""
    stacks = {holder.partition("/")[0] for each in found.values() for holder in each}
    there = {action: {name for name in names if name.split("/")[0] in stacks} for action, names in UNSERVING.items()}
    return {action: names for action, names in there.items() if names}


def test_whoever_can_make_users_unserved_is_the_one_whose_work_that_is(found: dict[str, set[str]]) -> None:
    assert {action: names for action, names in found.items() if action in UNSERVING} == expected(found)


def test_of_people_a_breaker_alone_is_among_them(found: dict[str, set[str]]) -> None:
    people = {name for action in UNSERVING for name in found.get(action, ()) if name.startswith("Access/")}

    assert people == {"Access/Breaker"}


def test_every_other_action_of_every_role_is_harmless(found: dict[str, set[str]]) -> None:
    """One that is new to the policies has to be looked at: can it leave users without an answer?"""
    others = {action for action in found if not READS.search(action) and not ELSEWHERE.match(action)}

    assert others <= {*UNSERVING, *HARMLESS}
