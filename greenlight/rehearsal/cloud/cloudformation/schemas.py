"""Properties of resources as their types' own schemas have them: what is unknown, missing or not settable is refused.

The schemas are those of CloudFormation's registry (docs.aws.amazon.com/cloudformation-cli/latest/userguide/
resource-type-schema.html), as cfn-lint ships them. ministack's handlers, and ours, read the properties that they know
and pass over all others. The texts are CloudFormation's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack.services.cloudformation import stacks

from greenlight.bootstrap.registry import RegistryError, Schema, folder, schema_of
from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError
from greenlight.rehearsal.cloud.requirement import RequirementError, require

Handler = Callable[..., Any]

_FREE: Schema = {}


def install() -> None:
    """Check the properties of each resource that is created or updated.

    Raises:
        RequirementError: there are no schemas.
    """
    try:
        folder()
    except RegistryError as error:
        raise RequirementError(str(error)) from error
    stacks._provision_resource = _checking_created(require(stacks, "_provision_resource"))
    stacks._update_resource = _checking_updated(require(stacks, "_update_resource"))


def _checking_created(provision: Handler) -> Handler:
    def provision_resource(resource_type: str, logical_id: str, properties: Any, *rest: Any, **more: Any) -> Any:
        check(resource_type, logical_id, properties)
        return provision(resource_type, logical_id, properties, *rest, **more)

    return provision_resource


def _checking_updated(update: Handler) -> Handler:
    def update_resource(
        resource_type: str, physical_id: str, old: Any, new: Any, stack_name: str, logical_id: str, *rest: Any
    ) -> Any:
        if new != old:
            check(resource_type, logical_id, new)
        return update(resource_type, physical_id, old, new, stack_name, logical_id, *rest)

    return update_resource


def check(resource_type: str, logical_id: str, properties: Mapping[str, Any]) -> None:
    """Raise ActionError for properties that the type's schema does not allow; without a schema all are allowed."""
    schema = schema_of(resource_type)
    if schema is None:
        return
    if unsupported := sorted(_read_only(schema) & properties.keys()):
        names = ", ".join(unsupported)
        raise ActionError(f"Encountered unsupported properties in {{/properties/}}: [{names}]")
    if problems := list(_problems(schema, schema, properties, "#")):
        where = f"Properties validation failed for resource {logical_id} with message:"
        raise ActionError("\n".join((where, *problems)))


def _problems(root: Schema, schema: Schema, value: Any, path: str) -> Iterator[str]:
    schema = _resolved(root, schema)
    if isinstance(value, Mapping):
        yield from _of_object(root, schema, value, path)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _problems(root, schema.get("items", _FREE), item, f"{path}/{number}")
    elif "enum" in schema and str(value) not in map(str, schema["enum"]):
        yield f"{path}: {value} is not a valid enum value"


def _of_object(root: Schema, schema: Schema, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}: required key [{name}] not found"
    for name, item in value.items():
        known = _of_property(schema, name)
        if known is None:
            yield f"{path}: extraneous key [{name}] is not permitted"
        else:
            yield from _problems(root, known, item, f"{path}/{name}")


def _of_property(schema: Schema, name: str) -> Schema | None:
    """Return the schema of one property; an empty one where any is allowed, None where it is not."""
    if name in schema.get("properties", _FREE):
        return dict(schema["properties"][name])
    for pattern, found in schema.get("patternProperties", _FREE).items():
        if _matches(pattern, name):
            return dict(found)
    return None if schema.get("additionalProperties") is False else _FREE


def _matches(pattern: str, name: str) -> bool:
    """Hold a name against a pattern. Java's, which some schemas have and Python cannot read, let every name pass."""
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return True


def _resolved(root: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rpartition("/")[2]]
    return schema


def _read_only(schema: Schema) -> set[str]:
    """Name the properties that only CloudFormation sets; parts of a property are not among them.

    What can be set at creation can be set, whatever else a schema says: that of a signing profile says both of its name
    (aws-cloudformation/cloudformation-coverage-roadmap#1911).
    """
    pointers = set(schema.get("readOnlyProperties", ())) - set(schema.get("createOnlyProperties", ()))
    names = (pointer.removeprefix("/properties/") for pointer in pointers)
    return {name for name in names if "/" not in name}
