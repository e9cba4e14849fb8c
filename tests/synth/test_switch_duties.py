from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from greenlight_cdk.names import PREVIEW_TAG

from tests.synth.compute import listed, policy_statements, statements
from tests.synth.conftest import Synthesize
from tests.synth.reached_calls import reached
from tests.synth.switch import DUTIES, function
from tests.synth.templates import Template, properties, text

ELB = "elasticloadbalancing:"
READ_ONLY_EVERYWHERE = {
    "cloudformation:DescribeStacks",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    f"{ELB}DescribeListeners",
    f"{ELB}DescribeRules",
    f"{ELB}DescribeTargetGroupAttributes",
    f"{ELB}DescribeTargetHealth",
}
OF_THE_PLATFORM = ("logs:", "sqs:")
"""What the CDK grants so that a function can log, and can be called from a queue."""
NEVER = {"Remove": {"dynamodb:PutItem"}}
"""What reading the code finds, and what never happens: a removal leaves nothing live behind that it could write."""
TAKE_BACK = {"Pay", "Rollback", "Settle"}

Allowed = Mapping[str, Mapping[str, Any]]


@pytest.fixture
def allowed(synthesize: Synthesize) -> Allowed:
    """For each duty what its role allows: action to resource."""
    template: Template = synthesize()["GreenlightSwitch"]
    return {name: statements(template, f"Switch{name}Role") for name in DUTIES}


@pytest.fixture
def holders(allowed: Allowed) -> Callable[[str], set[str]]:
    """A function from an action to the duties whose roles allow it."""
    return lambda action: {name for name, actions in allowed.items() if action in actions}


@pytest.mark.parametrize("name", sorted(DUTIES))
def test_a_role_allows_what_the_duty_says_and_nothing_else(allowed: Allowed, name: str) -> None:
    assert {action for action in allowed[name] if not action.startswith(OF_THE_PLATFORM)} == DUTIES[name].actions


@pytest.mark.parametrize("name", sorted(DUTIES))
def test_a_duty_covers_every_call_that_its_handler_can_reach(name: str) -> None:
    assert reached(name.lower()) - NEVER.get(name, set()) <= DUTIES[name].actions


@pytest.mark.parametrize("name", sorted(DUTIES))
def test_a_duty_allows_no_call_that_its_handler_cannot_reach(name: str) -> None:
    assert DUTIES[name].actions <= reached(name.lower())


def test_only_reads_are_allowed_everywhere(allowed: Allowed) -> None:
    everywhere = {action for actions in allowed.values() for action, resource in actions.items() if resource == "*"}

    assert everywhere == READ_ONLY_EVERYWHERE


@pytest.mark.parametrize(
    ("action", "names"),
    [
        (f"{ELB}ModifyRule", {"Shift", "Repair", *TAKE_BACK}),
        (f"{ELB}CreateRule", {"Shift", "Repair", *TAKE_BACK}),
        (f"{ELB}DeleteRule", {"Remove", "Repair", *TAKE_BACK}),
        (f"{ELB}SetRulePriorities", {"Repair"}),
        ("states:StartExecution", {"Request"}),
        ("states:StopExecution", {"Lock", "Settle"}),
        ("states:DescribeExecution", {"Lock", "Settle"}),
        ("secretsmanager:GetSecretValue", {"Smoke", "Repair", *TAKE_BACK}),
        ("sns:Publish", set(DUTIES)),
        ("cloudformation:DescribeStacks", {"Request"}),
    ],
)
def test_only_those_may_do_it_whose_work_it_is(
    holders: Callable[[str], set[str]], action: str, names: set[str]
) -> None:
    assert holders(action) == names


@pytest.mark.parametrize("action", ["ModifyRule", "DeleteRule", "SetRulePriorities"])
def test_rules_are_changed_on_our_own_load_balancer_alone(allowed: Allowed, action: str) -> None:
    found = [text(actions[f"{ELB}{action}"]) for actions in allowed.values() if f"{ELB}{action}" in actions]

    assert found
    assert all(":listener-rule/" in each and "LoadBalancerFullName" in each for each in found)


