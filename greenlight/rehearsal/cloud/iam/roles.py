"""Sessions of roles: the temporary credentials that a service gets for a function, a task, an instance or a machine.

With them the calls of the rehearsed code are checked by IAM as on AWS: a permission that a role lacks, or a trust that
it does not give, is missed here first. Credentials expire, and are renewed shortly before (EC2 guide, "Retrieve
security credentials from instance metadata": new ones at least five minutes before the old ones expire, after six
hours). ministack's never do.
"""

from __future__ import annotations

import math
import os
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ministack import app
from ministack.core.responses import get_account_id
from ministack.services import iam, sts

from greenlight.rehearsal.cloud.iam.principals import may_assume
from greenlight.rehearsal.cloud.requirement import require

SECONDS_VARIABLE = "GREENLIGHT_SESSION_SECONDS"
"""How long credentials are good for; AWS's six hours without it."""

_AWS_SECONDS = 21_600.0
_EARLY_SHARE = 1 / 72
"""Five minutes of six hours."""


class TrustError(Exception):
    """A role does not trust the service that would take it, or is not there."""


@dataclass(frozen=True)
class RoleSession:
    """A key with which a caller is known as one session of a role. Without a token it is the account's root.

    It is good until `expires_at`, in Unix seconds.
    """

    access_key: str
    secret: str
    token: str
    expires_at: float

    def variables(self) -> Mapping[str, str]:
        """The session as every SDK reads it."""
        variables = {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret}
        return {**variables, "AWS_SESSION_TOKEN": self.token} if self.token else variables

    def answer(self) -> Mapping[str, str]:
        """What a credentials endpoint answers (SDKs and tools guide, "Container credential provider")."""
        ends = datetime.fromtimestamp(min(self.expires_at, time.time() + _AWS_SECONDS), UTC)
        expiration = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
        keys = {"AccessKeyId": self.access_key, "SecretAccessKey": self.secret}
        return {**keys, "Token": self.token, "Expiration": expiration}


_lock = threading.Lock()
_current: dict[tuple[str, str], RoleSession] = {}


def check_requirements() -> None:
    """Fail at start when the library has changed what this module relies on."""
    require(app, "AUTH")
    require(iam, "_lookup_instance_profile", "_roles")
    require(sts, "register_session", "_evict_expired_sessions")


def install() -> None:
    """Let the API tell an expired token from an unknown one: ministack forgets it."""
    check_requirements()
    sts._evict_expired_sessions = lambda: None


def role_session(
    role_arn: str, name: str, service: str, source_arn: str = "", *, lasting_seconds: float = 0.0
) -> RoleSession:
    """Return a session of a role as it is now: the same one until it is about to expire.

    Where IAM is not enforced it is the account's root.

    Args:
        role_arn: the role.
        name: the instance, the task or the function that it is for.
        service: the principal that takes the role.
        source_arn: for whom, where the service says so.
        lasting_seconds: how long it must be good for.

    Raises:
        TrustError: the role does not let the service take it.
    """
    if not app.AUTH:
        return account_root()
    if not may_assume(role_arn, service, source_arn):
        raise TrustError(f"{service} is not authorized to assume the role {role_arn}: look at its trust policy")
    with _lock:
        held = _current.get((role_arn, name))
        left = held.expires_at - time.time() if held else 0.0
        if held is None or left <= max(lasting_seconds, _seconds() * _EARLY_SHARE):
            held = _current[role_arn, name] = _issue(role_arn, name)
        return held


def account_root() -> RoleSession:
    """The account itself, which may do everything."""
    return RoleSession(get_account_id(), "test", "", math.inf)


def session_arn(role_arn: str, name: str) -> str:
    """How CloudTrail and IAM call who uses a role: `assumed-role/<role>/<session>`."""
    return f"arn:aws:sts::{role_arn.split(':')[4]}:assumed-role/{role_name(role_arn)}/{name}"


def role_name(role_arn: str) -> str:
    """A role's name, without its path."""
    return role_arn.rpartition("/")[2]


def instance_role(profile_arn: str) -> str:
    """Return the ARN of an instance profile's role, or nothing when it has none."""
    profile = iam._lookup_instance_profile(arn=profile_arn) or {}
    role = next(iter(profile.get("Roles", ())), "")
    return str(iam._roles[role]["Arn"]) if role in iam._roles else ""


def _issue(role_arn: str, name: str) -> RoleSession:
    key, secret, token = (secrets.token_hex(length) for length in (8, 20, 32))
    session = RoleSession(f"ASIA{key.upper()}", secret, token, time.time() + _seconds())
    known = {"Arn": session_arn(role_arn, name), "UserId": f"{role_name(role_arn)}:{name}"}
    kept = {"SecretAccessKey": secret, "SessionToken": token, "Expiration": session.expires_at}
    sts.register_session(session.access_key, {**known, **kept})
    return session


def _seconds() -> float:
    return float(os.environ.get(SECONDS_VARIABLE, _AWS_SECONDS))
