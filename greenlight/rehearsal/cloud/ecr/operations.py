"""Operations of ECR that ministack does not know."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import ecr

from greenlight.rehearsal.cloud.requirement import require

Request = Mapping[str, Any]
Action = Callable[[Request], Any]


class Operations:
    """What is answered here, by name; all other requests are the library's."""

    def __init__(self) -> None:
        require(ecr, "handle_request")
        self._actions: dict[str, Action] = {}
        ecr.handle_request = self._before(ecr.handle_request)

    def add(self, name: str, action: Action) -> None:
        """Answer an operation."""
        self._actions[name] = action

    def _before(self, handle: Any) -> Any:
        async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            action = self._actions.get(headers.get("x-amz-target", "").rpartition(".")[2])
            return action(json.loads(body)) if action else await handle(method, path, headers, body, query)

        return handle_request


def refusal(code: str, message: str) -> Any:
    """An error as ECR answers it."""
    return error_response_json(code, message, 400)


def unknown_repository(name: str) -> Any:
    """The refusal of a repository that is not there."""
    return refusal("RepositoryNotFoundException", f"The repository with name '{name}' does not exist")
