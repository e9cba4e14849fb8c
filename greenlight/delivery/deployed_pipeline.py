"""The pipeline as CodePipeline tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3

from greenlight.delivery.run import Run, actions_of, message_of, newest_run
from greenlight.deployed_stack import IMPATIENT
from greenlight.errors import NotDeployedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RECENT = 100
"""How many actions are looked at to find the newest run; a run has about ten."""


class DeployedPipeline:
    """A pipeline by its name, for reading."""

    def __init__(self, name: str, client: Any = None) -> None:
        self.name = name
        self._client: Any = client or boto3.client("codepipeline", config=IMPATIENT)

    def newest(self) -> Run | None:
        """The run that began last; None before the first one.

        Raises:
            NotDeployedError: there is no such pipeline.
        """
        structure = self._structure()
        found = newest_run(self._actions())
        return self._run(found, structure) if found else None

    def _structure(self) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self._client.get_pipeline(name=self.name)["pipeline"]
        except self._client.exceptions.PipelineNotFoundException as error:
            raise NotDeployedError(
                f"the pipeline {self.name} does not exist here: set what it needs (docs/pipeline.md), then run"
                f" `npx cdk deploy {self.name} --exclusively`"
            ) from error
        return found

    def _run(self, run: str, structure: Mapping[str, Any]) -> Run:
        asked = {"pipelineName": self.name, "pipelineExecutionId": run}
        told = self._client.get_pipeline_execution(**asked)["pipelineExecution"]
        commits = told.get("artifactRevisions") or [{}]
        actions = actions_of(structure, self._actions(run))
        return Run(
            run,
            told["status"],
            told.get("statusSummary", ""),
            commits[0].get("revisionId", ""),
            message_of(commits[0].get("revisionSummary", "")),
            commits[0].get("revisionUrl", ""),
            actions,
        )

    def _actions(self, run: str = "") -> Sequence[Mapping[str, Any]]:
        only = {"filter": {"pipelineExecutionId": run}} if run else {}
        told = self._client.list_action_executions(pipelineName=self.name, maxResults=RECENT, **only)
        found: Sequence[Mapping[str, Any]] = told["actionExecutionDetails"]
        return found
