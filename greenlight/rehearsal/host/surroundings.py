"""What the stand-ins learn from their environment; standard library only, because each call of one pays for imports."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

HOST_VARIABLE = "GREENLIGHT_REHEARSAL_HOST"
ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL"
DOCKER_VARIABLE = "GREENLIGHT_REHEARSAL_DOCKER_KEY"


@dataclass(frozen=True)
class Surroundings:
    """The instance that a stand-in runs on, and the local cloud's address."""

    host: str
    address: str
    port: int
    docker_key: str = ""

    @classmethod
    def read(cls) -> Surroundings:
        """Read them. Raises SystemExit outside a rehearsed host."""
        host, endpoint = os.environ.get(HOST_VARIABLE), os.environ.get(ENDPOINT_VARIABLE)
        if not host or not endpoint:
            raise SystemExit(f"{HOST_VARIABLE} or {ENDPOINT_VARIABLE} is not set: this works on a rehearsed host only")
        place = urlsplit(endpoint)
        return cls(host, place.hostname or "127.0.0.1", place.port or 80, os.environ.get(DOCKER_VARIABLE, ""))
