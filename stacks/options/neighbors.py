"""What two stages of one account and region cannot both have."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from itertools import combinations
from typing import TYPE_CHECKING, Any

from stacks.options.governance import REGISTRY_WIDE
from stacks.options.values import SettingsError

if TYPE_CHECKING:
    from stacks.settings import Settings


def refuse_collisions(stages: Mapping[str, Settings]) -> None:
    """Refuse what would keep two stages from working side by side, production first.

    Raises:
        SettingsError: naming the stage that comes later, and the setting.
    """
    for first, second in combinations(stages.values(), 2):
        _refuse_one_network(first, second)
        _refuse_one_domain(first, second)
        _refuse_one_environment(first, second)
        _refuse_two_providers(first, second)
    for each in stages.values():
        _refuse_missing_repositories(stages[""], each)
        _refuse_parts_that_stay(stages[""], each)


def _refuse_one_network(first: Settings, second: Settings) -> None:
    """AWS accepts two such VPCs, but never a peering or a transit gateway between them, and no VPC changes its network.

    (VPC peering guide, "VPC peering limitations": no connection between VPCs whose CIDR blocks match or overlap.)
    """
    if IPv4Network(first.vpc_cidr).overlaps(IPv4Network(second.vpc_cidr)):
        raise SettingsError(
            f"stages.{second.stage}.vpc_cidr: got {second.vpc_cidr}, which overlaps {first.names}'s {first.vpc_cidr};"
            " allowed: a network that no other stage uses, so that the VPCs can be peered one day"
        )


def _refuse_one_domain(first: Settings, second: Settings) -> None:
    """A name leads to one load balancer: the other stage would have no users, or the first one would lose them."""
    if first.domain_name and first.domain_name == second.domain_name:
        raise SettingsError(
            f"stages.{second.stage}.domain_name: got {second.domain_name}, as {first.names} has; allowed: a name of its"
            " own, or null for the load balancer's own name, and then certificate_arn null too"
        )


def _refuse_one_environment(first: Settings, second: Settings) -> None:
    """A job of an environment could release to either stage, whichever of them its reviewers had in mind."""
    if first.has_github and first.github_workflows.subjects("Release") == second.github_workflows.subjects("Release"):
        raise SettingsError(
            f"stages.{second.stage}.github_environment: got {second.github_environment}, as {first.names} has; allowed:"
            " an environment of its own, or github_repository null for no roles"
        )


def _refuse_two_providers(first: Settings, second: Settings) -> None:
    """An account has one provider of an address (IAM API reference, CreateOpenIDConnectProvider)."""
    if all(each.has_github and each.github_provider_arn is None for each in (first, second)):
        raise SettingsError(
            f"stages.{second.stage}.github_provider_arn: got nothing, as {first.names} has; allowed: the ARN of the"
            f" provider that {first.names} makes (output ProviderArn of {first.names.stack('Github')}), since an"
            " account has one alone"
        )


def _refuse_missing_repositories(production: Settings, stage: Settings) -> None:
    if stage.repositories != "shared":
        return
    there = [service.name for service in production.services]
    for service in stage.services:
        if service.name not in there:
            raise SettingsError(
                f"stages.{stage.stage}.repositories: got 'shared' with a service {service.name}, of which production"
                f" has no repository; allowed: own, or the services {', '.join(there)} alone"
            )


def _refuse_parts_that_stay(production: Settings, stage: Settings) -> None:
    """The repositories' policy, which takes images of one platform that belong to no version, is production's."""
    if stage.repositories == "shared" and stage.builds_parts and not production.builds_parts:
        raise SettingsError(
            f"stages.{stage.stage}.build_platforms: got {', '.join(stage.build_platforms)} with production's"
            f" repositories; allowed: {stage.image_platform}, or the same for production too"
        )


def refuse_own_registry(stage: str, own: Mapping[str, Any]) -> None:
    """Account and region have one registry: what it is told, production tells it once for all stages.

    Raises:
        SettingsError: naming the first such setting that a stage has below `stages`.
    """
    for name in REGISTRY_WIDE:
        if name in own:
            raise SettingsError(
                f"stages.{stage}.{name}: got {own[name]!r}; allowed: nothing, since an account has one registry in a"
                f" region; set {name} beside `stages`, for all of them"
            )
