"""The settings of a registry in the local cloud: written by GreenlightGovernance, and what follows from them.

AWS: docs.aws.amazon.com/AmazonECR/latest/userguide/registry-settings.html, image-scanning.html and
image-scanning-filters.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import App
from version_guard.ports.scans import Scans

from greenlight.rehearsal.account import ACCOUNT
from greenlight.rehearsal.runner.images import push_image
from stacks.governance import GovernanceStack
from stacks.settings import Settings
from tests.rehearsal.local_cloud import LocalCloud, started
from tests.rehearsal.real_stacks import RealStacks

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]

STACK = "GreenlightGovernance"
SCANNED, OTHER = "greenlight/shop", "elsewhere/shop"
SETTINGS: dict[str, Any] = {
    "signing_profile": "greenlight_images",
    "replication_regions": "eu-central-1",
    "pull_through_cache": "ecr-public,quay",
}


def build(app: App, settings: Settings) -> None:
    GovernanceStack(app, STACK, settings=settings)


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStacks]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "ecr", "cloudformation") as cloud:
        stacks = RealStacks(cloud, build)
        assert stacks.deploy(STACK, registry_scanning="basic", **SETTINGS) == "CREATE_COMPLETE", stacks.reasons(STACK)
        for name in (SCANNED, OTHER):
            ecr = cloud.client("ecr")
            ecr.create_repository(repositoryName=name, imageScanningConfiguration={"scanOnPush": True})
        yield stacks


@pytest.fixture
def cloud(stacks: RealStacks) -> LocalCloud:
    return stacks.cloud


@pytest.fixture
def ecr(cloud: LocalCloud) -> Any:
    return cloud.client("ecr")


def scanned(ecr: Any, repository: str, tag: str) -> str:
    """The status of the scan of an image that is pushed now; empty without any."""
    return Scans(ecr, repository).scan(push_image(ecr, repository, tag)).status


def test_the_stack_tells_the_registry_how_to_scan(ecr: Any) -> None:
    found = ecr.get_registry_scanning_configuration()["scanningConfiguration"]

    assert (found["scanType"], found["rules"][0]["scanFrequency"]) == ("BASIC", "SCAN_ON_PUSH")
    assert {"filter": "greenlight/*", "filterType": "WILDCARD"} in found["rules"][0]["repositoryFilters"]


def test_the_stack_tells_the_registry_what_to_sign_with(ecr: Any) -> None:
    (rule,) = ecr.get_signing_configuration()["signingConfiguration"]["rules"]

    assert rule["signingProfileArn"].endswith(f":{ACCOUNT}:/signing-profiles/greenlight_images")


def test_the_stack_tells_the_registry_where_to_copy(ecr: Any) -> None:
    (rule,) = ecr.describe_registry()["replicationConfiguration"]["rules"]

    assert rule["destinations"] == [{"region": "eu-central-1", "registryId": ACCOUNT}]
    assert rule["repositoryFilters"] == [{"filter": "greenlight/", "filterType": "PREFIX_MATCH"}]


def test_the_stack_names_the_registries_that_are_cached(ecr: Any) -> None:
    rules = ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"]

    assert {rule["ecrRepositoryPrefix"]: rule["upstreamRegistryUrl"] for rule in rules} == {
        "ecr-public": "public.ecr.aws",
        "quay": "quay.io",
    }


def test_the_registry_scans_what_its_filters_name_and_nothing_else(stacks: RealStacks, ecr: Any) -> None:
    assert scanned(ecr, SCANNED, "1.0.0") == "COMPLETE"
    assert scanned(ecr, OTHER, "1.0.0") == ""

    assert stacks.deploy(STACK, registry_scanning="enhanced", **SETTINGS) == "UPDATE_COMPLETE"
    assert scanned(ecr, SCANNED, "2.0.0") == "ACTIVE"
    assert stacks.deploy(STACK, registry_scanning="basic", **SETTINGS) == "UPDATE_COMPLETE"


def test_a_filter_without_a_wildcard_names_what_contains_it(ecr: Any) -> None:
    before = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    named = [{"filter": "elsewhere", "filterType": "WILDCARD"}]
    rules = [{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": named}]
    ecr.put_registry_scanning_configuration(scanType="BASIC", rules=rules)

    assert (scanned(ecr, OTHER, "2.0.0"), scanned(ecr, SCANNED, "3.0.0")) == ("COMPLETE", "")
    ecr.put_registry_scanning_configuration(**before)


def test_another_stack_that_says_otherwise_has_the_last_word(stacks: RealStacks, ecr: Any) -> None:
    mine = {"ScanType": "BASIC", "Rules": []}
    resource = {"Type": "AWS::ECR::RegistryScanningConfiguration", "Properties": mine}

    assert stacks.submit("Another", {"Resources": {"Scanning": resource}}) == "CREATE_COMPLETE"
    assert ecr.get_registry_scanning_configuration()["scanningConfiguration"]["rules"] == []
    assert stacks.deploy(STACK, registry_scanning="enhanced", **SETTINGS) == "UPDATE_COMPLETE"


def test_a_prefix_is_cached_once(stacks: RealStacks) -> None:
    rule = {"EcrRepositoryPrefix": "quay", "UpstreamRegistryUrl": "quay.io"}
    template = {"Resources": {"Rule": {"Type": "AWS::ECR::PullThroughCacheRule", "Properties": rule}}}

    assert stacks.submit("Twice", template) == "ROLLBACK_COMPLETE"
    assert any("prefix 'quay' already exists" in reason for reason in stacks.reasons("Twice"))


def test_who_may_not_look_at_the_registry_is_refused(cloud: LocalCloud) -> None:
    stranger = cloud.user("ecr", "looker", ["ecr:DescribeImages"])

    with pytest.raises(Exception, match="not authorized to perform: ecr:GetRegistryScanningConfiguration"):
        stranger.get_registry_scanning_configuration()


def test_the_stack_leaves_the_registry_as_it_was(stacks: RealStacks, ecr: Any) -> None:
    stacks.delete(STACK)

    assert stacks.is_gone(STACK)
    assert ecr.get_registry_scanning_configuration()["scanningConfiguration"] == {"scanType": "BASIC", "rules": []}
    assert ecr.describe_registry()["replicationConfiguration"] == {"rules": []}
    assert ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"] == []
    with pytest.raises(ecr.exceptions.SigningConfigurationNotFoundException):
        ecr.get_signing_configuration()
