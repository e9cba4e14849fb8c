"""The certificate of a rehearsal: issued by an authority that is made for one run, and trusted in that run alone."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from greenlight.rehearsal.account import ACCOUNT, REGION

DOMAIN = "shop.example.com"
"""Whose certificate a rehearsal has when its settings name no domain; example.com is nobody's (RFC 2606)."""
CERTIFICATE_SETTING = "certificate_arn"
CERTIFICATE_ID = "00000000-0000-4000-8000-000000000000"

_ARN = re.compile(r"arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/(?P<id>.+)")


@dataclass(frozen=True)
class Certificate:
    """A certificate as ACM has it: with its chain and its key, as PEM."""

    arn: str
    domain: str
    body: str
    chain: str
    key: str


def local_arn(arn: str | None) -> str:
    """The ARN that a certificate has in the rehearsal's account and region: production's own are others."""
    found = _ARN.fullmatch(arn or "")
    return f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/{found['id'] if found else CERTIFICATE_ID}"


def authority_file(run_dir: Path) -> Path:
    """What a client has to trust: the authority's own certificate."""
    return run_dir / "tls" / "authority.pem"


def issue(run_dir: Path, arn: str | None, domain: str | None) -> Certificate:
    """Make an authority, have it issue one certificate, and leave both below the run's folder."""
    import trustme  # takes a quarter of a second, which a rehearsal of plain HTTP need not wait for

    authority = trustme.CA(organization_name="Greenlight's rehearsal, trusted by nobody else")
    issued = authority.issue_cert(domain or DOMAIN)
    body, *chain = (pem.bytes().decode() for pem in issued.cert_chain_pems)
    key = issued.private_key_pem.bytes().decode()
    certificate = Certificate(local_arn(arn), domain or DOMAIN, body, "".join(chain), key)
    folder = authority_file(run_dir).parent
    folder.mkdir(parents=True, exist_ok=True)
    authority.cert_pem.write_to_path(str(authority_file(run_dir)))
    file = _issued_file(run_dir)
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(certificate)))
    return certificate


def issued(run_dir: Path) -> Certificate | None:
    """The run's certificate; None when none was issued."""
    file = _issued_file(run_dir)
    return Certificate(**json.loads(file.read_text())) if file.exists() else None


def _issued_file(run_dir: Path) -> Path:
    return run_dir / "tls" / "certificate.json"
