"""Since when the containers of a color are there at the earliest, as AWS tells: what they know follows from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.names import Names
from traffic_switch.contract import Color

from greenlight.deployed_stack import IMPATIENT, DeployedStack
from greenlight.host import deployed_host
from greenlight.secret_rotation.steps import Created

STARTING_SECONDS = 90.0
"""The host's script reads a secret up to so long before the container's log begins: it stops the old one between."""


def _client(service: str) -> Any:
    return boto3.client(service, config=IMPATIENT)  # type: ignore[call-overload]


@dataclass
class Creation:
    """Looks at one service. `versions` are those that its colors were deployed with last."""

    names: Names
    service: str
    compute: str
    versions: Mapping[Color, str]
    clients: dict[str, Any] = field(default_factory=dict)

    def of_both(self) -> dict[Color, Created]:
        """Look at both colors."""
        look = self._on_the_host if self.compute == "ec2" else self._on_fargate
        return {color: Created(color, self.versions.get(color, ""), look(color)) for color in Color}

    def _on_fargate(self, color: Color) -> float | None:
        """ECS reads the secret after it has created a task (ECS guide, "Pass sensitive data"). The oldest counts."""
        stack = DeployedStack(self.names.compute_stack("fargate"))
        where = {"cluster": stack.output("ClusterName")}
        name = stack.output(f"{pascal(self.service)}{color.capitalize()}ServiceName")
        ecs = self._client("ecs")
        pages = ecs.get_paginator("list_tasks").paginate(**where, serviceName=name)
        named = [page["taskArns"] for page in pages if page["taskArns"]]
        tasks = [task for arns in named for task in ecs.describe_tasks(**where, tasks=arns)["tasks"]]
        return min((task["createdAt"].timestamp() for task in tasks), default=None)

    def _on_the_host(self, color: Color) -> float | None:
        """Never before its host was launched, nor before its version was declared and its log stream was opened.

        The script runs what the parameter declares, and Docker opens the stream as the version's first container
        starts. A stream that is older than the parameter is of an earlier container of the same version.
        """
        host = deployed_host(self.names)
        if host is None:
            return None
        opened = self._opened_at(color)
        if opened is None:
            return host.launched_at
        declared = self._declared_at(color)
        return max(host.launched_at, declared if declared <= opened else opened - STARTING_SECONDS)

    def _declared_at(self, color: Color) -> float:
        name = self.names.declared_image(self.service, color)
        parameter = self._client("ssm").get_parameter(Name=name)["Parameter"]
        return float(parameter["LastModifiedDate"].timestamp())

    def _opened_at(self, color: Color) -> float | None:
        """When the first log of the color's version began; None when it has none."""
        group = DeployedStack(self.names.compute_stack("ec2")).output("ContainerLogGroup")
        stream = f"{self.service}/{color}/{self.versions.get(color, '')}"
        try:
            found = self._client("logs").describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        times = [each["creationTime"] / 1000 for each in found["logStreams"] if each["logStreamName"] == stream]
        return min(times, default=None)

    def _client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = _client(service)
        return self.clients[service]
