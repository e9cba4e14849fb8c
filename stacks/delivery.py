"""What the rights of machines that deliver end at, in one stage: the pipeline's and GitHub's."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import DefaultStackSynthesizer, Stack
from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.delivery_rights import BOOTSTRAP_ROLES, DeliveryGrounds
from greenlight_cdk.names import StackKind

from stacks.data import DataStack
from stacks.settings import Settings

ALWAYS: tuple[StackKind, ...] = ("Network", "Data", "Edge", "Switch", "Release")


def delivery_grounds(stack: Stack, settings: Settings, data: DataStack) -> DeliveryGrounds:
    """The stage's journal, repositories and stacks, and the bootstrap's roles, as policies in `stack` name them."""
    qualifier = data.synthesizer.bootstrap_qualifier or DefaultStackSynthesizer.DEFAULT_QUALIFIER
    roles, where = f"arn:{stack.partition}:iam::{stack.account}:role/cdk-{qualifier}", f"{stack.account}-{stack.region}"
    images = [settings.registry_names.repository(service.name) for service in settings.services]
    return DeliveryGrounds(
        journal=data.journal.table_arn,
        repositories=tuple(_arn(stack, "ecr", "repository", name) for name in images),
        stacks=tuple(_arn(stack, "cloudformation", "stack", f"{name}/*") for name in _stacks(settings)),
        bootstrap_roles=tuple(f"{roles}-{role}-role-{where}" for role in BOOTSTRAP_ROLES),
        signing_profiles=tuple(_arn(stack, "signer", "/signing-profiles", name) for name in _profiles(settings)),
        build_caches=tuple(_arn(stack, "ecr", "repository", name) for name in _build_caches(settings)),
        caches=tuple(_arn(stack, "ecr", "repository", f"{each}/*") for each in settings.pull_through_cache),
    )


def acknowledge_wildcards(stack: Stack, settings: Settings) -> None:
    """Accept what cdk-nag finds of these rights."""
    acknowledge(
        stack,
        "AwsSolutions-IAM5[Resource::*]",
        "Signing in to ECR and the Describe calls of ELBv2 know no resources (service authorization reference).",
    )
    for name in _stacks(settings):
        arn = f"arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/{name}/*"
        reason = "A stack's ARN ends in something random; the name is one of this stage's own."
        acknowledge(stack, f"AwsSolutions-IAM5[Resource::{arn}]", reason)
    for cache in settings.pull_through_cache:
        arn = f"arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/{cache}/*"
        reason = "Repositories of base images are made by their first pull, and are named by what is pulled."
        acknowledge(stack, f"AwsSolutions-IAM5[Resource::{arn}]", reason)


def _build_caches(settings: Settings) -> Iterator[str]:
    if settings.has_build_cache:
        yield from (settings.names.build_cache(service.name) for service in settings.services)


def _profiles(settings: Settings) -> Iterator[str]:
    if settings.signing_profile is not None:
        yield settings.signing_profile


def _stacks(settings: Settings) -> Iterator[str]:
    """Every stack of the stage: a plan shows what would change of each."""
    yield from map(settings.names.stack, ALWAYS)
    yield settings.names.compute_stack(settings.compute)
    asked: tuple[tuple[StackKind, bool], ...] = (
        ("Registry", settings.repositories == "own"),
        ("Key", settings.is_strict),
        ("Access", settings.access),
        ("Pipeline", settings.has_pipeline),
        ("Github", settings.has_github),
        ("Governance", settings.makes_governance),
    )
    yield from (settings.names.stack(kind) for kind, is_there in asked if is_there)


def _arn(stack: Stack, service: str, resource: str, name: str) -> str:
    return stack.format_arn(service=service, resource=resource, resource_name=name)
