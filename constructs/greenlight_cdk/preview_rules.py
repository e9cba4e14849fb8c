"""The way in to each color, whichever is live."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import SecretValue, Tags
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct
from traffic_switch.contract import (
    PREVIEW_HEADER,
    PREVIEW_PRIORITIES,
    PREVIEW_STAGE,
    PRODUCTION_PRIORITY,
    Color,
    preview_name,
    previous_name,
)

from greenlight_cdk.names import PREVIEW_TAG
from greenlight_cdk.preview_keys import PreviewKeys


class PreviewRules(Construct):
    """One rule per color of a service: the secret header leads to that color's target group, on any path.

    A target group that no rule names is never health-checked, and ECS refuses to create a service on it. The values
    come through dynamic references, so that no template holds them. CloudFormation resolves those anew whenever it
    writes a rule, and so writes what the secret says then; between two writes the function behind `keys` changes the
    rule (docs/decisions/0029-a-preview-key-for-each-color.md). `suffix` ends the values' names.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        listener: elbv2.IApplicationListener,
        target_groups: Mapping[Color, elbv2.IApplicationTargetGroup],
        keys: PreviewKeys,
        production_priority: int,
        suffix: str = "",
    ) -> None:
        super().__init__(scope, construct_id)
        for color, target_group in target_groups.items():
            name = f"{preview_name(service, color)}{suffix}"
            rule = elbv2.ApplicationListenerRule(
                self,
                color.capitalize(),
                listener=listener,
                priority=production_priority - PRODUCTION_PRIORITY + PREVIEW_PRIORITIES[color],
                conditions=[
                    elbv2.ListenerCondition.http_header(
                        PREVIEW_HEADER, [_resolved(keys.secret, each) for each in (name, previous_name(name))]
                    )
                ],
                action=elbv2.ListenerAction.forward([target_group]),
            )
            rule.node.add_dependency(keys.made)
            Tags.of(rule).add(PREVIEW_TAG, color.value)


def _resolved(secret: secretsmanager.ISecret, key: str) -> str:
    value = SecretValue.secrets_manager(secret.secret_arn, json_field=key, version_stage=PREVIEW_STAGE)
    return value.unsafe_unwrap()
