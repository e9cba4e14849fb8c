"""Where the pipeline keeps which commit a run is about."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge

KEPT_DAYS = 90
"""A run can be retried, and an approval answered, for so long at most."""
ANSWERS = {
    "AwsSolutions-S1": "This pipeline's own roles alone read and write here: references to commits.",
    "NIST.800.53.R5-S3BucketLoggingEnabled": "It holds references to commits: a log of who read them says little.",
    "NIST.800.53.R5-S3BucketReplicationEnabled": "A run's artifacts are worth nothing in another region.",
    "NIST.800.53.R5-S3BucketVersioningEnabled": "Each run writes objects of its own; none is written twice.",
    "NIST.800.53.R5-S3DefaultEncryptionKMS": "References to commits are no secret, and S3's own key encrypts them.",
}


class ArtifactBucket(s3.Bucket):
    """A private, encrypted bucket, over TLS alone. It holds references to commits, no source: builds clone.

    It is kept when its stack goes, as the bucket of access logs is: CloudFormation cannot delete a full one.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(
            scope,
            construct_id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(KEPT_DAYS))],
            removal_policy=RemovalPolicy.RETAIN,
        )
        for rule, reason in ANSWERS.items():
            acknowledge(self, rule, reason)


def resolved_id(bucket: s3.Bucket) -> str:
    """The bucket's logical id, by which findings name it."""
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    return str(Stack.of(bucket).resolve(resource.logical_id))
