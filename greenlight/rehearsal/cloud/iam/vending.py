"""Where a container fetches the credentials of its role, again and again: they expire, and its SDK asks for new ones.

On AWS a task asks 169.254.170.2, and a container on a host asks the instance's metadata service. Neither address can be
had without root, so both ask here, by the way that every SDK knows for containers (SDKs and tools guide, "Container
credential provider").
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from greenlight.rehearsal.cloud.control import PREFIX, Answer, Control, Query

if TYPE_CHECKING:
    from greenlight.rehearsal.cloud.iam.roles import RoleSession

ADDRESS_VARIABLE = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_NAME = "credentials"


class Vending:
    """Hands out credentials to whoever knows the address that was given out for them. Thread-safe."""

    def __init__(self, control: Control, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._sessions: dict[str, Callable[[], RoleSession]] = {}
        control.route(_NAME, self._answer, checks_itself=True)

    def variables(self, session: Callable[[], RoleSession]) -> Mapping[str, str]:
        """Return variables that lead an SDK to a session; the address is the secret."""
        secret = secrets.token_urlsafe(24)
        self._sessions[secret] = session
        return {ADDRESS_VARIABLE: f"{self._endpoint_url}{PREFIX}{_NAME}?of={secret}"}

    def _answer(self, _method: str, query: Query, _body: object) -> Answer:
        session = self._sessions.get(query.get("of", ""))
        return (200, session().answer()) if session else (404, {"message": "nobody has these credentials"})
