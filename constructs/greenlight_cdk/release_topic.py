"""The topic through which releases and their alarms reach people."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct


class ReleaseTopic(sns.Topic):
    """A topic to which the functions and the alarms of this account publish, over TLS alone.

    The policy that refuses plain HTTP replaces the topic's own, which is what lets alarms publish; so they are named.
    """

    def __init__(self, scope: Construct, construct_id: str, *, title: str) -> None:
        super().__init__(scope, construct_id, display_name=title, enforce_ssl=True)
        self.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[self.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
