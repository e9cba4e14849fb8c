"""Whether a version has an image, as ECR tells it."""

from __future__ import annotations

import boto3
from botocore.exceptions import ClientError
from greenlight_cdk.names import Names

from greenlight import denial
from greenlight.deployed_stack import IMPATIENT
from greenlight.errors import NotDeployedError, ReleaseError
from greenlight.wording import printable


def has_image(service: str, version: str, owner: Names) -> bool:
    """Whether the service's repository has an image of the version; `owner` is the stage that the repository is of.

    Raises:
        NotDeployedError: there is no such repository.
        ReleaseError: the caller may not look.
    """
    repository = owner.repository(service)
    ecr = boto3.client("ecr", config=IMPATIENT)
    try:
        found = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": version}])
    except ecr.exceptions.RepositoryNotFoundException as error:
        raise NotDeployedError(
            f"the image repository {repository} does not exist: deploy the stack {owner.stack('Registry')} first"
        ) from error
    except ClientError as error:
        if denial.is_denial(error):
            raise ReleaseError(_may_not_look(error, repository, version)) from error
        raise
    return bool(found["images"])


def _may_not_look(error: ClientError, repository: str, version: str) -> str:
    return printable(
        f"AWS denied {denial.action(error)} on the repository {repository} to"
        f" {denial.caller(error) or 'your credentials'}, so that nobody knows whether {version} has an image: allow it,"
        " or sign in as somebody who may. Nothing was changed"
    )
