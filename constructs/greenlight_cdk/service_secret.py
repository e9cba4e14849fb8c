"""A random value that only the containers of one service are told."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge


class ServiceSecret(secretsmanager.Secret):
    """A secret that Secrets Manager makes up once: letters and digits, so that a comma can part several.

    CloudFormation never makes it anew, whatever changes here but its logical id; people change it, in two steps
    (docs/operations.md, "The secrets of a service"). It is kept when its stack goes, as the data is that it signed.
    """

    def __init__(self, scope: Construct, construct_id: str, *, description: str, length: int) -> None:
        super().__init__(
            scope,
            construct_id,
            description=description,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=length, exclude_punctuation=True
            ),
            removal_policy=RemovalPolicy.RETAIN,
        )
        for rule in ("AwsSolutions-SMG4", "NIST.800.53.R5-SecretsManagerRotationEnabled"):
            acknowledge(
                self,
                rule,
                "Both colors have to accept a new value before either uses it, which takes a release of each: a"
                " schedule of Secrets Manager's would sign people out.",
            )
