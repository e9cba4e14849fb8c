"""Requests through the load balancer, as a user would send them or through a color's preview rule."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from email.message import Message

from traffic_switch.contract import ENVIRONMENT_HEADER, VERSION_HEADER
from traffic_switch.model import Reply

TIMEOUT_SECONDS = 5.0
SIDE_BY_SIDE = 5


class FrontDoor:
    """The front door of one service at a base URL. Every request opens its own connection, as a new user would."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def ask(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Send one GET. A request that got no answer is a reply too, with status 0 and what went wrong."""
        request = urllib.request.Request(self._url + path, headers={"User-Agent": "greenlight", **(headers or {})})
        started = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                answer.read()
                return _reply(answer.status, answer.headers, started)
        except urllib.error.HTTPError as error:
            return _reply(error.code, error.headers, started)
        except (OSError, http.client.HTTPException) as error:
            return Reply(0, "", "", _elapsed_ms(started), problem=f"{type(error).__name__}: {error}")

    def ask_many(self, path: str, count: int, headers: Mapping[str, str] | None = None) -> tuple[Reply, ...]:
        """Send several, a few side by side, so that one slow answer does not hold up a look."""
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            return tuple(pool.map(lambda _: self.ask(path, headers), range(count)))


def _reply(status: int, headers: Message, started: float) -> Reply:
    return Reply(status, headers.get(ENVIRONMENT_HEADER, ""), headers.get(VERSION_HEADER, ""), _elapsed_ms(started))


def _elapsed_ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000
