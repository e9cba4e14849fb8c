"""The words with which each service throttles, denies and fails. They differ, and code that retries depends on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from traffic_switch.contract import JOURNAL_KEY

from tests.simulation.errors import AwsError

ACCOUNT, REGION = "123456789012", "eu-central-1"
QUERY = {"elbv2", "cloudformation", "cloudwatch", "sns"}
"""Services whose errors have the names of the old query protocol."""

DYNAMODB_ACTIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}


def throttled(service: str) -> AwsError:
    """Too many calls. ELB's API is known to do it in normal times (argo-rollouts #3333)."""
    if service == "dynamodb":
        return AwsError("ProvisionedThroughputExceededException", "The level of configured throughput was exceeded")
    return AwsError("Throttling" if service in QUERY else "ThrottlingException", "Rate exceeded")


def failed(service: str) -> AwsError:
    """The service's own fault."""
    code = "InternalServerError" if service == "dynamodb" else "InternalFailure"
    return AwsError(code, "We encountered an internal error. Please try again.", status=500)


def denied(service: str, actor: str, action: str) -> AwsError:
    """IAM's refusal."""
    message = (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/Greenlight-{actor}/{actor} is not authorized to perform: {action} "
        f"because no identity-based policy allows the {action} action"
    )
    code = "AuthorizationError" if service == "sns" else "AccessDenied" if service in QUERY else "AccessDeniedException"
    return AwsError(code, message, status=403 if service in QUERY else 400)


def conflict(call: str, parameters: Mapping[str, Any]) -> AwsError:
    """Another transaction writes the same item right now. Nothing was written."""
    message = "Transaction is ongoing for the item"
    if call != "dynamodb.TransactWriteItems":
        return AwsError("TransactionConflictException", message)
    codes = ["TransactionConflict", *["None"] * (len(parameters["TransactItems"]) - 1)]
    reasons = [{"Code": code, "Message": message} if code != "None" else {"Code": code} for code in codes]
    listed = ", ".join(codes)
    return AwsError(
        "TransactionCanceledException",
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{listed}]",
        CancellationReasons=reasons,
    )


def parts(call: str, action: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The IAM actions that a call needs, each with the key of the item that it is about, empty for other services.

    A transaction needs those of its parts and none of its own.
    """
    if call == "dynamodb.TransactWriteItems":
        for item in parameters["TransactItems"]:
            for kind, part in item.items():
                yield DYNAMODB_ACTIONS[kind], _key(part)
    else:
        yield action, _key(parameters) if call.startswith("dynamodb.") else ""


def _key(part: Mapping[str, Any]) -> str:
    item = part.get("Key") or part.get("Item") or {}
    return str(item.get(JOURNAL_KEY, {}).get("S", ""))
