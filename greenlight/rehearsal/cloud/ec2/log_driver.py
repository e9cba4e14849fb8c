"""The log driver of a container on a host: the docker daemon opens the stream with the host's role.

Docker's guide, "Amazon CloudWatch Logs logging driver". A container whose stream cannot be opened does not start,
except in the mode `non-blocking`: then the daemon tries again and again behind it, and what is printed is lost.
"""

from __future__ import annotations

from greenlight.rehearsal.cloud.logs.awslogs import LogStream
from greenlight.rehearsal.cloud.silences import Silences
from greenlight.rehearsal.host.docker_arguments import RunRequest
from greenlight.rehearsal.runner.errors import ContainerError


def open_log(silences: Silences, instance: str, role_arn: str, request: RunRequest) -> None:
    """Open a container's log. Raises ContainerError, in docker's words, when it therefore cannot start.

    Args:
        silences: takes a log that is lost behind a container that runs.
        instance: the host.
        role_arn: of the host; empty when it has no credentials.
        request: what `docker run` was asked for.
    """
    stream = LogStream.of(request.log_driver, request.log_options, request.name)
    if stream is None:
        return
    refused = stream.opening_refusal(role_arn)
    if refused and stream.is_blocking:
        raise ContainerError(f"failed to initialize logging driver: {refused}")
    if not refused:
        stream.open()
    lost = refused or stream.writing_refusal(role_arn)
    if lost:
        silences.lost(f"the log of the container {request.name} on {instance} in {stream.group}: {lost}")
