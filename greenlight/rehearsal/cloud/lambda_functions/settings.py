"""What Lambda says of a function's policy and of its settings for events, where ministack says something else.

The texts are those that were recorded on AWS: github.com/localstack/localstack, tests/aws/services/lambda_.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import lambda_svc

from greenlight.rehearsal.cloud.requirement import require

MOST = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 21_600}

Answer = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Put ourselves around ministack's answers."""
    require(lambda_svc, "_get_policy", "_remove_permission", "_put_event_invoke_config", "_functions", "_func_arn")
    require(lambda_svc, "_get_event_invoke_config", "_delete_event_invoke_config")
    lambda_svc._get_policy = _policy(lambda_svc._get_policy)
    lambda_svc._remove_permission = _removed(lambda_svc._remove_permission)
    lambda_svc._put_event_invoke_config = _put(lambda_svc._put_event_invoke_config)
    lambda_svc._get_event_invoke_config = _qualified(lambda_svc._get_event_invoke_config)
    lambda_svc._delete_event_invoke_config = _qualified(lambda_svc._delete_event_invoke_config)


def _policy(get: Callable[..., Answer]) -> Callable[..., Answer]:
    def get_policy(*arguments: Any, **more: Any) -> Answer:
        answer = get(*arguments, **more)
        is_empty = answer[0] == 200 and not json.loads(json.loads(answer[2])["Policy"])["Statement"]
        return _not_found("The resource you requested does not exist.") if is_empty else answer

    return get_policy


def _removed(remove: Callable[..., Answer]) -> Callable[..., Answer]:
    def remove_permission(func_name: str, sid: str, *rest: Any, **more: Any) -> Answer:
        function = lambda_svc._functions.get(func_name)
        statements = function["policy"]["Statement"] if function else []
        if statements and all(each.get("Sid") != sid for each in statements):
            return _not_found(f"Statement {sid} is not found in resource policy.")
        return remove(func_name, sid, *rest, **more)

    return remove_permission


def _put(put: Callable[..., Answer]) -> Callable[..., Answer]:
    def put_event_invoke_config(func_name: str, qualifier: str | None, data: Mapping[str, Any]) -> Answer:
        for name, most in MOST.items():
            if int(data.get(name) or 0) > most:
                said = (
                    f"Value '{data[name]}' at '{name[0].lower() + name[1:]}' failed to satisfy constraint: Member must"
                )
                text = f"1 validation error detected: {said} have value less than or equal to {most}"
                refused: Answer = error_response_json("ValidationException", text, 400)
                return refused
        status, headers, body = put(func_name, qualifier, data)
        if status != 200:
            return status, headers, body
        shown = {name: value for name, value in json.loads(body).items() if name not in MOST or name in data}
        shown["FunctionArn"] = _arn(func_name, qualifier)
        return status, headers, json.dumps(shown).encode()

    return put_event_invoke_config


def _qualified(ask: Callable[..., Answer]) -> Callable[..., Answer]:
    """Settings that are not there are those of the unpublished version, when no other is named."""

    def answer(func_name: str, qualifier: str | None = None) -> Answer:
        given = ask(func_name, qualifier)
        if given[0] == 404 and b"EventInvokeConfig" in given[2]:
            return _not_found(f"The function {_arn(func_name, qualifier)} doesn't have an EventInvokeConfig")
        return given

    return answer


def _arn(name: str, qualifier: str | None) -> str:
    return f"{lambda_svc._func_arn(name)}:{qualifier or '$LATEST'}"


def _not_found(message: str) -> Answer:
    answer: Answer = error_response_json("ResourceNotFoundException", message, 404, {"Type": "User"})
    return answer
