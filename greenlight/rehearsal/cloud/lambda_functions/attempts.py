"""When an event for a function is tried again, when it is given up, and what is recorded of it then.

Lambda guide, "How Lambda handles errors and retries with asynchronous invocation" and "Capturing records of Lambda
asynchronous invocations".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_THROTTLED_SECONDS = 1.0
_DEFAULT_RETRIES = 2
_DEFAULT_AGE_SECONDS = 21_600

Function = Mapping[str, Any]
Outcome = Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """What the function's EventInvokeConfig says about events, and where its DeadLetterConfig puts those that fail."""

    retries: int
    age_seconds: float
    on_failure: str
    on_success: str = ""
    dead_letters: str = ""

    @classmethod
    def of(cls, function: Function) -> Rules:
        """Read them; CloudFormation writes them for the qualifier $LATEST, the API for none."""
        configs = function.get("event_invoke_configs") or {}
        found = configs.get("$LATEST") or configs.get("") or function.get("event_invoke_config") or {}
        retries = found.get("MaximumRetryAttempts")
        age = found.get("MaximumEventAgeInSeconds")
        destinations = found.get("DestinationConfig") or {}
        config = function.get("config") or function
        return cls(
            _DEFAULT_RETRIES if retries is None else int(retries),
            _DEFAULT_AGE_SECONDS if age is None else float(age),
            (destinations.get("OnFailure") or {}).get("Destination") or "",
            (destinations.get("OnSuccess") or {}).get("Destination") or "",
            (config.get("DeadLetterConfig") or {}).get("TargetArn") or "",
        )


@dataclass(frozen=True)
class Ended:
    """How often the function ran, its last outcome, and why its event was given up: an empty string if it was not."""

    attempts: int
    outcome: Outcome
    why: str


def attempt(
    run: Callable[[], Outcome],
    rules: Rules,
    retry_seconds: float,
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> Ended:
    """Run until it works, the retries are used up, or the event is too old; a throttled try is no try."""
    began, attempts, delay = now(), 0, 0.0
    outcome: Outcome = {}
    while True:
        sleep(min(delay, max(0.0, began + rules.age_seconds - now())))
        if delay and now() - began >= rules.age_seconds:
            return Ended(attempts, outcome, "EventAgeExceeded")
        outcome = run()
        if not outcome.get("error"):
            return Ended(attempts + 1, outcome, "")
        if outcome.get("throttle"):
            delay = _THROTTLED_SECONDS
            continue
        attempts += 1
        if attempts > rules.retries:
            return Ended(attempts, outcome, "RetriesExhausted")
        delay = retry_seconds * 2 ** (attempts - 1)


def record(function_arn: str, event: Any, ended: Ended, request_id: str, timestamp: str) -> dict[str, Any]:
    """What Lambda sends to a destination. The request id is that of the invocation, and of each of its tries."""
    failed = {"functionError": "Unhandled"} if ended.why else {}
    return {
        "version": "1.0",
        "timestamp": timestamp,
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{function_arn}:$LATEST",
            "condition": ended.why or "Success",
            "approximateInvokeCount": ended.attempts,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", **failed},
        "responsePayload": ended.outcome.get("body"),
    }


def dead_letter(ended: Ended, request_id: str) -> dict[str, dict[str, str]]:
    """The attributes of an event in a queue or a topic of dead letters: the first kilobyte of the error, among them."""
    body = ended.outcome.get("body")
    message = str(body.get("errorMessage", "") if isinstance(body, dict) else body)[:1024]
    return {
        "RequestID": {"DataType": "String", "StringValue": request_id},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": message},
    }
