"""What CloudFormation refuses, and in which words, where ministack allows it or says it differently.

Recorded in localstack (test_changesets.snapshot.json, test_stacks.snapshot.json, test_update_stack.snapshot.json).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, helpers

from greenlight.rehearsal.cloud.cloudformation import templates

Params = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Action = Callable[[Params], Answer]

REQUIRED = ("_resolve_stack", "_resolve_template", "_parse_template", "_error", "_p", "_ACTION_HANDLERS")
"""The names of ministack's handlers module that this module uses."""

_BY_ID = "Stack with id {} does not exist"
_MISSING = {
    "DescribeStacks": _BY_ID,
    "DescribeStackResource": "Stack '{}' does not exist",
    "DescribeStackResources": _BY_ID,
    "GetTemplate": _BY_ID,
    "GetTemplateSummary": _BY_ID,
    "ListStackResources": _BY_ID,
    **dict.fromkeys(
        ("DescribeStackEvents", "UpdateStack", "DescribeChangeSet", "ExecuteChangeSet", "ListChangeSets"),
        "Stack [{}] does not exist",
    ),
}
_CHANGE_SET = "StackName must be specified if ChangeSetName is not specified as an ARN."
_READ = ("CreateStack", "UpdateStack", "CreateChangeSet", "ValidateTemplate")
_GONE = "DELETE_COMPLETE"


def install() -> None:
    """Put the refusals in front of ministack's actions."""
    helpers.STACK_NAME_PATTERN = "[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*"
    actions = handlers._ACTION_HANDLERS
    for name in _READ:
        actions[name] = _well_formed(actions[name])
    actions["CreateStack"] = _kept(_new(actions["CreateStack"]))
    actions["CreateChangeSet"] = _kept(_new_by_change_set(actions["CreateChangeSet"]))
    actions["ExecuteChangeSet"] = _executable(actions["ExecuteChangeSet"])
    for name in ("DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet"):
        actions[name] = _of_a_stack(actions[name])
    actions["DescribeStackResource"] = _resource(actions["DescribeStackResource"])
    for name, words in _MISSING.items():
        actions[name] = _existing(actions[name], words)


def _existing(act: Action, words: str) -> Action:
    """A deleted stack is known by its id alone."""

    def act_if_there(params: Params) -> Answer:
        name = _value(params, "StackName")
        stack = handlers._resolve_stack(name) if name else None
        gone = stack is None or (stack["StackStatus"] == _GONE and stack["StackId"] != name)
        return _refused(words.format(name)) if name and gone else act(params)

    return act_if_there


def _resource(describe: Action) -> Action:
    def describe_stack_resource(params: Params) -> Answer:
        name, resource = _value(params, "StackName"), _value(params, "LogicalResourceId")
        answer = describe(params)
        missing = answer[0] != 200 and resource not in (handlers._resolve_stack(name) or {}).get("_resources", {})
        return _refused(f"Resource {resource} does not exist for stack {name}") if missing else answer

    return describe_stack_resource


def _well_formed(act: Action) -> Action:
    """The template itself comes first."""

    def act_on_template(params: Params) -> Answer:
        body, refused = handlers._resolve_template(params)
        if refused or not body:
            previous = _value(params, "UsePreviousTemplate") == "true"
            missing = "Either Template URL or Template Body must be specified."
            return refused or (act(params) if previous else _refused(missing))
        try:
            problem = templates.problem(handlers._parse_template(body))
        except Exception as error:
            problem = templates.not_well_formed(body, error)
        return _refused(problem) if problem else act(params)

    return act_on_template


def _kept(act: Action) -> Action:
    """A name that is used again does not make CloudFormation forget the deleted stack that had it."""

    def act_beside_the_deleted(params: Params) -> Answer:
        name = _value(params, "StackName")
        stack = cloudformation._stacks.get(name)
        if stack is None or stack["StackStatus"] != _GONE:
            return act(params)
        cloudformation._stacks[stack["StackId"]] = cloudformation._stacks.pop(name)
        return act(params)

    return act_beside_the_deleted


def _new(create: Action) -> Action:
    def create_stack(params: Params) -> Answer:
        name = _value(params, "StackName")
        stack = cloudformation._stacks.get(name)
        if stack is not None and stack["StackStatus"] == "ROLLBACK_COMPLETE":
            return _refused(f"Stack [{name}] already exists", "AlreadyExistsException")
        return create(params)

    return create_stack


def _new_by_change_set(create: Action) -> Action:
    def create_change_set(params: Params) -> Answer:
        name, wanted = _value(params, "StackName"), _value(params, "ChangeSetName")
        stack = handlers._resolve_stack(name) or {}
        is_new = stack.get("StackStatus", "REVIEW_IN_PROGRESS") == "REVIEW_IN_PROGRESS"
        deleted_by_name = stack.get("StackStatus") == _GONE and stack["StackId"] != name
        if _value(params, "ChangeSetType") == "CREATE" and not is_new and not deleted_by_name:
            taken = f"Stack [{name}] already exists and cannot be created again with the changeSet [{wanted}]."
            return _refused(taken)
        return create(params)

    return create_change_set


def _of_a_stack(act: Action) -> Action:
    def act_on_change_set(params: Params) -> Answer:
        if not _value(params, "StackName") and not _value(params, "ChangeSetName").startswith("arn:"):
            return _refused(_CHANGE_SET)
        return act(params)

    return act_on_change_set


def _executable(execute: Action) -> Action:
    def execute_change_set(params: Params) -> Answer:
        _, found = changesets._find_change_set(_value(params, "ChangeSetName"), _value(params, "StackName"))
        if found and found["ExecutionStatus"] != "AVAILABLE":
            status = found["Status"] if found["Status"] == "FAILED" else found["ExecutionStatus"]
            words = f"ChangeSet [{found['ChangeSetId']}] cannot be executed in its current status of [{status}]"
            return _refused(words, "InvalidChangeSetStatus")
        answer = execute(params)
        stack = handlers._resolve_stack(found["StackName"]) if found else None
        if answer[0] == 200 and stack:
            stack["_change_set_id"] = found["ChangeSetId"]
        return answer

    return execute_change_set


def _value(params: Params, name: str) -> str:
    return str(handlers._p(params, name))


def _refused(message: str, code: str = "ValidationError") -> Answer:
    answer: Answer = handlers._error(code, message)
    return answer
