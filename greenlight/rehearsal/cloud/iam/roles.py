"""Temporary credentials of a role, as an instance or a task gets them from AWS.

With them the calls of the rehearsed application are checked by IAM as on AWS: a permission that its role lacks is
missed here first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ministack import app
from ministack.core.responses import get_account_id
from ministack.services import iam, sts

from greenlight.rehearsal.cloud.requirement import require


def check_requirements() -> None:
    """Fail at start when the library has changed what this module relies on."""
    require(app, "AUTH")
    require(iam, "_lookup_instance_profile", "_roles")
    require(sts, "register_session")


def role_credentials(role_arn: str, session: str) -> Mapping[str, str]:
    """Return variables with credentials of the role's session; they do not expire, and repeat for the same session.

    Args:
        role_arn: the role; without one there are no credentials, as on AWS.
        session: the instance or the task: CloudTrail would name the caller `assumed-role/<role>/<session>`.
    """
    if not role_arn:
        return {}
    if not app.AUTH:
        return _variables(get_account_id(), "test", "")
    name = role_arn.rpartition("/")[2]
    access_key = f"ASIA{_digest('key', role_arn, session)[:16].upper()}"
    secret, token = _digest("secret", role_arn, session), _digest("token", role_arn, session)
    caller = f"arn:aws:sts::{role_arn.split(':')[4]}:assumed-role/{name}/{session}"
    sts.register_session(
        access_key,
        {"Arn": caller, "UserId": f"{name}:{session}", "SecretAccessKey": secret, "SessionToken": token},
    )
    return _variables(access_key, secret, token)


def instance_role(profile_arn: str) -> str:
    """Return the ARN of an instance profile's role, or nothing when it has none."""
    profile = iam._lookup_instance_profile(arn=profile_arn) or {}
    role = next(iter(profile.get("Roles", ())), "")
    return str(iam._roles[role]["Arn"]) if role in iam._roles else ""


def _variables(access_key: str, secret: str, token: str) -> Mapping[str, str]:
    variables = {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret}
    return {**variables, "AWS_SESSION_TOKEN": token} if token else variables


def _digest(*words: str) -> str:
    return hashlib.sha256(":".join(words).encode()).hexdigest()
