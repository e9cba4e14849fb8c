"""`docker` on a rehearsed host: hand the arguments to the local cloud, which has the containers; print its answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence

from greenlight.rehearsal.host.cloud_client import carry

DOCKER_PATH = "/_greenlight/docker"


def told(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[str]:
    """The arguments as the daemon gets them: the client itself puts in what `--env NAME` leaves to its environment.

    A name that the client has not is dropped without a word (Docker reference, `docker container run`, `--env`).
    """
    words = iter(arguments)
    for word in words:
        if word not in ("--env", "-e"):
            yield word
        elif "=" in (said := next(words, "")):
            yield from (word, said)
        elif said in environment:
            yield from (word, f"{said}={environment[said]}")


if __name__ == "__main__":
    sys.exit(carry(DOCKER_PATH, "docker", [*told(sys.argv[1:], os.environ)]))
