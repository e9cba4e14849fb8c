"""What the guard's port asks ECR of scans, and what it makes of the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from version_guard.ports.scans import Scans
from version_guard.scan import Scan

REPOSITORY = "greenlight/shop"
IMAGE, INDEX = "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json"
MARKED = {"vnd.docker.reference.type": "attestation-manifest"}
NOWHERE = {"os": "unknown", "architecture": "unknown"}
DIGEST, AMD, ARM, NESTED, PROOF = (f"sha256:{letter * 64}" for letter in "abcde")


@pytest.fixture
def ecr() -> Iterator[tuple[Scans, Stubber]]:
    client: Any = boto3.client("ecr", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        yield Scans(client, REPOSITORY), stub
        stub.assert_no_pending_responses()


def holds(stub: Stubber, digest: str, manifest: dict[str, Any] | None) -> None:
    image = {"imageId": {"imageDigest": digest}, "imageManifest": json.dumps(manifest)}
    stub.add_response(
        "batch_get_image",
        {"images": [image] if manifest else [], "failures": []},
        {"repositoryName": REPOSITORY, "imageIds": [{"imageDigest": digest}], "acceptedMediaTypes": ANY},
    )


def said(stub: Stubber, status: str, token: str = "", asked: str = "", **findings: Any) -> None:
    stub.add_response(
        "describe_image_scan_findings",
        {
            "imageScanStatus": {"status": status, "description": "as it says"},
            "imageScanFindings": findings,
            **({"nextToken": token} if token else {}),
        },
        {
            "repositoryName": REPOSITORY,
            "imageId": {"imageDigest": DIGEST},
            **({"nextToken": asked} if asked else {}),
        },
    )


def test_an_image_is_its_own_platform(ecr: tuple[Scans, Stubber]) -> None:
    scans, stub = ecr
    holds(stub, DIGEST, {"config": {}, "layers": []})

    assert scans.platforms(DIGEST) == (DIGEST,)


def test_an_index_has_the_images_below_it_and_no_attestations(ecr: tuple[Scans, Stubber]) -> None:
    scans, stub = ecr
    proof = {"mediaType": IMAGE, "digest": PROOF, "annotations": MARKED, "platform": NOWHERE}
    amd, nested = {"mediaType": IMAGE, "digest": AMD}, {"mediaType": INDEX, "digest": NESTED}
    holds(stub, DIGEST, {"manifests": [amd, proof, nested]})
    holds(stub, NESTED, {"manifests": [{"mediaType": IMAGE, "digest": ARM}]})

    assert scans.platforms(DIGEST) == (AMD, ARM)


@pytest.mark.parametrize(
    "said",
    [
        {"annotations": MARKED, "platform": {"os": "linux", "architecture": "amd64"}},
        {"annotations": {"vnd.docker.reference.type": "anything"}, "platform": NOWHERE},
        {"annotations": None, "platform": None},
    ],
)
def test_no_mark_takes_an_image_out_that_somebody_can_run(ecr: tuple[Scans, Stubber], said: dict[str, Any]) -> None:
    scans, stub = ecr
    holds(stub, DIGEST, {"manifests": [{"mediaType": IMAGE, "digest": AMD, **said}]})

    assert scans.platforms(DIGEST) == (AMD,)


def test_a_nested_index_that_is_gone_is_asked_for_all_the_same(ecr: tuple[Scans, Stubber]) -> None:
    scans, stub = ecr
    holds(stub, DIGEST, {"manifests": [{"mediaType": INDEX, "digest": NESTED}]})
    holds(stub, NESTED, None)

    assert scans.platforms(DIGEST) == (NESTED,)


def test_an_image_that_is_gone_has_no_platform(ecr: tuple[Scans, Stubber]) -> None:
    scans, stub = ecr
    holds(stub, DIGEST, None)

    assert scans.platforms(DIGEST) == ()


def test_a_basic_scan_is_read_page_by_page(ecr: tuple[Scans, Stubber]) -> None:
    scans, stub = ecr
    said(stub, "COMPLETE", token="2", findings=[{"name": "CVE-2", "severity": "LOW"}])
    said(stub, "COMPLETE", asked="2", findings=[{"name": "CVE-1", "severity": "LOW"}, {"severity": "CRITICAL"}])

    assert scans.scan(DIGEST) == Scan("COMPLETE", "as it says", {"LOW": ("CVE-1", "CVE-2"), "CRITICAL": ("unnamed",)})


def test_inspectors_findings_are_read_but_for_suppressed_and_closed_ones(ecr: tuple[Scans, Stubber]) -> None:
    scans, stub = ecr
    known = {"packageVulnerabilityDetails": {"vulnerabilityId": "CVE-3"}, "severity": "HIGH", "status": "ACTIVE"}
    untitled = {"title": "something", "severity": "UNTRIAGED", "status": "ACTIVE"}
    said(
        stub,
        "ACTIVE",
        enhancedFindings=[known, untitled, {**known, "status": "SUPPRESSED"}, {**known, "status": "CLOSED"}],
        findingSeverityCounts={"HIGH": 3},
    )

    assert scans.scan(DIGEST) == Scan("ACTIVE", "as it says", {"HIGH": ("CVE-3",), "UNTRIAGED": ("something",)})


def test_counts_are_kept_while_nothing_is_named(ecr: tuple[Scans, Stubber]) -> None:
    scans, stub = ecr
    said(stub, "COMPLETE", findings=[], findingSeverityCounts={"CRITICAL": 2})

    assert scans.scan(DIGEST) == Scan("COMPLETE", "as it says", counts={"CRITICAL": 2})


def test_what_is_counted_and_not_named_is_kept_beside_what_is_named(ecr: tuple[Scans, Stubber]) -> None:
    scans, stub = ecr
    named = [{"name": "CVE-1", "severity": "LOW"}]
    said(stub, "COMPLETE", findings=named, findingSeverityCounts={"LOW": 1, "CRITICAL": 2})

    assert scans.scan(DIGEST) == Scan("COMPLETE", "as it says", {"LOW": ("CVE-1",)}, {"CRITICAL": 2})


@pytest.mark.parametrize("ended", [{}, {"imageScanCompletedAt": datetime(2026, 1, 1, tzinfo=UTC)}])
def test_a_scan_that_found_nothing_is_dated_by_its_end(ecr: tuple[Scans, Stubber], ended: dict[str, Any]) -> None:
    scans, stub = ecr
    said(stub, "COMPLETE", findings=[], **ended)

    assert scans.scan(DIGEST).is_dated is bool(ended)


def test_an_answer_without_a_status_has_not_finished(ecr: tuple[Scans, Stubber]) -> None:
    scans, stub = ecr
    stub.add_response("describe_image_scan_findings", {}, {"repositoryName": REPOSITORY, "imageId": ANY})

    assert scans.scan(DIGEST).status == "FINDINGS_UNAVAILABLE"


@pytest.mark.parametrize("code", ["ThrottlingException", "ServerException"])
def test_a_registry_that_is_busy_is_asked_again(ecr: tuple[Scans, Stubber], code: str) -> None:
    scans, stub = ecr
    stub.add_client_error("describe_image_scan_findings", code)

    assert scans.scan(DIGEST) == Scan("PENDING", code)


def test_a_scan_that_was_never_started_has_no_status(ecr: tuple[Scans, Stubber]) -> None:
    scans, stub = ecr
    stub.add_client_error("describe_image_scan_findings", "ScanNotFoundException")

    assert scans.scan(DIGEST) == Scan("")


def test_any_other_refusal_is_an_error(ecr: tuple[Scans, Stubber]) -> None:
    scans, stub = ecr
    stub.add_client_error("describe_image_scan_findings", "AccessDeniedException")

    with pytest.raises(Exception, match="AccessDenied"):
        scans.scan(DIGEST)
