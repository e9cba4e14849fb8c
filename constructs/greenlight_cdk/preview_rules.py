"""The way in to each color, whichever is live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Tags
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct
from traffic_switch.contract import PREVIEW_HEADER, PREVIEW_PRIORITIES, PRODUCTION_PRIORITY, Color

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.names import PREVIEW_TAG

SECRET_LENGTH = 48


class PreviewSecret(secretsmanager.Secret):
    """The secret half of the preview header, in letters and digits: `*` and `?` are wildcards in a rule."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Greenlight: the way in to an idle color",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=SECRET_LENGTH, exclude_punctuation=True
            ),
        )
        acknowledge(
            self,
            "AwsSolutions-SMG4",
            "CloudFormation copies the value into the rules when they change: a scheduled rotation would leave them"
            " with the old one.",
        )


class PreviewRules(Construct):
    """One constant rule per color: the secret header leads to that color's target group.

    A target group that no rule names is never health-checked, and ECS refuses to create a service on it. The secret
    comes through a dynamic reference, so that no template holds it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        listener: elbv2.IApplicationListener,
        target_groups: Mapping[Color, elbv2.IApplicationTargetGroup],
        secret: secretsmanager.ISecret,
        paths: Sequence[str],
        production_priority: int,
    ) -> None:
        super().__init__(scope, construct_id)
        for color, target_group in target_groups.items():
            rule = elbv2.ApplicationListenerRule(
                self,
                color.capitalize(),
                listener=listener,
                priority=production_priority - PRODUCTION_PRIORITY + PREVIEW_PRIORITIES[color],
                conditions=[
                    elbv2.ListenerCondition.http_header(
                        PREVIEW_HEADER, [f"{color}-{secret.secret_value.unsafe_unwrap()}"]
                    ),
                    elbv2.ListenerCondition.path_patterns(list(paths)),
                ],
                action=elbv2.ListenerAction.forward([target_group]),
            )
            Tags.of(rule).add(PREVIEW_TAG, color.value)
