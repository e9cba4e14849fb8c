"""Settings of the VPC, of who may reach it, and of what guards the front door."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from stacks.options.values import (
    FIXED,
    Allowed,
    Fixed,
    Integer,
    Null,
    Options,
    PreviewCidrs,
    RetentionDays,
    SettingsError,
    SshCidr,
    VpcCidr,
)


def _web_port(value: int) -> int:
    if value not in (80, 443):
        raise ValueError(f"{value} is neither 80 nor 443")
    return value


CertificateArn = Annotated[
    Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$")] | None,
    Null,
    Allowed("the ARN of an ACM certificate in the stack's region; left out, plain HTTP"),
]
DomainName = Annotated[
    Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", max_length=253)] | None,
    Null,
    Allowed("a host name in lower case, e.g. shop.example.com; left out, the load balancer's own name"),
]
ProductionPort = Annotated[
    Annotated[Integer, AfterValidator(_web_port)] | None,
    Null,
    Allowed("80, or 443 with a certificate; left out, 443 with a certificate and 80 without one"),
]


class NetworkOptions(Options):
    """What NetworkStack and the outer face of EdgeStack are built from."""

    vpc_cidr: Annotated[VpcCidr, FIXED] = Field(
        default="10.20.0.0/16",
        description="IPv4 network of the VPC; cut into four /24 subnets at most (two zones, public and private),"
        " hence /22 or wider.",
    )
    nat_gateways: Annotated[Integer, Fixed("Cannot go back to 0 once deployed.")] = Field(
        default=0,
        ge=0,
        le=2,
        description="NAT gateways, one per zone at most. 0 puts host and tasks into public subnets, shut by"
        " security groups;"
        " each gateway costs about 37 USD a month (list price, 2026).",
    )
    ssh_cidr: SshCidr = Field(
        default=None,
        description="IPv4 network that may reach port 22 of the host. Left out, the port is closed and Session"
        " Manager is the way in.",
    )
    certificate_arn: Annotated[
        CertificateArn, Fixed("Cannot be taken away while port 443 serves: see `production_port`.")
    ] = Field(
        default=None,
        description="ACM certificate of the front door. With one, 443 serves (TLS 1.2 at least, 1.3 preferred) and"
        " 80 redirects to it. It can be added at any time.",
    )
    production_port: ProductionPort = Field(
        default=None,
        description="Which port serves, while there is a certificate; the other one redirects to it. 80 is the step"
        " before the certificate is taken away.",
    )
    domain_name: DomainName = Field(
        default=None,
        description="Host name the certificate is for, pointed at the load balancer by you. Smoke tests and probes"
        " connect to the load balancer by its own name and ask for this one, so that a release need not wait for DNS.",
    )
    waf: bool = Field(
        default=True,
        description="Whether AWS WAF with AWS's managed rules stands before the load balancer; about 8 USD a month"
        " (list price, 2026).",
    )
    preview_rotation_days: Integer = Field(
        default=30,
        ge=0,
        le=365,
        description="Days after which the secret values of the preview header are replaced, without a deploy; 0 leaves"
        " that to `greenlight rotate-preview`. The old ones stay valid for half an hour to an hour.",
    )
    preview_cidrs: PreviewCidrs = Field(
        default=None,
        description="IPv4 networks from which people may reach an idle color, on a port of its own: 8443, or 8080"
        " without a certificate. They have secrets of their own, which open nothing on the ports of production. The"
        " switch's functions use those, since they call from addresses that change, with secrets that nobody else"
        " needs.",
    )
    deletion_protection: bool = Field(
        default=True,
        description="Whether load balancer and tables refuse deletion. Deploy once with false before `cdk destroy`.",
    )
    flow_log_retention_days: RetentionDays = Field(
        default=30,
        description="Days that VPC flow logs are kept: long enough to look into an incident, short enough to stay"
        " cheap.",
    )
    log_retention_days: RetentionDays = Field(
        default=30,
        description="Days that all other logs are kept: applications, functions, state machine, WAF and load balancer.",
    )

    @model_validator(mode="after")
    def _check_certificate_has_its_name(self) -> NetworkOptions:
        if self.certificate_arn and not self.domain_name:
            raise SettingsError(
                f"certificate_arn: got {self.certificate_arn} without domain_name; allowed: together with the host name"
                " that it is for, since no certificate covers the load balancer's own name"
            )
        if self.production_port == 443 and not self.certificate_arn:
            raise SettingsError("production_port: got 443 without certificate_arn; allowed: 80, or both")
        return self

    @property
    def serves_https(self) -> bool:
        """Whether production is on port 443."""
        return bool(self.certificate_arn) and self.production_port != 80
