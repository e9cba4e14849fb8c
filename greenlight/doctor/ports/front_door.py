"""Reads the certificate that ACM holds, and the load balancer's own name."""

from __future__ import annotations

from greenlight.doctor.certificate import Certificate
from greenlight.doctor.ports.aws import Aws, unless


def certificate(aws: Aws, arn: str) -> Certificate | None:
    """What ACM says of a certificate; None when it has none of that ARN."""
    acm = aws.client("acm")
    found = unless(lambda: acm.describe_certificate(CertificateArn=arn), "ResourceNotFoundException")
    if found is None:
        return None
    body = found["Certificate"]
    names = dict.fromkeys([body.get("DomainName", ""), *body.get("SubjectAlternativeNames", [])])
    return Certificate(body["Status"], tuple(name for name in names if name), body.get("NotAfter"))


def dns_name(aws: Aws, arn: str) -> str:
    """The load balancer's own name."""
    found = aws.client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])
    return str(found["LoadBalancers"][0]["DNSName"])
