"""ACM: what is imported is read, what is requested waits, and what has expired says so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.local_cloud import LocalCloud, started
from tests.rehearsal.plants.front_door import self_signed

pytestmark = pytest.mark.rehearsal

LIFE_SECONDS = 5
"""Of a certificate that expires in a test; it has to be imported before."""


@pytest.fixture(scope="module")
def acm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "acm") as cloud:
        yield _client(cloud)


def _client(cloud: LocalCloud) -> Any:
    return cloud.client("acm")


def described(acm: Any, arn: str) -> dict[str, Any]:
    return dict(acm.describe_certificate(CertificateArn=arn)["Certificate"])


def test_an_imported_certificate_has_its_own_names_and_dates(acm: Any) -> None:
    """ACM guide, "Importing certificates": ACM shows what the certificate says."""
    arn = acm.import_certificate(**self_signed("*.example.com", timedelta(days=10)))["CertificateArn"]

    found = described(acm, arn)

    assert (found["Status"], found["Type"]) == ("ISSUED", "IMPORTED")
    assert found["DomainName"] == "*.example.com"
    assert found["SubjectAlternativeNames"] == ["*.example.com"]
    assert found["NotAfter"].timestamp() == pytest.approx(time.time() + 864_000, abs=60)


def test_a_certificate_whose_time_is_over_is_expired(acm: Any) -> None:
    """ACM API reference, CertificateDetail: EXPIRED."""
    given = self_signed("shop.example.com", timedelta(seconds=LIFE_SECONDS))
    ends_at = time.time() + LIFE_SECONDS
    arn = acm.import_certificate(**given)["CertificateArn"]
    before = described(acm, arn)["Status"]
    time.sleep(max(0.0, ends_at - time.time()) + 1)

    assert (before, described(acm, arn)["Status"]) == ("ISSUED", "EXPIRED")


def test_a_successor_can_be_imported_under_the_same_arn(acm: Any) -> None:
    """ACM guide, "Reimport a certificate"."""
    arn = acm.import_certificate(**self_signed("shop.example.com", timedelta(days=1)))["CertificateArn"]

    acm.import_certificate(CertificateArn=arn, **self_signed("shop.example.com", timedelta(days=20)))

    assert described(acm, arn)["NotAfter"].timestamp() == pytest.approx(time.time() + 1_728_000, abs=60)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (self_signed("shop.example.com", timedelta(seconds=-1)), "not valid now"),
        ({"Certificate": b"certificate", "PrivateKey": b"key"}, "PEM"),
        (
            {**self_signed("a.example.com", timedelta(1)), "PrivateKey": self_signed("b", timedelta(1))["PrivateKey"]},
            "does not match",
        ),
    ],
    ids=["expired", "no certificate", "another key"],
)
def test_what_acm_could_not_serve_is_not_imported(acm: Any, given: dict[str, bytes], why: str) -> None:
    """ACM guide, "Prerequisites for importing certificates": valid at the time of import, with its own key, as PEM."""
    with pytest.raises(ClientError, match=rf"ValidationException.*{why}"):
        acm.import_certificate(**given)


def test_a_requested_certificate_waits_until_somebody_validates_it(acm: Any) -> None:
    """ACM guide, "DNS validation": pending until the record is found; the dates come with the certificate."""
    arn = acm.request_certificate(DomainName="shop.example.com", ValidationMethod="DNS")["CertificateArn"]

    found = described(acm, arn)

    assert found["Status"] == "PENDING_VALIDATION"
    assert [each["ValidationStatus"] for each in found["DomainValidationOptions"]] == ["PENDING_VALIDATION"]
    assert not {"IssuedAt", "NotBefore", "NotAfter"} & set(found)
