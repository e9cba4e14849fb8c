"""How the whole registry scans what is pushed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from aws_cdk import aws_ecr as ecr
from constructs import Construct

from greenlight_cdk.governance.scan_frequencies import FREQUENCIES

Scanning = Literal["basic", "enhanced"]


class RegistryScanning(ecr.CfnRegistryScanningConfiguration):
    """Scan the repositories that the filters name, and no others when they are pushed to.

    With it, what single repositories say of scanning counts no more (ECR user guide, "Scan images").
    """

    def __init__(self, scope: Construct, construct_id: str, *, scanning: Scanning, filters: Sequence[str]) -> None:
        named = [self.RepositoryFilterProperty(filter=each, filter_type="WILDCARD") for each in filters]
        rule = self.ScanningRuleProperty(scan_frequency=FREQUENCIES[scanning], repository_filters=named)
        super().__init__(scope, construct_id, scan_type=scanning.upper(), rules=[rule])
