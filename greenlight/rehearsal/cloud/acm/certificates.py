"""Certificates of ACM that nobody has validated yet, that were imported, and that have expired.

ministack issues every certificate at once and reads none that is imported.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import acm

from greenlight.rehearsal.cloud.requirement import require

PENDING = "PENDING_VALIDATION"
UNTIL_ISSUED = ("IssuedAt", "NotBefore", "NotAfter")
"""What ACM says of an issued certificate alone (API reference, CertificateDetail)."""

Action = Callable[[Mapping[str, Any]], Any]
Shape = Callable[[Mapping[str, Any]], dict[str, Any]]


def install() -> None:
    """Put our view in ministack's place."""
    require(acm, "_request_certificate", "_import_certificate", "_cert_shape", "_certificates", "_decode_pem_field")
    acm._request_certificate = _unvalidated(acm._request_certificate)
    acm._import_certificate = _read_first(acm._import_certificate)
    acm._cert_shape = _as_time_goes_by(acm._cert_shape)


def _unvalidated(request: Action) -> Action:
    """A certificate waits until its records are in DNS, which they never are here (ACM guide, DNS validation)."""

    def request_certificate(asked: Mapping[str, Any]) -> Any:
        known = set(acm._certificates)
        answer = request(asked)
        for arn in set(acm._certificates) - known:
            record = acm._certificates[arn]
            record["Status"] = PENDING
            for each in record["DomainValidationOptions"]:
                each["ValidationStatus"] = PENDING
        return answer

    return request_certificate


def _read_first(import_certificate: Action) -> Action:
    """Take names and dates from what is imported, and refuse what ACM refuses (ACM guide, importing certificates)."""

    def read_and_import(asked: Mapping[str, Any]) -> Any:
        try:
            found = _read(asked)
        except ValueError as error:
            return error_response_json("ValidationException", str(error), 400)
        known = set(acm._certificates)
        answer = import_certificate(asked)
        for arn in (set(acm._certificates) - known) or {asked.get("CertificateArn", "")}:
            acm._certificates.get(arn, {}).update(found)
        return answer

    return read_and_import


def _read(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Raise ValueError for a certificate that is none, is not valid now, or has another key."""
    from cryptography import x509  # takes a tenth of a second, which a rehearsal that imports none need not wait for
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    found = x509.load_pem_x509_certificate(_pem(asked, "Certificate"))
    key = load_pem_private_key(_pem(asked, "PrivateKey"), None)
    if found.public_key() != key.public_key():
        raise ValueError("The private key does not match the certificate's public key.")
    begin, end = found.not_valid_before_utc, found.not_valid_after_utc
    if not begin <= datetime.now(UTC) < end:
        raise ValueError(f"The certificate is not valid now, but from {begin} until {end}.")
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    listed = names.get_values_for_type(x509.DNSName)
    dates = {"NotBefore": begin.timestamp(), "NotAfter": end.timestamp()}
    return {"DomainName": listed[0], "SubjectAlternativeNames": listed, **dates}


def _as_time_goes_by(shape: Shape) -> Shape:
    """Show no dates before a certificate is issued, and EXPIRED when its time is over."""

    def cert_shape(record: Mapping[str, Any]) -> dict[str, Any]:
        shown = shape(record)
        if shown["Status"] == PENDING:
            return {key: value for key, value in shown.items() if key not in UNTIL_ISSUED}
        return {**shown, "Status": "EXPIRED"} if shown["NotAfter"] <= time.time() else shown

    return cert_shape


def _pem(asked: Mapping[str, Any], field: str) -> bytes:
    return base64.b64decode(asked.get(field) or b"")
