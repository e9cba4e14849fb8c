"""Settings of how much a deployment guards itself: the profile, and what it asks of the other settings."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from stacks.options.network import NetworkOptions
from stacks.options.values import Allowed, Integer, Null, SettingsError, listed

Security = Annotated[Literal["standard", "strict"], Allowed("standard or strict")]

STRICT_LOG_DAYS = 365
"""AWS Foundational Security Best Practices, CloudWatch.16: a log group is kept for a year at least."""
STRICT_REQUESTS_PER_ADDRESS = 2_000
"""The limit of AWS's own example of a rate-based rule (AWS WAF developer guide, Rate-based rule examples)."""
HTTPS = 443


def _egress(value: str) -> str:
    network, _, port = value.partition(":")
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise ValueError("a port is needed")
    return f"{IPv4Network(network)}:{int(port)}"


Egress = Annotated[
    tuple[Annotated[str, AfterValidator(_egress)], ...] | None,
    Field(min_length=1, max_length=20),
    BeforeValidator(listed),
    Null,
    Allowed("1 to 20 of network:port, e.g. 0.0.0.0/0:443,10.9.0.0/16:5432; left out, everything"),
]


class SecurityOptions(NetworkOptions):
    """What every stack asks before it is built: guard as most do, or as a security team demands."""

    security: Security = Field(
        default="standard",
        description="strict refuses what a security team refuses, and turns on customer keys, HSTS, a rate rule, logs"
        " that outlive their stack, and a page for every change that is not Greenlight's own: see"
        " docs/security-profiles.md.",
    )
    requests_per_address: Annotated[
        Annotated[Integer, Field(ge=10, le=2_000_000_000)] | None,
        Null,
        Allowed(
            f"10 to 2000000000 (range: WAF RateBasedStatement); left out, no limit, or {STRICT_REQUESTS_PER_ADDRESS}"
            " with security=strict"
        ),
    ] = Field(
        default=None,
        description="Requests from one address within five minutes, above which the firewall blocks it.",
    )
    egress: Egress = Field(
        default=None,
        description="Where host and tasks may open TCP connections to. They need 443 for images, logs and Systems"
        " Manager.",
    )

    @property
    def is_strict(self) -> bool:
        """Whether the profile is the strict one."""
        return self.security == "strict"

    @property
    def rate_limit(self) -> int | None:
        """Requests from one address within five minutes; None for no limit."""
        return self.requests_per_address or (STRICT_REQUESTS_PER_ADDRESS if self.is_strict else None)

    @model_validator(mode="after")
    def _the_rate_rule_has_a_firewall(self) -> SecurityOptions:
        if self.requests_per_address and not self.waf:
            raise SettingsError(
                f"requests_per_address: got {self.requests_per_address} with waf false; allowed: with the firewall,"
                " whose rule it is"
            )
        return self

    @model_validator(mode="after")
    def _strict_refuses_what_a_security_team_refuses(self) -> SecurityOptions:
        """Name everything at once: who turns it on should not have to try five times."""
        wrong = list(self._wrong_with_strict()) if self.is_strict else []
        if wrong:
            raise SettingsError(f"security: got 'strict' with {'; '.join(wrong)}")
        return self

    def _wrong_with_strict(self) -> Iterator[str]:
        if not self.serves_https:
            port = f"production_port {self.production_port}" if self.certificate_arn else "no certificate_arn"
            yield f"{port} (allowed: a certificate, and production on {HTTPS})"
        if not self.nat_gateways:
            yield "nat_gateways 0 (allowed: 1 or 2, so that host and tasks have no public address)"
        if not self.waf:
            yield "waf false (allowed: true)"
        if not self.deletion_protection:
            yield "deletion_protection false (allowed: true)"
        if self.ssh_cidr:
            yield f"ssh_cidr {self.ssh_cidr} (allowed: none; Session Manager leaves a record)"
        yield from self._wrong_days()
        yield from self._wrong_egress()

    def _wrong_days(self) -> Iterator[str]:
        least = {"log_retention_days": STRICT_LOG_DAYS, "flow_log_retention_days": STRICT_LOG_DAYS}
        for name, days in {**least, "preview_rotation_days": 1}.items():
            if getattr(self, name) < days:
                yield f"{name} {getattr(self, name)} (allowed: {days} or more)"

    def _wrong_egress(self) -> Iterator[str]:
        if self.egress is None:
            yield f"no egress (allowed: what must be reached, e.g. 0.0.0.0/0:{HTTPS})"
        for each in self.egress or ():
            network, _, port = each.partition(":")
            if IPv4Network(network).prefixlen == 0 and int(port) != HTTPS:
                yield f"egress {each} (allowed to every address: {HTTPS} alone)"
