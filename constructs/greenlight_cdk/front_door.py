"""The load balancer and its listeners."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct
from traffic_switch.contract import HTTP_PORT, HTTPS_PORT

from greenlight_cdk.acknowledge import acknowledge

HSTS_ATTRIBUTE = "routing.http.response.strict_transport_security.header_value"
"""ELBv2 API, ListenerAttribute."""
HSTS = "max-age=31536000"
"""A year (OWASP, HTTP Strict Transport Security cheat sheet); of this name alone, since others may not be ours."""


class FrontDoor(Construct):
    """An Application Load Balancer with a listener on 80, and one on 443 when there is a certificate.

    One of them serves, and the other redirects to it what no rule takes. Without a rule of the switch, 80 answers 503
    where there is no certificate, and 443 where production is. When production changes from one to the other, the
    switch makes its rule on the new listener and then deletes it on the old one, so that both serve until users are
    served by the new one (docs/protocol.md). The redirect is a temporary one: browsers keep a permanent redirect for
    good, and could not follow the way back. Nor could they with `hsts`, which has them ask for TLS alone for a year.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        security_group: ec2.ISecurityGroup,
        certificate_arn: str | None,
        serves_https: bool,
        hsts: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            security_group=security_group,
            internet_facing=True,
            drop_invalid_header_fields=True,
        )
        acknowledge(
            self.load_balancer,
            "NIST.800.53.R5-ELBDeletionProtectionEnabled",
            "Deletion protection is turned on by DeletionProtection, when all of the stack is there.",
        )
        acknowledge(
            self.load_balancer,
            "NIST.800.53.R5-ELBv2ACMCertificateRequired",
            "The listener on 80 has no certificate, and with strict it only redirects to the one on 443.",
        )
        self.http = self._http(redirects=certificate_arn is not None)
        self.https = self._https(certificate_arn, serves_https) if certificate_arn else None
        self.scheme = "https" if serves_https else "http"
        self.listener = self.https if self.https and serves_https else self.http
        """The listener that production traffic comes in by."""
        if hsts and self.https:
            self.https.set_attribute(HSTS_ATTRIBUTE, HSTS)

    @property
    def listeners(self) -> list[elbv2.ApplicationListener]:
        """All there are."""
        return [self.http, self.https] if self.https else [self.http]

    def _http(self, *, redirects: bool) -> elbv2.ApplicationListener:
        action = _redirect("HTTPS", HTTPS_PORT) if redirects else _closed()
        return self.load_balancer.add_listener("Listener", port=HTTP_PORT, open=False, default_action=action)

    def _https(self, certificate_arn: str, serves: bool) -> elbv2.ApplicationListener:
        return self.load_balancer.add_listener(
            "Https",
            port=HTTPS_PORT,
            open=False,
            certificates=[elbv2.ListenerCertificate.from_arn(certificate_arn)],
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ,
            default_action=_closed() if serves else _redirect("HTTP", HTTP_PORT),
        )


def _closed() -> elbv2.ListenerAction:
    return elbv2.ListenerAction.fixed_response(503, content_type="text/plain", message_body="no color is live")


def _redirect(protocol: str, port: int) -> elbv2.ListenerAction:
    return elbv2.ListenerAction.redirect(protocol=protocol, port=str(port), permanent=False)


def rules_of(stack: Stack, load_balancer: elbv2.ApplicationLoadBalancer) -> str:
    """The ARN pattern of a load balancer's rules: `listener-rule/app/<name>/<id>/<listener>/<rule>`."""
    return stack.format_arn(
        service="elasticloadbalancing",
        resource="listener-rule",
        resource_name=f"{load_balancer.load_balancer_full_name}/*",
    )
