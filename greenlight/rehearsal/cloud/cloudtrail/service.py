"""CloudTrail: tells EventBridge of calls that change something, as long as a trail logs.

ministack keeps records of calls, if asked, and tells nobody. AWS delivers minutes later; here an event comes at once.
Calls that were refused are told on AWS, too, and not here.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import cloudtrail, eventbridge

from greenlight.rehearsal.cloud.cloudtrail.event import entry
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.requirement import require

TOLD = frozenset({"elasticloadbalancing", "ssm", "states"})
"""Services whose calls are told: those that somebody of ours listens to."""
READS = ("Describe", "Get", "List")
BEHIND_THE_SCENES = frozenset({"UpdateInstanceInformation"})

log = logging.getLogger(__name__)


def install(context: CloudContext) -> None:
    """Tell of each call after it was made. Without credentials that are checked nobody could be named."""
    require(app, "_maybe_record_cloudtrail", "_ct_event_name", "_ct_request_params", "extract_access_key_id")
    require(iam_evaluator, "resolve_credential", "ResolvedCredential")
    require(cloudtrail, "_visible_trail_items")
    require(eventbridge, "_put_events")
    if context.auth:
        app._maybe_record_cloudtrail = _tell


def is_logging() -> bool:
    """Whether a trail of this region logs (EventBridge guide: without one no call is told)."""
    return any(trail.get("IsLogging") for _region, _name, trail in cloudtrail._visible_trail_items())


def _tell(
    service: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query: Mapping[str, Any],
    _request_id: str,
    region: str,
) -> None:
    if service not in TOLD or path.startswith("/_"):
        return
    parameters = {**app._ct_request_params(headers, body, query), **query}
    call = str(parameters.pop("Action", "")) or app._ct_event_name(service, method, path, headers, query)
    if call.startswith(READS) or call in BEHIND_THE_SCENES or not is_logging():
        return
    who = iam_evaluator.resolve_credential(app.extract_access_key_id(headers, query) or "")
    if not isinstance(who, iam_evaluator.ResolvedCredential):
        log.warning("the caller of %s:%s is not known: nobody is told", service, call)
        return
    event = entry(service, call, who, parameters, region)
    eventbridge._put_events({"Entries": [event]}, allow_aws_source=True)
