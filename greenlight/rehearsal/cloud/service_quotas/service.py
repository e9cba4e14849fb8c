"""Service Quotas, which ministack does not have: the two calls that read a value.

The values are AWS's defaults (AWS General Reference, endpoints and quotas, of each service). Nobody can raise them
here: what asks for more is refused, as everything that is not rehearsed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ministack import app
from ministack.core import iam_actions, router
from ministack.core.responses import error_response_json, get_account_id, get_region, json_response

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.requirement import require, require_missing

SERVICE, TARGET = "servicequotas", "ServiceQuotasV20190624"
READING = ("GetServiceQuota", "GetAWSDefaultServiceQuota")

DEFAULTS: Mapping[tuple[str, str], tuple[str, float]] = {
    ("ec2", "L-0263D0A3"): ("EC2-VPC Elastic IPs", 5.0),
    ("vpc", "L-F678F1CE"): ("VPCs per Region", 5.0),
    ("vpc", "L-A4707A72"): ("Internet gateways per Region", 5.0),
    ("elasticloadbalancing", "L-53DA6B97"): ("Application Load Balancers per Region", 50.0),
    ("elasticloadbalancing", "L-B22855CB"): ("Target Groups per Region", 3000.0),
    ("elasticloadbalancing", "L-7EED9B64"): ("Rules per Application Load Balancer", 100.0),
}

Response = tuple[int, dict[str, str], bytes]


def install(context: CloudContext) -> None:
    """Add the service to ministack's own."""
    del context
    require(app, "SERVICE_HANDLERS")
    require(router, "SERVICE_PATTERNS")
    require(iam_actions, "SERVICE_TO_IAM_NAMESPACE")
    require_missing(app.SERVICE_HANDLERS, SERVICE)
    app.SERVICE_HANDLERS[SERVICE] = handle
    router.SERVICE_PATTERNS[SERVICE] = {"target_prefixes": [TARGET], "credential_scope": SERVICE}
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE


async def handle(
    _method: str, _path: str, headers: Mapping[str, str], body: bytes, _query: Mapping[str, Any]
) -> Response:
    """Answer one request."""
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if action not in READING:
        return _refusal("UnknownOperationException", f"{action} is not rehearsed: quotas have AWS's default values")
    asked = json.loads(body or b"{}")
    service, code = asked.get("ServiceCode", ""), asked.get("QuotaCode", "")
    if (service, code) not in DEFAULTS:
        return _refusal("NoSuchResourceException", f"There is no quota {code} of service {service}")
    answer: Response = json_response({"Quota": _quota(service, code)})
    return answer


def _quota(service: str, code: str) -> Mapping[str, Any]:
    name, value = DEFAULTS[service, code]
    return {
        "ServiceCode": service,
        "QuotaCode": code,
        "QuotaArn": f"arn:aws:servicequotas:{get_region()}:{get_account_id()}:{service}/{code}",
        "QuotaName": name,
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }


def _refusal(code: str, message: str) -> Response:
    answer: Response = error_response_json(code, message, 400)
    return answer
