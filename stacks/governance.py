"""The settings of the account's registry in this region."""

from __future__ import annotations

from typing import cast

from aws_cdk import CliCredentialsStackSynthesizer, Stack
from constructs import Construct
from greenlight_cdk.governance.pull_through import PullThroughCache
from greenlight_cdk.governance.replication import ImageReplication
from greenlight_cdk.governance.scanning import RegistryScanning, Scanning
from greenlight_cdk.governance.signing import ManagedSigning
from greenlight_cdk.identifiers import pascal

from stacks.options.governance import OWN_REPOSITORIES
from stacks.settings import Settings


class GovernanceStack(Stack):
    """Opt-in, and nobody's dependency: an account has one registry in a region, which others may use too.

    Like the pipeline's it is deployed with the credentials of whoever types the command: who may change what all
    repositories of an account are scanned, signed and copied by is an administrator.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Greenlight: settings of the registry",
            synthesizer=CliCredentialsStackSynthesizer(),
        )
        if settings.registry_scanning != "off":
            scanning = cast("Scanning", settings.registry_scanning)
            RegistryScanning(self, "Scanning", scanning=scanning, filters=settings.registry_scan_filters)
        if settings.signing_profile is not None:
            ManagedSigning(self, "Signing", profile_name=settings.signing_profile, filters=OWN_REPOSITORIES)
        if settings.replication_regions:
            prefix = settings.names.repositories
            ImageReplication(self, "Replication", regions=settings.replication_regions, prefix=prefix)
        for upstream in settings.pull_through_cache:
            credential = settings.docker_hub_secret_arn if upstream == "docker-hub" else None
            PullThroughCache(self, pascal(upstream), upstream=upstream, credential_arn=credential)
