"""A template that names what it does not define is refused before anything is created.

CloudFormation checks Ref, Fn::GetAtt, Fn::Sub, DependsOn and Condition in CreateStack, UpdateStack, CreateChangeSet and
ValidateTemplate. The texts are those of repost.aws/knowledge-center/cloudformation-template-validation, and of what
CloudFormation answered in public reports. ministack would deploy such a template with the name as the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ministack.services.cloudformation import changesets, handlers

from greenlight.rehearsal.cloud.requirement import require

Template = Mapping[str, Any]

_SUBSTITUTED = re.compile(r"\$\{([^!}][^}]*)\}")
_CHECK = "validate_template_support"


@dataclass(frozen=True)
class Reference:
    """One place where a template names a parameter or a resource; `function` is the intrinsic function that does."""

    function: str
    name: str
    attribute: str = ""


def install() -> None:
    """Check references wherever ministack checks resource types."""
    setattr(changesets, _CHECK, _with_references(require(changesets, _CHECK)))
    setattr(handlers, _CHECK, _with_references(require(handlers, _CHECK)))


def _with_references(validate: Callable[..., None]) -> Callable[..., None]:
    def validate_template(template: Template, *rest: Any, **more: Any) -> None:
        if not template.get("Transform"):
            check(template)
        validate(template, *rest, **more)

    return validate_template


def check(template: Template) -> None:
    """Raise ValueError, with CloudFormation's text, for a reference to nothing or a circle of resources."""
    for block in ("Resources", "Outputs"):
        _check_attributes(template, block)
        _check_names(template, block)
        _check_conditions(template, block)
    _check_circles(template)


def references(value: Any) -> Iterator[Reference]:
    """List what a part of a template refers to."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, Mapping):
        for key, argument in value.items():
            yield from _of_function(key, argument)


def _of_function(key: str, argument: Any) -> Iterator[Reference]:
    if key == "Ref" and isinstance(argument, str):
        yield Reference(key, argument)
    elif key == "Fn::GetAtt":
        name, *attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        yield Reference(key, name)
        yield from references(attribute)
    elif key == "Fn::Sub":
        text, given = argument if isinstance(argument, list) else (argument, {})
        for variable in _SUBSTITUTED.findall(text):
            if variable not in given:
                yield Reference(key, *variable.split(".", 1))
        yield from references(list(given.values()))
    else:
        yield from references(argument)


def _check_attributes(template: Template, block: str) -> None:
    resources = template.get("Resources") or {}
    for found in references(_parts(template, block)):
        if found.function == "Fn::GetAtt" and found.name not in resources:
            raise ValueError(f"Template error: instance of Fn::GetAtt references undefined resource {found.name}")
        if found.attribute and found.name not in resources:
            attribute = f"{found.name}.{found.attribute}"
            raise ValueError(f"Template error: instance of Fn::Sub references invalid resource attribute {attribute}")


def _check_names(template: Template, block: str) -> None:
    known = {*(template.get("Resources") or {}), *(template.get("Parameters") or {})}
    named = {found.name for found in references(_parts(template, block))}
    if block == "Resources":
        named |= {name for resource in template["Resources"].values() for name in _depends_on(resource)}
    missing = sorted(name for name in named - known if not name.startswith("AWS::"))
    if missing:
        where = f"[{', '.join(missing)}] in the {block} block of the template"
        raise ValueError(f"Template format error: Unresolved resource dependencies {where}")


def _check_conditions(template: Template, block: str) -> None:
    known = template.get("Conditions") or {}
    for part in (template.get(block) or {}).values():
        if (name := part.get("Condition")) and name not in known:
            problem = f"Unresolved condition dependency {name} in the {block} block of the template"
            raise ValueError(f"Template format error: {problem}")


def _check_circles(template: Template) -> None:
    resources = template.get("Resources") or {}
    needs = {
        name: {found.name for found in references(_needed(resource))} | set(_depends_on(resource))
        for name, resource in resources.items()
    }
    try:
        TopologicalSorter({name: needed & resources.keys() for name, needed in needs.items()}).prepare()
    except CycleError as error:
        circle = ", ".join(sorted(set(error.args[1])))
        raise ValueError(f"Circular dependency between resources: [{circle}]") from error


def _parts(template: Template, block: str) -> list[Any]:
    members = (template.get(block) or {}).values()
    return [_needed(each) for each in members] if block == "Resources" else [each.get("Value") for each in members]


def _needed(resource: Mapping[str, Any]) -> list[Any]:
    return [resource.get("Properties"), resource.get("UpdatePolicy"), resource.get("CreationPolicy")]


def _depends_on(resource: Mapping[str, Any]) -> list[str]:
    named = resource.get("DependsOn", [])
    return [named] if isinstance(named, str) else list(named)
