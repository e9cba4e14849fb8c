"""The role that CloudFormation makes resources with: what it may not do, a deployment cannot do either.

CloudFormation guide, "AWS CloudFormation service role": the role of the last operation serves all later ones until
another is given. ministack makes every resource with all rights. What is asked of the role for each resource are the
calls of its type's handlers by the registry's schemas, with what they are about and what conditions can ask
(`greenlight.bootstrap.requests`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation, iam
from ministack.services.cloudformation import handlers, stacks

from greenlight.bootstrap.requests import Asked, Resource
from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError
from greenlight.rehearsal.cloud.iam.permission import denial
from greenlight.rehearsal.cloud.iam.principals import may_assume
from greenlight.rehearsal.cloud.requirement import require

Params = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Any]

ROLE = "_execution_role"
"""The member of a stack that is the role's ARN."""
SESSION = "AWSCloudFormation"
SERVICE = "cloudformation.amazonaws.com"
BEGINNINGS = ("CreateChangeSet", "CreateStack", "UpdateStack", "DeleteStack", "RollbackStack", "ContinueUpdateRollback")
"""The calls that can name a role."""


def install() -> None:
    """Ask IAM before a resource is created, updated or deleted. Raises RequirementError for another ministack."""
    require(handlers, "_resolve_stack", "_ACTION_HANDLERS")
    require(stacks, "_provision_resource", "_update_resource", "_delete_resource")
    require(iam, "_roles")
    actions = handlers._ACTION_HANDLERS
    for name in BEGINNINGS:
        actions[name] = _remembering(actions[name])
    stacks._provision_resource = _asking_to_create(stacks._provision_resource)
    stacks._update_resource = _asking_to_update(stacks._update_resource)
    stacks._delete_resource = _asking_to_delete(stacks._delete_resource)


def check(stack_name: str, operation: str, resource_type: str, logical_id: str, properties: Any) -> None:
    """Raise ActionError, in the words of a handler, for the first call that the stack's role may not make."""
    role = (cloudformation._stacks.get(stack_name) or {}).get(ROLE, "")
    if not role or not app.AUTH:
        return
    if not may_assume(role, SERVICE):
        raise ActionError(f"Role {role} is invalid or cannot be assumed")
    resource = Resource(resource_type, logical_id, stack_name, properties or {}, get_region(), get_account_id())
    for asked in resource.asked(operation):
        if words := denial(role, asked.action, asked.resource, _keys(asked), SESSION):
            raise ActionError(f'Resource handler returned message: "{words}" (HandlerErrorCode: AccessDenied)')


def _keys(asked: Asked) -> Mapping[str, str]:
    """The values of condition keys; what is put into a role is bounded by that role's own boundary."""
    keys = dict(asked.context)
    if (role := keys.pop("role", None)) and (bound := (iam._roles.get(role) or {}).get("PermissionsBoundary")):
        keys["iam:permissionsboundary"] = bound
    return keys


def _remembering(begin: Callable[[Params], Answer]) -> Callable[[Params], Answer]:
    def began(params: Params) -> Answer:
        role, name = _one(params.get("RoleARN")), _one(params.get("StackName"))
        if role and (known := handlers._resolve_stack(name)):
            known[ROLE] = role
        answer = begin(params)
        if role and (made := handlers._resolve_stack(name)):
            made[ROLE] = role
        return answer

    return began


def _one(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value or "")


def _asking_to_create(provision: Handler) -> Handler:
    def provision_resource(resource_type: str, logical_id: str, properties: Any, stack_name: str, *rest: Any) -> Any:
        check(stack_name, "create", resource_type, logical_id, properties)
        return provision(resource_type, logical_id, properties, stack_name, *rest)

    return provision_resource


def _asking_to_update(update: Handler) -> Handler:
    def update_resource(
        resource_type: str, physical_id: str, old: Any, new: Any, stack_name: str, logical_id: str, *rest: Any
    ) -> Any:
        if new != old:
            check(stack_name, "update", resource_type, logical_id, new)
        return update(resource_type, physical_id, old, new, stack_name, logical_id, *rest)

    return update_resource


def _asking_to_delete(delete: Handler) -> Handler:
    def delete_resource(resource_type: str, physical_id: str, properties: Any, stack_name: str, logical_id: str) -> Any:
        check(stack_name, "delete", resource_type, logical_id, properties)
        return delete(resource_type, physical_id, properties, stack_name, logical_id)

    return delete_resource
