"""CodeConnections, which ministack does not have: connections are made and looked at, under both names of the service.

What leads to a repository is in `use`; a person's handshake in the console is a control endpoint.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ministack import app
from ministack.core import iam_actions, router
from ministack.core.responses import error_response_json, json_response

from greenlight.rehearsal.cloud.codeconnections.connections import STATUSES, connection, create, put
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Answer, Query
from greenlight.rehearsal.cloud.requirement import require, require_missing

TARGETS = {
    "codeconnections": "com.amazonaws.codeconnections.CodeConnections_20231201",
    "codestar-connections": "com.amazonaws.codestar.connections.CodeStar_connections_20191201",
}
"""The service by both of its names, with what its requests are addressed to."""
ENDPOINT = "connections"
PLAYED = ("CreateConnection", "GetConnection")

Response = tuple[int, dict[str, str], bytes]


def install(context: CloudContext) -> None:
    """Add the service, and let tests say where a connection stands: `{"arn": …, "status": …}`."""
    require(app, "SERVICE_HANDLERS")
    require(router, "SERVICE_PATTERNS")
    require(iam_actions, "SERVICE_TO_IAM_NAMESPACE", "extract_resource_arn")
    for service, target in TARGETS.items():
        require_missing(app.SERVICE_HANDLERS, service)
        app.SERVICE_HANDLERS[service] = _handler(service)
        router.SERVICE_PATTERNS[service] = {"target_prefixes": [target], "credential_scope": service}
        iam_actions.SERVICE_TO_IAM_NAMESPACE[service] = service
    iam_actions.extract_resource_arn = _naming_connections(iam_actions.extract_resource_arn)
    context.control.route(ENDPOINT, _stand)


def _stand(_method: str, _query: Query, body: Any) -> Answer:
    """Somebody has confirmed a connection in the console, or it has broken."""
    if body["status"] not in STATUSES:
        return 400, {"error": f"status must be one of {', '.join(STATUSES)}, got {body['status']!r}"}
    put(replace(connection(body["arn"]), status=body["status"]))
    return 200, {}


def _handler(service: str) -> Callable[..., Any]:
    async def handle(
        _method: str, _path: str, headers: Mapping[str, str], body: bytes, _query: Mapping[str, Any]
    ) -> Response:
        return _answer(service, headers.get("x-amz-target", "").rpartition(".")[2], json.loads(body or b"{}"))

    return handle


def _answer(service: str, call: str, request: Mapping[str, Any]) -> Response:
    answer: Response
    if call == "CreateConnection":
        made = create(service, request["ConnectionName"], request.get("ProviderType", "GitHub"))
        answer = json_response({"ConnectionArn": made.arn})
    elif call == "GetConnection":
        answer = json_response({"Connection": connection(request["ConnectionArn"]).shown()})
    else:
        said = f"the rehearsal does not play {service}:{call}; it plays {', '.join(PLAYED)}"
        answer = error_response_json("InvalidAction", said, 400)
    return answer


def _naming_connections(extract: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(
        service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any, **more: Any
    ) -> str:
        if service not in TARGETS:
            return extract(service, method, path, headers, body, *rest, **more)
        return str(json.loads(body or b"{}").get("ConnectionArn", "*"))

    return extract_resource_arn
