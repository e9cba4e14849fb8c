"""The secret in Secrets Manager, written by whoever has read its newest version, and by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from traffic_switch.contract import PREVIEW_STAGE

from preview_keys.keyring import Keyring, read, written
from preview_keys.world import Kept

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

NEXT_STAGE = "GREENLIGHT_NEXT"
"""The label of a version that is written, but not yet told to anybody."""
NONE_YET = "ResourceNotFoundException"
MOVED = "InvalidParameterException"


class SecretsManagerSecret:
    """Reads and writes the version that is labeled PREVIEW_STAGE. `client` is boto3's for Secrets Manager."""

    def __init__(self, client: SecretsManagerClient, arn: str) -> None:
        self._client, self._arn = client, arn

    def read(self) -> Kept:
        try:
            found = self._client.get_secret_value(SecretId=self._arn, VersionStage=PREVIEW_STAGE)
        except ClientError as error:
            if error.response["Error"].get("Code") != NONE_YET:
                raise
            return Kept(Keyring(), "")
        return Kept(read(found["SecretString"]), found["VersionId"])

    def replace(self, version: str, ring: Keyring) -> bool:
        """Secrets Manager moves a label only from the version that has it (API reference, UpdateSecretVersionStage).

        A refusal may also mean that the label has moved already, and only the reply was lost.
        """
        put = self._client.put_secret_value(SecretId=self._arn, SecretString=written(ring), VersionStages=[NEXT_STAGE])
        new = put["VersionId"]
        expected = {"RemoveFromVersionId": version} if version else {}
        try:
            self._client.update_secret_version_stage(
                SecretId=self._arn, VersionStage=PREVIEW_STAGE, MoveToVersionId=new, **expected
            )
        except ClientError as error:
            if error.response["Error"].get("Code") != MOVED:
                raise
            return self.read().version == new
        return True
