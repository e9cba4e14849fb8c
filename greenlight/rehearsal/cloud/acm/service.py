"""ACM: it knows the certificate of the run, which nobody has to request or to validate.

Certificates that are requested here wait for ever: their validation records are in no DNS.
"""

from __future__ import annotations

import datetime

from ministack.core.responses import now_iso, set_request_account_id, set_request_region
from ministack.services import acm

from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.certificates import Certificate, issued
from greenlight.rehearsal.cloud.acm import certificates
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.requirement import require

VALID = datetime.timedelta(days=198)
"""As long as ACM's public certificates are valid (ACM guide, "Certificate characteristics")."""


def install(context: CloudContext) -> None:
    """Put the run's certificate among the records."""
    require(acm, "_certificates", "_validation_options")
    certificates.install()
    certificate = issued(context.run_dir)
    if certificate:
        set_request_account_id(ACCOUNT)
        set_request_region(REGION)
        acm._certificates[certificate.arn] = _record(certificate)


def _record(certificate: Certificate) -> dict[str, object]:
    now = now_iso()
    until = datetime.datetime.now(datetime.UTC) + VALID
    return {
        "CertificateArn": certificate.arn,
        "DomainName": certificate.domain,
        "SubjectAlternativeNames": [certificate.domain],
        "Status": "ISSUED",
        "Type": "AMAZON_ISSUED",
        "CreatedAt": now,
        "IssuedAt": now,
        "NotBefore": now,
        "NotAfter": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "DomainValidationOptions": [acm._validation_options(certificate.domain, "DNS")],
        "ValidationMethod": "DNS",
        "Tags": [],
        "Options": {},
        "_pem_body": certificate.body,
        "_pem_chain": certificate.chain,
        "_private_key": certificate.key,
    }
