"""The rehearsal's own endpoint beside the AWS API: /_greenlight/<name>, with JSON in and out.

It wraps the ASGI application, so that it is reached before ministack looks for credentials. Whoever asks shows the
token of the run; an endpoint whose address or body is a secret by itself asks for none.
"""

from __future__ import annotations

import asyncio
import hmac
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from ministack.core.responses import set_request_account_id, set_request_region

from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.keys import TOKEN_HEADER

Answer = tuple[int, object]
Query = Mapping[str, str]
Handler = Callable[[str, Query, Any], Answer | Awaitable[Answer]]
"""Gets the method, the query and the body (None without one); returns a status and what to answer as JSON."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/_greenlight/"
LONGEST_BODY_BYTES = 64 * 1024 * 1024
"""More than any asset of ours has."""

log = logging.getLogger(__name__)


class LongBodyError(Exception):
    """Somebody sends more than anybody of ours would."""


class Control:
    """The handlers by name, and the middleware that calls them."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._handlers: dict[str, Handler] = {}
        self._open: set[str] = set()

    def route(self, name: str, handler: Handler, *, checks_itself: bool = False) -> None:
        """Answer /_greenlight/<name>. A handler that is no coroutine may block: it gets a thread.

        One that checks itself who asks gets requests without the run's token too.
        """
        if name in self._handlers:
            raise ValueError(f"the control endpoint {name!r} has two handlers: give one of them another name")
        self._handlers[name] = handler
        if checks_itself:
            self._open.add(name)

    def wrap(self, application: Application) -> Application:
        """Put the endpoint in front of an application."""

        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"].startswith(PREFIX):
                await _send(send, *await self._admitted(scope, receive))
            else:
                await application(scope, receive, send)

        return wrapped

    async def _admitted(self, scope: Scope, receive: Receive) -> Answer:
        """Nothing is read of a request that may not ask."""
        if scope["path"].removeprefix(PREFIX) not in self._open and not self._shows_the_token(scope):
            return 403, {"error": f"the header {TOKEN_HEADER} must hold the token of this run"}
        try:
            return await self._answer(scope, await read_body(receive))
        except LongBodyError as error:
            return 413, {"error": str(error)}

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

    def _shows_the_token(self, scope: Scope) -> bool:
        shown = [value for name, value in scope["headers"] if name.lower() == TOKEN_HEADER.lower().encode()]
        return len(shown) == 1 and hmac.compare_digest(shown[0], self._token)

    async def _call(self, handler: Handler, scope: Scope, body: Any) -> Answer:
        set_request_account_id(ACCOUNT)
        set_request_region(REGION)
        query = dict(parse_qsl(scope.get("query_string", b"").decode(), keep_blank_values=True))
        if inspect.iscoroutinefunction(handler):
            answer: Answer = await handler(scope["method"], query, body)
            return answer
        found = await asyncio.to_thread(handler, scope["method"], query, body)
        return await found if inspect.isawaitable(found) else found


async def read_body(receive: Receive) -> bytes:
    """Return the whole body of a request. Raises LongBodyError for one that nobody of ours sends."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LONGEST_BODY_BYTES:
            raise LongBodyError(f"the body has more than {LONGEST_BODY_BYTES} bytes")
        more = message.get("more_body", False)
    return b"".join(parts)


async def _send(send: Send, status: int, answer: object) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
