"""A call of the API as the event that CloudTrail sends to EventBridge.

Source: CloudTrail user guide, "CloudTrail record contents" and "CloudTrail userIdentity element"; EventBridge user
guide, "AWS service events delivered via AWS CloudTrail".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.core.iam_evaluator import ResolvedCredential
from ministack.services import iam

DETAIL_TYPE = "AWS API Call via CloudTrail"
HIDDEN = frozenset({"input", "value"})
"""What records leave out: the input of an execution, the value of a parameter."""

_MEMBER = re.compile(r"(\w+)\.member\.(\d+)(?:\.(\w+))?")


def entry(service: str, call: str, who: ResolvedCredential, parameters: Mapping[str, Any], region: str) -> Any:
    """The PutEvents entry of one call that was let in."""
    detail = {
        "eventVersion": "1.11",
        "eventType": "AwsApiCall",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": call,
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "awsRegion": region,
        "sourceIPAddress": "127.0.0.1",
        "userIdentity": identity(who),
        "requestParameters": request_parameters(parameters),
        "readOnly": False,
        "managementEvent": True,
    }
    return {"Source": f"aws.{service}", "DetailType": DETAIL_TYPE, "Detail": json.dumps(detail)}


def identity(who: ResolvedCredential) -> dict[str, Any]:
    """Who called; of a role also which one, as `sessionIssuer`."""
    found = {"type": "IAMUser", "arn": who.principal_arn, "accountId": who.account_id}
    if ":assumed-role/" not in who.principal_arn:
        return found
    name = who.principal_arn.split("/")[1]
    role = iam._roles.get(name) or {"Arn": f"arn:aws:iam::{who.account_id}:role/{name}"}
    issuer = {"type": "Role", "arn": role["Arn"], "accountId": who.account_id, "userName": name}
    return {**found, "type": "AssumedRole", "sessionContext": {"sessionIssuer": issuer}}


def request_parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with small initials, and the members of lists together: {"RuleArn": "a"} as {"ruleArn": "a"}."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        member = _MEMBER.fullmatch(name)
        if not member:
            found[_initial(name)] = value
            continue
        items = found.setdefault(_initial(member[1]), {})
        if member[3]:
            items.setdefault(member[2], {})[_initial(member[3])] = value
        else:
            items[member[2]] = value
    listed = {name: [*value.values()] if isinstance(value, dict) else value for name, value in found.items()}
    return {name: value for name, value in listed.items() if name not in HIDDEN}


def _initial(name: str) -> str:
    return name[:1].lower() + name[1:]
