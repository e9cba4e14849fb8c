"""A listener in Envoy's words: what is the same for all of its rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenlight.rehearsal.balancer.access_log import line_format
from greenlight.rehearsal.balancer.snapshot import Listener
from greenlight.rehearsal.balancer.tls import transport_socket

Json = dict[str, Any]

_TLS_INSPECTOR = "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"

_LISTENER = "type.googleapis.com/envoy.config.listener.v3.Listener"
_MANAGER = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
_FILE_LOG = "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog"
_OWN_SERVER = "awselb/2.0"
_TITLES = {502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}
_STATUS_BY_FLAG = (
    (502, ["UF", "UC", "UR", "LR", "UPE"]),
    (504, ["UT", "SI"]),
    (503, ["UH", "NC", "NR", "UO"]),
)
"""A load balancer says 502 where a target refuses or drops the connection; Envoy alone would say 503."""


def listener_resource(port: int, listeners: Mapping[Listener, Json], *, access_log_path: str) -> Json:
    """Write what listens on one port: one listener that speaks TLS, one that does not, or one of the two.

    A connection is told by its first bytes. A client may take its time with them, as load balancers have it too. The
    inspector is there from the beginning: a change of anything but the chains would close every connection.

    Args:
        listeners: with the source of the route configuration of each.
        access_log_path: where Envoy writes one line per request.
    """
    return {
        "@type": _LISTENER,
        "name": f"127.0.0.1:{port}",
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "listener_filters": [{"name": "tls", "typed_config": {"@type": _TLS_INSPECTOR}}],
        "listener_filters_timeout": "0s",
        "filter_chains": [_chain(each, routes, access_log_path) for each, routes in listeners.items()],
    }


def _chain(listener: Listener, routes: Json, access_log_path: str) -> Json:
    chain = {
        "name": listener.protocol,
        "filter_chain_match": {"transport_protocol": "tls" if listener.tls else "raw_buffer"},
        "filters": [{"name": "http", "typed_config": _manager(listener, routes, access_log_path)}],
    }
    return {**chain, "transport_socket": transport_socket(listener.tls)} if listener.tls else chain


def _manager(listener: Listener, routes: Json, access_log_path: str) -> Json:
    """Pass requests on as an Application Load Balancer does: HTTP/1.1, X-Forwarded-*, the target's Server header."""
    idle = f"{listener.idle_timeout_seconds}s"
    return {
        "@type": _MANAGER,
        "stat_prefix": "listener",
        "codec_type": "HTTP1",
        "rds": {"route_config_name": listener.arn, "config_source": routes},
        "use_remote_address": True,
        "skip_xff_append": True,
        "generate_request_id": False,
        "server_header_transformation": "PASS_THROUGH",
        "common_http_protocol_options": {"idle_timeout": idle},
        "stream_idle_timeout": idle,
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        "local_reply_config": {"mappers": [_own_answer(status, flags) for status, flags in _STATUS_BY_FLAG]},
        "http_filters": [{"name": "router", "typed_config": {"@type": _ROUTER, "suppress_envoy_headers": True}}],
        "access_log": [{"name": "file", "typed_config": _file_log(listener, access_log_path)}],
    }


def _own_answer(status: int, flags: list[str]) -> Json:
    title = f"{status} {_TITLES[status]}"
    page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body><h1>{title}</h1></body>\r\n</html>\r\n"
    return {
        "filter": {"response_flag_filter": {"flags": flags}},
        "status_code": status,
        "headers_to_add": [_set("server", _OWN_SERVER)],
        "body_format_override": {"text_format_source": {"inline_string": page}, "content_type": "text/html"},
    }


def _file_log(listener: Listener, path: str) -> Json:
    text = {"inline_string": line_format(listener.load_balancer)}
    return {"@type": _FILE_LOG, "path": path, "log_format": {"text_format_source": text}}


def _set(name: str, value: str) -> Json:
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
