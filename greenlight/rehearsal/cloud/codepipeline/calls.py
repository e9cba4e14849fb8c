"""The calls of CodePipeline's API that are played, each by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from greenlight.rehearsal.cloud.codepipeline import views
from greenlight.rehearsal.cloud.codepipeline.execution import Trigger
from greenlight.rehearsal.cloud.codepipeline.pipelines import Pipelines, RefusedError

Request = Mapping[str, Any]
_PAGE = 100


class Calls:
    """Answers requests; `who` is the ARN of the caller."""

    def __init__(self, pipelines: Pipelines) -> None:
        self._pipelines = pipelines
        self._played: dict[str, Callable[[Request, str], dict[str, Any]]] = {
            "GetPipeline": self._get,
            "GetPipelineExecution": self._get_execution,
            "GetPipelineState": self._get_state,
            "ListActionExecutions": self._list_actions,
            "ListPipelineExecutions": self._list_executions,
            "ListPipelines": self._list,
            "PutApprovalResult": self._put_approval,
            "RetryStageExecution": self._retry,
            "StartPipelineExecution": self._start,
            "StopPipelineExecution": self._stop,
        }

    def answer(self, name: str, request: Request, who: str) -> dict[str, Any]:
        """Answer one request. Raises RefusedError."""
        if name not in self._played:
            played = ", ".join(self._played)
            raise RefusedError("InvalidAction", f"the rehearsal does not play codepipeline:{name}; it plays {played}")
        try:
            return self._played[name](request, who)
        except KeyError as error:
            raise RefusedError("ValidationException", f"the request has no {error.args[0]}") from error

    def _get(self, request: Request, _who: str) -> dict[str, Any]:
        return views.structure(self._pipelines.get(request["name"]).definition)

    def _get_execution(self, request: Request, _who: str) -> dict[str, Any]:
        found = self._pipelines.execution(request["pipelineName"], request["pipelineExecutionId"])
        return {"pipelineExecution": views.execution(found)}

    def _get_state(self, request: Request, _who: str) -> dict[str, Any]:
        return views.state(self._pipelines.get(request["name"]))

    def _list_actions(self, request: Request, _who: str) -> dict[str, Any]:
        wanted = (request.get("filter") or {}).get("pipelineExecutionId")
        executions = self._pipelines.get(request["pipelineName"]).executions
        runs = [run for each in executions if wanted in (None, each.id) for run in each.runs]
        newest_first = sorted(runs, key=lambda run: run.started_at, reverse=True)
        return _page("actionExecutionDetails", [views.run(each) for each in newest_first], request)

    def _list_executions(self, request: Request, _who: str) -> dict[str, Any]:
        executions = self._pipelines.get(request["pipelineName"]).executions
        return _page("pipelineExecutionSummaries", [views.summary(each) for each in reversed(executions)], request)

    def _list(self, request: Request, _who: str) -> dict[str, Any]:
        known = [self._pipelines.get(name).definition for name in self._pipelines.names()]
        shown = [{"name": each.name, "version": each.version, "pipelineType": "V2"} for each in known]
        return _page("pipelines", shown, request)

    def _put_approval(self, request: Request, who: str) -> dict[str, Any]:
        named = (request["pipelineName"], request["stageName"], request["actionName"])
        result = request["result"]
        if result["status"] not in ("Approved", "Rejected"):
            raise RefusedError("ValidationException", f"status must be Approved or Rejected, got {result['status']!r}")
        moment = self._pipelines.decide(*named, request["token"], result["status"], result["summary"], who)
        return {"approvedAt": moment}

    def _retry(self, request: Request, _who: str) -> dict[str, Any]:
        execution = request["pipelineExecutionId"]
        self._pipelines.retry(request["pipelineName"], request["stageName"], execution, request["retryMode"])
        return {"pipelineExecutionId": execution}

    def _start(self, request: Request, who: str) -> dict[str, Any]:
        if request.get("sourceRevisions"):
            raise RefusedError("ValidationException", "the rehearsal does not play sourceRevisions")
        variables = {each["name"]: each["value"] for each in request.get("variables") or ()}
        trigger = Trigger("StartPipelineExecution", who)
        return {"pipelineExecutionId": self._pipelines.start(request["name"], trigger, variables).id}

    def _stop(self, request: Request, _who: str) -> dict[str, Any]:
        execution = request["pipelineExecutionId"]
        abandon = bool(request.get("abandon", False))
        self._pipelines.stop(request["pipelineName"], execution, request.get("reason", ""), abandon=abandon)
        return {"pipelineExecutionId": execution}


def _page(name: str, items: list[Any], request: Request) -> dict[str, Any]:
    first, most = int(request.get("nextToken") or 0), int(request.get("maxResults") or _PAGE)
    answer: dict[str, Any] = {name: items[first : first + most]}
    return {**answer, "nextToken": str(first + most)} if len(items) > first + most else answer
