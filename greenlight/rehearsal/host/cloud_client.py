"""How a stand-in asks the local cloud for something in its host's name."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from greenlight.rehearsal.host.exchange import post
from greenlight.rehearsal.host.surroundings import Surroundings

_SECONDS = 330.0


def carry(path: str, command: str, arguments: Sequence[str]) -> int:
    """Have a command of the host carried out; print its answer, and return its exit code."""
    here = Surroundings.read()
    asked = json.dumps({"host": here.host, "key": here.docker_key, "arguments": list(arguments)})
    headers = {"host": f"{here.address}:{here.port}", "content-type": "application/json"}
    answer = post(here, path, headers, asked.encode(), patience_seconds=_SECONDS)
    if answer.status != 200:
        said = answer.body.decode(errors="replace")
        print(f"{command}: the local cloud answered {answer.status}: {said}", file=sys.stderr)
        return 1
    outcome = json.loads(answer.body)
    sys.stdout.write(outcome["stdout"])
    sys.stderr.write(outcome["stderr"])
    return int(outcome["exit_code"])
