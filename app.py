"""The CDK app: settings in, stacks wired, nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App, Stack, Tags, Validations
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from stacks.access import AccessStack
from stacks.data import DataStack
from stacks.ec2_host import Ec2HostStack
from stacks.edge import EdgeStack
from stacks.fargate import FargateStack
from stacks.github_access import GithubAccessStack
from stacks.governance import GovernanceStack
from stacks.key import KeyStack
from stacks.network import NetworkStack
from stacks.options.document import parsed, settings_below
from stacks.options.stages import STAGE, agree_on_stage
from stacks.pipeline import PipelineStack
from stacks.registry import Registry, RegistryStack, SharedRegistry
from stacks.release import ReleaseStack
from stacks.settings import Settings, SettingsError
from stacks.switch import SwitchStack


def build(app: App, declared: Mapping[str, Any] | None = None) -> Settings:
    """Add every stack of one stage to the app, from what is shared to what is released; return its settings.

    `declared` is cdk.json's context; what the app's own says otherwise was given by `-c`.

    Raises:
        SettingsError: when the app's context holds a setting that is not allowed.
    """
    settings = Settings.from_context(app.node.get_all_context(), declared)
    named = settings.names.stack
    if settings.is_strict:
        KeyStack(app, named("Key"), stage=str(settings.names))
    network = NetworkStack(app, named("Network"), settings=settings)
    registry = _registry(app, settings)
    data = DataStack(app, named("Data"), settings=settings)
    edge = EdgeStack(app, named("Edge"), settings=settings, network=network)
    compute = _compute(app, settings=settings, network=network, registry=registry, data=data, edge=edge)
    switch = SwitchStack(app, named("Switch"), settings=settings, data=data, edge=edge)
    release = ReleaseStack(app, named("Release"), settings=settings, edge=edge, switch=switch)
    release.add_stack_dependency(compute)
    if settings.access:
        AccessStack(app, named("Access"), settings=settings, data=data, edge=edge, switch=switch)
    if settings.has_pipeline:
        PipelineStack(app, named("Pipeline"), settings=settings, data=data)
    if settings.has_github:
        GithubAccessStack(app, named("Github"), settings=settings, data=data)
    if settings.makes_governance:
        GovernanceStack(app, named("Governance"), settings=settings)
    for name, value in settings.tags.items():
        Tags.of(app).add(name, value)
    return settings


def _registry(app: App, settings: Settings) -> Registry:
    """Add the stage's own repositories, or name production's."""
    if settings.repositories == "shared":
        return SharedRegistry()
    return RegistryStack(app, settings.names.stack("Registry"), settings=settings)


def _compute(app: App, *, settings: Settings, **shared: Any) -> Stack:
    """Add the compute stack that the settings ask for; both kinds take the same stacks and keep the same promise."""
    kind = Ec2HostStack if settings.compute == "ec2" else FargateStack
    return kind(app, settings.names.compute_stack(settings.compute), settings=settings, **shared)


def committed_context() -> dict[str, Any]:
    """Return the context of cdk.json: the current folder's, as the CDK CLI reads it, or else the one beside this file.

    `python app.py` alone then gives what the CDK CLI gives, and what `-c` says can be told from what is declared.

    Raises:
        SettingsError: when the file is broken.
    """
    file = Path("cdk.json") if Path("cdk.json").is_file() else Path(__file__).with_name("cdk.json")
    try:
        return settings_below("context", parsed(file.read_text()))
    except (OSError, ValueError, SettingsError) as error:
        raise SettingsError(f"{file.name} cannot be read: {error}; take it back from git, or correct it") from error


def main() -> None:
    """Synthesize, checked against cdk-nag's rules; a refused setting ends in one line and exit code 1.

    The rules are AWS's own, and with `security` strict those of NIST 800-53 besides.
    """
    try:
        declared = committed_context()
        app = App(context=declared)
        agree_on_stage(app.node.try_get_context(STAGE), os.environ)
        settings = build(app, declared)
    except SettingsError as error:
        sys.exit(f"greenlight: {error}")
    packs = (AwsSolutionsChecks, NIST80053R5Checks) if settings.is_strict else (AwsSolutionsChecks,)
    Validations.of(app).add_plugins(*(pack(app, verbose=True) for pack in packs))
    app.synth()


if __name__ == "__main__":
    main()
