"""CloudFormation's engine: custom resources, exports, rollbacks and stack events as AWS has them.

ministack's engine deploys, updates and rolls back. What differs from AWS where Greenlight depends on it: a function
that raised is not asked again; any answer is accepted, and a second one too; a custom resource whose Create failed gets
no Delete; an operation that is cancelled goes on; an imported value may change under its importers; `cdk rollback` is
refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack import app
from ministack.services import cloudformation, lambda_svc
from ministack.services.cloudformation import changesets, custom_resource, handlers, helpers, stacks

from greenlight.rehearsal.cloud.cloudformation import (
    cleanup,
    custom_resources,
    execution_role,
    exports,
    interruptions,
    parameters,
    polling,
    references,
    schemas,
    views,
    words,
)
from greenlight.rehearsal.cloud.cloudformation.custom_resources import CustomResources
from greenlight.rehearsal.cloud.cloudformation.interruptions import Interruptions
from greenlight.rehearsal.cloud.cloudformation.operations import NEVER_MADE, Operations
from greenlight.rehearsal.cloud.cloudformation.quiet_events import AddEvent, QuietEvents
from greenlight.rehearsal.cloud.cloudformation.resources import families
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.requirement import require

RESPONSE_PATH = "/_ministack/cfn-response/"

Params = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]


def install(context: CloudContext) -> None:
    """Put our parts into ministack's engine, and add our resource types."""
    require(custom_resource, *custom_resources.REQUIRED)
    require(lambda_svc, "_get_func_record_for_ref", "_execution_record_for_config", "invoke_async_with_retry")
    require(stacks, "_add_event", "_update_resource", "_provision_resource", "_delete_resource")
    require(stacks, "_roll_back_operation", "_resolve_stack_outputs")
    require(handlers, "_ACTION_HANDLERS", "_imported_export_names", "_roll_back_operation", "_add_event")
    require(changesets, "_add_event", "_resolve_parameters", "_find_change_set")
    require(handlers, "_resolve_parameters", *words.REQUIRED)
    require(helpers, "STACK_NAME_PATTERN")
    require(handlers, *polling.REQUIRED, *interruptions.REQUIRED_HANDLERS)
    require(stacks, *interruptions.REQUIRED)
    require(cloudformation, "_stacks", "_exports", "_stack_events", "handle_request")
    require(app, "_handle_post_body_shortcuts")
    resources = CustomResources()
    custom_resource.invoke_custom_resource = resources.invoke
    custom_resource.deliver_response = resources.deliver
    cloudformation.handle_request = polling.patient(cloudformation.handle_request)
    app._handle_post_body_shortcuts = _presigned(app._handle_post_body_shortcuts)
    context.control.route("custom-resources", lambda _method, _query, _body: (200, resources.listing()))
    add_event = _tell()
    interrupted = Interruptions(resources)
    _roll_back(resources, interrupted)
    interrupted.install()
    stacks._resolve_stack_outputs = _checked(stacks._resolve_stack_outputs, add_event)
    stacks._delete_resource = cleanup.told(add_event, stacks._delete_resource)
    handlers._imported_export_names = exports.with_resources(handlers._imported_export_names)
    actions = handlers._ACTION_HANDLERS
    actions["ContinueUpdateRollback"] = _without_empty_skip(actions["ContinueUpdateRollback"])
    families.install()
    references.install()
    schemas.install()
    execution_role.install()
    for module in (handlers, changesets):
        module._resolve_parameters = parameters.checked(module._resolve_parameters)
    words.install()
    views.install()


def _tell() -> AddEvent:
    """Stack events: of what changes alone, and each with its operation."""
    operations = Operations()
    events = QuietEvents(operations.around(stacks._add_event))
    operations.properties = events.properties
    for module in (stacks, handlers, changesets):
        module._add_event = events.add_event
    stacks._update_resource = events.watch_update(stacks._update_resource)
    stacks._provision_resource = events.watch_create(stacks._provision_resource)
    actions = handlers._ACTION_HANDLERS
    actions["DescribeStackEvents"] = operations.shown(actions["DescribeStackEvents"])
    return events.add_event


