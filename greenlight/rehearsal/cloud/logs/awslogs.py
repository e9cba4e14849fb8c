"""The awslogs driver of containers: it opens its stream before the container starts, and writes with a role's rights.

Docker's guide, "Amazon CloudWatch Logs logging driver", and the ECS guide, "Send Amazon ECS logs to CloudWatch". What
a container prints is in a file of the rehearsal, and not in CloudWatch Logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from greenlight.rehearsal.cloud.logs import rights

DRIVER = "awslogs"
NO_CREDENTIALS = "failed to create Cloudwatch log stream: NoCredentialProviders: no valid providers in chain"


@dataclass(frozen=True)
class LogStream:
    """Where a container's log goes."""

    group: str
    name: str
    creates_group: bool = False
    is_blocking: bool = True

    @classmethod
    def of(cls, driver: str, options: Mapping[str, str], name: str) -> LogStream | None:
        """Read the options of a driver; None for another driver than awslogs, which writes nowhere on AWS."""
        if driver != DRIVER:
            return None
        return cls(
            options.get("awslogs-group", ""),
            options.get("awslogs-stream") or name,
            options.get("awslogs-create-group") == "true",
            options.get("mode") != "non-blocking",
        )

    def opening_refusal(self, role_arn: str) -> str:
        """Say why the stream cannot be opened with a role, or return an empty string."""
        if not role_arn:
            return NO_CREDENTIALS
        return rights.opening_refusal(role_arn, self.group, self.name, creates_group=self.creates_group)

    def open(self) -> None:
        """Make the stream, unless it is there."""
        rights.open_stream(self.group, self.name)

    def writing_refusal(self, role_arn: str) -> str:
        """Say why nothing can be written into the stream, or return an empty string."""
        return rights.writing_refusal(role_arn, self.group, self.name)
