"""Whether the front door's certificate would be accepted by the load balancer, and by those who ask for the domain."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from greenlight.doctor.account import Identity
from greenlight.doctor.finding import Finding, one_or, problem, warning
from greenlight.wording import PLAIN_HTTP

SOON = timedelta(days=30)
"""ACM begins to renew its own certificates 60 days before they end; at 30, something keeps it from that."""
REPAIRS = {
    "PENDING_VALIDATION": "create the DNS records that `aws acm describe-certificate` shows, and wait",
    "VALIDATION_TIMED_OUT": "request another certificate: this one was not validated within 72 hours",
    "EXPIRED": "request another certificate, or import its successor under the same ARN",
}
ANOTHER = "request another certificate"


@dataclass(frozen=True)
class Certificate:
    """What ACM says of a certificate. `ends` is None while nothing was issued."""

    status: str
    names: tuple[str, ...]
    ends: datetime | None


def misplaced(arn: str, identity: Identity) -> Iterator[Finding]:
    """Judge the ARN alone: a load balancer takes a certificate of its own region and account only."""
    _, _, _, region, account, *_ = arn.split(":")
    if region != identity.region:
        yield problem(
            f"the certificate is of {region}, and the load balancer would be in {identity.region}",
            f"request or import it in {identity.region}, and set certificate_arn",
        )
    if account != identity.account:
        yield problem(
            f"the certificate is of account {account}, and you deploy to {identity.account}",
            "request or import it in this account, and set certificate_arn",
        )


def unencrypted() -> Finding:
    """Say what a front door gives away that port 80 serves. It will do for a first look."""
    return warning(
        f"port 80 serves {PLAIN_HTTP}", "set certificate_arn and domain_name, and let port 443 serve, before users come"
    )


def judge_certificate(found: Certificate | None, domain: str, now: datetime) -> tuple[Finding, ...]:
    """Judge what ACM says of the certificate that the settings name."""
    if found is None:
        return (problem("ACM has no such certificate", "set certificate_arn to one of `aws acm list-certificates`"),)
    findings = [*_judge_life(found, now), *_judge_names(found.names, domain)]
    return one_or(findings, f"issued, for {domain}, expires{_on(found.ends)}")


def _judge_life(found: Certificate, now: datetime) -> Iterator[Finding]:
    """A load balancer takes an issued certificate alone. One that expired in use is still shown to users."""
    left = found.ends - now if found.ends else SOON
    if found.status == "EXPIRED" or left <= timedelta():
        yield problem(f"the certificate has expired{_on(found.ends)}", REPAIRS["EXPIRED"])
    elif found.status != "ISSUED":
        yield problem(f"the certificate is {found.status}, not ISSUED", REPAIRS.get(found.status, ANOTHER))
    elif left < SOON:
        yield warning(f"the certificate expires{_on(found.ends)}", "renew it: ACM would have done so, if it could")


def _judge_names(names: Collection[str], domain: str) -> Iterator[Finding]:
    if not covers(names, domain):
        yield problem(
            f"the certificate is for {', '.join(names)}, not for {domain}",
            f"request one for {domain}, or set domain_name to a name that it covers",
        )


def covers(names: Collection[str], domain: str) -> bool:
    """Whether one of the names is the domain's. A wildcard stands for one label, the first (RFC 6125, 6.4.3)."""
    wildcard = f"*.{domain.partition('.')[2]}"
    return any(name.lower() in (domain.lower(), wildcard.lower()) for name in names)


def _on(moment: datetime | None) -> str:
    return f" on {moment:%Y-%m-%d}" if moment else ""
