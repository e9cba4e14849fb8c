"""The certificates of HTTPS listeners: refused as on AWS, and put where the balancer finds them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ministack.services import acm, alb

from greenlight.rehearsal.balancer.snapshot import TlsFiles
from greenlight.rehearsal.cloud.elbv2 import errors
from greenlight.rehearsal.cloud.requirement import require

HTTPS = "HTTPS"


def require_certificates() -> None:
    """Fail at start when ministack keeps certificates otherwise."""
    require(alb, "_parse_certificate_arns", "_apply_tls_settings")
    require(acm, "_certificates")


def check_certificates(protocol: str, arns: Sequence[str]) -> None:
    """Raise ApiError for a listener whose certificate AWS would refuse."""
    if protocol == HTTPS and not arns:
        raise errors.invalid("A certificate must be specified for HTTPS listeners")
    for arn in arns:
        certificate = acm._certificates.get(arn)
        if certificate is None:
            raise errors.certificate_not_found(arn)
        if not certificate.get("_private_key"):
            raise errors.unsupported_certificate(arn)


class Certificates:
    """Writes the files that a listener's certificate is served from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self, listener: Mapping[str, Any]) -> TlsFiles | None:
        """Return the files of a listener's certificate; None for plain HTTP."""
        if listener["Protocol"] != HTTPS:
            return None
        (arn,) = listener["Certificates"]
        certificate = acm._certificates[arn]
        chain = f"{certificate['_pem_body']}{certificate['_pem_chain']}"
        name = arn.rpartition("/")[2]
        return TlsFiles(self._write(f"{name}.pem", chain), self._write(f"{name}.key", certificate["_private_key"]))

    def _write(self, name: str, text: str) -> str:
        path = self._folder / name
        if not path.exists() or path.read_text() != text:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(text)
        return str(path)
