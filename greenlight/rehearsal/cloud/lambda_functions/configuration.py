"""What Lambda refuses in the configuration of a function, wherever one comes in: the API and CloudFormation.

Lambda guide, "Working with Lambda environment variables" and "Lambda quotas"; the texts are those that users of AWS
report. ministack takes any size, any name and any role.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.iam.principals import may_assume
from greenlight.rehearsal.cloud.lambda_functions import runtimes
from greenlight.rehearsal.cloud.requirement import require

FUNCTION = "AWS::Lambda::Function"
PRINCIPAL = "lambda.amazonaws.com"
LONGEST_ENVIRONMENT = 4096
LIMITS = {"Timeout": (1, 900), "MemorySize": (128, 10_240)}
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
"""Variables that Lambda sets itself (Lambda guide, "Defined runtime environment variables")."""

_NAME = re.compile(r"[a-zA-Z]([a-zA-Z0-9_])+")
_ENVIRONMENT = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided"
)

Answer = tuple[int, dict[str, str], bytes]
Problem = tuple[str, str]
"""A code of the Lambda API, and its message."""


def install() -> None:
    """Check every configuration before ministack sees it."""
    require(lambda_svc, "_create_function", "_update_config")
    require(provisioners, "_RESOURCE_HANDLERS")
    create, update = lambda_svc._create_function, lambda_svc._update_config
    lambda_svc._create_function = lambda data: _refusal(data, runtimes.missing(data)) or create(data)
    lambda_svc._update_config = lambda name, data: _refusal(data) or update(name, data)
    handlers = provisioners._RESOURCE_HANDLERS[FUNCTION]
    handlers["create"] = _checked(handlers["create"], position=1)
    handlers["update"] = _checked(handlers["update"], position=2)


def problem(config: Mapping[str, Any]) -> Problem | None:
    """Say what Lambda would refuse, or nothing. Only what is given is looked at, as an update gives a part."""
    return next(_problems(config), None)


def _problems(config: Mapping[str, Any]) -> Iterator[Problem]:
    yield from (("ValidationException", text) for text in _out_of_bounds(config))
    yield from runtimes.problems(config)
    yield from _about_variables((config.get("Environment") or {}).get("Variables") or {})
    role = config.get("Role")
    if role and not may_assume(role, PRINCIPAL):
        yield "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."


def _out_of_bounds(config: Mapping[str, Any]) -> Iterator[str]:
    for name, (least, most) in LIMITS.items():
        value = config.get(name)
        if value is not None and not least <= int(value) <= most:
            field, bound = name[0].lower() + name[1:], "less" if int(value) > most else "greater"
            yield (
                f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: Member must"
                f" have value {bound} than or equal to {most if bound == 'less' else least}"
            )


def _about_variables(variables: Mapping[str, str]) -> Iterator[Problem]:
    reserved = sorted(RESERVED & variables.keys())
    if any(not _NAME.fullmatch(name) for name in variables if name not in RESERVED):
        yield (
            "ValidationException",
            "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must"
            " satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
        )
    if reserved:
        yield (
            "InvalidParameterValueException",
            f"{_ENVIRONMENT} contains reserved keys that are currently not supported for modification."
            f" Reserved keys used in this request: {', '.join(reserved)}",
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > LONGEST_ENVIRONMENT:
        yield (
            "InvalidParameterValueException",
            f"{_ENVIRONMENT} exceeded the 4KB limit. String measured: {measured}",
        )


def _refusal(data: Mapping[str, Any], more: Iterable[Problem] = ()) -> Answer | None:
    found = problem(data) or next(iter(more), None)
    return error_response_json(*found, 400) if found else None


def _checked(provision: Callable[..., Any], position: int) -> Callable[..., Any]:
    """A handler of the resource type, which gets the properties at this position."""

    def provisioned(*arguments: Any, **more: Any) -> Any:
        found = problem(arguments[position])
        if found:
            raise ValueError(f'Resource handler returned message: "{found[1]} (Service: Lambda, Status Code: 400)"')
        return provision(*arguments, **more)

    return provisioned
