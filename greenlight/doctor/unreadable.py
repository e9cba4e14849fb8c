"""What could not be read, as a finding: the permission that is missing, or what AWS said instead."""

from __future__ import annotations

import click
from botocore.exceptions import BotoCoreError, ClientError
from traffic_switch.errors import SwitchError

from greenlight import denial
from greenlight.credentials import unusable
from greenlight.doctor.finding import Finding, unchecked
from greenlight.wording import sentence

POLICY = "docs/doctor-policy.json"


def unreadable(error: BaseException) -> Finding:
    """Say what was not checked, and why."""
    if denial.is_denial(error):
        return unchecked(
            f"your credentials do not allow {denial.action(error)}", f"allow it; {POLICY} lists all that doctor reads"
        )
    if lost := unusable(error):
        return unchecked(sentence(lost))
    if isinstance(error, click.ClickException):
        return unchecked(sentence(error.format_message()))
    if isinstance(error, ClientError | BotoCoreError | SwitchError | OSError):
        return unchecked(sentence(error), "see what the message says, then try again")
    return unchecked(f"{type(error).__name__}: {sentence(error)}", "this is a mistake in the doctor: report it")
