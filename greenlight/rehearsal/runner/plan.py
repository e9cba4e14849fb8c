"""From a container that is asked for to a process that can be started."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from greenlight.rehearsal.runner.catalog import VersionCatalog
from greenlight.rehearsal.runner.launch import launch_command
from greenlight.rehearsal.runner.program import Program, node_executable, read_program
from greenlight.rehearsal.runner.source import Sources
from greenlight.rehearsal.runner.spec import ContainerSpec

PORTS_VARIABLE = "GREENLIGHT_PUBLISHED_PORTS"
"""Tells preload/network.mjs and preload/serve.py which port of the container stands on which one of this machine."""

NOT_EXECUTABLE = 255
"""The exit code of a container whose program is for another processor."""


@dataclass(frozen=True)
class LaunchPlan:
    """Everything that starting the process takes."""

    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    stop_signal: signal.Signals


@dataclass(frozen=True)
class Planner:
    """Decide how a container's process is started, at each start anew: faults may have been registered since."""

    sources: Sources
    catalog: VersionCatalog
    endpoint_url: str
    home: Path
    """HOME of what would be a container: whoever rehearses keeps secrets in the own one."""

    def plan(self, spec: ContainerSpec, ports: Mapping[int, int]) -> LaunchPlan:
        """Return the plan, or raise a RunnerError that says what is missing.

        `ports` are the real ports, by those inside of the container that are published.
        """
        service = spec.image.service
        entry = self.catalog.entry(service, spec.version)
        folder = self.sources.folder(self.catalog.source(service), entry.commit)
        program = read_program(folder)
        command = launch_command(program, entry.faults, folder)
        if not spec.runs_here:
            command = ("sh", "-c", f"echo 'exec {program.command[0]}: exec format error' >&2; exit {NOT_EXECUTABLE}")
        return LaunchPlan(command, folder, self._environment(spec, program, ports), program.stop_signal)

    def _environment(self, spec: ContainerSpec, program: Program, ports: Mapping[int, int]) -> dict[str, str]:
        """Return the container's environment and nothing of this process's own, as in a container."""
        path = os.pathsep.join((str(Path(node_executable()).parent), os.defpath))
        surroundings = {"PATH": path, "AWS_ENDPOINT_URL": self.endpoint_url, PORTS_VARIABLE: json.dumps(ports)}
        return {"HOME": str(self.home), **program.environment, **spec.environment, **spec.credentials, **surroundings}
