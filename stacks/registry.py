"""The image repositories."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_ecr as ecr
from constructs import Construct
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.service_repository import ServiceRepository

from stacks.settings import Settings


class RegistryStack(Stack):
    """One image repository per service."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id, description="Greenlight: image repositories")
        self.repositories: dict[str, ecr.Repository] = {}
        for service in settings.services:
            repository = ServiceRepository(
                self, pascal(service.name), service=service.name, release_images_kept=settings.release_images_kept
            )
            self.repositories[service.name] = repository
            CfnOutput(self, f"{pascal(service.name)}RepositoryUri", value=repository.repository_uri)
