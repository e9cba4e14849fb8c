"""A listener's rules as an Envoy route configuration."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

from greenlight.rehearsal.balancer.matching import match
from greenlight.rehearsal.balancer.snapshot import Action, Condition, FixedResponse, Forward, Listener, Redirect, Rule

Json = dict[str, Any]

_ROUTE_CONFIGURATION = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
_ENVOYS_OWN_HEADERS = ["x-envoy-internal", "x-envoy-external-address", "x-request-id"]
_REDIRECT_CODES = {301: "MOVED_PERMANENTLY", 302: "FOUND"}
_CLIENT = {"header": {"key": "x-forwarded-for", "value": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}}
"""Envoy by itself would write this machine's network address for a client on the loopback interface."""
_NAMED_PORT = Condition("http-header", ("*:*",), header=":authority")
"""A client that was led here by the load balancer's name: it names this machine's port, and gets one of this machine.
"""
_NO_WEIGHT = FixedResponse(503)
"""What a load balancer answers when every group of a rule has weight 0."""


def route_configuration(listener: Listener) -> Json:
    """Write the rules of one listener. A changed weight changes this resource alone."""
    return {
        "@type": _ROUTE_CONFIGURATION,
        "name": listener.arn,
        "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [*chain(*map(_routes, listener.rules))]}],
        "request_headers_to_add": [
            {**_CLIENT, "append_action": "APPEND_IF_EXISTS_OR_ADD"},
            _set("x-forwarded-port", str(listener.port)),
            _set("x-forwarded-proto", listener.protocol.lower()),
        ],
        "request_headers_to_remove": _ENVOYS_OWN_HEADERS,
        "response_headers_to_add": [_set(name, value) for name, value in listener.added],
    }


def _routes(rule: Rule) -> list[Json]:
    """A rule is one route; a redirect to a port that is another one here is two."""
    route = {"name": rule.arn, "match": match(rule.conditions), **_action(rule.action)}
    if not isinstance(rule.action, Redirect) or not rule.action.real_port:
        return [route]
    local = match([*rule.conditions, _NAMED_PORT])
    return [{**route, "match": local, **_redirect(replace(rule.action, port=str(rule.action.real_port)))}, route]


def _action(action: Action) -> Json:
    match action:
        case Forward(groups):
            return _forward(groups)
        case FixedResponse():
            return _fixed_response(action)
        case Redirect():
            return _redirect(action)


def _forward(groups: tuple[tuple[str, int], ...]) -> Json:
    """No timeout but the listener's idle timeout, and no retries: a load balancer does not retry."""
    if not any(weight for _, weight in groups):
        return _fixed_response(_NO_WEIGHT)
    clusters = [{"name": name, "weight": weight} for name, weight in groups]
    return {"route": {"weighted_clusters": {"clusters": clusters}, "timeout": "0s"}}


def _fixed_response(action: FixedResponse) -> Json:
    answer: Json = {"direct_response": {"status": action.status}}
    if action.body:
        answer["direct_response"]["body"] = {"inline_string": action.body}
    if action.content_type:
        answer["response_headers_to_add"] = [_set("content-type", action.content_type)]
    return answer


def _redirect(action: Redirect) -> Json:
    redirect: Json = {"response_code": _REDIRECT_CODES[action.status], "strip_query": not action.query}
    if "#{" not in action.protocol:
        redirect["scheme_redirect"] = action.protocol.lower()
    if "#{" not in action.host:
        redirect["host_redirect"] = action.host
    if "#{" not in action.port:
        redirect["port_redirect"] = int(action.port)
    if action.query and "#{" not in action.path + action.query:
        redirect["path_redirect"] = f"{action.path}?{action.query}"
    elif action.path != "/#{path}":
        redirect["regex_rewrite"] = _path_rewrite(action.path)
    return {"redirect": redirect}


def _path_rewrite(path: str) -> Json:
    substitution = path.replace("\\", "\\\\").replace("#{path}", r"\1")
    return {"pattern": {"regex": "^/(.*)$"}, "substitution": substitution}


def _set(name: str, value: str) -> Json:
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
