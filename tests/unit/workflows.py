"""GitHub's workflows as tests read them, and as they play them: jobs, steps, and what is handed on between them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from greenlight.project import CHECKOUT

FOLDER = CHECKOUT / ".github" / "workflows"
EXPRESSION = re.compile(r"\$\{\{ *(.+?) *\}\}")
Job = Mapping[str, Any]
Step = Mapping[str, Any]
RUN = {"GITHUB_RUN_ID": "7", "GITHUB_RUN_ATTEMPT": "1"}


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
    """Every expression in a part of a workflow: what braces hold, and conditions, which need none."""
    if isinstance(part, str):
        yield from EXPRESSION.findall(part)
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from [str(value)] if key == "if" else expressions(value)
    elif isinstance(part, list):
        for each in part:
            yield from expressions(each)


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
    artifacts: dict[str, dict[str, str]] = field(default_factory=dict)
    """By name: the files that `actions/upload-artifact` kept."""
    handed: dict[str, str] = field(default_factory=dict)
    """The outputs of the newest step that had any."""
    attested: list[str] = field(default_factory=list)
    """The digests that `actions/attest-build-provenance` signed."""

    def matrix(self, name: str, job: str) -> list[dict[str, str]]:
        """What each job of a matrix is for; of another job, one without."""
        matrix: Any = jobs(name)[job].get("strategy", {}).get("matrix", {})
        if "include" in matrix:
            return list(json.loads(self._listed(matrix["include"])))
        of_one = [[(key, each) for each in json.loads(self._listed(listed))] for key, listed in matrix.items()]
        return [dict(each) for each in product(*of_one)]

    def play_all(self, name: str, job: str) -> list[subprocess.CompletedProcess[str]]:
        """Play a job once for each of its matrix, each on a runner of its own."""
        return [self.play(name, job, **each) for each in self.matrix(name, job)]

    def play(self, name: str, job: str, **matrix: str) -> subprocess.CompletedProcess[str]:
        """Play a job's steps up to the first that fails, and return the last one's end."""
        body = jobs(name)[job]
        known = {**self.outputs, **{f"matrix.{key}": value for key, value in matrix.items()}}
        known |= {f"vars.{key}": value for key, value in self.variables.items()}
        known |= {"github.token": "t0ken", "github.run_attempt": str(self.attempt)}
        ended = subprocess.CompletedProcess[str]([], 0, "", "")
        shutil.rmtree(self.folder / "build" / "delivery", ignore_errors=True)
        for step in (each for each in steps(body) if each.get("run") != "make setup"):
            if not holds(step.get("if", ""), known):
                continue
            if "run" not in step:
                self._hand_on(step, known)
                continue
            ended = self._run(step, known)
            if ended.returncode:
                return ended
        for output, said in body.get("outputs", {}).items():
            self.outputs[f"needs.{job}.outputs.{output}"] = filled(said, known)
        return ended

    def _listed(self, expression: str) -> str:
        (named,) = re.findall(r"fromJSON\((.+)\)", expression)
        return self.outputs[named]

    def _hand_on(self, step: Step, known: Mapping[str, str]) -> None:
        """Keep files of a job for later ones, or bring them; other actions are passed over."""
        told = {key: filled(str(value), known) for key, value in step.get("with", {}).items()} if _ours(step) else {}
        if "attest-build-provenance@" in step["uses"]:
            self.attested.append(told["subject-digest"])
        elif "upload-artifact" in step["uses"]:
            file = self.folder / told["path"]
            self.artifacts[told["name"]] = {file.name: file.read_text()}
        elif "download-artifact" in step["uses"]:
            folder = self.folder / told["path"]
            folder.mkdir(parents=True, exist_ok=True)
            for artifact in (each for each in self.artifacts if fnmatchcase(each, told["pattern"])):
                for file_name, text in self.artifacts[artifact].items():
                    (folder / file_name).write_text(text)

    def _run(self, step: Step, known: dict[str, str]) -> subprocess.CompletedProcess[str]:
        files = {each: self.folder / "build" / each.lower() for each in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.parent.mkdir(exist_ok=True)
            file.write_text("")
        told = {key: filled(str(value), known) for key, value in step.get("env", {}).items()}
        ended = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.folder,
            env={**RUN, **self.environment, **told, **{name: str(file) for name, file in files.items()}},
            capture_output=True,
            text=True,
            check=False,
        )
        said = files["GITHUB_OUTPUT"].read_text().splitlines()
        self.handed = {key: value for key, _, value in (line.partition("=") for line in said)} or self.handed
        for key, value in self.handed.items() if said else ():
            known[f"steps.{step.get('id')}.outputs.{key}"] = value
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        return ended


def _ours(step: Step) -> bool:
    return any(action in step["uses"] for action in ("-artifact@", "attest-build-provenance@"))


def holds(condition: str, known: Mapping[str, str]) -> bool:
    """Whether a step's condition does: comparisons with a text, joined by `&&`; what is not set is empty.

    Raises:
        ValueError: it is of another form, which nobody plays.
    """
    for each in condition.split(" && ") if condition else ():
        found = re.fullmatch(r"([\w.]+) (==|!=) '([^']*)'", each)
        if not found:
            raise ValueError(f"a condition that nobody plays: {each}")
        if (known.get(found[1], "") == found[3]) != (found[2] == "=="):
            return False
    return True


def filled(text: str, known: Mapping[str, str]) -> str:
    """A text with its expressions in place, a variable that is not set being empty.

    Raises:
        KeyError: it asks for something that no job hands on.
    """
    return EXPRESSION.sub(
        lambda found: known.get(found[1], "") if found[1].startswith("vars.") else known[found[1]], text
    )
