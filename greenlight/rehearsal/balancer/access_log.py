"""One line per request, written by Envoy and read back for the metrics."""

from __future__ import annotations

from dataclasses import dataclass

_FIELDS = (
    "%UPSTREAM_CLUSTER_RAW%",
    "%UPSTREAM_HOST%",
    "%RESPONSE_CODE%",
    "%RESPONSE_FLAGS%",
    "%RESPONSE_CODE_DETAILS%",
    "%COMMON_DURATION(US_TX_END:US_RX_BEG:us)%",
    "%START_TIME(%s.%3f)%",
    "%DURATION%",
    "%REQ(:METHOD)%",
    "%REQ(:PATH)%",
)
_READ_FIELDS = 9
_CONNECTION_FAILED = "UF"
_NOTHING = "-"


@dataclass(frozen=True)
class Request:
    """What became of one request.

    Attributes:
        load_balancer, target_group: as in CloudWatch's dimensions; the group is empty when none was to be asked.
        has_target: a target was chosen.
        status: what the client got; 0 when it left before.
        by_target: the target answered, not the load balancer.
        fixed: a fixed response or a redirect, as the rule says.
        target_seconds: from the last byte sent to the target to its first byte; None without an answer.
        ended_at: Unix time at which the client had its whole answer, or was gone.
    """

    load_balancer: str
    target_group: str
    has_target: bool
    status: int
    by_target: bool
    fixed: bool
    connection_failed: bool
    target_seconds: float | None
    ended_at: float


def line_format(load_balancer: str) -> str:
    """Tell Envoy what to write for a listener of the load balancer."""
    return " ".join([load_balancer, *_FIELDS]) + "\n"


def parse(line: str) -> Request:
    """Read a line back. Raises ValueError for one that is not whole."""
    load_balancer, group, host, status, flags, details, micros, began, millis, _ = line.split(" ", _READ_FIELDS)
    return Request(
        load_balancer=load_balancer,
        target_group="" if group == _NOTHING else group,
        has_target=host != _NOTHING,
        status=int(status),
        by_target=details == "via_upstream",
        fixed=details == "direct_response",
        connection_failed=_CONNECTION_FAILED in flags.split(","),
        target_seconds=None if micros == _NOTHING else int(micros) / 1e6,
        ended_at=float(began) + int(millis) / 1000,
    )
