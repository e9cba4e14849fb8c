"""The load balancer and its listeners."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

HTTP = 80
HTTPS = 443


class FrontDoor(Construct):
    """An Application Load Balancer whose production listener answers 503 until the switch gives it a rule.

    The listener is one resource with or without TLS, so that its rules survive when a certificate is added: it moves
    from 80 to 443, and only then a second listener takes 80, to redirect. Taking the certificate away again needs that
    second listener gone first, which CloudFormation does not do in this order.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        security_group: ec2.ISecurityGroup,
        certificate_arn: str | None,
        deletion_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            security_group=security_group,
            internet_facing=True,
            deletion_protection=deletion_protection,
            drop_invalid_header_fields=True,
        )
        self.scheme = "https" if certificate_arn else "http"
        self.listener = self._production(certificate_arn)
        if certificate_arn:
            self._redirect()

    def _production(self, certificate_arn: str | None) -> elbv2.ApplicationListener:
        closed = elbv2.ListenerAction.fixed_response(503, content_type="text/plain", message_body="no color is live")
        if certificate_arn is None:
            return self.load_balancer.add_listener("Listener", port=HTTP, open=False, default_action=closed)
        return self.load_balancer.add_listener(
            "Listener",
            port=HTTPS,
            open=False,
            certificates=[elbv2.ListenerCertificate.from_arn(certificate_arn)],
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ,
            default_action=closed,
        )

    def _redirect(self) -> None:
        redirect = self.load_balancer.add_listener(
            "Redirect",
            port=HTTP,
            open=False,
            default_action=elbv2.ListenerAction.redirect(protocol="HTTPS", port=str(HTTPS), permanent=True),
        )
        redirect.node.add_dependency(self.listener)
