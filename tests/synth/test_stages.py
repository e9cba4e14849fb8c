from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from aws_cdk import App
from cdk_nag import AwsSolutionsChecks
from greenlight_cdk.names import STACK_KINDS
from traffic_switch.contract import STAGE_VARIABLE

from tests.synth.account import ACCOUNT, REGION, Account, Reach
from tests.synth.conftest import Synthesize
from tests.synth.templates import properties, text

SERVICES = {"shop": {"blue_version": "2.0.0", "green_version": "2.1.0", "active_color": "green"}}
STAGING = {"vpc_cidr": "10.21.0.0/16", "services": SERVICES}
OWN = json.dumps({"staging": STAGING})
SHARED = json.dumps({"staging": {**STAGING, "repositories": "shared"}})
COMPUTES = pytest.mark.parametrize("compute", ["ec2", "fargate"])

KNOWS_NO_RESOURCE = {
    "cloudformation:DescribeStacks",
    "cloudwatch:DescribeAlarms",
    "ec2:DescribeInstances",
    "cloudwatch:GetMetricData",
    "ecr:GetAuthorizationToken",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "ssm:GetCommandInvocation",
    "ssm:UpdateInstanceInformation",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""Calls for which AWS accepts no resource but `*` (service authorization reference). Those on log delivery are what
Step Functions demands of a state machine that writes a log; all others look, or act on the caller alone."""
FAMILIES = ("ec2messages:", "ssmmessages:", "elasticloadbalancing:Describe")
"""Whole families of them: the agent's channels, on which a caller acts for itself alone, and looks of ELBv2."""

PRODUCTIONS = re.compile(
    r"(?<![\w-])(?<!/lib/)(?<!/run/)greenlight/[\w$]|\bGreenlight-RunColor|\blive-(?:blue|green)\b|(?<!Custom::)\bGreenlight(?:"
    + "|".join(STACK_KINDS)
    + r")\b"
)
"""Names of production's, but for the custom resources' types, which all stages have, and paths on a host, which is a
stage's own."""

PULL = {
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:DescribeImages",
    "ecr:GetDownloadUrlForLayer",
    "ecr:PutImage",
}


@pytest.fixture(params=["ec2", "fargate"])
def beside(request: pytest.FixtureRequest, synthesize: Synthesize) -> tuple[Account, Account]:
    """Production, and a stage with repositories of its own, both with one compute."""
    production = synthesize(compute=request.param, stages=OWN)
    return Account(production), Account(synthesize(compute=request.param, stages=OWN, stage="staging"))


def crossing(own: Account, other: Account) -> Iterator[tuple[Reach, str]]:
    """What a policy of one account reaches of the other, apart from calls that know no resources."""
    there = sorted(other.arns())
    for reach in own.reaches():
        if reach.resource == "*" and (reach.action in KNOWS_NO_RESOURCE or reach.action.startswith(FAMILIES)):
            continue
        yield from ((reach, arn) for arn in there if reach.matches(arn))


def test_no_name_is_taken_twice(beside: tuple[Account, Account]) -> None:
    production, staging = (set(account.chosen_names()) for account in beside)

    assert len(production) == len(staging)
    assert not production & staging


def test_no_export_is_taken_twice(beside: tuple[Account, Account]) -> None:
    production, staging = (set(account.exports) for account in beside)

    assert len(production) == len(staging) > 0
    assert not production & staging


def test_nothing_that_iam_can_name_is_both_stages(beside: tuple[Account, Account]) -> None:
    production, staging = (set(account.arns()) for account in beside)

    assert not production & staging


def test_no_policy_reaches_the_other_stage(beside: tuple[Account, Account]) -> None:
    production, staging = beside

    assert not list(crossing(production, staging))
    assert not list(crossing(staging, production))


def test_each_policy_reaches_what_it_is_for(beside: tuple[Account, Account]) -> None:
    """Without this the test above could pass because no pattern matches anything."""
    for account in beside:
        there = list(account.arns())
        lost = [reach for reach in account.reaches() if not any(reach.matches(arn) for arn in there)]
        assert not lost


def test_the_matcher_finds_a_policy_that_reaches_too_far(beside: tuple[Account, Account]) -> None:
    production, staging = beside
    rules = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener-rule/*"
    document = f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/Greenlight*"

    assert [arn for arn in staging.arns() if Reach("any", "elasticloadbalancing:ModifyRule", rules).matches(arn)]
    if any("Ec2Host" in stack for stack in production.stacks):
        assert [arn for arn in staging.arns() if Reach("any", "ssm:SendCommand", document).matches(arn)]


@COMPUTES
def test_stages_that_are_declared_change_no_byte_of_production(synthesize: Synthesize, compute: str) -> None:
    without, beside = synthesize(compute=compute), synthesize(compute=compute, stages=OWN)

    assert {name: text(template) for name, template in without.items()} == {
        name: text(template) for name, template in beside.items()
    }


@COMPUTES
def test_no_text_of_a_stages_templates_names_what_is_productions(synthesize: Synthesize, compute: str) -> None:
    """Scripts name things too, which no reference of the template shows."""
    staging = synthesize(compute=compute, stages=OWN, stage="staging")

    assert not [found for template in staging.values() for found in PRODUCTIONS.findall(text(template))]
    production = synthesize(compute=compute, stages=OWN)
    assert [found for template in production.values() for found in PRODUCTIONS.findall(text(template))]


@COMPUTES
def test_a_stage_is_the_same_system_under_other_names(synthesize: Synthesize, compute: str) -> None:
    production = synthesize(compute=compute)
    staging = synthesize(compute=compute, stages=OWN, stage="staging")

    assert [name.replace("GreenlightStaging", "Greenlight") for name in staging] == list(production)
    for name, template in staging.items():
        there = production[name.replace("GreenlightStaging", "Greenlight")]["Resources"]
        kinds = sorted(each["Type"] for each in template["Resources"].values())
        assert kinds == sorted(each["Type"] for each in there.values())


@COMPUTES
def test_a_stage_that_shares_reaches_productions_images_and_nothing_else(synthesize: Synthesize, compute: str) -> None:
    production = Account(synthesize(compute=compute))
    staging = Account(synthesize(compute=compute, stages=SHARED, stage="staging"))

    found = list(crossing(staging, production))
    assert {arn for _, arn in found} == {f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/greenlight/shop"}
    assert {reach.action for reach, _ in found} <= PULL
    assert not list(crossing(production, staging))


def test_a_stage_that_shares_has_no_repositories_and_no_tie_to_productions(synthesize: Synthesize) -> None:
    staging = synthesize(stages=SHARED, stage="staging")

    assert "GreenlightStagingRegistry" not in staging
    assert not any("GreenlightRegistry" in text(template) for template in staging.values())


@pytest.mark.parametrize("stages", [OWN, SHARED], ids=["own", "shared"])
def test_each_stage_marks_its_running_images_with_tags_of_its_own(synthesize: Synthesize, stages: str) -> None:
    def tags(**flags: str) -> str:
        (host,) = (each for name, each in synthesize(**flags).items() if name.endswith("Ec2Host"))
        (config,) = (
            json.dumps(function["Environment"])
            for function in properties(host, "Lambda::Function")
            if "running_tags" in json.dumps(function.get("Environment", {}))
        )
        return config

    assert "live-blue" in tags(stages=stages)
    assert "live-staging-blue" in tags(stages=stages, stage="staging")
    assert "live-blue" not in tags(stages=stages, stage="staging")


def test_every_function_that_tells_people_something_knows_its_stage(synthesize: Synthesize) -> None:
    def told(**flags: str) -> set[str | None]:
        (switch,) = (each for name, each in synthesize(**flags).items() if name.endswith("Switch"))
        environments = [each["Environment"]["Variables"] for each in properties(switch, "Lambda::Function")]
        return {variables.get(STAGE_VARIABLE) for variables in environments}

    assert told(stages=OWN) == {None}
    assert told(stages=OWN, stage="staging") == {"staging"}


@COMPUTES
@pytest.mark.parametrize("stages", [OWN, SHARED], ids=["own", "shared"])
def test_a_stage_passes_every_rule_of_cdk_nag(built: Callable[..., App], compute: str, stages: str) -> None:
    app = built(compute=compute, stages=stages, stage="staging")

    violations = AwsSolutionsChecks(app).validate_scope(app).violations
    assert not [violation.rule_name for violation in violations]
