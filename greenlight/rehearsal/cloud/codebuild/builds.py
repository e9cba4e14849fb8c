"""All builds: StartBuild and StopBuild, and who gets a thread."""

from __future__ import annotations

import contextvars
import copy
import os
import threading
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, json_response
from ministack.services import codebuild

from greenlight.rehearsal.cloud.codebuild.build import Build
from greenlight.rehearsal.cloud.codebuild.log import BuildLog
from greenlight.rehearsal.cloud.codebuild.order import Order, collect
from greenlight.rehearsal.cloud.codebuild.project import OVERRIDES, Project
from greenlight.rehearsal.cloud.codebuild.record import IN_PROGRESS, Record
from greenlight.rehearsal.cloud.codebuild.role import ProjectRole
from greenlight.rehearsal.cloud.context import CloudContext

MINUTE_VARIABLE = "GREENLIGHT_PIPELINE_MINUTE_SECONDS"
"""How long a minute of a timeout takes here: of builds, and of the actions of a pipeline."""

Request = Mapping[str, Any]


def minute_seconds() -> float:
    """A minute, unless the rehearsal is in a hurry."""
    return float(os.environ.get(MINUTE_VARIABLE, 60))


class Builds:
    """Starts builds, and stops them."""

    def __init__(self, context: CloudContext) -> None:
        self._context = context
        self._running: dict[str, Build] = {}

    def start(self, request: Request) -> Any:
        """StartBuild: the answer comes at once, the build goes on."""
        name = request.get("projectName", "")
        if name not in codebuild._projects:
            return error_response_json("ResourceNotFoundException", f"Project cannot be found: {name}", 400)
        if unknown := sorted(set(request) - OVERRIDES):
            return error_response_json("InvalidInputException", f"the rehearsal does not play {unknown[0]}", 400)
        build = self._build(codebuild._projects[name], request)
        codebuild._builds[build.record.id] = build.record.shown
        self._running[build.record.id] = build
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(self._run, build), name=build.record.id, daemon=True).start()
        return _shown(build.record.shown)

    def stop(self, request: Request) -> Any:
        """StopBuild: nothing of the build runs any more when it is seen as stopped."""
        shown = codebuild._builds.get(request.get("id", ""))
        if shown is None:
            return error_response_json("ResourceNotFoundException", f"Build cannot be found: {request.get('id')}", 400)
        running = self._running.get(shown["id"])
        if running and shown["buildStatus"] == IN_PROGRESS:
            running.stop()
        return _shown(shown)

    def _run(self, build: Build) -> None:
        try:
            build.run()
        finally:
            self._running.pop(build.record.id, None)

    def _build(self, record: Mapping[str, Any], request: Request) -> Build:
        project = Project.of(record, request)
        shown = codebuild._make_build_record(dict(record), codebuild._build_id(project.name))
        order = collect(request.get("idempotencyToken", ""), f"{get_account_id()}/user")
        noted = Record(copy.deepcopy(shown), project, order, _source_version(request, order))
        uuid = noted.id.partition(":")[2]
        log = self._context.run_dir / "logs" / f"build-{project.name}-{shown['buildNumber']}.log"
        return Build(
            record=noted,
            project=project,
            order=order,
            root=self._context.run_dir / "tmp" / f"build-{uuid}",
            log=BuildLog(log, project, noted.stream),
            role=ProjectRole(project, noted.id, self._context.endpoint_url, self._context.vending),
            processes=self._context.processes,
            minute_seconds=minute_seconds(),
        )


def _source_version(request: Request, order: Order) -> str:
    if order.inputs:
        return f"arn:aws:s3:::{order.inputs[0].bucket}/{order.inputs[0].key}"
    return str(request.get("sourceVersion", ""))


def _shown(build: Mapping[str, Any]) -> Any:
    return json_response({"build": copy.deepcopy(build)})
