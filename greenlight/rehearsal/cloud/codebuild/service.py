"""CodeBuild: builds that really run, as processes of this machine, under the project's role.

ministack keeps the projects and the builds; its own builds succeed at once, or need Docker.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ministack.core import iam_actions
from ministack.services import cloudwatch_logs, codebuild

from greenlight.rehearsal.cloud.codebuild import projects
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.logs import rights
from greenlight.rehearsal.cloud.requirement import require

if TYPE_CHECKING:
    from greenlight.rehearsal.cloud.codebuild.builds import Builds

SERVICE = "codebuild"


def install(context: CloudContext) -> None:
    """Put our builds into ministack's CodeBuild."""
    require(codebuild, "_start_build", "_stop_build", "_projects", "_builds", "_build_id", "_make_build_record")
    require(iam_actions, "extract_resource_arn", "_safe_json_field")
    require(cloudwatch_logs, "_create_log_group", "_create_log_stream", "_put_log_events")
    rights.check_requirements()
    later = Later(context)
    codebuild._start_build = lambda request: later.builds.start(request)
    codebuild._stop_build = lambda request: later.builds.stop(request)
    iam_actions.extract_resource_arn = _naming_projects(iam_actions.extract_resource_arn)
    projects.install()


class Later:
    """The builds, once somebody starts one: most rehearsals have none, and are not to wait for what they import."""

    def __init__(self, context: CloudContext) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._builds: Builds | None = None

    @property
    def builds(self) -> Builds:
        """The one that there is."""
        from greenlight.rehearsal.cloud.codebuild.builds import Builds

        with self._lock:
            self._builds = self._builds or Builds(self._context)
            return self._builds


def _naming_projects(extract: Callable[..., str]) -> Callable[..., str]:
    """BatchGetBuilds and StopBuild are authorized on the builds' project (service authorization reference, CodeBuild).

    ministack asks for `*`, which stays so for builds of several projects.
    """

    def extract_resource_arn(
        service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any, **more: Any
    ) -> str:
        if service == SERVICE:
            _, region, account = rest
            names = {each.rpartition("/")[2].partition(":")[0] for each in _builds_of(body)}
            if len(names) == 1:
                return f"arn:aws:codebuild:{region}:{account}:project/{names.pop()}"
        return extract(service, method, path, headers, body, *rest, **more)

    return extract_resource_arn


def _builds_of(body: bytes) -> list[str]:
    ids = iam_actions._safe_json_field(body, "ids")
    one = iam_actions._safe_json_field(body, "id")
    return [str(each) for each in (*(ids if isinstance(ids, list) else ()), *([one] if one else ()))]
