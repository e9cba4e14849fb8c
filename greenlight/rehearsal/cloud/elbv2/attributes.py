"""The attributes of load balancers, listeners and target groups: which there are, and what AWS takes for them.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html and
API_TargetGroupAttribute.html, and API_ListenerAttribute.html for listeners, of which only added headers are played.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ministack.services import alb

from greenlight.rehearsal.cloud.elbv2 import errors

TARGET_GROUP = {
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "stickiness.enabled": "false",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.type": "lb_cookie",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
LOAD_BALANCER = {
    "access_logs.s3.bucket": "",
    "access_logs.s3.enabled": "false",
    "access_logs.s3.prefix": "",
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "health_check_logs.s3.bucket": "",
    "health_check_logs.s3.enabled": "false",
    "health_check_logs.s3.prefix": "",
    "idle_timeout.timeout_seconds": "60",
    "ipv6.deny_all_igw_traffic": "false",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
    "zonal_shift.config.enabled": "false",
}
LISTENER = {
    **dict.fromkeys(
        (
            f"routing.http.request.x_amzn_{name}.header_name"
            for name in (
                "mtls_clientcert",
                "mtls_clientcert_issuer",
                "mtls_clientcert_leaf",
                "mtls_clientcert_serial_number",
                "mtls_clientcert_subject",
                "mtls_clientcert_validity",
                "tls_cipher_suite",
                "tls_version",
            )
        ),
        "",
    ),
    **dict.fromkeys(
        (
            f"routing.http.response.{name}.header_value"
            for name in (
                "access_control_allow_credentials",
                "access_control_allow_headers",
                "access_control_allow_methods",
                "access_control_allow_origin",
                "access_control_expose_headers",
                "access_control_max_age",
                "content_security_policy",
                "strict_transport_security",
                "x_content_type_options",
                "x_frame_options",
            )
        ),
        "",
    ),
    "routing.http.response.server.enabled": "true",
}
SECONDS = {
    "client_keep_alive.seconds": (60, 604_800),
    "deregistration_delay.timeout_seconds": (0, 3_600),
    "idle_timeout.timeout_seconds": (1, 4_000),
    "slow_start.duration_seconds": (0, 900),
    "stickiness.app_cookie.duration_seconds": (1, 604_800),
    "stickiness.lb_cookie.duration_seconds": (1, 604_800),
}
VALUES = {
    "load_balancing.algorithm.type": ("round_robin", "least_outstanding_requests", "weighted_random"),
    "load_balancing.algorithm.anomaly_mitigation": ("on", "off"),
    "stickiness.type": ("lb_cookie", "app_cookie"),
}


def check_attributes(kind: str, known: Mapping[str, str], given: Iterable[Mapping[str, str]]) -> None:
    """Raise ApiError for attributes that AWS does not know, and for values that it does not take."""
    for each in given:
        key, value = str(each["Key"]), str(each.get("Value", ""))
        if key not in known:
            raise errors.invalid(f"{kind} attribute key '{key}' is not recognized")
        if key in SECONDS and not _is_within(value, *SECONDS[key]):
            least, most = SECONDS[key]
            raise errors.invalid(f"'{key}' must be between '{least}' and '{most}', but it is '{value}'")
        options = VALUES.get(key) or ({"true", "false", known[key]} if key.endswith(".enabled") else ())
        if options and value not in options:
            raise errors.invalid(f"'{key}' must be one of '{', '.join(sorted(options))}', but it is '{value}'")


def added_headers(attributes: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers that a listener adds to responses, by name, and overwrites where a target sends them.

    Source: docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html, Add response headers.
    """
    return tuple(
        (each["Key"].split(".")[3].replace("_", "-"), each["Value"])
        for each in attributes
        if each["Key"].endswith(".header_value") and each["Value"]
    )


def complete_attributes() -> None:
    """Add the defaults: ministack drops them all for a resource whose template sets one attribute."""
    for records, attributes, defaults in (
        (alb._tgs, alb._tg_attrs, TARGET_GROUP),
        (alb._lbs, alb._lb_attrs, LOAD_BALANCER),
    ):
        for arn in list(records):
            present = attributes.setdefault(arn, [])
            known = {each["Key"] for each in present}
            present += [{"Key": key, "Value": value} for key, value in defaults.items() if key not in known]


def _is_within(value: str, least: int, most: int) -> bool:
    return bool(re.fullmatch(r"\d{1,6}", value)) and least <= int(value) <= most
