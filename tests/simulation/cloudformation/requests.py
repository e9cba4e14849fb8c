"""Requests to custom resources, and the answers that are put to their URLs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from greenlight.rehearsal.cloud.cloudformation.response import Answered, read
from tests.simulation.kernel import Kernel
from tests.simulation.states.deliveries import Deliveries
from tests.simulation.web import ANSWER_HOST


@dataclass
class Request:
    """One request, and every answer that was put for it, with its moment. CloudFormation acts on the first alone.

    Attributes:
        heard: the answer that CloudFormation acted on.
        closed: why it no longer listens: "heard", "cancelled" or "gave up"; "" while it does.
    """

    event: Mapping[str, Any]
    sent: float
    function: str
    answers: list[tuple[float, Mapping[str, Any]]] = field(default_factory=list)
    heard: Mapping[str, Any] | None = None
    closed: str = ""
    on_answer: Callable[[], object] = lambda: None

    @property
    def id(self) -> str:
        """CloudFormation's RequestId."""
        return str(self.event["RequestId"])

    def read(self) -> Answered:
        """Act on the first answer.

        Raises:
            CustomResourceError: it is FAILED, or not one that CloudFormation takes.
        """
        self.closed, self.heard = "heard", self.answers[0][1]
        return read(self.heard, self.event)


@dataclass
class Mailbox:
    """Sends requests to functions as `deliveries` delays them, and takes the answers.

    `invoke` is Lambda's asynchronous invocation: it tries twice more and then gives the event to the failure queue.
    """

    kernel: Kernel
    invoke: Callable[[str, Any], object]
    deliveries: Deliveries = field(default_factory=Deliveries)
    requests: list[Request] = field(default_factory=list)
    _by_id: dict[str, Request] = field(default_factory=dict)

    def send(self, function: str, event: Mapping[str, Any], on_answer: Callable[[], object]) -> Request:
        """Send a request. `event` lacks RequestId and ResponseURL, which are given here."""
        number = len(self.requests) + 1
        request_id = f"{number:08d}-0000-4000-8000-{self.kernel.random.getrandbits(48):012x}"
        url = f"https://{ANSWER_HOST}/{request_id}"
        full = {**event, "RequestId": request_id, "ResponseURL": url}
        request = Request(full, self.kernel.time, function, on_answer=on_answer)
        self.requests.append(request)
        self._by_id[request_id] = request
        self.kernel.note("CloudFormation sends", event["RequestType"], request_id, event["ResourceProperties"])
        text = json.dumps(full)
        self.deliveries.send(self.kernel, f"request {request_id}", lambda: self.invoke(function, json.loads(text)))
        return request

    def answered(self, request_id: str, answer: Mapping[str, Any]) -> None:
        """Take an answer that was put to a ResponseURL. One for a request that nobody sent is nobody's."""
        request = self._by_id.get(request_id)
        if request is not None:
            request.answers.append((self.kernel.time, answer))
            request.on_answer()
