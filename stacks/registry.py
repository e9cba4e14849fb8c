"""The image repositories: a stage's own, or production's."""

from __future__ import annotations

from typing import Protocol

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_ecr as ecr
from constructs import Construct
from greenlight_cdk.build_cache import BuildCache
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.names import PRODUCTION
from greenlight_cdk.service_repository import ServiceRepository

from stacks.settings import Settings


class Registry(Protocol):
    """Where the stacks of one stage find a service's images."""

    def repository(self, user: Stack, service: str, /) -> ecr.IRepository:
        """The repository of a service, as the stack `user` sees it."""
        ...


class RegistryStack(Stack):
    """One image repository per service, and one for what its builds keep, where that is asked for."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id, description="Greenlight: image repositories")
        self._repositories: dict[str, ecr.Repository] = {}
        for service in settings.services:
            repository = ServiceRepository(
                self,
                pascal(service.name),
                name=settings.names.repository(service.name),
                release_images_kept=settings.release_images_kept,
                lifecycle=settings.image_lifecycle,
                pull_accounts=settings.pull_accounts,
                has_parts=settings.builds_parts,
            )
            self._repositories[service.name] = repository
            if settings.has_build_cache:
                BuildCache(self, f"{pascal(service.name)}Cache", name=settings.names.build_cache(service.name))
            CfnOutput(self, f"{pascal(service.name)}RepositoryUri", value=repository.repository_uri)

    def repository(self, _user: Stack, service: str, /) -> ecr.IRepository:
        """The stage's own repository; another stack imports it."""
        return self._repositories[service]


class SharedRegistry:
    """Production's repositories, for another stage: named, and neither made nor changed nor deleted with it."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], ecr.IRepository] = {}

    def repository(self, user: Stack, service: str, /) -> ecr.IRepository:
        """Production's repository, by its name: an export would be a tie that keeps production from changing it."""
        key = (user.stack_name, service)
        if key not in self._found:
            shared = ecr.Repository.from_repository_name(
                user, f"{pascal(service)}Repository", PRODUCTION.repository(service)
            )
            self._found[key] = shared
        return self._found[key]
