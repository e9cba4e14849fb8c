"""Commands that Systems Manager carries to the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from custom_resource.patience import is_denied

from host_color.errors import HostUnreachableError, NotAllowedError
from host_color.judgment import Invocation
from host_color.model import HostColor, Step

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

DELIVERY_SECONDS = 120
"""How long a command may wait for its instance before it counts as undelivered; it does not bound how long it runs."""

NEWEST = "$LATEST"
"""The document's newest version: an update of its stack need not make it the default one."""


class Commands:
    """Runs a color's document on its host."""

    def __init__(self, client: SSMClient) -> None:
        self._client = client

    def send(self, color: HostColor, step: Step) -> str:
        """Send a command about the color's image.

        Raises:
            NotSentError: it was not taken, because the instance has not registered yet, or IAM refused.
        """
        instance = color.place.instance_id
        try:
            answer = self._client.send_command(
                DocumentName=color.document,
                DocumentVersion=NEWEST,
                InstanceIds=[instance],
                Parameters={
                    "service": [color.service],
                    "color": [color.color.value],
                    "image": [color.image],
                    "step": [step.value],
                },
                TimeoutSeconds=DELIVERY_SECONDS,
                Comment=f"Greenlight: {step} {color.name}",
            )
        except self._client.exceptions.InvalidInstanceId as error:
            raise HostUnreachableError(
                f"{instance} has not registered with Systems Manager: look at the host's system log in EC2, and whether"
                " it reaches the internet"
            ) from error
        except ClientError as error:
            if is_denied(error):
                raise NotAllowedError(str(error)) from error
            raise
        return answer["Command"]["CommandId"]

    def look(self, command_id: str, instance_id: str) -> Invocation | None:
        """How the command stands, or None while Systems Manager does not know it: right after it was sent."""
        try:
            found = self._client.get_command_invocation(CommandId=command_id, InstanceId=instance_id)
        except self._client.exceptions.InvocationDoesNotExist:
            return None
        said = (found.get("StandardOutputContent", ""), found.get("StandardErrorContent", ""))
        return Invocation(status=found["Status"], output="\n".join(said))
