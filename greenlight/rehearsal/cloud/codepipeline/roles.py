"""The chain of roles: CodePipeline takes the pipeline's role, which takes the action's, with a call that IAM checks.

docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html and reference-pipeline-structure.html
(`roleArn` of an action).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from greenlight.rehearsal.cloud.codepipeline.definition import Action, Definition
from greenlight.rehearsal.cloud.codepipeline.errors import ActionFailedError
from greenlight.rehearsal.cloud.iam.clients import role_client
from greenlight.rehearsal.cloud.iam.roles import RoleSession, TrustError, role_session

PRINCIPAL = "codepipeline.amazonaws.com"
_LONGEST_NAME = 64


@dataclass(frozen=True)
class ActionRole:
    """As whom an action acts: its own role, or the pipeline's when it has none."""

    definition: Definition
    action: Action
    execution_id: str
    endpoint_url: str
    _clients: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def arn(self) -> str:
        """The role's ARN."""
        return self.action.role_arn or self.definition.role_arn

    def client(self, service: str) -> Any:
        """Make a client. Raises ActionFailedError when a role of the chain cannot be taken."""
        if service not in self._clients:
            self._clients[service] = role_client(service, self._session(), self.endpoint_url)
        return self._clients[service]

    def _session(self) -> RoleSession:
        try:
            first = role_session(self.definition.role_arn, self.execution_id, PRINCIPAL, self.definition.arn)
        except TrustError as error:
            raise ActionFailedError(str(error), "PermissionError") from error
        return self._taken(first) if self.action.role_arn else first

    def _taken(self, first: RoleSession) -> RoleSession:
        from botocore.exceptions import ClientError

        client = role_client("sts", first, self.endpoint_url)
        name = self.execution_id[:_LONGEST_NAME]
        try:
            lent = client.assume_role(RoleArn=self.action.role_arn, RoleSessionName=name)["Credentials"]
        except ClientError as error:
            raise ActionFailedError(
                f"CodePipeline is not authorized to perform AssumeRole on role {self.action.role_arn}: {error}",
                "PermissionError",
            ) from error
        return RoleSession(lent["AccessKeyId"], lent["SecretAccessKey"], lent["SessionToken"], math.inf)
