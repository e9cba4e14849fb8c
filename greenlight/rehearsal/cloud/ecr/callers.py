"""Who sends a request to ECR: some of what ECR does for a caller, it does with the caller's rights."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.services import ecr

from greenlight.rehearsal.cloud.requirement import require

_key: ContextVar[str] = ContextVar("greenlight_ecr_caller", default="")
"""The caller's access key."""


def install() -> None:
    """Remember the caller of each request."""
    require(ecr, "handle_request")
    require(iam_evaluator, "enforce")
    require(app, "extract_access_key_id", "AUTH")
    ecr.handle_request = _remembering(ecr.handle_request)


def may(action: str, resource_arn: str) -> bool:
    """Whether the caller may do something besides what was asked for."""
    service = action.partition(":")[0]
    return not app.AUTH or not iam_evaluator.enforce(
        _key.get(), action, service, get_region(), resource_arn=resource_arn
    )


def _remembering(handle: Any) -> Any:
    async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        _key.set(app.extract_access_key_id(headers, query) or "")
        return await handle(method, path, headers, body, query)

    return handle_request
