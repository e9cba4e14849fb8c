"""Which image a version is, as ECR tells it."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.exceptions import ClientError
from greenlight_cdk.names import Names
from traffic_switch.image import KnownImage
from version_guard.ports.images import Images
from version_guard.sighting import Sighting

from greenlight import denial
from greenlight.deployed_stack import IMPATIENT
from greenlight.errors import NotDeployedError, ReleaseError
from greenlight.wording import printable


def sighting(service: str, version: str, known: KnownImage | None, owner: Names) -> Sighting:
    """The version as the repository shows it, beside what the journal knows; `owner` is the repository's stage.

    Raises:
        NotDeployedError: there is no such repository.
        ReleaseError: the caller may not look.
    """
    repository = owner.repository(service)
    ecr: Any = boto3.client("ecr", config=IMPATIENT)
    images = Images(ecr, repository)
    try:
        tagged = images.digest(version)
        moved = known is not None and known.digest not in ("", tagged)
        return Sighting(version, tagged, known, images.has(known.digest) if known and moved else bool(tagged))
    except ecr.exceptions.RepositoryNotFoundException as error:
        raise NotDeployedError(
            f"the image repository {repository} does not exist: deploy the stack {owner.stack('Registry')} first"
        ) from error
    except ClientError as error:
        if denial.is_denial(error):
            raise ReleaseError(_may_not_look(error, repository, version)) from error
        raise


def _may_not_look(error: ClientError, repository: str, version: str) -> str:
    return printable(
        f"AWS denied {denial.action(error)} on the repository {repository} to"
        f" {denial.caller(error) or 'your credentials'}, so that nobody knows whether {version} has an image: allow it,"
        " or sign in as somebody who may. Nothing was changed"
    )
