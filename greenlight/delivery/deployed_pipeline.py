"""The pipeline as CodePipeline tells it."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import boto3

from greenlight.delivery.connection import Clients, connection_of, why_not_begun
from greenlight.delivery.run import Run, actions_of, message_of, newest_run
from greenlight.deployed_stack import IMPATIENT
from greenlight.errors import NotDeployedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PAGE = 100
"""The most that CodePipeline tells at once (API reference, ListActionExecutions)."""


class DeployedPipeline:
    """A pipeline by its name, for reading. `clients` makes a client of a service."""

    def __init__(self, name: str, clients: Clients | None = None) -> None:
        self.name = name
        self._clients = clients or partial(boto3.client, config=IMPATIENT)
        self._client = self._clients("codepipeline")

    def newest(self) -> Run | None:
        """The run that began last; None before the first one.

        Raises:
            NotDeployedError: there is no such pipeline.
        """
        found = newest_run(self._beginnings())
        return self._run(found, self._structure) if found else None

    def hint(self, run: Run | None) -> str:
        """What keeps a run from beginning, and what to do about it; empty while nothing does."""
        return why_not_begun(run, connection_of(self._structure), self._clients)

    @cached_property
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
        actions = actions_of(structure, self._actions_of(run))
        return Run(
            run,
            told["status"],
            told.get("statusSummary", ""),
            commits[0].get("revisionId", ""),
            message_of(commits[0].get("revisionSummary", "")),
            commits[0].get("revisionUrl", ""),
            actions,
        )

    def _beginnings(self) -> Sequence[Mapping[str, Any]]:
        """The newest actions with which a run has begun. Of an older run a page may have later ones alone."""
        first = self._structure["stages"][0]["name"]
        begun = ([each for each in page if each["stageName"] == first] for page in self._pages())
        return next(filter(None, begun), [])

    def _actions_of(self, run: str) -> Sequence[Mapping[str, Any]]:
        return [each for page in self._pages(filter={"pipelineExecutionId": run}) for each in page]

    def _pages(self, **more: Any) -> Iterator[Sequence[Mapping[str, Any]]]:
        """Actions, the newest first."""
        pages = self._client.get_paginator("list_action_executions")
        for page in pages.paginate(pipelineName=self.name, PaginationConfig={"PageSize": PAGE}, **more):
            yield page["actionExecutionDetails"]
