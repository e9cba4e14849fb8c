"""Parameters that a request gives, and what the template allows (CloudFormation guide, "Parameters").

ministack takes any value, and ignores a parameter that the template does not have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Resolve = Callable[..., dict[str, Any]]
Given = Sequence[Mapping[str, Any]]


def checked(resolve: Resolve) -> Resolve:
    """Refuse what the template does not allow, in CloudFormation's words."""

    def resolve_parameters(template: Mapping[str, Any], given: Given, previous: Any = None) -> dict[str, Any]:
        problem = next(problems(template.get("Parameters") or {}, given, previous or {}), None)
        if problem:
            raise ValueError(problem)
        return resolve(template, given, previous)

    return resolve_parameters


def problems(parameters: Mapping[str, Mapping[str, Any]], given: Given, previous: Mapping[str, Any]) -> Iterator[str]:
    """Everything that is wrong with the given parameters."""
    entries = {entry["Key"]: entry for entry in given if "Key" in entry}
    unknown = [name for name in entries if name not in parameters]
    if unknown:
        yield f"Parameters: [{', '.join(unknown)}] do not exist in the template"
    missing = [name for name, parameter in parameters.items() if name not in entries and "Default" not in parameter]
    if missing:
        yield f"Parameters: [{', '.join(missing)}] must have values"
    for name, entry in entries.items():
        if entry.get("UsePreviousValue"):
            if name not in previous and "Default" not in parameters.get(name, {}):
                words = "Cannot specify usePreviousValue as true for a parameter key not in the previous template"
                yield f"Invalid input for parameter key {name}. {words}"
        elif name in parameters:
            yield from _violations(name, str(entry.get("Value", "")), parameters[name])


def _violations(name: str, value: str, parameter: Mapping[str, Any]) -> Iterator[str]:
    described = parameter.get("ConstraintDescription")
    for words in _broken(value, parameter):
        if described:
            yield f"Parameter {name} failed to satisfy constraint: {described}"
        yield f"Parameter '{name}' must {words}"


def _broken(value: str, parameter: Mapping[str, Any]) -> Iterator[str]:
    kind = parameter.get("Type")
    if kind == "Number":
        yield from _numbers(value, parameter)
    values = value.split(",") if str(kind).startswith(("List", "CommaDelimited")) else [value]
    allowed = parameter.get("AllowedValues")
    if allowed is not None and any(item.strip() not in map(str, allowed) for item in values):
        yield "be one of AllowedValues"
    pattern = parameter.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(pattern, value):
        yield f"match pattern {pattern}"
    if len(value) > int(parameter.get("MaxLength", len(value))):
        yield f"contain at most {parameter['MaxLength']} characters"
    if len(value) < int(parameter.get("MinLength", 0)):
        yield f"contain at least {parameter['MinLength']} characters"


def _numbers(value: str, parameter: Mapping[str, Any]) -> Iterator[str]:
    try:
        number = float(value)
    except ValueError:
        yield "be a number"
        return
    if number < float(parameter.get("MinValue", number)):
        yield f"be a number not less than {parameter['MinValue']}"
    if number > float(parameter.get("MaxValue", number)):
        yield f"be a number not greater than {parameter['MaxValue']}"
