"""A service's secret in Secrets Manager. No value of it is ever printed, logged or given to a command line."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from greenlight.deployed_stack import IMPATIENT
from greenlight.errors import RotationError
from greenlight.secret_rotation.steps import Step, Value

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

LETTERS = string.ascii_letters + string.digits
"""As Secrets Manager makes the first value: a comma parts several."""
CURRENT = "AWSCURRENT"
TAKEN = "ResourceExistsException"


def _client() -> SecretsManagerClient:
    return boto3.client("secretsmanager", config=IMPATIENT)


@dataclass(frozen=True)
class ServiceSecret:
    """One secret. `length` is that of a new value, in letters and digits."""

    arn: str
    length: int
    client: SecretsManagerClient = field(default_factory=_client)

    def value(self) -> Value:
        """What a container would be given now.

        Raises:
            RotationError: it is no text.
        """
        found = self.client.get_secret_value(SecretId=self.arn, VersionStage=CURRENT)
        if "SecretString" not in found:
            raise RotationError(f"{self.arn} holds no text: this command rotates values that are parted by commas")
        return Value(found["VersionId"], found["CreatedDate"].timestamp(), found["SecretString"])

    def take(self, step: Step, value: Value) -> None:
        """Write what comes after a value.

        Raises:
            RotationError: somebody else took the step at the same time.
        """
        try:
            self.client.put_secret_value(
                SecretId=self.arn,
                ClientRequestToken=value.id_after(step),
                SecretString=value.then(step, self._fresh()),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != TAKEN:
                raise
            raise RotationError("somebody else took this step at the same time: look with --status") from None

    def _fresh(self) -> str:
        return "".join(secrets.choice(LETTERS) for _ in range(self.length))
