"""The settings of a target group: what AWS refuses of them.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html and
docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from greenlight.rehearsal.cloud.elbv2 import errors

RANGES = {
    "Port": (1, errors.LAST_PORT),
    "HealthCheckIntervalSeconds": (5, 300),
    "HealthCheckTimeoutSeconds": (2, 120),
    "HealthyThresholdCount": (2, 10),
    "UnhealthyThresholdCount": (2, 10),
}
NEEDED = {"Protocol": "A protocol", "Port": "A port", "VpcId": "A VPC ID"}
"""What a group of instances or addresses has to have."""
PROTOCOLS = ("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC")
TARGETS = ("instance", "ip", "lambda", "alb")
CODES = (200, 499)
"""The answers that may count as healthy, of HTTP/1.1."""
_WEB = ("HTTP", "HTTPS")
_DEFAULTS = {"HealthCheckIntervalSeconds": 30, "HealthCheckTimeoutSeconds": 5}


def check_settings(given: Mapping[str, Any], known: Mapping[str, Any] | None = None) -> None:
    """Raise ApiError for settings that no group can have. `known` are those of a group that is modified."""
    _check_values(given)
    settings = {**_DEFAULTS, **(known or {}), **{name: value for name, value in given.items() if value}}
    if known is None and settings.get("TargetType", "instance") in ("instance", "ip"):
        missing = [said for name, said in NEEDED.items() if not settings.get(name)]
        if missing:
            raise errors.invalid(f"{missing[0]} must be specified")
    if settings.get("Protocol", "HTTP") in _WEB:
        if int(settings["HealthCheckTimeoutSeconds"]) >= int(settings["HealthCheckIntervalSeconds"]):
            raise errors.invalid("Health check interval must be greater than the timeout.")
        _check_matcher(str((settings.get("Matcher") or {}).get("HttpCode") or CODES[0]))


def _check_values(given: Mapping[str, Any]) -> None:
    """Raise ApiError for what the API's own model does not allow."""
    for name, (least, most) in RANGES.items():
        if given.get(name) and not least <= int(given[name]) <= most:
            raise errors.out_of_range(str(given[name]), name, least, most)
    for name, known in (("Protocol", PROTOCOLS), ("HealthCheckProtocol", PROTOCOLS), ("TargetType", TARGETS)):
        if given.get(name) and given[name] not in known:
            member = name[0].lower() + name[1:]
            raise errors.constraint(str(given[name]), member, f"enum value set: [{', '.join(known)}]")


def _check_matcher(codes: str) -> None:
    numbers = [int(each) for each in re.findall(r"\d+", codes)]
    if not re.fullmatch(r"\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*", codes) or not all(
        CODES[0] <= each <= CODES[1] for each in numbers
    ):
        raise errors.invalid(
            f"Health check matcher HTTP code '{codes}' must be within '{CODES[0]}-{CODES[1]}' inclusive"
        )
