"""The settings of `security: strict` that synthesize, as `cdk.json` or flags give them."""

from __future__ import annotations

from collections.abc import Mapping

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0f5bdf4e-5b1e-4b5c-9d3a-1f0c8a9e7d21"
DOMAIN = "shop.example.com"

STRICT: Mapping[str, str | int] = {
    "security": "strict",
    "certificate_arn": CERTIFICATE,
    "domain_name": DOMAIN,
    "nat_gateways": 1,
    "egress": "0.0.0.0/0:443",
    "log_retention_days": 365,
    "flow_log_retention_days": 365,
}
