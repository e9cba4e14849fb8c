"""`docker` on a rehearsed host: hand the arguments to the local cloud, which has the containers; print its answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from http.client import HTTPConnection

from greenlight.rehearsal.host.surroundings import Surroundings

DOCKER_PATH = "/_greenlight/docker"
_SECONDS = 330


def main(arguments: Sequence[str]) -> int:
    """Run one docker command; return its exit code."""
    here = Surroundings.read()
    connection = HTTPConnection(here.address, here.port, timeout=_SECONDS)
    body = json.dumps({"host": here.host, "key": here.docker_key, "arguments": list(arguments)})
    connection.request("POST", DOCKER_PATH, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        print(f"docker: the local cloud answered {answer.status}: {content.decode(errors='replace')}", file=sys.stderr)
        return 1
    outcome = json.loads(content)
    sys.stdout.write(outcome["stdout"])
    sys.stderr.write(outcome["stderr"])
    return int(outcome["exit_code"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
