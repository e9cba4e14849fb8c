"""What could not be read, as a finding: the permission that is missing, or what AWS said instead."""

from __future__ import annotations

import re

import click
from botocore.exceptions import BotoCoreError, ClientError
from traffic_switch.errors import SwitchError

from greenlight.credentials import unusable
from greenlight.doctor.finding import Finding, unchecked
from greenlight.wording import sentence

POLICY = "docs/doctor-policy.json"
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403")
"""How the services that the doctor asks name a missing permission."""
ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)")


def unreadable(error: BaseException) -> Finding:
    """Say what was not checked, and why."""
    if isinstance(error, ClientError) and error.response["Error"].get("Code") in DENIED:
        return _denied(error)
    if lost := unusable(error):
        return unchecked(sentence(lost))
    if isinstance(error, click.ClickException):
        return unchecked(sentence(error.format_message()))
    if isinstance(error, ClientError | BotoCoreError | SwitchError | OSError):
        return unchecked(sentence(error), "see what the message says, then try again")
    return unchecked(f"{type(error).__name__}: {sentence(error)}", "this is a mistake in the doctor: report it")


def _denied(error: ClientError) -> Finding:
    """AWS names the action, except where it answers with a bare 403 (such as S3's HeadBucket)."""
    named = ACTION.search(str(error))
    action = named[1] if named else f"what {error.operation_name} needs"
    return unchecked(f"your credentials do not allow {action}", f"allow it; {POLICY} lists all that doctor reads")
