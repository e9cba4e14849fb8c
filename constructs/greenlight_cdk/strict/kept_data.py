"""What strict changes of everything that keeps data, wherever it stands: its key, and that logs outlive their stack."""

from __future__ import annotations

import jsii
from aws_cdk import IAspect, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

DISK_KEY = "LaunchTemplateData.BlockDeviceMappings.0.Ebs.KmsKeyId"


@jsii.implements(IAspect)
class KeptData:
    """Encrypts with a customer's key what holds data, and keeps log groups when their stack goes.

    Image repositories keep AWS's key, since theirs cannot be changed once they are made (ECR API, CreateRepository),
    and so does the bucket of the load balancer, which supports no other (AccessLogBucket).
    """

    def __init__(self, key: kms.IKey) -> None:
        self._key = key

    def visit(self, node: IConstruct) -> None:
        """Change one resource; called by the CDK for every construct."""
        key = self._key.key_arn
        match node:
            case logs.CfnLogGroup():
                node.kms_key_id = key
                node.apply_removal_policy(RemovalPolicy.RETAIN)
            case dynamodb.CfnTable():
                node.sse_specification = dynamodb.CfnTable.SSESpecificationProperty(
                    sse_enabled=True, sse_type="KMS", kms_master_key_id=key
                )
            case sns.CfnTopic():
                node.kms_master_key_id = key
            case sqs.CfnQueue():
                node.sqs_managed_sse_enabled, node.kms_master_key_id = None, key
            case secretsmanager.CfnSecret():
                node.kms_key_id = key
            case ec2.CfnLaunchTemplate():
                node.add_property_override(DISK_KEY, key)
