"""What CloudFormation says of a template that is none, before it looks at what the template refers to.

The words are recorded in localstack (test_validations.snapshot.json, test_stacks.snapshot.json) or from the AWS
knowledge center's pages on template validation. ministack would deploy such a template, or stumble over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from json import JSONDecodeError
from typing import Any

SECTIONS = frozenset(
    {
        "AWSTemplateFormatVersion",
        "Conditions",
        "Description",
        "Hooks",
        "Mappings",
        "Metadata",
        "Outputs",
        "Parameters",
        "Resources",
        "Rules",
        "Transform",
    }
)
ATTRIBUTES = frozenset(
    {
        "Condition",
        "CreationPolicy",
        "DeletionPolicy",
        "DependsOn",
        "Metadata",
        "Properties",
        "Type",
        "UpdatePolicy",
        "UpdateReplacePolicy",
        "Version",
    }
)
_FORMAT = "Template format error:"
_NAME = re.compile(r"[A-Za-z0-9]+")
_TYPES = re.compile(r"String|Number|List<Number>|CommaDelimitedList|(List<)?AWS::[\w:]+(<[\w:<>]+>)?>?")


def problem(template: Any) -> str | None:
    """The first thing that is wrong with a parsed template, in CloudFormation's words."""
    return next(_problems(template), None)


def not_well_formed(body: str, error: Exception) -> str:
    """What is said of a text that cannot be parsed."""
    language = "JSON" if body.lstrip().startswith(("{", "[")) else "YAML"
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if isinstance(error, JSONDecodeError):
        line, column = error.lineno, error.colno
    return f"{_FORMAT} {language} not well-formed. (line {line}, column {column})"


def _problems(template: Any) -> Iterator[str]:
    if not isinstance(template, Mapping):
        yield f"{_FORMAT} unsupported structure."
        return
    unknown = [name for name in template if name not in SECTIONS]
    if unknown:
        yield f"Invalid template property or properties [{', '.join(unknown)}]"
    if str(template.get("AWSTemplateFormatVersion", "2010-09-09")) != "2010-09-09":
        yield f"{_FORMAT} unsupported value for AWSTemplateFormatVersion."
    if not template.get("Resources"):
        yield f"{_FORMAT} At least one Resources member must be defined."
    yield from _nulls(template, "")
    yield from _parameters(template.get("Parameters") or {})
    if not template.get("Transform"):
        yield from _resources(template.get("Resources") or {})
        yield from _outputs(template.get("Outputs") or {})


def _nulls(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            at = f"{path}/{name}"
            whole_output = path == "/Outputs" and item is None
            if item is None and not whole_output:
                yield f"[{at}] 'null' values are not allowed in templates"
            yield from _nulls(item, at)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            if item is None:
                yield f"[{path}/{number}] 'null' values are not allowed in templates"
            yield from _nulls(item, f"{path}/{number}")


def _parameters(parameters: Mapping[str, Any]) -> Iterator[str]:
    for name, parameter in parameters.items():
        if not _NAME.fullmatch(name):
            yield f"{_FORMAT} Parameter name {name} is non alphanumeric."
        if not isinstance(parameter, Mapping) or "Type" not in parameter:
            yield f"{_FORMAT} Every Parameters object must contain a Type member."
        elif not _TYPES.fullmatch(str(parameter["Type"])):
            yield f"{_FORMAT} Unrecognized parameter type: {parameter['Type']}"


def _resources(resources: Mapping[str, Any]) -> Iterator[str]:
    for name, resource in resources.items():
        if not isinstance(resource, Mapping):
            yield f"{_FORMAT} Any Resources member must be an object."
            continue
        if not _NAME.fullmatch(name):
            yield f"{_FORMAT} Resource name {name} is non alphanumeric."
        if "Type" not in resource:
            yield f"{_FORMAT} [/Resources/{name}] Every Resources object must contain a Type member."
        for attribute in resource:
            if attribute not in ATTRIBUTES:
                yield f"Invalid template resource property '{attribute}'"


def _outputs(outputs: Mapping[str, Any]) -> Iterator[str]:
    for name, output in outputs.items():
        if not isinstance(output, Mapping) or "Value" not in output:
            yield f"{_FORMAT} Every Outputs member must contain a Value object"
        if not _NAME.fullmatch(name):
            yield f"{_FORMAT} Output name {name} is non alphanumeric."
