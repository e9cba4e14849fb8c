"""The registry as a host or a task sees it: with its own role's credentials, through the front door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from greenlight.rehearsal.runner.errors import ImageNotFoundError, RegistryError
from greenlight.rehearsal.runner.images import AMD64, StoredImage, pull_image
from greenlight.rehearsal.runner.spec import ImageReference

_ONE_TRY = Config(retries={"total_max_attempts": 1}, read_timeout=30)


class RoleRegistry:
    """Ask ECR what `docker pull` asks: a login, then the image. IAM refuses here what it would refuse on AWS."""

    def __init__(self, endpoint_url: str, region: str, credentials: Mapping[str, str]) -> None:
        self._client: Any = Session().create_client(
            "ecr",
            region_name=region,
            endpoint_url=endpoint_url,
            aws_access_key_id=credentials.get("AWS_ACCESS_KEY_ID", ""),
            aws_secret_access_key=credentials.get("AWS_SECRET_ACCESS_KEY", ""),
            aws_session_token=credentials.get("AWS_SESSION_TOKEN"),
            config=_ONE_TRY,
        )

    def pull(self, image: ImageReference, architecture: str = AMD64) -> StoredImage:
        """Return what an image is, for the processor of whoever pulls where there are several.

        Raises:
            ImageNotFoundError: nobody pushed it, or its repository does not exist.
            PlatformError: nobody pushed it for this processor.
            RegistryError: the role may not pull it, or the registry does not answer.
        """
        try:
            self._client.get_authorization_token()
            return pull_image(self._client, image, architecture=architecture)
        except ClientError as error:
            if error.response["Error"]["Code"] == "RepositoryNotFoundException":
                raise ImageNotFoundError(f"name unknown: {error.response['Error']['Message']}") from error
            raise RegistryError(f"pull access denied for {image.repository}: {error}") from error
        except BotoCoreError as error:
            raise RegistryError(f"the registry does not answer: {error}") from error
