"""Problems of the front door: certificates that do not do, and a domain that leads elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import boto3
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from greenlight.rehearsal.account import ACCOUNT, REGION
from tests.rehearsal.plants.ground import Ground, Plant

DOMAIN = "shop.example.com"
HERE, THERE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/none", f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/none"


def certificate(name: str, *, days: float = 90, wait: float = 0) -> Plant:
    """An imported certificate for a name, and the domain. ACM takes none that has expired already, so one waits."""

    @contextmanager
    def planted(ground: Ground) -> Iterator[None]:
        acm = boto3.client("acm")
        arn = acm.import_certificate(**self_signed(name, timedelta(days)))["CertificateArn"]
        time.sleep(wait)
        try:
            with ground.settings(certificate_arn=arn, domain_name=DOMAIN):
                yield
        finally:
            acm.delete_certificate(CertificateArn=arn)

    return planted


@contextmanager
def certificate_that_waits(ground: Ground) -> Iterator[None]:
    acm = boto3.client("acm")
    arn = acm.request_certificate(DomainName=DOMAIN, ValidationMethod="DNS")["CertificateArn"]
    try:
        with ground.settings(certificate_arn=arn, domain_name=DOMAIN):
            yield
    finally:
        acm.delete_certificate(CertificateArn=arn)


def name_leads_to(*addresses: str) -> Plant:
    """What the domain's names lead to, for whoever looks them up."""

    @contextmanager
    def planted(ground: Ground) -> Iterator[None]:
        before = ground.hosts.read_text()
        ground.hosts.write_text("".join(f"{address} {DOMAIN}\n" for address in addresses))
        try:
            yield
        finally:
            ground.hosts.write_text(before)

    return planted


def self_signed(name: str, valid: timedelta) -> Mapping[str, bytes]:
    """A certificate that its own key has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    itself = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(itself)
        .issuer_name(itself)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + valid)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {"Certificate": made.public_bytes(Encoding.PEM), "PrivateKey": private}
