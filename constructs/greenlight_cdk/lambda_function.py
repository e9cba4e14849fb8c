"""A Lambda function of Greenlight: Python from the one shared asset, with a role and a log group of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.log_group import LogGroup

SECOND_PACK = {
    "LambdaConcurrency": "A share that is kept for one function is taken from the account's others, and too small a one"
    " would refuse a rollback.",
    "LambdaDLQ": "Functions that Step Functions and queues call are tried again by them; what is called without an"
    " answer has a queue for failures, or a schedule that calls again.",
    "LambdaInsideVPC": "Functions call APIs of AWS and the public front door, and reach nothing in the VPC; inside it"
    " they would need a way out.",
}
SOURCE = Path(__file__).resolve().parents[2] / "lambda"


class PythonFunction(Construct):
    """A function that may do nothing but write its own log, until `allow` says more.

    The role gets no managed policy: AWSLambdaBasicExecutionRole may write to every log group of the account.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        handler: str,
        timeout: Duration,
        environment: Mapping[str, str],
        log_retention_days: int,
        description: str,
        memory_mib: int = 256,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_group = LogGroup(self, "Logs", retention_days=log_retention_days)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            description=description,
            code=lambda_.Code.from_asset(str(SOURCE), exclude=["**/__pycache__", "**/*.pyc"]),
            handler=handler,
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            role=self.role,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            timeout=timeout,
            memory_size=memory_mib,
            environment=dict(environment),
        )
        for rule, reason in SECOND_PACK.items():
            acknowledge(self.function, f"NIST.800.53.R5-{rule}", reason)

    def allow(
        self,
        actions: Sequence[str],
        resources: Sequence[str],
        *,
        unless_tagged: str = "",
        if_tagged: str = "",
        keys: Sequence[str] = (),
    ) -> None:
        """Let the function call these actions on these resources, but for those that carry a tag, or that lack one.

        Of tables, only on items whose keys match one of `keys`. One statement for each call.
        """
        tag, is_missing = (unless_tagged, "true") if unless_tagged else (if_tagged, "false")
        spared = {"Null": {f"aws:ResourceTag/{tag}": is_missing}} if tag else {}
        items = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(keys)}} if keys else {}
        self.role.add_to_policy(
            iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions={**spared, **items})
        )
