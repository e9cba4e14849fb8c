"""HTTP as the functions use it: the front doors, and the addresses at which CloudFormation waits for answers."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Callable
from http.client import RemoteDisconnected
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import Request

from traffic_switch.surroundings import HttpReply

from tests.simulation.faults import Fault, Kind

if TYPE_CHECKING:
    from tests.simulation.cloud import Cloud

ANSWER_HOST = "cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com"
"""Where ResponseURLs point to; in the simulation the path is the request's id."""

ANSWER_LIMIT = 4096
"""CloudFormation refuses longer answers (user guide, Custom resource response objects)."""

ANSWER_SECONDS = 0.1


class Web:
    """Everything that can be fetched. `front_doors`: scheme and host to listener ARN."""

    def __init__(self, cloud: Cloud) -> None:
        self.front_doors: dict[str, str] = {}
        self.answers: list[tuple[float, str, dict[str, Any]]] = []
        """When, for which request id, what: every answer that CloudFormation got."""
        self.on_answer: Callable[[str, dict[str, Any]], None] = lambda _id, _answer: None
        self._cloud = cloud

    def exchange(self, request: Request) -> tuple[HttpReply, float]:
        """One request now, and how many seconds its answer takes.

        Raises:
            OSError: there is no such host.
        """
        url = urlsplit(request.full_url)
        if url.hostname == ANSWER_HOST:
            return self._answer(request, url.path.lstrip("/")), ANSWER_SECONDS
        listener = self.front_doors.get(f"{url.scheme}://{url.hostname}")
        if listener is None:
            raise urllib.error.URLError(OSError(f"no such host: {url.hostname}"))
        headers = {name.lower(): value for name, value in request.header_items()}
        return self._cloud.traffic.ask(listener, url.path or "/", {"host": url.hostname or "", **headers})

    def _answer(self, request: Request, request_id: str) -> HttpReply:
        """S3 takes what was signed: a PUT with an empty content type (urllib sends one of its own if none is given).
        CloudFormation then reads what is there.
        """
        data = request.data if isinstance(request.data, bytes) else b""
        if request.get_method() != "PUT" or request.get_header("Content-type") != "":
            return HttpReply(403, {}, b"SignatureDoesNotMatch")
        body = json.loads(data) if len(data) <= ANSWER_LIMIT else {"Status": "FAILED", "Reason": "Response is too long"}
        self.answers.append((self._cloud.kernel.time, request_id, body))
        self._cloud.kernel.note("answer", request_id, body)
        self.on_answer(request_id, body)
        return HttpReply(200)


def refuse(fault: Fault, timeout: float, sleep: Callable[[float], None]) -> HttpReply | None:
    """What a fault does before a request would have arrived: an error of the network, or somebody's refusal."""
    match fault.kind:
        case Kind.THROTTLED:
            return HttpReply(503, {}, b"Slow Down")
        case Kind.DENIED:
            return HttpReply(403)
        case Kind.FAILED | Kind.CONFLICT:
            return HttpReply(500)
        case Kind.UNREACHABLE:
            sleep(timeout)
            raise urllib.error.URLError(TimeoutError("timed out"))
        case Kind.LOST_REQUEST:
            sleep(timeout)
            raise TimeoutError("The read operation timed out")
        case Kind.SLOW if fault.seconds < timeout:
            sleep(fault.seconds)
    return None


def lose(fault: Fault, timeout: float, sleep: Callable[[float], None]) -> None:
    """What a fault does after the request has arrived."""
    match fault.kind:
        case Kind.LOST_REPLY:
            sleep(timeout)
            raise TimeoutError("The read operation timed out")
        case Kind.RESET:
            raise RemoteDisconnected("Remote end closed connection without response")
