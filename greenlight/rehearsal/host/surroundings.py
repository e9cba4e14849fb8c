"""What the stand-ins learn from their environment; few imports, because each call of one pays for them."""

from __future__ import annotations

import os

HOST_VARIABLE = "GREENLIGHT_REHEARSAL_HOST"
ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL"
ROOT_VARIABLE = "GREENLIGHT_ROOT"
"""What the host's own scripts put before /etc, /usr and /var; on a real host it is not set."""
DOCKER_VARIABLE = "GREENLIGHT_REHEARSAL_DOCKER_KEY"


class Surroundings:
    """The instance that a stand-in runs on, and the local cloud's address."""

    def __init__(self, host: str, endpoint: str, docker_key: str) -> None:
        self.host = host
        self.docker_key = docker_key
        self.address, _, port = endpoint.partition("://")[2].strip("/").rpartition(":")
        self.port = int(port)

    @classmethod
    def read(cls) -> Surroundings:
        """Read them. Raises SystemExit outside a rehearsed host."""
        host, endpoint = os.environ.get(HOST_VARIABLE), os.environ.get(ENDPOINT_VARIABLE)
        if not host or not endpoint:
            raise SystemExit(f"{HOST_VARIABLE} or {ENDPOINT_VARIABLE} is not set: this works on a rehearsed host only")
        return cls(host, endpoint, os.environ.get(DOCKER_VARIABLE, ""))
