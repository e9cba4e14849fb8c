"""What one answer to an own request says about the version that should have given it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from traffic_switch.contract import Color
from traffic_switch.model import Reply


class Kind(StrEnum):
    """GOOD and FAILED count for the version. STRAY came from the other color, WRONG from another version."""

    GOOD = "good"
    FAILED = "failed"
    STRAY = "stray"
    WRONG = "wrong"


@dataclass(frozen=True)
class Answer:
    """A kind, and for those that count for nothing the words in which to say so."""

    kind: Kind
    what: str = ""


def sort_out(reply: Reply, color: Color, version: str) -> Answer:
    """Tell the kinds apart. An empty `version` means that it is not known which one to expect.

    Only 200 to 399 is good. What the application does not answer itself (403 of the firewall, 503 of the load balancer)
    names no color and is a failure, as it is for users. So is a good answer without a color: something else gave it.
    """
    if reply.environment == color.other:
        return Answer(Kind.STRAY, f"{color.other} {reply.version}".strip())
    if not 200 <= reply.status < 400 or reply.environment != color:
        return Answer(Kind.FAILED)
    if version and reply.version != version:
        return Answer(Kind.WRONG, f"{color} {reply.version or 'of an unnamed version'}")
    return Answer(Kind.GOOD)
