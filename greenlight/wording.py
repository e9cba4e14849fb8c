"""Texts from outside, made fit for one line of a terminal: versions, reasons and times."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from greenlight_cdk.names import PRODUCTION, STACK_KINDS, Names
from traffic_switch.advice import for_stage
from traffic_switch.image import short

PLAIN_HTTP = "plain HTTP: anybody on the way can read and change users' traffic, and read the preview secret"
"""What a front door without a certificate gives away."""

LATEST_SECONDS = 253402300799.0
"""The last second that a date can show."""


def printable(text: object) -> str:
    """One line without control characters: a version or a reason may hold whatever an application answered."""
    return "".join(sign if sign.isprintable() else "�" for sign in " ".join(str(text).split()))


def iso(seconds: float) -> str | None:
    """Unix seconds as a moment in UTC, to the second; None for a number that is none."""
    if not 0 < seconds <= LATEST_SECONDS:
        return None
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def imaged(version: str, digest: str) -> str:
    """A version with the first digits of its image's digest, where that is known."""
    return f"{version} ({short(digest)})" if digest else version


def at_stage(text: object, names: Names) -> str:
    """What is said of a stage, with its commands and its stacks where production's are named."""
    said = for_stage(str(text), names.stage)
    for kind in STACK_KINDS:
        said = re.sub(rf"\b{PRODUCTION.stack(kind)}\b", names.stack(kind), said)
    return said


def sentence(text: object) -> str:
    """A reason without its full stop, so that it can be part of a longer line."""
    return printable(text).rstrip(".")
