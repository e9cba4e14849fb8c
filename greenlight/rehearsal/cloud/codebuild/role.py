"""The role of a project: CodeBuild takes it for each build, and the build's programs have it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from greenlight.rehearsal.cloud.codebuild.errors import ServiceError
from greenlight.rehearsal.cloud.codebuild.principal import PRINCIPAL
from greenlight.rehearsal.cloud.codebuild.project import Project
from greenlight.rehearsal.cloud.iam.clients import role_client
from greenlight.rehearsal.cloud.iam.roles import RoleSession, TrustError, role_session
from greenlight.rehearsal.cloud.iam.vending import Vending


@dataclass(frozen=True)
class ProjectRole:
    """A project's role, in the session of one build."""

    project: Project
    build_id: str
    endpoint_url: str
    vending: Vending

    def check(self) -> None:
        """Raise ServiceError when the role does not trust CodeBuild."""
        try:
            self.session()
        except TrustError as error:
            raise ServiceError(
                f"CodeBuild is not authorized to perform: sts:AssumeRole on {self.project.role_arn}"
            ) from error

    def session(self) -> RoleSession:
        """The credentials as they are now. CodeBuild says for which project it asks (aws:SourceArn)."""
        name = f"AWSCodeBuild-{self.build_id.partition(':')[2]}"
        return role_session(self.project.role_arn, name, PRINCIPAL, self.project.arn)

    def client(self, service: str) -> Any:
        """Make a client that acts as the role."""
        return role_client(service, self.session(), self.endpoint_url)

    def variables(self) -> Mapping[str, str]:
        """What leads a build's SDKs to the credentials: on AWS, as here, a container's address (env-ref-env-vars)."""
        return self.vending.variables(self.session)
