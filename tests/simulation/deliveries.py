"""Events on their way to a function: Lambda's asynchronous invocations, and queues that redeliver."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Kind
from tests.simulation.functions import Invocation
from tests.simulation.line import Caller
from tests.simulation.states.machine import iso

if TYPE_CHECKING:
    from tests.simulation.cloud import Cloud

RETRY_PAUSES = (60.0, 120.0)
"""Lambda's own pauses before the second and the third attempt of an event (developer guide, Asynchronous)."""


@dataclass(frozen=True)
class Delivery:
    """How events reach one function. `max_age` is MaximumEventAge in seconds; `on_failure` gets Lambda's record."""

    function: str
    on_failure: Callable[[dict[str, Any]], None] | None = None
    max_age: float = 21_600.0
    retries: int = 2


class Events:
    """Lambda's asynchronous invocations. An event arrives at least once; SLOW makes it late, TWICE doubles it."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def send(self, delivery: Delivery, payload: Any) -> None:
        """Hand over an event. What becomes of it is Lambda's affair."""
        cloud, name = self._cloud, delivery.function
        fault = cloud.announce(Caller(name), "lambda.InvokeAsync")
        if fault is not None:
            cloud.faults.met.append((cloud.calls, name, "lambda.InvokeAsync", fault))
            cloud.kernel.note(f"fault: event for {name}", str(fault))
        delay = fault.seconds if fault is not None else 0.0
        copies = 2 if fault is not None and fault.kind is Kind.TWICE else 1
        for copy in range(copies):
            self._deliver(delivery, payload, delay * (1 if copies == 1 else copy))

    def _deliver(self, delivery: Delivery, payload: Any, delay: float) -> None:
        kernel = self._cloud.kernel
        since = kernel.time
        kernel.spawn(f"event for {delivery.function}", lambda: self._attempts(delivery, payload, since), delay)

    def _attempts(self, delivery: Delivery, payload: Any, since: float) -> None:
        cloud = self._cloud
        for attempt in range(delivery.retries + 1):
            invocation = cloud.functions.invoke(delivery.function, payload)
            if not invocation.error:
                return
            pause = RETRY_PAUSES[min(attempt, 1)]
            if attempt == delivery.retries or cloud.kernel.time + pause - since > delivery.max_age:
                break
            cloud.kernel.sleep(pause)
        if delivery.on_failure is not None:
            delivery.on_failure(_record(invocation, payload, attempt + 1, delivery, cloud.kernel.time))


def _record(invocation: Invocation, payload: Any, count: int, delivery: Delivery, now: float) -> dict[str, Any]:
    """What Lambda sends to an on-failure destination (developer guide, Invocation record)."""
    condition = "RetriesExhausted" if count > delivery.retries else "EventAgeExceeded"
    arn = f"arn:aws:lambda:eu-central-1:123456789012:function:{delivery.function}:$LATEST"
    return {
        "version": "1.0",
        "timestamp": iso(EPOCH + now),
        "requestContext": {"functionArn": arn, "condition": condition, "approximateInvokeCount": count},
        "requestPayload": payload,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": json.loads(invocation.cause) if invocation.cause.startswith("{") else {},
    }


@dataclass
class Queue:
    """One queue with an event source mapping of batch size 1: what its function fails on comes again, and again,
    until it works or has come `max_receives` times; then it is in `dead`.
    """

    cloud: Cloud
    name: str
    function: str
    visibility_seconds: float = 300.0
    max_receives: int = 1000
    dead: list[str] = field(default_factory=list)
    waiting: int = 0
    receives: int = 0

    def send(self, body: Any, delay: float = 0.0) -> None:
        """Put a message in; what is no text is sent as JSON."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.waiting += 1
        self.cloud.kernel.spawn(f"message in {self.name}", lambda: self._deliver(text), delay)

    def _deliver(self, text: str) -> None:
        for count in range(1, self.max_receives + 1):
            self.receives += 1
            invocation = self.cloud.functions.invoke(self.function, {"Records": [self._message(text, count)]})
            failed_items = isinstance(invocation.result, dict) and invocation.result.get("batchItemFailures")
            if not invocation.error and not failed_items:
                self.waiting -= 1
                return
            self.cloud.kernel.sleep(self.visibility_seconds)
        self.dead.append(text)
        self.waiting -= 1
        self.cloud.kernel.note(f"{self.name} gives up", text)

    def _message(self, text: str, count: int) -> dict[str, Any]:
        return {
            "messageId": "00000000-0000-4000-8000-000000000000",
            "body": text,
            "attributes": {"ApproximateReceiveCount": str(count)},
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{self.name}",
        }
