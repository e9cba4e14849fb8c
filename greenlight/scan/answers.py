"""Answers as they came, and who asks for them."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from greenlight.errors import ReleaseError
from greenlight.wording import printable

SECONDS = 10.0
MOST_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; a header may be there more than once."""

    asked: str
    status: int
    headers: Sequence[tuple[str, str]] = ()
    body: str = ""

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for each, value in self.headers if each.lower() == name.lower()]

    def one(self, name: str) -> str:
        """A header's values joined, as browsers read them; empty when it is not there."""
        return ", ".join(self.all(name))


@dataclass(frozen=True)
class Asker:
    """Asks a front door with headers that lead to one color. It follows no redirect, and uses no proxy."""

    url: str
    headers: Mapping[str, str]
    trusted: ssl.SSLContext | None = None

    @property
    def is_encrypted(self) -> bool:
        """Whether it speaks TLS."""
        return urlsplit(self.url).scheme == "https"

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Send one request.

        Raises:
            ReleaseError: nobody answered.
        """
        connection = self._connection()
        try:
            connection.request(method, path, headers={**self.headers, **(headers or {})})
            answer = connection.getresponse()
            body = answer.read(MOST_BYTES).decode(errors="replace")
            return Answer(f"{method} {path}", answer.status, answer.getheaders(), body)
        except (OSError, http.client.HTTPException) as error:
            said = printable(f"{type(error).__name__}: {error}")
            raise ReleaseError(f"{self.url} gave no answer to {method} {path}: {said}. Nothing was scanned") from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        where = urlsplit(self.url)
        assert where.hostname
        if self.is_encrypted:
            context = self.trusted or ssl.create_default_context()
            return http.client.HTTPSConnection(where.hostname, where.port, timeout=SECONDS, context=context)
        return http.client.HTTPConnection(where.hostname, where.port, timeout=SECONDS)
