"""Whether traffic may go back to where it was: facts in, judgment out."""

from __future__ import annotations

from collections.abc import Sequence

from traffic_switch.contract import Color
from traffic_switch.model import Reply, Target, healthy, healthy_share, serving
from traffic_switch.verdict import Judgment, failed, passed

UNREACHABLE = (502, 504)
"""What a load balancer answers when its targets do not (ELB user guide, Troubleshoot your load balancers). A 503 may
also be the default action of a listener whose preview rule does not fit.
"""


def judge(
    color: Color, version: str, old: Sequence[Target], new: Sequence[Target], replies: Sequence[Reply], min_healthy: int
) -> Judgment:
    """PASS when fewer users suffer on the old color than where they are.

    It must be proved healthy first (Flagger #1931: a rollback sent everything to a broken primary). When both colors
    are unhealthy, the one with the larger healthy share gets the traffic, and a tie stays put: a blind flip never
    helped anybody. A color that answers with another version than the journal remembers was never proved at all.
    """
    if objection := _stranger(color, version, replies) or _silence(color, replies):
        return failed(objection)
    good = healthy(old)
    if len(good) >= min_healthy:
        return passed(f"{len(good)} of {len(serving(old))} targets of {color} are healthy")
    if healthy_share(old) > healthy_share(new):
        return passed(f"{color} is the less unhealthy color")
    return failed(f"{color} is not healthy either: {'; '.join(map(str, old)) or 'it has no targets'}")


def _stranger(color: Color, version: str, replies: Sequence[Reply]) -> str:
    """What speaks against the version. An answer without one does not: then health checks alone must do."""
    for reply in replies:
        if version and reply.environment == color and reply.version and reply.version != version:
            return f"{color} runs version {reply.version}, but the journal remembers {version} on it"
    return ""


def _silence(color: Color, replies: Sequence[Reply]) -> str:
    """A color that the load balancer cannot reach is not healthy, whatever the last health check said.

    No answer at all counts for nothing: then it is the way to the load balancer that does not work.
    """
    if replies and all(reply.status in UNREACHABLE for reply in replies):
        return f"{color} does not answer (status {replies[0].status}), though its targets may still be called healthy"
    return ""
