"""One signed request of a rehearsed host's `aws`, to the local cloud."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime

from greenlight.rehearsal.host.exchange import Answer, post
from greenlight.rehearsal.host.signature import Credentials, signed_headers
from greenlight.rehearsal.host.surroundings import Surroundings

_SECONDS = 30.0


def ask(service: str, region: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Send a request with the credentials of the environment."""
    here = Surroundings.read()
    signed = signed_headers(
        Credentials.from_environment(os.environ),
        service=service,
        region=region,
        headers={**headers, "host": f"{here.address}:{here.port}"},
        body=body,
        now=datetime.now(UTC),
    )
    return post(here, "/", signed, body, patience_seconds=_SECONDS)
