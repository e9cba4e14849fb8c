"""What the EC2 host may do. Its containers have roles of their own, which it takes for them."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.service_repository import allow_pull

AGENT_ACTIONS = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
)
"""Run Command and Session Manager: the part of AmazonSSMManagedInstanceCore that they use. Agents before 3.3.40, which
a given `ami_id` may hold, get their commands through ec2messages."""


class HostRole(Construct):
    """The role of the host: pull, log, its own parameters and secrets, and the agent's channel to Systems Manager."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repositories: Sequence[ecr.IRepository],
        log_group: logs.ILogGroup,
        parameters: Sequence[ssm.IStringParameter],
        secrets: Sequence[secretsmanager.ISecret],
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        self.profile = iam.CfnInstanceProfile(self, "Profile", roles=[self.role.role_name])
        for repository in repositories:
            allow_pull(repository, self.role)
        log_group.grant_write(self.role)
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=["ssm:GetParameter"], resources=[parameter.parameter_arn for parameter in parameters]
            )
        )
        if secrets:
            arns = [secret.secret_arn for secret in secrets]
            self.role.add_to_policy(iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=arns))
        self._let_the_agent_in()

    def _let_the_agent_in(self) -> None:
        agent = iam.Policy(self, "Agent", roles=[self.role])
        agent.add_statements(iam.PolicyStatement(actions=list(AGENT_ACTIONS), resources=["*"]))
        acknowledge(
            agent,
            "AwsSolutions-IAM5[Resource::*]",
            "The SSM agent's own calls know no resources that exist before the instance does; each acts on the caller's"
            " own instance. The managed policy would add parameters, documents and inventory of the whole account.",
        )
