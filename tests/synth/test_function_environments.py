"""The environments of the functions fit into what Lambda takes, with every name as long as AWS can make it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from stacks.function_environment import MOST_BYTES, longest, measured
from stacks.settings import Settings
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, properties, resources

SERVICES = 10
LONGEST = {
    "LoadBalancerFullName": len(f"app/{'x' * 32}/{'x' * 16}"),
    "DNSName": len(f"{'x' * 32}-{'x' * 10}.ap-southeast-2.elb.amazonaws.com.cn"),
    "TargetGroupFullName": len(f"targetgroup/{'x' * 32}/{'x' * 16}"),
    "TargetGroup": len(
        f"arn:aws-us-gov:elasticloadbalancing:us-gov-east-1:123456789012:targetgroup/{'x' * 32}/{'x' * 16}"
    ),
    "Listener": len(
        f"arn:aws-us-gov:elasticloadbalancing:ap-southeast-2:123456789012:listener/app/{'x' * 32}/{'x' * 16}/{'x' * 16}"
    ),
}
"""By what the name of an export, or an attribute, ends with: what ELBv2 can make of it at most."""
PSEUDO = {"AWS::Region": "ap-southeast-2", "AWS::Partition": "aws-us-gov", "AWS::AccountId": "123456789012"}
RANDOM = "ABCDEFGHIJKLM"
"""What CloudFormation adds to the names that it makes of a stack's name and a logical id."""


def many(count: int) -> dict[str, Any]:
    """So many services with names, paths and checks of their own."""
    return {
        f"service-number-{chr(97 + number)}": {
            "blue_version": "1.0.0",
            "green_version": "1.0.0",
            "source": "services/shop",
            "paths": [f"/service-{number}/*"],
            "health_path": f"/service-{number}/health",
            "probe_path": f"/service-{number}/",
            "priority": 92 + 2 * number,
            "blue_port": 3000 + 2 * number,
            "green_port": 3001 + 2 * number,
        }
        for number in range(count)
    }


@pytest.fixture(params=["ec2", "fargate"])
def templates(synthesize: Synthesize, request: pytest.FixtureRequest) -> dict[str, Template]:
    return synthesize(services=json.dumps(many(SERVICES)), compute=request.param)


def environments(templates: dict[str, Template]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each function's environment, with every token at its longest."""
    for stack, template in templates.items():
        for name, function in resources(template, "Lambda::Function").items():
            variables = function["Properties"].get("Environment", {}).get("Variables", {})
            yield name, {key: _resolved(value, stack, template) for key, value in variables.items()}


def _resolved(value: Any, stack: str, template: Template) -> str:
    if isinstance(value, str):
        return value
    ((kind, argument),) = value.items()
    if kind == "Fn::Join":
        return "".join(_resolved(part, stack, template) for part in argument[1])
    if kind == "Fn::ImportValue":
        return _of_another_stack(argument)
    if argument in PSEUDO:
        return PSEUDO[argument]
    logical_id = argument if kind == "Ref" else argument[0]
    made = f"{stack}-{logical_id}-{RANDOM}"
    if kind == "Ref" and template["Resources"][logical_id]["Type"] not in (
        "AWS::SNS::Topic",
        "AWS::StepFunctions::StateMachine",
    ):
        return made
    return f"arn:aws-us-gov:service:ap-southeast-2:123456789012:stateMachine:{made}"


def _of_another_stack(export: str) -> str:
    """`GreenlightEdge:ExportsOutputFnGetAttShopBlue2F5CF845TargetGroupFullName5A1B2C3D`."""
    stack, _, what = export.partition(":ExportsOutput")
    kind = next((length for part, length in LONGEST.items() if what[:-8].endswith(part)), None)
    if kind is not None:
        return "x" * kind
    if "Listener" in what:
        return "x" * LONGEST["Listener"]
    name = what.removeprefix("Ref")[:-8]
    if name.startswith("PreviewSecret"):
        return f"arn:aws-us-gov:secretsmanager:ap-southeast-2:123456789012:secret:{name}-{RANDOM}-ABCDEF"
    assert name.startswith(("Journal", "Requests", "Shop", "Service")), f"the longest name of {name} is not known here"
    return f"{stack}-{name}-{RANDOM}"


def test_ten_services_fit_into_the_environment_of_every_function(templates: dict[str, Template]) -> None:
    sizes = {name: measured(variables) for name, variables in environments(templates)}

    assert len(sizes) > 15
    assert max(sizes.values()) <= MOST_BYTES, sizes


def test_what_the_settings_are_checked_by_is_never_less_than_what_is_deployed(templates: dict[str, Template]) -> None:
    settings = Settings.from_context({"services": many(SERVICES)})

    assert max(measured(variables) for _, variables in environments(templates)) <= longest(settings)


def test_the_longest_name_of_a_stage_is_counted_wherever_it_is_told(synthesize: Synthesize) -> None:
    stage, services = "s" * 80, many(SERVICES - 2)
    stages = {stage: {"vpc_cidr": "10.21.0.0/16", "services": services}}
    settings = Settings.from_context({"services": services, "stages": stages, "stage": stage})
    templates = synthesize(services=json.dumps(services), stages=json.dumps(stages), stage=stage)

    assert max(measured(variables) for _, variables in environments(templates)) <= longest(settings)


def test_no_function_runs_before_the_alarms_that_it_knows_by_name(synthesize: Synthesize) -> None:
    template = synthesize()["GreenlightSwitch"]
    named = [
        alarm for alarm, each in resources(template, "CloudWatch::Alarm").items() if "AlarmName" in each["Properties"]
    ]

    assert len(named) == 4
    told = [
        each
        for each in resources(template, "Lambda::Function").values()
        if "GREENLIGHT_CONFIG" in each["Properties"]["Environment"]["Variables"]
    ]
    assert told
    assert all(set(named) <= set(each["DependsOn"]) for each in told)


def test_alarms_have_the_names_that_the_functions_derive(synthesize: Synthesize) -> None:
    names = {alarm.get("AlarmName") for alarm in properties(synthesize()["GreenlightSwitch"], "CloudWatch::Alarm")}

    assert names - {None} == {
        f"GreenlightSwitch-shop-{color}-{kind}" for color in ("blue", "green") for kind in ("errors", "latency")
    }
