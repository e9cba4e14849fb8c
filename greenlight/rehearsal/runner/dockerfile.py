"""What a Dockerfile says about running its image: command, environment and stop signal of the last stage."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from greenlight.rehearsal.runner.errors import ProgramError


@dataclass
class BuildStage:
    """One stage while it is read; a stage built on an earlier one starts as a copy of it."""

    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    stop_signal: str = "SIGTERM"

    def copy(self) -> BuildStage:
        """Return a stage that can be changed on its own."""
        return BuildStage(list(self.entrypoint), list(self.command), dict(self.environment), self.stop_signal)


def last_stage(path: Path) -> BuildStage:
    """Read the Dockerfile. Raises ProgramError for a command in shell form: a shell keeps signals from the service."""
    stages: dict[str, BuildStage] = {}
    stage = BuildStage()
    for instruction, value in _instructions(path.read_text()):
        if instruction == "FROM":
            base, *alias = [word for word in value.split() if not word.startswith("--")]
            stage = stages.get(base, BuildStage()).copy()
            stages[alias[-1] if alias else base] = stage
        elif instruction == "ENV":
            stage.environment.update(_pairs(value))
        elif instruction == "CMD":
            stage.command = _exec_form(path, instruction, value)
        elif instruction == "ENTRYPOINT":
            stage.entrypoint = _exec_form(path, instruction, value)
        elif instruction == "STOPSIGNAL":
            stage.stop_signal = value
    return stage


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    pending = ""
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        pending += line.strip()
        if pending.endswith("\\"):
            pending = pending[:-1] + " "
            continue
        if pending:
            instruction, _, value = pending.partition(" ")
            yield instruction.upper(), value.strip()
        pending = ""


def _pairs(value: str) -> dict[str, str]:
    words = shlex.split(value)
    if words and "=" not in words[0]:
        return {words[0]: " ".join(words[1:])}
    return dict(word.split("=", 1) for word in words if "=" in word)


def _exec_form(path: Path, instruction: str, value: str) -> list[str]:
    try:
        words = json.loads(value)
    except json.JSONDecodeError:
        words = None
    if not isinstance(words, list):
        problem = f"{path}: {instruction} {value} is in shell form, which keeps signals from the service"
        raise ProgramError(f'{problem}: use ["program", "argument"]')
    return [str(word) for word in words]
