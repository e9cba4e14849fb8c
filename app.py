"""The CDK app: settings in, stacks wired, nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from aws_cdk import App, Stack, Tags, Validations
from cdk_nag import AwsSolutionsChecks

from stacks.data import DataStack
from stacks.ec2_host import Ec2HostStack
from stacks.edge import EdgeStack
from stacks.fargate import FargateStack
from stacks.network import NetworkStack
from stacks.registry import RegistryStack
from stacks.release import ReleaseStack
from stacks.settings import Settings, SettingsError
from stacks.switch import SwitchStack


def build(app: App) -> None:
    """Add every stack to the app, from what is shared to what is released.

    Raises:
        SettingsError: when the app's context holds a setting that is not allowed.
    """
    settings = Settings.from_context(app.node.get_all_context())
    network = NetworkStack(app, "GreenlightNetwork", settings=settings)
    registry = RegistryStack(app, "GreenlightRegistry", settings=settings)
    data = DataStack(app, "GreenlightData", settings=settings)
    edge = EdgeStack(app, "GreenlightEdge", settings=settings, network=network)
    compute = _compute(app, settings=settings, network=network, registry=registry, data=data, edge=edge)
    switch = SwitchStack(app, "GreenlightSwitch", settings=settings, data=data, edge=edge)
    release = ReleaseStack(app, "GreenlightRelease", settings=settings, switch=switch)
    release.add_stack_dependency(compute)
    for name, value in settings.tags.items():
        Tags.of(app).add(name, value)


def _compute(app: App, **shared: Any) -> Stack:
    """Add the compute stack that the settings ask for; both kinds take the same stacks and keep the same promise."""
    if shared["settings"].compute == "ec2":
        return Ec2HostStack(app, "GreenlightEc2Host", **shared)
    return FargateStack(app, "GreenlightFargate", **shared)


def committed_context() -> dict[str, Any]:
    """Return cdk.json's context, so that `python app.py` alone gives what the CDK CLI gives; the CLI's values win.

    Raises:
        SettingsError: when the file is broken.
    """
    file = Path(__file__).with_name("cdk.json")
    try:
        context: dict[str, Any] = json.loads(file.read_text())["context"]
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError(f"{file.name} cannot be read: {error}; take it back from git, or correct it") from error
    return context


def main() -> None:
    """Synthesize, checked against cdk-nag's AwsSolutions rules; a refused setting ends in one line and exit code 1."""
    try:
        app = App(context=committed_context())
        build(app)
    except SettingsError as error:
        sys.exit(f"greenlight: {error}")
    Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))
    app.synth()


if __name__ == "__main__":
    main()
