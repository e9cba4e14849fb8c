"""Nothing that a browser sends is answered: a web page must not reach a rehearsal on its reader's machine.

A page can send a form or a `no-cors` request to any port of 127.0.0.1, and with DNS rebinding it can even read the
answer. Browsers name the page's site in Origin on every request that can change something (Fetch standard, "Origin
header"), and the name that was rebound in Host; none of our clients sends an Origin or another Host.
"""

from __future__ import annotations

from greenlight.rehearsal.cloud.control import Application, Receive, Scope, Send
from greenlight.rehearsal.cloud.entry.refusal import refuse

_FROM_PAGES = (b"origin", b"sec-fetch-site")
"""Browsers send the second one on requests without Origin too, such as images and links; a page cannot prevent it."""


def facing_programs_alone(application: Application, port: int) -> Application:
    """Refuse whatever comes from a page, or was meant for another name; WebSockets, which nobody here uses, as well."""
    own = f"127.0.0.1:{port}".encode()

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await application(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif problem := _problem(scope, own):
            await refuse(scope, send, problem)
        else:
            await application(scope, receive, send)

    return wrapped


def _problem(scope: Scope, own: bytes) -> str:
    headers = [(name.lower(), value) for name, value in scope["headers"]]
    if any(name in _FROM_PAGES for name, _ in headers):
        return "a web page may not ask the rehearsal's cloud for anything"
    if [value for name, value in headers if name == b"host"] != [own]:
        return f"the rehearsal's cloud answers to the name {own.decode()} alone"
    return ""
