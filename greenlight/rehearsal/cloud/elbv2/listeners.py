"""The port, the protocol and the TLS settings of a listener: what AWS refuses of them.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html. What got past this would
stop Envoy from taking any listener at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from greenlight.rehearsal.cloud.elbv2 import errors
from greenlight.rehearsal.cloud.elbv2.certificates import HTTPS, check_certificates

PROTOCOLS = (HTTPS, "HTTP")
_POLICY = "ELBSecurityPolicy-"


def check_listener(port: str, protocol: str, certificates: Sequence[str], policy: str) -> None:
    """Raise ApiError for settings that no listener of an Application Load Balancer has."""
    if not port:
        raise errors.invalid("A listener port must be specified")
    if not protocol:
        raise errors.invalid("A listener protocol must be specified")
    if not 1 <= int(port) <= errors.LAST_PORT:
        raise errors.out_of_range(port, "Port", 1, errors.LAST_PORT)
    if protocol not in PROTOCOLS:
        raise errors.invalid(f"Listener protocol '{protocol}' must be one of '{', '.join(PROTOCOLS)}'")
    check_tls(protocol, certificates, policy)


def check_tls(protocol: str, certificates: Sequence[str], policy: str) -> None:
    """Raise ApiError for TLS settings that the protocol does not have, or has to have."""
    if protocol == HTTPS and policy and not policy.startswith(_POLICY):
        raise errors.ApiError("SSLPolicyNotFound", f"SSL policy '{policy}' not found")
    if protocol != HTTPS and certificates:
        raise errors.invalid(f"A certificate cannot be specified for {protocol} listeners")
    if protocol != HTTPS and policy:
        raise errors.invalid(f"An SSL policy cannot be specified for {protocol} listeners")
    check_certificates(protocol, certificates)
