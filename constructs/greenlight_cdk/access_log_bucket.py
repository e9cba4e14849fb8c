"""Where the load balancer writes down each request."""

from __future__ import annotations

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge

SECOND_PACK = {
    "S3BucketLoggingEnabled": "This bucket is the log: one for its own requests would log AWS's deliveries.",
    "S3BucketReplicationEnabled": "A copy in another region is the account's to decide.",
    "S3DefaultEncryptionKMS": "Elastic Load Balancing delivers access logs with S3's own keys only (Application Load"
    " Balancers guide, Enable access logs).",
}
LOG_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"


class AccessLogBucket(s3.Bucket):
    """A private, encrypted bucket that load balancers of this account may write to, and nobody else.

    The policy is written here because the CDK's own `log_access_logs` demands a region at synth. Encryption is S3's
    own: the load balancer supports no KMS key. The bucket is kept when its stack goes: CloudFormation cannot delete a
    full one. With `undeletable` its policy refuses every deletion, so that whoever takes a log away has to change the
    policy first.
    """

    def __init__(self, scope: Construct, construct_id: str, *, retention_days: int, undeletable: bool = False) -> None:
        super().__init__(
            scope,
            construct_id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            versioned=undeletable,
            lifecycle_rules=[_rule(retention_days, undeletable)],
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.add_to_resource_policy(self._delivery())
        if undeletable:
            self.add_to_resource_policy(self._no_deletion())
        acknowledge(
            self,
            "AwsSolutions-S1",
            "This bucket is the log: logging its own requests would need a further bucket, and only AWS's delivery"
            " service writes here.",
        )
        self._answer_the_second_pack()

    def _answer_the_second_pack(self) -> None:
        for rule, reason in SECOND_PACK.items():
            acknowledge(self, f"NIST.800.53.R5-{rule}", reason)

    def _delivery(self) -> iam.PolicyStatement:
        """Let AWS deliver into this account's folder.

        The folder is named after the account whose load balancer writes, so that no other account's can. AWS documents
        no condition on the source for this service, and the load balancer's first write would fail where it sends none
        (Application Load Balancers guide, Enable access logs).
        """
        return iam.PolicyStatement(
            actions=["s3:PutObject"],
            principals=[iam.ServicePrincipal(LOG_DELIVERY)],
            resources=[self.arn_for_objects(f"AWSLogs/{Aws.ACCOUNT_ID}/*")],
        )

    def _no_deletion(self) -> iam.PolicyStatement:
        """Nobody deletes a log before its time: S3's own expiry asks no policy (S3 user guide, Expiring objects)."""
        return iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=["s3:DeleteObject", "s3:DeleteObjectVersion"],
            principals=[iam.AnyPrincipal()],
            resources=[self.arn_for_objects("*")],
        )

    def receive_from(self, load_balancer: elbv2.ApplicationLoadBalancer) -> None:
        """Turn on the access logs; the load balancer comes after the policy, since it writes a test object at once."""
        load_balancer.set_attribute("access_logs.s3.enabled", "true")
        load_balancer.set_attribute("access_logs.s3.bucket", self.bucket_name)
        if self.policy:
            load_balancer.node.add_dependency(self.policy)


def _rule(days: int, versioned: bool) -> s3.LifecycleRule:
    """Delete what is old; where versions are kept, the version that is left a day later."""
    left = Duration.days(1) if versioned else None
    return s3.LifecycleRule(expiration=Duration.days(days), noncurrent_version_expiration=left)