def test_no_function_of_the_switch_may_change_a_preview_rule(synthesize: Synthesize) -> None:
    changing = tuple(f"{ELB}{action}" for action in ("ModifyRule", "DeleteRule", "SetRulePriorities"))
    found = [
        statement
        for policy in properties(synthesize()["GreenlightSwitch"], "IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if any(action in text(statement["Action"]) for action in changing)
    ]

    assert found
    assert all(each["Condition"] == {"Null": {f"aws:ResourceTag/{PREVIEW_TAG}": "true"}} for each in found)


def test_rules_are_created_on_our_own_listener_alone(allowed: Allowed) -> None:
    found = [text(actions[f"{ELB}CreateRule"]) for actions in allowed.values() if f"{ELB}CreateRule" in actions]

    assert found
    assert all("FrontDoorLoadBalancerListener" in each for each in found)


def test_executions_are_started_of_our_own_machine_alone(allowed: Allowed) -> None:
    assert allowed["Request"]["states:StartExecution"] == {"Ref": "SwitchStatesMachine953181F6"}


@pytest.mark.parametrize("action", ["states:StopExecution", "states:DescribeExecution"])
def test_executions_are_stopped_of_our_own_machine_alone(allowed: Allowed, action: str) -> None:
    ours = [":execution:", {"Fn::GetAtt": ["SwitchStatesMachine953181F6", "Name"]}, ":*"]

    assert [allowed[name][action]["Fn::Join"][1][-3:] for name in ("Lock", "Settle")] == [ours, ours]


def test_every_function_keeps_to_the_journal_and_never_scans_it(allowed: Allowed) -> None:
    found = {
        (action.partition(":")[2], text(resource))
        for actions in allowed.values()
        for action, resource in actions.items()
        if action.startswith("dynamodb:")
    }

    assert {action for action, _ in found} <= {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"}
    assert all("Journal" in resource or "Requests" in resource for _, resource in found)


def test_the_requests_are_read_by_those_who_answer_and_by_nobody_else(synthesize: Synthesize) -> None:
    """Every role of every stack: who may read them can tell CloudFormation what he likes."""
    found = {
        (re.sub(r"^Switch|Role[0-9A-F]{8}$", "", role), action)
        for template in synthesize().values()
        for role in policies(template)
        for statement in policy_statements(template, role)
        for action in listed(statement["Action"])
        if "Requests" in text(statement["Resource"])
    }

    assert found == {
        ("Request", "dynamodb:PutItem"),
        ("Respond", "dynamodb:GetItem"),
        ("Respond", "dynamodb:DeleteItem"),
        ("Settle", "dynamodb:GetItem"),
        ("Settle", "dynamodb:DeleteItem"),
    }


def policies(template: Template) -> set[str]:
    """The roles that have policies."""
    return {role["Ref"] for policy in properties(template, "IAM::Policy") for role in policy["Roles"]}


@pytest.mark.parametrize("name", sorted(DUTIES))
def test_only_those_know_the_table_of_requests_who_may_use_it(synthesize: Synthesize, name: str) -> None:
    variables = function(synthesize()["GreenlightSwitch"], name)["Environment"]["Variables"]

    assert ("GREENLIGHT_REQUESTS" in variables) == (name in {"Request", "Respond", "Settle"})


@pytest.mark.parametrize("name", ["Preflight", "Gate", "Smoke", "Shift", "Bake", "Respond", "Request", "Drift"])
def test_who_does_not_end_a_switch_cannot_free_its_lock(allowed: Allowed, name: str) -> None:
    assert "Journal" not in text(allowed[name].get("dynamodb:DeleteItem", ""))


@pytest.mark.parametrize("name", sorted(DUTIES))
def test_a_role_reaches_the_items_of_the_journal_that_its_work_is_about(synthesize: Synthesize, name: str) -> None:
    template: Template = synthesize()["GreenlightSwitch"]
    found: dict[str, set[str]] = {}
    for statement in policy_statements(template, f"Switch{name}Role"):
        for action in listed(statement["Action"]):
            if action.startswith("dynamodb:"):
                keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
                found.setdefault(action, set()).update(listed(keys))

    assert found == {action: set(keys) for action, keys in DUTIES[name].keys.items()}
