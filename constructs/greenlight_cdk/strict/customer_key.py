"""The key of the account that encrypts what a stage keeps."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
PUBLISH = ("kms:Decrypt", "kms:GenerateDataKey*")
USERS = ("dynamodb", "ec2", "secretsmanager", "sns", "sqs")
"""The services through which a principal of this account may use the key, as far as it may use the service."""
GRANTED = ("dynamodb", "ec2")
"""The services that keep a grant: for a table's items, and for the host's disk (guides of both, encryption at rest)."""


class CustomerKey(kms.Key):
    """One key for tables, logs, queues, topic, secrets and the host's disk, rotated every year by AWS.

    Its policy follows AWS's own keys: whoever may use a table through DynamoDB may use its key through DynamoDB, and
    not otherwise (KMS developer guide, kms:ViaService), so that no function needs a permission of the key. Services
    that act for themselves are named. EventBridge takes no condition: its requests carry neither source account nor
    source ARN, and each would be dropped without a word (EventBridge user guide, "Amazon SQS and SNS: encrypted
    targets"). It is kept when its stack goes: what it encrypted would be lost with it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, description: str) -> None:
        super().__init__(
            scope,
            construct_id,
            description=description,
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self._allow(USE, iam.AnyPrincipal(), self._through(USERS))
        granted = {**self._through(GRANTED), "Bool": {"kms:GrantIsForAWSResource": "true"}}
        self._allow(("kms:CreateGrant",), iam.AnyPrincipal(), granted)
        self._let_logs_in()
        ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        self._allow(PUBLISH, iam.ServicePrincipal("cloudwatch.amazonaws.com"), ours)
        self._allow(PUBLISH, iam.ServicePrincipal("events.amazonaws.com"), {})

    def _through(self, services: tuple[str, ...]) -> dict[str, object]:
        return {
            "StringEquals": {
                "kms:CallerAccount": Aws.ACCOUNT_ID,
                "kms:ViaService": [f"{service}.{Aws.REGION}.{Aws.URL_SUFFIX}" for service in services],
            }
        }

    def _let_logs_in(self) -> None:
        """For the log groups of this account and region alone (CloudWatch Logs user guide, Encrypt log data)."""
        groups = Stack.of(self).format_arn(service="logs", resource="log-group:*")
        context = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
        self._allow(USE, iam.ServicePrincipal(f"logs.{Aws.REGION}.{Aws.URL_SUFFIX}"), context)

    def _allow(self, actions: tuple[str, ...], who: iam.IPrincipal, conditions: Mapping[str, object]) -> None:
        self.add_to_resource_policy(
            iam.PolicyStatement(actions=list(actions), principals=[who], resources=["*"], conditions=dict(conditions))
        )
