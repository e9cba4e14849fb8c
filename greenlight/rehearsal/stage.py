"""The stage of a rehearsal: the local cloud, the deployed stacks, and everything that an act needs to play on it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from greenlight import cdk
from greenlight.bootstrap.places import BOUNDARY
from greenlight.deployment import Deployment
from greenlight.errors import RehearsalError
from greenlight.plan import chosen
from greenlight.processes.owner import Processes
from greenlight.processes.process import OwnedProcess
from greenlight.project import CHECKOUT
from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.cloud_process import PYTHON, ask, last_line, running_cloud
from greenlight.rehearsal.keys import RunKeys
from greenlight.rehearsal.place import HIDDEN, Place, client_environment
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.synthesis import Plan, finished_mark
from greenlight.waiting import wait_until
from stacks.settings import ServiceSettings, Settings

SYNTHESIS_SECONDS = 180.0
BOOTSTRAP_SECONDS = 120.0
SYNTHESIS_NICENESS = 10

NARROW = CHECKOUT / "docs" / "bootstrap"
"""The policies of a bootstrap that is less than an administrator."""
PREFIX = "cdk-greenlight-"


@dataclass(frozen=True)
class CommandOutcome:
    """How one command ended: its exit code, and what it printed."""

    code: int
    output: str
    why: str = ""


@dataclass
class Stage:
    """What acts work with. `environment` leads every AWS client to the local cloud."""

    place: Place
    settings: Settings
    environment: Mapping[str, str]
    processes: Processes
    synthesis: OwnedProcess | None
    progress: Progress
    port: int
    keys: RunKeys
    real_time: bool = False
    scene: str = ""
    """The set of flags that describes what is there; empty when none does."""
    turn: str = ""
    """The service that is played now; the first one when empty."""

    @property
    def service(self) -> ServiceSettings:
        """The service whose turn it is."""
        return chosen(self.settings, self.turn or None)

    def deploy(self, assembly: str, look: Callable[[], None]) -> CommandOutcome:
        """Deploy everything from a synthesized assembly with the real CDK CLI."""
        folder = self.place.assembly(assembly)
        self.await_assembly(assembly)
        self._give_way()
        return self.run(cdk.deploy([], assembly=folder, may_widen=True), f"deploy-{assembly}", look)

    def _give_way(self) -> None:
        """Let a deploy go first: the other templates are needed half a minute later."""
        if self.synthesis and self.synthesis.poll() is None:
            os.setpriority(os.PRIO_PGRP, self.synthesis.pid, SYNTHESIS_NICENESS)

    def run(self, command: Sequence[str], log: str, look: Callable[[], None]) -> CommandOutcome:
        """Run a command in the project's copy, looking around while it runs."""
        environment = cdk.environment({**self.environment, "AWS_SDK_UA_APP_ID": log})
        log_file = self.place.logs / f"{log}.log"
        with Deployment(command, environment, self.place.project.folder, log_file, self.processes) as deployment:
            code = deployment.follow(look, self.progress.note)
            return CommandOutcome(code, deployment.output, deployment.why() if code else "")

    def ask(self, name: str) -> Any:
        """Ask the local cloud about itself."""
        return ask(self.port, self.keys, name)

    def tell(self, name: str, body: object) -> Any:
        """Have the local cloud do something that AWS has no API for."""
        return ask(self.port, self.keys, name, body)

    def await_assembly(self, name: str) -> None:
        """Wait until the templates of one set of flags are there.

        Raises:
            RehearsalError: the synthesis failed, or takes far too long.
        """
        mark = finished_mark(self.place.assembly(name))
        wait_until(lambda: mark.exists() or (self.synthesis and self.synthesis.poll()), SYNTHESIS_SECONDS)
        if not mark.exists():
            raise RehearsalError(f"the templates were not synthesized: {last_line(self.place.logs / 'synthesis.log')}")


@contextmanager
def staged(
    place: Place,
    plan: Plan,
    progress: Progress,
    port: int | None,
    *,
    real_time: bool,
    narrow_bootstrap: bool = False,
) -> Iterator[Stage]:
    """Start the cloud and the synthesis side by side; everything ends with the block.

    Raises:
        RehearsalError: something is in the way; the message says what.
    """
    port = _chosen(port)
    keys = RunKeys.draw()
    environment = client_environment(port, place.root, keys)
    with Processes() as processes, _speaking_to_the_cloud(environment):
        progress.note("starting the local cloud, synthesizing the templates")
        synthesis = None if place.templates else _synthesize(place, plan, processes)
        stage = Stage(place, plan.settings, environment, processes, synthesis, progress, port, keys, real_time)
        with running_cloud(processes, place, port, keys, real_time=real_time):
            _bootstrap(stage, NARROW if narrow_bootstrap else None)
            yield stage


def _synthesize(place: Place, plan: Plan, processes: Processes) -> OwnedProcess:
    file = place.root / "synthesis.json"
    plan.write(file, place.assembly)
    return processes.start(
        [PYTHON, "-m", "greenlight.rehearsal.synthesizer", str(file)],
        environment=cdk.environment(),
        output=place.logs / "synthesis.log",
    )


def _chosen(port: int | None) -> int:
    """A free port, or the one asked for if it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port or 0))
        except OSError as error:
            raise RehearsalError(
                f"port {port} on 127.0.0.1 is taken ({error.strerror}): leave --port out to use a free one"
            ) from error
        return int(probe.getsockname()[1])


@contextmanager
def _speaking_to_the_cloud(environment: Mapping[str, str]) -> Iterator[None]:
    """For the environment, and for boto3's own session, which keeps the keys that it has once found there."""
    before = dict(os.environ)
    os.environ.update(environment)
    for name in HIDDEN:
        os.environ.pop(name, None)
    boto3.setup_default_session()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        boto3.setup_default_session()


def _bootstrap(stage: Stage, policies: Path | None) -> None:
    """`cdk bootstrap`, outside any project, so that it need not synthesize one. None is an administrator."""
    home = stage.place.root / "cdk-home"
    home.mkdir(exist_ok=True)
    command = cdk.command("bootstrap", f"aws://{ACCOUNT}/{REGION}", "--no-notices", *_limits(policies))
    log = stage.place.logs / "bootstrap.log"
    process = stage.processes.start(command, environment=cdk.environment(stage.environment), folder=home, output=log)
    if process.wait(BOOTSTRAP_SECONDS) != 0:
        raise RehearsalError(f"cdk bootstrap failed: {last_line(log)}")


def _limits(policies: Path | None) -> list[str]:
    """Make the policies of a narrower bootstrap, as docs/operations.md says; return the options that name them.

    The CLI's own choice is said, since ministack reads the empty list behind it as one policy without a name.
    """
    option = "--cloudformation-execution-policies"
    if policies is None:
        return [option, "arn:aws:iam::aws:policy/AdministratorAccess"]
    iam = boto3.client("iam")
    arns = {
        file.stem: iam.create_policy(PolicyName=f"{PREFIX}{file.stem}", PolicyDocument=file.read_text())["Policy"][
            "Arn"
        ]
        for file in sorted(policies.glob("*.json"))
    }
    given = [arn for name, arn in arns.items() if f"{PREFIX}{name}" != BOUNDARY]
    return [option, ",".join(given)]
