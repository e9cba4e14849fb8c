"""GitHub's workflows as tests read them, and as they play them: jobs, steps, and what is handed on between them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from greenlight.project import CHECKOUT

FOLDER = CHECKOUT / ".github" / "workflows"
EXPRESSION = re.compile(r"\$\{\{ *(.+?) *\}\}")
Job = Mapping[str, Any]
Step = Mapping[str, Any]


def workflow(name: str) -> dict[str, Any]:
    """A workflow. YAML 1.1 takes the word `on` for true."""
    read: dict[Any, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text())
    return {"on" if key is True else key: value for key, value in read.items()}


def jobs(name: str) -> dict[str, Job]:
    return dict(workflow(name)["jobs"])


def steps(job: Job) -> list[Step]:
    return list(job.get("steps", ()))


def needs(job: Job) -> list[str]:
    named = job.get("needs", [])
    return [named] if isinstance(named, str) else list(named)


def expressions(part: Any) -> Iterator[str]:
    """Every expression in a part of a workflow."""
    for text in EXPRESSION.findall(json.dumps(part)):
        yield text.replace('\\"', '"')


@dataclass
class Player:
    """Plays the `run` steps of jobs in a clone, as a runner would; actions of others are passed over."""

    folder: Path
    environment: Mapping[str, str]
    variables: Mapping[str, str]
    outputs: dict[str, str] = field(default_factory=dict)
    """By the expression that asks for each."""
    attempt: int = 1
    summary: str = ""

    def play(self, name: str, job: str, **matrix: str) -> subprocess.CompletedProcess[str]:
        """Play a job's steps up to the first that fails, and return the last one's end."""
        body = jobs(name)[job]
        known = {**self.outputs, **{f"matrix.{key}": value for key, value in matrix.items()}}
        known |= {f"vars.{key}": value for key, value in self.variables.items()}
        known |= {"github.token": "t0ken", "github.run_attempt": str(self.attempt)}
        ended = subprocess.CompletedProcess[str]([], 0, "", "")
        for step in (each for each in steps(body) if "run" in each and each["run"] != "make setup"):
            ended = self._run(step, known)
            if ended.returncode:
                return ended
        for output, said in body.get("outputs", {}).items():
            self.outputs[f"needs.{job}.outputs.{output}"] = filled(said, known)
        return ended

    def _run(self, step: Step, known: dict[str, str]) -> subprocess.CompletedProcess[str]:
        files = {each: self.folder / "build" / each.lower() for each in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.parent.mkdir(exist_ok=True)
            file.write_text("")
        told = {key: filled(str(value), known) for key, value in step.get("env", {}).items()}
        ended = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.folder,
            env={**self.environment, **told, **{name: str(file) for name, file in files.items()}},
            capture_output=True,
            text=True,
            check=False,
        )
        for line in files["GITHUB_OUTPUT"].read_text().splitlines():
            key, _, value = line.partition("=")
            known[f"steps.{step.get('id')}.outputs.{key}"] = value
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        return ended


def filled(text: str, known: Mapping[str, str]) -> str:
    """A text with its expressions in place, a variable that is not set being empty.

    Raises:
        KeyError: it asks for something that no job hands on.
    """
    return EXPRESSION.sub(
        lambda found: known.get(found[1], "") if found[1].startswith("vars.") else known[found[1]], text
    )
