"""Smoke: what the idle color must answer through its preview rule before users see it."""

from __future__ import annotations

from collections.abc import Sequence

from traffic_switch.contract import Color
from traffic_switch.image import short
from traffic_switch.model import Reply
from traffic_switch.verdict import Judgment, failed, passed


def judge(replies: Sequence[Reply], color: Color, version: str, digest: str = "") -> Judgment:
    """Every reply must be a success from the expected color and version: a stale container answers healthily too.

    `digest` is what the color's resources were given to run; an answer cannot prove it.
    """
    for number, reply in enumerate(replies, 1):
        if complaint := _complaint(reply, color, version):
            return failed(f"smoke request {number} of {len(replies)} {complaint}")
    image = f", image {short(digest)}" if digest else ""
    return passed(f"{len(replies)} smoke requests answered by {color} {version}{image}")


def _complaint(reply: Reply, color: Color, version: str) -> str:
    if reply.status == 0:
        return f"got no answer: {reply.problem}"
    if not 200 <= reply.status < 400:
        return f"got status {reply.status}, wanted 200 to 399"
    if reply.environment != color:
        return f"was answered by {reply.environment or 'an unnamed environment'}, wanted {color}"
    if version and reply.version != version:
        return f"was answered by version {reply.version or 'unnamed'}, wanted {version}"
    return ""
