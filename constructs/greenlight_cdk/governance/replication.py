"""Copies of images in other regions."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_ecr as ecr
from constructs import Construct


class ImageReplication(ecr.CfnReplicationConfiguration):
    """Copy what is pushed from now on into repositories whose names begin so, to other regions of this account.

    Settings of a repository are not copied (ECR user guide, "Private image replication").
    """

    def __init__(self, scope: Construct, construct_id: str, *, regions: Sequence[str], prefix: str) -> None:
        places = [self.ReplicationDestinationProperty(region=each, registry_id=Aws.ACCOUNT_ID) for each in regions]
        named = self.RepositoryFilterProperty(filter=prefix, filter_type="PREFIX_MATCH")
        rule = self.ReplicationRuleProperty(destinations=places, repository_filters=[named])
        super().__init__(
            scope,
            construct_id,
            replication_configuration=self.ReplicationConfigurationProperty(rules=[rule]),
        )
