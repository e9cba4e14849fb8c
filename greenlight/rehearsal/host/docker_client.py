"""`docker` on a rehearsed host: hand the arguments to the local cloud, which has the containers; print its answer."""

from __future__ import annotations

import sys

from greenlight.rehearsal.host.cloud_client import carry

DOCKER_PATH = "/_greenlight/docker"

if __name__ == "__main__":
    sys.exit(carry(DOCKER_PATH, "docker", sys.argv[1:]))
