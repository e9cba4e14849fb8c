"""Problems of the account: credentials that have expired, and what `cdk bootstrap` left."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import boto3
from botocore.config import Config

from greenlight.rehearsal.account import ACCOUNT
from tests.pipeline_settings import PIPELINE
from tests.rehearsal.plants.ground import Ground, Plant

BOOTSTRAP = "/cdk-bootstrap/{}/version"


@contextmanager
def expired_session(ground: Ground) -> Iterator[None]:
    """A session of a role whose time ends at once. AWS lends none for less than 15 minutes, the local cloud does."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    iam = boto3.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="guest", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    sts = boto3.client("sts", config=Config(parameter_validation=False))
    lent = sts.assume_role(RoleArn=role, RoleSessionName="guest", DurationSeconds=1)["Credentials"]
    time.sleep(1.1)
    try:
        with ground.environment(
            AWS_ACCESS_KEY_ID=lent["AccessKeyId"],
            AWS_SECRET_ACCESS_KEY=lent["SecretAccessKey"],
            AWS_SESSION_TOKEN=lent["SessionToken"],
        ):
            yield
    finally:
        iam.delete_role(RoleName="guest")


def bootstrap_version(value: str | None, qualifier: str = "hnb659fds") -> Plant:
    """What `cdk bootstrap` left in its parameter; None takes it away."""

    @contextmanager
    def planted(_: Ground) -> Iterator[None]:
        ssm, name = boto3.client("ssm"), BOOTSTRAP.format(qualifier)
        found = ssm.get_parameters(Names=[name])["Parameters"]
        put = partial(ssm.put_parameter, Name=name, Type="String", Overwrite=True)
        put(Value=value) if value else ssm.delete_parameter(Name=name)
        try:
            yield
        finally:
            put(Value=found[0]["Value"]) if found else ssm.delete_parameter(Name=name)

    return planted


@contextmanager
def registry_told_by_others(_: Ground) -> Iterator[None]:
    """Another team has its images scanned, and all of them copied."""
    ecr: Any = boto3.client("ecr")
    named = [{"filter": "team/*", "filterType": "WILDCARD"}]
    rules = [{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": named}]
    places = [{"region": "eu-central-1", "registryId": ACCOUNT}]
    ecr.put_registry_scanning_configuration(scanType="BASIC", rules=rules)
    ecr.put_replication_configuration(replicationConfiguration={"rules": [{"destinations": places}]})
    try:
        yield
    finally:
        ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[])
        ecr.put_replication_configuration(replicationConfiguration={"rules": []})


@contextmanager
def connection_not_confirmed(ground: Ground) -> Iterator[None]:
    """A pipeline whose connection was made by a call, which leaves it waiting for a person."""
    made = boto3.client("codeconnections").create_connection(ConnectionName="store", ProviderType="GitHub")
    with ground.settings(**{**PIPELINE, "pipeline_connection_arn": made["ConnectionArn"]}):
        yield
