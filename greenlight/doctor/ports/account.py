"""Reads whose the credentials are, what `cdk bootstrap` left, and which service-linked roles there are."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from botocore.exceptions import NoRegionError

from greenlight.doctor.account import Bootstrap, Identity
from greenlight.doctor.ports.aws import Aws, unless


def identity(aws: Aws) -> Identity:
    """Ask STS, which answers whatever the credentials may do.

    Raises:
        NoRegionError: no region is configured.
    """
    region = aws.session.region_name
    if not region:
        raise NoRegionError()
    found = aws.client("sts").get_caller_identity()
    return Identity(found["Account"], found["Arn"], region)


def bootstrap(aws: Aws, identity: Identity, qualifier: str) -> Bootstrap:
    """Read the parameter that every deploy compares, and look for the bucket that assets go to."""
    name = f"/cdk-bootstrap/{qualifier}/version"
    found = unless(lambda: aws.client("ssm").get_parameter(Name=name), "ParameterNotFound")
    bucket = f"cdk-{qualifier}-assets-{identity.account}-{identity.region}"
    there = found is not None and unless(lambda: aws.client("s3").head_bucket(Bucket=bucket), "404", "NoSuchBucket")
    return Bootstrap(found["Parameter"]["Value"] if found else None, bucket, bool(there))


def roles(aws: Aws, names: Iterable[str]) -> set[str]:
    """Those of the roles that exist."""
    iam = aws.client("iam")
    return {name for name in names if unless(partial(iam.get_role, RoleName=name), "NoSuchEntity")}
