"""Gives each container on the host the credentials of its color's role, and of no other.

It stands where SDKs look for a container's credentials (SDKs and tools guide, "Container credential provider"):

    GET /credentials    Authorization: the token that was mounted into the container

systemd opens the socket and starts this as a user of its own, which owns nothing. `run-color.sh` writes, for each
color, `NAME.role` with the ARN of its role and `NAME.token` with the SHA-256 of its token: no secret is in that folder.
The credentials are fetched by the AWS CLI, with the host's own role, and held in memory alone.

It runs on the Python of Amazon Linux 2023, which is 3.9, with the standard library alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PATH = "/credentials"
FIRST_SOCKET = 3
"""The number of the first socket that systemd hands over (sd_listen_fds)."""

EARLY_SECONDS = 1800.0
"""How long before their end credentials are renewed: SDKs ask for new ones 15 minutes before, at the earliest."""

LOOK_SECONDS = 1.0
PAUSE_SECONDS = 10.0
"""Between a failure to get credentials and the next try."""

CLI_SECONDS = 30
REQUEST_SECONDS = 5
LONGEST_TOKEN = 200
MOST_AT_ONCE = 8
"""Requests of one color that are answered at the same time."""


class AssumeError(Exception):
    """The role could not be taken."""


@dataclass(frozen=True)
class Session:
    """Credentials of a role, in the words of the answer. `ends_at` is in Unix seconds."""

    role: str
    answer: dict[str, str]
    ends_at: float


def assume(role: str, name: str) -> Session:
    """Take a role with the AWS CLI. `name` is what CloudTrail shows as the session.

    Raises:
        AssumeError: STS or the CLI refused.
    """
    command = ["aws", "sts", "assume-role", "--role-arn", role, "--role-session-name", name]
    try:
        done = subprocess.run([*command, "--output", "json"], capture_output=True, text=True, timeout=CLI_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AssumeError(str(error)) from error
    if done.returncode:
        raise AssumeError(" ".join(done.stderr.split()))
    try:
        return read(role, json.loads(done.stdout)["Credentials"])
    except (KeyError, ValueError) as error:
        raise AssumeError(f"the AWS CLI did not answer with credentials: {error!r}") from error


def read(role: str, given: dict[str, str]) -> Session:
    """Word STS's answer as the container credential provider does; SDKs want the end in UTC, with a Z."""
    ends = datetime.fromisoformat(re.sub("Z$", "+00:00", given["Expiration"])).astimezone(timezone.utc)
    answer = {
        "AccessKeyId": given["AccessKeyId"],
        "SecretAccessKey": given["SecretAccessKey"],
        "Token": given["SessionToken"],
        "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return Session(role, answer, ends.timestamp())


class Colors:
    """The colors of this host, each with fresh credentials, fetched before anybody asks. Thread-safe."""

    def __init__(
        self, folder: Path, take: Callable[[str, str], Session] = assume, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder = folder
        self._take = take
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._paused_until: dict[str, float] = {}

    def of(self, token: str) -> str | None:
        """Return the color whose token this is, None when it is nobody's."""
        shown = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
        known = ((path.stem, path.read_text().strip()) for path in self._folder.glob("[!.]*.token"))
        found = [name for name, digest in known if hmac.compare_digest(shown, digest)]
        return found[0] if found else None

    def answer(self, name: str) -> dict[str, str] | None:
        """Return a color's credentials, None while there are none that are good."""
        held = self._sessions.get(name)
        return held.answer if held and held.ends_at > self._clock() else None

    def renew(self) -> None:
        """Fetch what is missing, is of another role by now, or ends soon. What fails is told, and tried again."""
        for path in sorted(self._folder.glob("[!.]*.role")):
            name, role = path.stem, path.read_text().strip()
            if not self._is_due(name, role):
                continue
            try:
                self._sessions[name] = self._take(role, name)
            except AssumeError as error:
                self._paused_until[name] = self._clock() + PAUSE_SECONDS
                say(f"{name} has no new credentials of {role}: {error}")

    def _is_due(self, name: str, role: str) -> bool:
        if self._clock() < self._paused_until.get(name, 0.0):
            return False
        held = self._sessions.get(name)
        return held is None or held.role != role or held.ends_at - EARLY_SECONDS <= self._clock()


class Broker(ThreadingHTTPServer):
    """Answers on a socket that is open already.

    Each color is on a network of its own, of 256 addresses (daemon.json), and has a few places: a container that holds
    connections open, or opens very many, takes no place of another color.
    """

    daemon_threads = True

    def __init__(self, opened: socket.socket, colors: Colors) -> None:
        super().__init__(opened.getsockname()[:2], Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = opened
        self.colors = colors
        self._places: defaultdict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(MOST_AT_ONCE))

    def verify_request(self, _request: object, client_address: tuple[str, int]) -> bool:
        """Take a place, or hang up where there is none."""
        return self._places[_network(client_address)].acquire(blocking=False)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread; where none can be started, nothing gives the place back but this."""
        try:
            super().process_request(request, client_address)
        except RuntimeError:
            self._places[_network(client_address)].release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and give the place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places[_network(client_address)].release()

    def handle_error(self, _request: object, client_address: tuple[str, int]) -> None:
        """Say in a line what a request was dropped for, such as a container that hung up."""
        say(f"dropped {client_address[0]}: {sys.exc_info()[1]!r}")


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Broker
    timeout = REQUEST_SECONDS
    server_version, sys_version = "greenlight", ""

    def do_GET(self) -> None:
        """Answer with the credentials of the color whose token was shown, or refuse."""
        token = self.headers.get("Authorization", "")
        name = self.server.colors.of(token) if 0 < len(token) <= LONGEST_TOKEN else None
        answer = self.server.colors.answer(name) if name else None
        if self.path != PATH:
            self._refuse(404, "NotFound", f"only {PATH} is here")
        elif name is None:
            self._refuse(403, "AccessDenied", "the token is missing, or is nobody's")
        elif answer is None:
            self._refuse(503, "NotYet", f"{name} has no credentials: see journalctl -u greenlight-credentials")
        else:
            self._say(200, answer)

    def log_message(self, *_: object) -> None:
        """Say nothing of requests that were granted: there is one for each renewal of each SDK."""

    def _refuse(self, status: int, code: str, message: str) -> None:
        say(f"refused {self.client_address[0]}: {code}")
        self._say(status, {"Code": code, "Message": message})

    def _say(self, status: int, answer: dict[str, str]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _network(address: tuple[str, int]) -> str:
    return address[0].rpartition(".")[0]


def say(line: str) -> None:
    """Write a line to the journal of the host."""
    print(line, file=sys.stderr, flush=True)


def main(folder: str) -> None:
    """Serve until the host ends."""
    if os.environ.get("LISTEN_FDS") != "1":
        raise SystemExit("systemd gave no socket: start greenlight-credentials.socket")
    colors = Colors(Path(folder))
    broker = Broker(socket.socket(fileno=FIRST_SOCKET), colors)
    threading.Thread(target=broker.serve_forever, daemon=True).start()
    while True:
        colors.renew()
        time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1])
