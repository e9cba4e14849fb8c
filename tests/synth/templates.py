"""How tests read a template."""

from __future__ import annotations

import json
from typing import Any

Template = dict[str, Any]


def resources(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of one type by logical id, e.g. of `EC2::VPC`."""
    return {name: each for name, each in template["Resources"].items() if each["Type"] == f"AWS::{kind}"}


def properties(template: Template, kind: str) -> list[dict[str, Any]]:
    """Return the properties of all resources of one type, in the template's order."""
    return [each.get("Properties", {}) for each in resources(template, kind).values()]


def only(template: Template, kind: str) -> dict[str, Any]:
    """Return the properties of the one resource of a type."""
    (found,) = properties(template, kind)
    return found


def attributes(listed: list[dict[str, Any]]) -> dict[str, Any]:
    """Return ELBv2's list of keys and values as a mapping."""
    return {each["Key"]: each["Value"] for each in listed}


def text(template: Template) -> str:
    """Return the template as CloudFormation would get it."""
    return json.dumps(template, sort_keys=True)
