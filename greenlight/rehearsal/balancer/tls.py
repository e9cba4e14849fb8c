"""TLS in Envoy's words."""

from __future__ import annotations

from typing import Any

from greenlight.rehearsal.balancer.snapshot import TlsFiles

Json = dict[str, Any]

_CONTEXT = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"


def transport_socket(files: TlsFiles) -> Json:
    """Speak TLS 1.2 and 1.3, as the policies `ELBSecurityPolicy-TLS13-1-2-*` do, and HTTP/1.1 within."""
    certificate = {"certificate_chain": {"filename": files.chain}, "private_key": {"filename": files.key}}
    context = {
        "tls_params": {"tls_minimum_protocol_version": "TLSv1_2", "tls_maximum_protocol_version": "TLSv1_3"},
        "tls_certificates": [certificate],
        "alpn_protocols": ["http/1.1"],
    }
    return {"name": "tls", "typed_config": {"@type": _CONTEXT, "common_tls_context": context}}
