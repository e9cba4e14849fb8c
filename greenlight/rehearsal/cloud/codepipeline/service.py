"""CodePipeline, which ministack does not have: pipelines that run, with builds as processes and IAM enforced."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.responses import error_response_json, json_response
from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import ResourceType, register
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.iam import permission, principals, roles
from greenlight.rehearsal.cloud.requirement import require, require_missing

if TYPE_CHECKING:
    from greenlight.rehearsal.cloud.codepipeline.calls import Calls
    from greenlight.rehearsal.cloud.codepipeline.resource import PipelineResource

SERVICE, TARGET = "codepipeline", "CodePipeline_20150709"
BELOW = ("stageName", "actionName")
"""What an approval, or a retry, names below the pipeline (service authorization reference, AWS CodePipeline)."""

Response = tuple[int, dict[str, str], bytes]


def install(context: CloudContext) -> None:
    """Add the service, its resource type, and what IAM is asked about."""
    require(app, "SERVICE_HANDLERS", "extract_access_key_id")
    require(router, "SERVICE_PATTERNS")
    require(iam_actions, "SERVICE_TO_IAM_NAMESPACE", "extract_resource_arn")
    require(iam_evaluator, "resolve_credential", "ResolvedCredential", *permission.REQUIRED)
    require(eventbridge, "_put_events")
    require(provisioners, "_physical_name")
    require_missing(app.SERVICE_HANDLERS, SERVICE)
    principals.check_requirements()
    roles.check_requirements()
    later = Later(context)
    app.SERVICE_HANDLERS[SERVICE] = _handler(later)
    router.SERVICE_PATTERNS[SERVICE] = {"target_prefixes": [TARGET], "credential_scope": SERVICE}
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    iam_actions.extract_resource_arn = _naming_pipelines(iam_actions.extract_resource_arn)
    register(
        ResourceType(
            "AWS::CodePipeline::Pipeline",
            create=lambda *given: later.parts.resource.create(*given),
            delete=lambda *given: later.parts.resource.delete(*given),
            update=lambda *given: later.parts.resource.update(*given),
            replacing=("Name",),
        )
    )


@dataclass(frozen=True)
class Parts:
    """What answers: the calls, and the resource type."""

    calls: Calls
    resource: PipelineResource


class Later:
    """The parts, once somebody asks: most rehearsals have no pipeline, and are not to wait for what these import."""

    def __init__(self, context: CloudContext) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._parts: Parts | None = None

    @property
    def parts(self) -> Parts:
        """The ones that there are."""
        with self._lock:
            self._parts = self._parts or self._made()
            return self._parts

    def _made(self) -> Parts:
        from greenlight.rehearsal.cloud.codebuild.builds import minute_seconds
        from greenlight.rehearsal.cloud.codepipeline.calls import Calls
        from greenlight.rehearsal.cloud.codepipeline.pipelines import Pipelines
        from greenlight.rehearsal.cloud.codepipeline.player import Player
        from greenlight.rehearsal.cloud.codepipeline.pushes import Pushes
        from greenlight.rehearsal.cloud.codepipeline.resource import PipelineResource
        from greenlight.rehearsal.cloud.git import Git

        context, git = self._context, Git(self._context.processes)
        pipelines = Pipelines(Player(context.run_dir, context.endpoint_url, minute_seconds(), git))
        return Parts(Calls(pipelines), PipelineResource(pipelines, Pushes(context.run_dir, pipelines, git)))


def _handler(later: Later) -> Callable[..., Any]:
    async def handle(
        _method: str, _path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Response:
        call = headers.get("x-amz-target", "").rpartition(".")[2]
        who = _who(headers, query)
        return await asyncio.to_thread(lambda: _answer(later.parts.calls, call, json.loads(body or b"{}"), who))

    return handle


def _answer(calls: Calls, call: str, request: Mapping[str, Any], who: str) -> Response:
    """Answer within a thread: ministack's account and region go along."""
    from greenlight.rehearsal.cloud.codepipeline.pipelines import RefusedError

    answer: Response
    try:
        answer = json_response(calls.answer(call, request, who))
    except RefusedError as error:
        answer = error_response_json(error.code, str(error), 400)
    return answer


def _who(headers: Mapping[str, str], query: Mapping[str, Any]) -> str:
    """The ARN of the caller, as far as it is known."""
    found = iam_evaluator.resolve_credential(app.extract_access_key_id(headers, query) or "")
    return str(found.principal_arn) if isinstance(found, iam_evaluator.ResolvedCredential) else ""


def _naming_pipelines(extract: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(
        service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any, **more: Any
    ) -> str:
        if service != SERVICE:
            return extract(service, method, path, headers, body, *rest, **more)
        _, region, account = rest
        asked = json.loads(body or b"{}")
        name = asked.get("pipelineName") or asked.get("name")
        below = [str(asked[each]) for each in BELOW if each in asked]
        return f"arn:aws:codepipeline:{region}:{account}:{'/'.join([name, *below])}" if name else "*"

    return extract_resource_arn
