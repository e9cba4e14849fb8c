"""Target groups as Envoy clusters, and their targets as the endpoints of these."""

from __future__ import annotations

from typing import Any

from greenlight.rehearsal.balancer.snapshot import Endpoint, HealthCheck, TargetGroup

Json = dict[str, Any]

_CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster"
_ASSIGNMENT = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"
_EVENT_FILE = "type.googleapis.com/envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink"
_HTTP_OPTIONS = "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions"

_CONNECT_TIMEOUT = "10s"
"""As in "HTTP 504: the connection timeout (10 seconds)", the troubleshooting page of Application Load Balancers."""
_UPSTREAM_IDLE = "30s"
"""Below the keep-alive of the applications (65 s): a target must never close a connection that is about to be used."""
_FAIL_OPEN_BELOW_PERCENT = 1
_UNLIMITED = 1_000_000
_USER_AGENT = {"key": "user-agent", "value": "ELB-HealthChecker/2.0"}
METADATA = "greenlight"
"""Under this name each endpoint carries its target's key."""


def cluster(group: TargetGroup, *, endpoints: Json, events_path: str) -> Json:
    """Write one target group, without its targets.

    Args:
        endpoints: the source of the group's assignment.
        events_path: where Envoy writes the outcome of each health check.
    """
    return {
        "@type": _CLUSTER,
        "name": group.name,
        "type": "EDS",
        "eds_cluster_config": {"service_name": group.name, "eds_config": endpoints},
        "connect_timeout": _CONNECT_TIMEOUT,
        "lb_policy": "LEAST_REQUEST" if group.least_outstanding else "ROUND_ROBIN",
        "common_lb_config": {"healthy_panic_threshold": {"value": _FAIL_OPEN_BELOW_PERCENT}},
        "ignore_health_on_host_removal": True,
        "circuit_breakers": {"thresholds": [_no_limits()]},
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": _http_1()},
        "health_checks": [_health_check(group.check, events_path)],
    }


def assignment(group: TargetGroup) -> Json:
    """Write the targets of one group."""
    return {
        "@type": _ASSIGNMENT,
        "cluster_name": group.name,
        "endpoints": [{"lb_endpoints": [_endpoint(endpoint) for endpoint in group.endpoints]}],
    }


def status_ranges(matcher: str) -> list[tuple[int, int]]:
    """Read a matcher of success codes as ranges, both ends included."""
    ranges = []
    for part in matcher.split(","):
        first, _, last = part.strip().partition("-")
        ranges.append((int(first), int(last or first)))
    return sorted(ranges)


def _endpoint(endpoint: Endpoint) -> Json:
    checked = {} if endpoint.check_port == endpoint.real_port else {"port_value": endpoint.check_port}
    return {
        "endpoint": {
            "address": {"socket_address": {"address": endpoint.host, "port_value": endpoint.real_port}},
            "health_check_config": {"hostname": f"{endpoint.host}:{endpoint.check_port}", **checked},
        },
        "metadata": {"filter_metadata": {METADATA: {"target": endpoint.key}}},
    }


def _health_check(check: HealthCheck, events_path: str) -> Json:
    """Check as a load balancer does: on a new connection each time, at the same interval with and without traffic.

    A code outside the matcher is only one failure that counts towards the threshold, which Envoy calls retriable.
    """
    interval = f"{check.interval_seconds:g}s"
    good = status_ranges(check.success_codes)
    return {
        "timeout": f"{check.timeout_seconds:g}s",
        "interval": interval,
        "no_traffic_interval": interval,
        "no_traffic_healthy_interval": interval,
        "healthy_threshold": check.healthy_count,
        "unhealthy_threshold": check.unhealthy_count,
        "reuse_connection": False,
        "always_log_health_check_failures": True,
        "always_log_health_check_success": True,
        "event_logger": [{"name": "events", "typed_config": {"@type": _EVENT_FILE, "event_log_path": events_path}}],
        "http_health_check": {
            "path": check.path,
            "expected_statuses": [_half_open(first, last) for first, last in good],
            "retriable_statuses": [_half_open(first, last) for first, last in _others(good)],
            "request_headers_to_add": [{"header": _USER_AGENT, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}],
        },
    }


def _others(good: list[tuple[int, int]]) -> list[tuple[int, int]]:
    others, start = [], 100
    for first, last in good:
        if first > start:
            others.append((start, first - 1))
        start = max(start, last + 1)
    return [*others, (start, 599)] if start <= 599 else others


def _half_open(first: int, last: int) -> Json:
    return {"start": first, "end": last + 1}


def _no_limits() -> Json:
    limits = ("max_connections", "max_pending_requests", "max_requests")
    return dict.fromkeys(limits, _UNLIMITED)


def _http_1() -> Json:
    return {
        "@type": _HTTP_OPTIONS,
        "common_http_protocol_options": {"idle_timeout": _UPSTREAM_IDLE},
        "explicit_http_config": {"http_protocol_options": {}},
    }
