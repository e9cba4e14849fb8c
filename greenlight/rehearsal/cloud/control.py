"""The rehearsal's own endpoint beside the AWS API: /_greenlight/<name>, with JSON in and out.

It wraps the ASGI application, so that it is reached before ministack looks for credentials.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from ministack.core.responses import set_request_account_id, set_request_region

from greenlight.rehearsal.account import ACCOUNT, REGION

Answer = tuple[int, object]
Query = Mapping[str, str]
Handler = Callable[[str, Query, Any], Answer | Awaitable[Answer]]
"""Gets the method, the query and the body (None without one); returns a status and what to answer as JSON."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/_greenlight/"

log = logging.getLogger(__name__)


class Control:
    """The handlers by name, and the middleware that calls them."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def route(self, name: str, handler: Handler) -> None:
        """Answer /_greenlight/<name>. A handler that is no coroutine may block: it gets a thread."""
        if name in self._handlers:
            raise ValueError(f"the control endpoint {name!r} has two handlers: give one of them another name")
        self._handlers[name] = handler

    def wrap(self, application: Application) -> Application:
        """Put the endpoint in front of an application."""

        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"].startswith(PREFIX):
                await _send(send, *await self._answer(scope, await _body(receive)))
            else:
                await application(scope, receive, send)

        return wrapped

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        name = scope["path"].removeprefix(PREFIX)
        handler = self._handlers.get(name)
        if handler is None:
            return 404, {"error": f"no control endpoint {name!r}; there are: {', '.join(sorted(self._handlers))}"}
        try:
            return await self._call(handler, scope, json.loads(body) if body else None)
        except ValueError as error:
            return 400, {"error": str(error)}
        except Exception as error:
            log.exception("the control endpoint %s failed", name)
            return 500, {"error": f"{type(error).__name__}: {error}"}

    async def _call(self, handler: Handler, scope: Scope, body: Any) -> Answer:
        set_request_account_id(ACCOUNT)
        set_request_region(REGION)
        query = dict(parse_qsl(scope.get("query_string", b"").decode(), keep_blank_values=True))
        if inspect.iscoroutinefunction(handler):
            answer: Answer = await handler(scope["method"], query, body)
            return answer
        found = await asyncio.to_thread(handler, scope["method"], query, body)
        return await found if inspect.isawaitable(found) else found


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _send(send: Send, status: int, answer: object) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
