"""One request of a stand-in to the local cloud.

A script of a host starts a stand-in twenty times, and loading `http.client` takes longer than all else that one does.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping

from greenlight.rehearsal.host.surroundings import Surroundings


class Answer:
    """What the local cloud said: the status of HTTP, and the body."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = body


def post(here: Surroundings, path: str, headers: Mapping[str, str], body: bytes, *, patience_seconds: float) -> Answer:
    """Send a POST and read until the other side ends, as HTTP/1.0 has it (RFC 1945).

    Raises:
        OSError: there is no answer.
    """
    lines = [f"{name}: {value}" for name, value in {**headers, "content-length": len(body)}.items()]
    head = "\r\n".join([f"POST {path} HTTP/1.0", *lines, "", ""])
    with socket.create_connection((here.address, here.port), patience_seconds) as connection:
        connection.sendall(head.encode() + body)
        said, _, content = _everything(connection).partition(b"\r\n\r\n")
    if not content and not said:
        raise ConnectionResetError("the local cloud closed the connection without an answer")
    return Answer(int(said.split(b" ", 2)[1]), content)


def _everything(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as answer:
        return answer.read()
