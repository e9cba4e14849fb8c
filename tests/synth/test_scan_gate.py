"""The scan gate in the templates: the guard may read scans and knows what is refused, if that is wanted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from traffic_switch.contract import CONFIG_VARIABLE

from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, resources

GUARD = "version_guard.handler.handle"
COMPUTE = {"ec2": "GreenlightEc2Host", "fargate": "GreenlightFargate"}
READS = {"ecr:DescribeImageScanFindings", "inspector2:ListCoverage", "inspector2:ListFindings"}


def guard(template: Template) -> dict[str, Any]:
    (found,) = (
        each["Properties"]
        for each in resources(template, "Lambda::Function").values()
        if each["Properties"]["Handler"] == GUARD
    )
    return dict(found)


def statements(template: Template) -> list[dict[str, Any]]:
    role = guard(template)["Role"]["Fn::GetAtt"][0]
    return [
        statement
        for policy in resources(template, "IAM::Policy").values()
        if {"Ref": role} in policy["Properties"]["Roles"]
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def actions(statement: dict[str, Any]) -> set[str]:
    named = statement["Action"]
    return {named} if isinstance(named, str) else set(named)


@pytest.mark.parametrize("compute", sorted(COMPUTE))
def test_the_guard_is_told_what_is_refused(synthesize: Synthesize, compute: str) -> None:
    template = synthesize(compute=compute, scan_gate="high")[COMPUTE[compute]]

    config = json.dumps(guard(template)["Environment"]["Variables"][CONFIG_VARIABLE])
    assert '"refused_severity":"HIGH"' in config.replace("\\", "")


def test_scans_are_read_in_the_services_own_repositories_alone(synthesize: Synthesize) -> None:
    template = synthesize(scan_gate="low")[COMPUTE["ec2"]]
    (reading,) = (each for each in statements(template) if "ecr:DescribeImageScanFindings" in actions(each))

    assert "Shop" in json.dumps(reading["Resource"])
    assert "*" not in json.dumps(reading["Resource"])
    assert READS & {action for each in statements(template) for action in actions(each)} == READS


@pytest.mark.parametrize("compute", sorted(COMPUTE))
def test_nothing_of_it_is_there_by_default(synthesize: Synthesize, compute: str) -> None:
    template = synthesize(compute=compute)[COMPUTE[compute]]

    assert "refused_severity" not in json.dumps(guard(template)["Environment"])
    assert not READS & {action for each in statements(template) for action in actions(each)}
