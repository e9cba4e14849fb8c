"""The values of the preview header: one secret, and the one function that changes what is in it."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct
from traffic_switch.contract import (
    LOAD_BALANCER_VARIABLE,
    PREVIEW_KEYS_RESOURCE_TYPE,
    PREVIEW_NAMES_VARIABLE,
    PREVIEW_SECRET_VARIABLE,
    ROTATION_DAYS_VARIABLE,
    SPREAD_SECONDS_VARIABLE,
)

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.front_door import rules_of
from greenlight_cdk.function_resource import FunctionResource, after
from greenlight_cdk.lambda_function import PythonFunction
from greenlight_cdk.names import PREVIEW_TAG

SECRET_LENGTH = 48
LOOK_MINUTES = 30
"""How often the function looks: an old value is valid for so long after its time is over, at most."""
SECONDS = 180
"""What the function may take besides its wait for the load balancer: its calls, 30 s for a new role, the answer."""


class PreviewSecret(secretsmanager.Secret):
    """Where the values are kept. What is generated here opens nothing: it is there before the values are."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Greenlight: the way in to an idle color",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=SECRET_LENGTH, exclude_punctuation=True
            ),
        )
        for rule in ("AwsSolutions-SMG4", "NIST.800.53.R5-SecretsManagerRotationEnabled"):
            acknowledge(
                self,
                rule,
                "Rotated by a schedule of our own, by the function that changes the preview rules: Secrets Manager's"
                " would keep an old value valid until the next rotation.",
            )


class PreviewKeys(Construct):
    """The function that makes, rotates and retires values (`lambda/preview_keys`), and its schedule.

    `made` is the custom resource that preview rules depend on: they refer to values that it makes. `names` are those of
    all values; `spread_seconds` is how long the load balancer may take to follow a rule.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        secret: secretsmanager.ISecret,
        load_balancer: elbv2.ApplicationLoadBalancer,
        names: Sequence[str],
        rotation_days: int,
        spread_seconds: int,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self.secret = secret
        self.function = PythonFunction(
            self,
            "Function",
            handler="preview_keys.handler.handle",
            timeout=Duration.seconds(SECONDS + spread_seconds),
            environment={
                PREVIEW_SECRET_VARIABLE: secret.secret_arn,
                LOAD_BALANCER_VARIABLE: load_balancer.load_balancer_arn,
                PREVIEW_NAMES_VARIABLE: ",".join(names),
                ROTATION_DAYS_VARIABLE: str(rotation_days),
                SPREAD_SECONDS_VARIABLE: str(spread_seconds),
            },
            log_retention_days=log_retention_days,
            description="Greenlight: makes and rotates the values of the preview header",
        )
        self._allow(load_balancer)
        self.made = FunctionResource(
            self,
            "Made",
            function=self.function,
            timeout=after(SECONDS + spread_seconds),
            resource_type=PREVIEW_KEYS_RESOURCE_TYPE,
            properties={"Names": list(names)},
        )
        events.Rule(
            self,
            "Schedule",
            description="Rotates the values of the preview header when it is time, and retires old ones",
            schedule=events.Schedule.rate(Duration.minutes(LOOK_MINUTES)),
            targets=[targets.LambdaFunction(self.function.function)],
        )

    def _allow(self, load_balancer: elbv2.ApplicationLoadBalancer) -> None:
        actions = ("GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage")
        self.function.allow([f"secretsmanager:{action}" for action in actions], [self.secret.secret_arn])
        looks = ("DescribeListeners", "DescribeRules")
        self.function.allow([f"elasticloadbalancing:{action}" for action in looks], ["*"])
        rules = rules_of(Stack.of(self), load_balancer)
        self.function.allow(["elasticloadbalancing:ModifyRule"], [rules], if_tagged=PREVIEW_TAG)
        acknowledge(
            self.function,
            "AwsSolutions-IAM5[Resource::*]",
            "The Describe calls of ELBv2 know no resources (service authorization reference); they only read.",
        )
        acknowledge(
            self.function,
            "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:elasticloadbalancing:<AWS::Region>:<AWS::AccountId>:"
            "listener-rule/<FrontDoorLoadBalancer6A458C90.LoadBalancerFullName>/*]",
            "Rules get their ids from ELBv2; the wildcard ends at this one load balancer, and the condition leaves"
            " nothing but the rules that carry the preview tag.",
        )
