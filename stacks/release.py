"""The release: the custom resource that asks for the active color, last of all stacks."""

from __future__ import annotations

from aws_cdk import Annotations, CfnOutput, Duration, Stack
from constructs import Construct
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.release_request import ReleaseRequest
from traffic_switch.contract import Color

from stacks.edge import EdgeStack
from stacks.one_way import one_way_said
from stacks.settings import Settings
from stacks.switch import SwitchStack


class ReleaseStack(Stack):
    """Nothing comes after it, so nothing can fail after traffic moved and roll compute back under it."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, edge: EdgeStack, switch: SwitchStack
    ) -> None:
        super().__init__(scope, construct_id, description="Greenlight: which color is live")
        for service in settings.services:
            name = pascal(service.name)
            release = ReleaseRequest(
                self,
                name,
                request=switch.switch.request,
                service=service.name,
                color=service.active_color,
                versions={color: service.version(color) for color in Color},
                attempt=service.attempt,
                one_way=service.one_way or "",
                undo_one_way=service.undo_one_way or "",
                front_door=edge.listener.listener_arn if settings.serves_https else None,
                timeout=Duration.seconds(settings.service_timeout_seconds),
            )
            CfnOutput(self, f"{name}ActiveColor", value=release.active_color)
            if said := one_way_said(service):
                Annotations.of(release).add_info(said)
