"""How tests of both computes read their templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.synth.templates import Template

READ_ONLY_EVERYWHERE = {
    "ecr:GetAuthorizationToken",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetHealth",
    "ssm:GetCommandInvocation",
}
"""Calls that know no resources in IAM; `*` is all that can be written for them."""


def changed(before: Template, after: Template) -> set[str]:
    """Return the types and logical ids of the resources that are not the same in both, e.g. `SSM::Parameter Green`."""
    old, new = before["Resources"], after["Resources"]
    assert old.keys() == new.keys()
    return {name for name in old if old[name] != new[name]}


def needs(template: Template, name: str) -> set[str]:
    """Return every resource that must stand before one, at whatever distance."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        direct = _direct_needs(template["Resources"], waiting.pop())
        waiting.extend(direct - found)
        found |= direct
    return found


def custom(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Return the custom resources of one type by logical id."""
    return {name: each for name, each in template["Resources"].items() if each["Type"] == kind}


def statements(template: Template, role: str) -> dict[str, Any]:
    """Return action to resource for all statements of the policies of a role, by a part of its logical id."""
    allowed: dict[str, Any] = {}
    for statement in policy_statements(template, role):
        assert statement["Effect"] == "Allow"
        allowed.update(dict.fromkeys(listed(statement["Action"]), statement["Resource"]))
    assert allowed, f"no role {role}"
    return allowed


def policy_statements(template: Template, role: str) -> Iterator[dict[str, Any]]:
    """Yield the statements of the policies of a role, by a part of its logical id."""
    for each in template["Resources"].values():
        if each["Type"] == "AWS::IAM::Policy" and any(role in held["Ref"] for held in each["Properties"]["Roles"]):
            yield from each["Properties"]["PolicyDocument"]["Statement"]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _direct_needs(resources: dict[str, Any], name: str) -> set[str]:
    body = resources[name]
    text = json.dumps(body.get("Properties", {}))
    referred = {other for other in resources if f'"{other}"' in text}
    return (referred | set(listed(body.get("DependsOn", [])))) - {name}
