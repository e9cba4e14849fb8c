"""What a running action works with: its configuration, its role's clients, and artifacts."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from greenlight.rehearsal.cloud.codebuild.order import ArtifactPlace
from greenlight.rehearsal.cloud.codepipeline.errors import AbandonedError, ActionFailedError
from greenlight.rehearsal.cloud.codepipeline.execution import ActionRun
from greenlight.rehearsal.cloud.codepipeline.roles import ActionRole
from greenlight.rehearsal.cloud.git import Git

LOOK_SECONDS = 0.1

Found = TypeVar("Found")


@dataclass(frozen=True)
class Step:
    """One run of an action, with its resolved configuration."""

    run: ActionRun
    role: ActionRole
    run_dir: Path
    git: Git
    minute_seconds: float

    @property
    def configuration(self) -> Mapping[str, str]:
        """The action's configuration, without references."""
        return self.run.configuration

    def call(self, service: str, operation: str, **parameters: Any) -> Any:
        """Call AWS as the action's role. Raises ActionFailedError with AWS's words."""
        from botocore.exceptions import ClientError

        try:
            return getattr(self.role.client(service), operation)(**parameters)
        except ClientError as error:
            code = "PermissionError" if "AccessDenied" in str(error) else "ConfigurationError"
            raise ActionFailedError(str(error), code) from error

    def new_artifact(self, name: str, revision: str = "") -> ArtifactPlace:
        """A place in the pipeline's bucket: `<pipeline>/<artifact>/<random>`, the first two cut short, as on AWS."""
        definition = self.run.execution.definition
        key = f"{definition.name[:20]}/{name[:10]}/{uuid.uuid4().hex[:7]}"
        return ArtifactPlace(name, definition.bucket, key, revision)

    def wait(self, look: Callable[[], Found | None], default_minutes: float, said: str) -> Found:
        """Look until something comes out.

        Raises:
            AbandonedError: the execution is stopped without waiting.
            ActionFailedError: the action's time is up.
        """
        minutes = self.run.action.timeout_minutes or default_minutes
        deadline = time.monotonic() + minutes * self.minute_seconds
        while (found := look()) is None:
            if self.run.execution.is_abandoning:
                raise AbandonedError
            if time.monotonic() > deadline:
                raise ActionFailedError(f"{said} within {minutes:g} minutes", "JobTimedOut")
            time.sleep(LOOK_SECONDS)
        return found
