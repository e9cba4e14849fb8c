"""The CDK CLI looks at a stack every five seconds, which is most of what a deployment takes on one machine.

Its look is answered when the operation is over instead. Nobody else has to wait: neither a function that asks whether
its stack is rolling back, nor another CLI that comes to destroy what the first one is deploying.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.services.cloudformation import handlers

REQUIRED = ("_resolve_stack",)
"""The names of ministack's cloudformation handlers that this module uses."""

CLI = "aws-cdk/"
"""What the CLI calls itself in the User-Agent of its requests."""

BEGINNINGS = frozenset({"ExecuteChangeSet", "CreateStack", "UpdateStack", "DeleteStack", "RollbackStack"})

LONGEST_SECONDS = 60.0
"""The CLI gives up on an answer after 300."""

_LOOK_SECONDS = 0.02
_APPLICATION = re.compile(r"\bapp/\S+")

Handle = Callable[..., Awaitable[Any]]


def patient(handle_request: Handle) -> Handle:
    """Let a DescribeStacks wait for the stack that it asks for, if the same CLI began what the stack is at.

    Two CLIs are told apart by the name that whoever starts them gives each one (AWS_SDK_UA_APP_ID).
    """
    began: dict[str, str] = {}

    async def handle(method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any) -> Any:
        action, name = asked_for(headers, body)
        own = caller(headers)
        if action == "DescribeStacks" and began.get(_stack_id(name)) == own:
            await _until_settled(name)
        answer = await handle_request(method, path, headers, body, *rest)
        if action in BEGINNINGS:
            began[_stack_id(name)] = own
        return answer

    return handle


def caller(headers: Mapping[str, str]) -> str:
    """The name of the program that asks. The rest of a User-Agent differs from call to call."""
    found = _APPLICATION.search(headers.get("user-agent", ""))
    return found[0] if found else ""


def asked_for(headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
    """What the CLI asks for, and of which stack; nothing when this is another caller."""
    if CLI not in headers.get("user-agent", "") or not body:
        return "", ""
    parameters = parse_qs(body.decode(errors="replace"))
    return parameters.get("Action", [""])[0], parameters.get("StackName", [""])[0]


async def _until_settled(name: str) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while _is_moving(name) and time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_SECONDS)


def _stack_id(name: str) -> str:
    stack = handlers._resolve_stack(name) if name else None
    return str(stack["StackId"]) if stack else ""


def _is_moving(name: str) -> bool:
    stack = handlers._resolve_stack(name)
    status = stack.get("StackStatus", "") if stack else ""
    return bool(status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS")
