"""Reads what the account's registry is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError
from greenlight_cdk.governance.scan_frequencies import FREQUENCIES

from greenlight.doctor.ports.aws import Aws
from greenlight.doctor.ports.stacks import Stacks
from greenlight.doctor.registry import RegistrySetting
from stacks.options.governance import OWN_REPOSITORIES
from stacks.settings import Settings

TYPES = {
    "scanning": "AWS::ECR::RegistryScanningConfiguration",
    "signing": "AWS::ECR::SigningConfiguration",
    "replication": "AWS::ECR::ReplicationConfiguration",
}


class Registry:
    """The registry of the credentials' account, in their region."""

    def __init__(self, aws: Aws, stacks: Stacks) -> None:
        self._aws, self._stacks = aws, stacks

    def settings(self, settings: Settings) -> Iterator[RegistrySetting]:
        """Each setting that is asked for, beside what is there."""
        if settings.registry_scanning != "off":
            scan = (settings.registry_scanning.upper(), FREQUENCIES[settings.registry_scanning])
            wanted = _told(*scan, repositories=settings.registry_scan_filters)
            yield self._of("scanning", "registry_scanning", wanted, self._scanning())
        if settings.signing_profile:
            wanted = _told("profile", settings.signing_profile, repositories=OWN_REPOSITORIES)
            yield self._of("signing", "signing_profile", wanted, self._signing())
        if settings.replication_regions:
            wanted = _told("to", *sorted(settings.replication_regions), repositories=[settings.names.repositories])
            yield self._of("replication", "replication_regions", wanted, self._replication())

    def _of(self, name: str, key: str, wanted: str, there: Iterable[str]) -> RegistrySetting:
        is_deployed = bool(self._stacks.physical("Governance", TYPES[name]))
        return RegistrySetting(name, key, wanted, "; ".join(sorted(there)), is_deployed)

    @property
    def _ecr(self) -> Any:
        return self._aws.client("ecr")

    def _scanning(self) -> Iterator[str]:
        found = self._ecr.get_registry_scanning_configuration()["scanningConfiguration"]
        for rule in found["rules"]:
            yield _told(found["scanType"], rule["scanFrequency"], repositories=_filters(rule))

    def _signing(self) -> Iterator[str]:
        try:
            found = self._ecr.get_signing_configuration()["signingConfiguration"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "SigningConfigurationNotFoundException":
                raise
            return
        for rule in found["rules"]:
            yield _told("profile", rule["signingProfileArn"].rpartition("/")[2], repositories=_filters(rule))

    def _replication(self) -> Iterator[str]:
        for rule in self._ecr.describe_registry()["replicationConfiguration"]["rules"]:
            regions = sorted(place["region"] for place in rule["destinations"])
            yield _told("to", *regions, repositories=_filters(rule))


def _told(*what: str, repositories: Iterable[str]) -> str:
    """One rule in words, the same for what is wanted and for what is there."""
    return f"{' '.join(what)} for {', '.join(sorted(repositories)) or 'all repositories'}"


def _filters(rule: Any) -> Iterable[str]:
    return [each["filter"] for each in rule.get("repositoryFilters") or ()]
