"""The CDK CLI looks at a stack every five seconds, which is most of what a deployment takes on one machine.

Its look is answered when the operation is over instead. Nobody else has to wait: a function that asks whether its stack
is rolling back gets its answer at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.services.cloudformation import handlers

REQUIRED = ("_resolve_stack",)
"""The names of ministack's cloudformation handlers that this module uses."""

CLI = "aws-cdk/"
"""What the CLI calls itself in the User-Agent of its requests."""

LONGEST_SECONDS = 60.0
"""The CLI gives up on an answer after 300."""

_LOOK_SECONDS = 0.02

Handle = Callable[..., Awaitable[Any]]


def patient(handle_request: Handle) -> Handle:
    """Let a DescribeStacks of the CLI wait for the stack that it asks for."""

    async def handle(method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any) -> Any:
        name = asked_for(headers, body)
        if name:
            await _until_settled(name)
        return await handle_request(method, path, headers, body, *rest)

    return handle


def asked_for(headers: Mapping[str, str], body: bytes) -> str:
    """The stack that the CLI wants to see, or nothing when this is another caller or another call."""
    if CLI not in headers.get("user-agent", "") or not body:
        return ""
    parameters = parse_qs(body.decode(errors="replace"))
    is_look = parameters.get("Action") == ["DescribeStacks"]
    return parameters.get("StackName", [""])[0] if is_look else ""


async def _until_settled(name: str) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while _is_moving(name) and time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_SECONDS)


def _is_moving(name: str) -> bool:
    stack = handlers._resolve_stack(name)
    status = stack.get("StackStatus", "") if stack else ""
    return bool(status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS")
