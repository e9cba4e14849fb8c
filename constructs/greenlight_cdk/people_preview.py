"""A way in to the colors for people, from networks that were named, with secrets that lead nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct
from traffic_switch.contract import PEOPLE, PEOPLE_HTTP_PORT, PEOPLE_HTTPS_PORT, Color

from greenlight_cdk.preview_keys import PreviewKeys, PreviewSecret
from greenlight_cdk.preview_rules import PreviewRules


class PeoplePreview(Construct):
    """A listener that security groups open to those networks alone, with a secret and a rotation of its own.

    The switch's functions call from addresses that nobody knows beforehand, so that no rule on production's listeners
    can name its sources. What people hold therefore opens nothing there.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        load_balancer: elbv2.ApplicationLoadBalancer,
        certificate_arn: str | None,
        names: Sequence[str],
        rotation_days: int,
        spread_seconds: int,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self.secret = PreviewSecret(self, "Secret")
        self.keys = PreviewKeys(
            self,
            "Keys",
            secret=self.secret,
            load_balancer=load_balancer,
            names=[f"{name}{PEOPLE}" for name in names],
            rotation_days=rotation_days,
            spread_seconds=spread_seconds,
            log_retention_days=log_retention_days,
        )
        self.port = people_port(certificate_arn)
        self._listener = load_balancer.add_listener(
            "People",
            port=self.port,
            protocol=elbv2.ApplicationProtocol.HTTPS if certificate_arn else elbv2.ApplicationProtocol.HTTP,
            open=False,
            certificates=[elbv2.ListenerCertificate.from_arn(certificate_arn)] if certificate_arn else None,
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ if certificate_arn else None,
            default_action=elbv2.ListenerAction.fixed_response(
                404, content_type="text/plain", message_body="no color has this preview header"
            ),
        )

    def lead_to(
        self, service: str, target_groups: Mapping[Color, elbv2.IApplicationTargetGroup], production_priority: int
    ) -> None:
        """Let people reach the colors of a service."""
        PreviewRules(
            self,
            f"Rules-{service}",
            service=service,
            listener=self._listener,
            target_groups=target_groups,
            keys=self.keys,
            production_priority=production_priority,
            suffix=PEOPLE,
        )


def people_port(certificate_arn: str | None) -> int:
    """Where the listener is."""
    return PEOPLE_HTTPS_PORT if certificate_arn else PEOPLE_HTTP_PORT
