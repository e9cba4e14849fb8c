"""One run of the pipeline: where each stage stands, and why it stands there. Pure."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

NOT_BEGUN = "not begun"
APPROVAL, RECORD = "Approve", "Record"


@dataclass(frozen=True)
class Action:
    """One action as it went; `why` is CodePipeline's or the build's last word, `link` leads to its log."""

    stage: str
    name: str
    status: str = NOT_BEGUN
    why: str = ""
    link: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Its stage, and its name where that is another one."""
        return self.stage if self.name == self.stage else f"{self.stage}, {self.name}"

    @property
    def said(self) -> str:
        """What somebody has to know of it."""
        if self.status == "InProgress" and self.name == APPROVAL:
            return "waits for a person"
        if self.name == RECORD and self.variables.get("RECORDED") == "no":
            return "what is live was not written into cdk.json: `greenlight record`, and commit that"
        return self.why if self.status not in ("Succeeded", NOT_BEGUN) else ""


@dataclass(frozen=True)
class Run:
    """A run by its id, the commit that it is about, and its actions in the pipeline's order."""

    id: str
    status: str
    summary: str
    commit: str
    message: str
    commit_link: str
    actions: Sequence[Action]

    @property
    def standing(self) -> str:
        """Where it stands, in one sentence."""
        failed = next((each for each in self.actions if each.status == "Failed"), None)
        busy = next((each for each in self.actions if each.status == "InProgress"), None)
        if failed:
            return f"failed in {failed.place}"
        if busy:
            return f"is in {busy.place}"
        return {"Succeeded": "succeeded", "InProgress": "waits for the run before it"}.get(self.status, self.status)


def message_of(summary: str) -> str:
    """A commit's message, of the summary of its revision: a connection's is JSON, {"ProviderType", "CommitMessage"}."""
    with contextlib.suppress(ValueError):
        told = json.loads(summary)
        if isinstance(told, dict) and isinstance(told.get("CommitMessage"), str):
            return str(told["CommitMessage"])
    return summary


def newest_run(details: Sequence[Mapping[str, Any]]) -> str:
    """The id of the run that began last; empty without any. A run that began earlier may be busy later: they queue."""
    began: dict[str, datetime] = {}
    for each in details:
        run, start = str(each["pipelineExecutionId"]), each["startTime"]
        began[run] = min(start, began.get(run, start))
    return max(began, key=began.__getitem__, default="")


def actions_of(structure: Mapping[str, Any], details: Sequence[Mapping[str, Any]]) -> list[Action]:
    """Every action of the pipeline in its order; of one that was tried again, the newest try."""
    newest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for each in sorted(details, key=lambda detail: detail["startTime"]):
        newest[each["stageName"], each["actionName"]] = each
    return [
        _action(stage["name"], action["name"], newest.get((stage["name"], action["name"])))
        for stage in structure["stages"]
        for action in stage["actions"]
    ]


def _action(stage: str, name: str, detail: Mapping[str, Any] | None) -> Action:
    if detail is None:
        return Action(stage, name)
    output = detail.get("output", {})
    result = output.get("executionResult", {})
    error = result.get("errorDetails", {})
    why = error.get("message") or result.get("externalExecutionSummary") or error.get("code") or ""
    variables = {key: str(value) for key, value in output.get("outputVariables", {}).items()}
    return Action(stage, name, str(detail["status"]), why, result.get("externalExecutionUrl", ""), variables)
