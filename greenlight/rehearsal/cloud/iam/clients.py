"""Clients of the local AWS API for services that act as a role: each call is signed, and IAM is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenlight.rehearsal.account import REGION

if TYPE_CHECKING:
    from greenlight.rehearsal.cloud.iam.roles import RoleSession


def role_client(service: str, session: RoleSession, endpoint_url: str) -> Any:
    """Make a client that never tries twice: a refusal is to be seen at once."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id=session.access_key,
        aws_secret_access_key=session.secret,
        aws_session_token=session.token or None,
        config=Config(retries={"max_attempts": 0}),
    )
