"""Temporary credentials of a role, as an instance or a task gets them from AWS.

With them the calls of the rehearsed application are checked by IAM as on AWS: a permission that its role lacks is
missed here first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from ministack import app
from ministack.core.responses import get_account_id
from ministack.services import iam, sts

from greenlight.rehearsal.cloud.requirement import require


def check_requirements() -> None:
    """Fail at start when the library has changed what this module relies on."""
    require(app, "AUTH")
    require(iam, "_lookup_instance_profile", "_roles")
    require(sts, "register_session")


@dataclass(frozen=True)
class RoleSession:
    """A key with which a caller is known as one session of a role. Without a token it is the account's root."""

    access_key: str
    secret: str
    token: str = ""

    def variables(self) -> Mapping[str, str]:
        """The session as every SDK reads it."""
        variables = {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret}
        return {**variables, "AWS_SESSION_TOKEN": self.token} if self.token else variables


def role_session(role_arn: str, name: str) -> RoleSession:
    """A session of a role, which ministack then checks as it does every caller.

    It does not expire, and is the same for the same name. Where IAM is not enforced it is the account's root.
    """
    if not app.AUTH:
        return RoleSession(get_account_id(), "test")
    key = f"ASIA{_digest('key', role_arn, name)[:16].upper()}"
    session = RoleSession(key, _digest("secret", role_arn, name), _digest("token", role_arn, name))
    known = {"Arn": session_arn(role_arn, name), "UserId": f"{role_name(role_arn)}:{name}"}
    sts.register_session(key, {**known, "SecretAccessKey": session.secret, "SessionToken": session.token})
    return session


def session_arn(role_arn: str, name: str) -> str:
    """How CloudTrail and IAM call who uses a role: `assumed-role/<role>/<session>`."""
    return f"arn:aws:sts::{role_arn.split(':')[4]}:assumed-role/{role_name(role_arn)}/{name}"


def role_name(role_arn: str) -> str:
    """A role's name, without its path."""
    return role_arn.rpartition("/")[2]


def role_credentials(role_arn: str, session: str) -> Mapping[str, str]:
    """Variables with credentials of the role, for an instance or a task. Without a role there are none, as on AWS."""
    return role_session(role_arn, session).variables() if role_arn else {}


def instance_role(profile_arn: str) -> str:
    """Return the ARN of an instance profile's role, or nothing when it has none."""
    profile = iam._lookup_instance_profile(arn=profile_arn) or {}
    role = next(iter(profile.get("Roles", ())), "")
    return str(iam._roles[role]["Arn"]) if role in iam._roles else ""


def _digest(*words: str) -> str:
    return hashlib.sha256(":".join(words).encode()).hexdigest()