def _presigned(shortcuts: Callable[..., Awaitable[Answer | None]]) -> Callable[..., Awaitable[Answer | None]]:
    """The ResponseURL is signed for a PUT without a content type. S3 refuses any other."""

    async def handle(method: str, path: str, headers: Mapping[str, str], *rest: Any) -> Answer | None:
        if method == "PUT" and path.startswith(RESPONSE_PATH) and headers.get("content-type"):
            return 403, {"Content-Type": "application/xml"}, b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
        return await shortcuts(method, path, headers, *rest)

    return handle


def _roll_back(resources: CustomResources, interrupted: Interruptions) -> None:
    """A custom resource whose Create failed is deleted in the rollback, as every resource that was begun.

    A cancelled update says who cancelled it; a creation that ended in a deletion leaves everything to that.
    """
    original = stacks._roll_back_operation

    async def roll_back_operation(
        stack_name: str, stack_id: str, stack: dict[str, Any], operation: dict[str, Any], reason_override: str = ""
    ) -> None:
        logical_id = operation.get("failed_logical_id") or ""
        failed = resources.failed_creates.pop((stack_name, logical_id), None)
        if failed is not None:
            stack.setdefault("_resources", {})[logical_id] = {
                "PhysicalResourceId": failed.physical_id,
                "ResourceType": failed.resource_type,
                "LogicalResourceId": logical_id,
                "Properties": failed.properties,
                "Attributes": {},
            }
            operation = {**operation, "created": [*operation.get("created", []), logical_id]}
        elif logical_id and operation.get("failed_update") is None:
            stack[NEVER_MADE] = logical_id, operation["template"]["Resources"][logical_id]["Type"]
        if interrupted.is_deleted(stack_id):
            return
        if interrupted.was_cancelled(stack):
            operation = {**operation, "cancelled": True}
        called_off = stack.pop(exports.CALLED_OFF, "")
        await original(stack_name, stack_id, stack, operation, reason_override or called_off or _reason(operation))

    stacks._roll_back_operation = roll_back_operation
    handlers._roll_back_operation = roll_back_operation


def _reason(operation: Mapping[str, Any]) -> str:
    """Why a creation is rolled back; an update has a reason of ministack's."""
    if operation.get("is_update") or operation.get("cancelled"):
        return ""
    failed = operation.get("failed_logical_id")
    named = f"The following resource(s) failed to create: [{failed}]. " if failed else ""
    return f"{named}Rollback requested by user."


def _checked(
    resolve: Callable[..., tuple[Any, exports.Exports]], add_event: AddEvent
) -> Callable[..., tuple[Any, exports.Exports]]:
    """The outputs of a stack are worked out last. That is where CloudFormation refuses to touch an export in use.

    After that an update cleans up.
    """

    def resolve_stack_outputs(*arguments: Any) -> tuple[Any, exports.Exports]:
        outputs, new = resolve(*arguments)
        stack_name, stack_id = arguments[-2:]
        stack = cloudformation._stacks.get(stack_name) or {}
        previous = stack.get("Outputs") or []
        try:
            exports.check(stack_name, stack_id, previous, new)
        except exports.ExportInUseError as error:
            stack[exports.CALLED_OFF] = str(error)
            raise
        exports.forget_stale(previous, new)
        cleanup.begin(add_event, stack_name, stack_id)
        return outputs, new

    return resolve_stack_outputs


def _without_empty_skip(continue_update_rollback: Callable[[Params], Answer]) -> Callable[[Params], Answer]:
    """The CDK CLI sends an empty ResourcesToSkip, which ministack takes for a resource without a name."""

    def continued(params: Params) -> Answer:
        skip = params.get("ResourcesToSkip")
        if isinstance(skip, list):
            params = {**params, "ResourcesToSkip": [name for name in skip if name]}
        return continue_update_rollback(params)

    return continued
