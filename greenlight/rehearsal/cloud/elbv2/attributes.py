"""The attributes that every load balancer and target group has, also those that nobody set."""

from __future__ import annotations

from ministack.services import alb

_TARGET_GROUP = {
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.enabled": "false",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.type": "lb_cookie",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
}
_LOAD_BALANCER = {
    "access_logs.s3.enabled": "false",
    "client_keep_alive.seconds": "3600",
    "deletion_protection.enabled": "false",
    "idle_timeout.timeout_seconds": "60",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http2.enabled": "true",
}


def complete_attributes() -> None:
    """Add the defaults: ministack drops them all for a resource whose template sets one attribute."""
    for records, attributes, defaults in (
        (alb._tgs, alb._tg_attrs, _TARGET_GROUP),
        (alb._lbs, alb._lb_attrs, _LOAD_BALANCER),
    ):
        for arn in list(records):
            present = attributes.setdefault(arn, [])
            known = {each["Key"] for each in present}
            present += [{"Key": key, "Value": value} for key, value in defaults.items() if key not in known]
