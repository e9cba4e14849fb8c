"""What an operator's commands work on: a cdk.json, what is deployed, and a deploy that does as it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from click.testing import CliRunner
from greenlight_cdk.names import PRODUCTION, Names
from traffic_switch.contract import Color
from traffic_switch.journal import Before, Lock, Record
from traffic_switch.model import Live, Mode, Outcome, RuleLook, State, Switch, Target, Weights

from greenlight import cli
from greenlight.commands import abort, deploying, history, release, releasing, repair, rollback, status
from greenlight.scene import Scene
from greenlight.switch_view import SwitchView
from greenlight.templates import Asked

BLUE = Live(Color.BLUE, "1.0.0", Weights(100, 0))
GREEN = Live(Color.GREEN, "2.0.0", Weights(0, 100))
CONTEXT = {"services": {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0", "source": "services/shop"}}}
REFUSAL = """
{stack}: creating CloudFormation changeset...
Stack {stack} (aws://123456789012/eu-west-1)
IAM Statement Changes
┌───┬──────────┬────────┬──────────────┐
│   │ Resource │ Effect │ Action       │
├───┼──────────┼────────┼──────────────┤
│ + │ *        │ Allow  │ s3:PutObject │
└───┴──────────┴────────┴──────────────┘
(NOTE: There may be security-related changes not in this list. See https://github.com/aws/aws-cdk/issues/1299)


Stack includes security-sensitive updates, but terminal (TTY) is not attached so we are unable to get a confirmation \
from the user
"""
TARGETS = {color: (Target("i-1", 3000, State.HEALTHY),) for color in Color}
COMMANDS = (abort, history, release, repair, rollback, status)


def scene(live: Live | None, weights: Weights | None = None, **more: Any) -> Scene:
    """A look at the shop; the rule is as the journal says, unless weights are given."""
    found = weights or (live.weights if live else None)
    rule = RuleLook("arn:rule" if found else "", found)
    return replace(Scene(live, rule, TARGETS), **more)


def switch(
    number: int, wanted: Live, before: Live | None, outcome: Outcome | None = Outcome.DONE, **more: Any
) -> SwitchView:
    """A release that has got as far as its `before`."""
    asked = Switch(f"s{number}", "shop", Mode.RELEASE, wanted.color, wanted.version)
    found = Before(before.weights if before else None, before)
    view = SwitchView(asked, 1000.0 + number, begun=1001.0 + number, before=found, outcome=outcome)
    return replace(view, **more)


@dataclass
class FakeJournal:
    """The switches, the newest first."""

    known: list[SwitchView] = field(default_factory=list)
    held: Lock | None = None
    aborted: dict[str, str] = field(default_factory=dict)

    def lock(self, service: str) -> Lock | None:
        return self.held

    def switches(self, service: str) -> list[SwitchView]:
        return self.known

    def newest(self, service: str) -> SwitchView | None:
        return self.known[0] if self.known else None

    def switch(self, switch_id: str) -> SwitchView | None:
        return next((each for each in self.known if each.switch.id == switch_id), None)

    def release_behind(self, found: SwitchView) -> SwitchView:
        return self.switch(found.switch.undoes) or found

    def newest_request(self, resource: str) -> Record | None:
        return self.newest("shop")

    def ask_to_abort(self, switch_id: str, reason: str) -> None:
        self.aborted[switch_id] = reason


@dataclass
class FakeDeployed:
    """`now` is what a look sees; `repaired` is what it sees once a repair was asked for."""

    now: Scene
    journal: FakeJournal = field(default_factory=FakeJournal)
    front_door_url: str = "http://front.door"
    images: Sequence[str] = ("1.0.0", "2.0.0", "3.0.0")
    running: Mapping[Color, str] = field(default_factory=lambda: {Color.BLUE: "1.0.0", Color.GREEN: "2.0.0"})
    used: Sequence[int] = (1,)
    stack: Asked | None = None
    repaired: Callable[[], None] | None = None
    names: Names = PRODUCTION
    repairs: list[str] = field(default_factory=list)
    templates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What was deployed last, by stack."""
    refuses: Exception | None = None
    """What every look ends in."""

    def scene(self, service: object) -> Scene:
        if self.refuses:
            raise self.refuses
        return replace(self.now, lock=self.journal.held)

    def asked(self, service: str) -> Asked | None:
        return self.stack

    def attempts(self, service: str) -> Iterable[int]:
        return self.used

    def versions(self, service: str, compute: str) -> Mapping[Color, str]:
        return self.running

    def template(self, stack: str) -> Mapping[str, Any]:
        return self.templates.get(stack, {})

    def has_image(self, service: str, version: str, owner: Names) -> bool:
        return version in self.images

    def start_repair(self, service: str, request_id: str, reason: str) -> str:
        self.repairs.append(reason)
        if self.repaired:
            self.repaired()
        return "repair-1"


@dataclass
class FakeDeployment:
    """`cdk deploy`, which does `effect` and ends with its code.

    It widens the permissions of these stacks, and stops before each unless nobody has to approve.
    """

    effect: Callable[[], int]
    reason: str = "the stack failed"
    widened: list[str] = field(default_factory=list)
    templates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What is synthesized, by stack."""
    output: str = ""
    commands: list[list[str]] = field(default_factory=list)

    def __call__(self, command: list[str], *_: object) -> FakeDeployment:
        self.commands.append(command)
        return self

    def __enter__(self) -> FakeDeployment:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def follow(self, look: Callable[[], None], say: Callable[[str], None]) -> int:
        if "synth" in self.commands[-1]:
            write_assembly(Path(self.commands[-1][self.commands[-1].index("--output") + 1]), self.templates)
            return 0
        if self.widened and "never" not in self.commands[-1]:
            self.output = REFUSAL.format(stack=self.widened[0])
            return 1
        by_itself = [stack for stack in self.widened if stack in self.commands[-1]]
        self.widened = [stack for stack in self.widened if stack not in by_itself]
        self.output = ""
        if by_itself:
            return 0
        code = self.effect()
        look()
        return code

    def why(self) -> str:
        return self.reason

    @property
    def deploys(self) -> list[list[str]]:
        """The commands that deploy."""
        return [command for command in self.commands if "deploy" in command]


def write_assembly(folder: Path, templates: Mapping[str, Mapping[str, Any]]) -> None:
    """What `cdk synth` leaves, as far as it is read."""
    folder.mkdir(parents=True, exist_ok=True)
    for stack, body in templates.items():
        (folder / f"{stack}.template.json").write_text(json.dumps(body))
    artifacts = {stack: {"type": "aws:cloudformation:stack"} for stack in templates}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))


@dataclass
class Desk:
    """Where the operator sits."""

    folder: Path
    deployed: FakeDeployed
    deployment: FakeDeployment

    def type(self, *words: str, answers: str | None = None) -> tuple[int, str]:
        """Type a command; return its exit code and everything that it printed, errors included."""
        result = CliRunner().invoke(cli.commands, list(words), input=answers, catch_exceptions=True)
        said = result.output
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, said

    @property
    def declared(self) -> dict[str, Any]:
        """The shop's facts in cdk.json."""
        context = json.loads((self.folder / "cdk.json").read_text())["context"]
        return dict(context["services"]["shop"])

    def deployed_at(self, names: Names) -> FakeDeployed:
        """What a command sees that looks at a stage."""
        self.deployed.names = names
        return self.deployed

    def becomes(self, live: Live, code: int = 0) -> None:
        """Let the next deploy make something live."""

        def effect() -> int:
            self.deployed.now = scene(live)
            return code

        self.deployment.effect = effect


def seated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Blue is live, and a deploy changes nothing."""
    (tmp_path / "cdk.json").write_text(json.dumps({"context": CONTEXT}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(releasing, "PATIENCE", 0)
    made = Desk(tmp_path, FakeDeployed(scene(BLUE)), FakeDeployment(lambda: 0))
    for module in COMMANDS:
        monkeypatch.setattr(module, "Deployed", made.deployed_at)
    monkeypatch.setattr(deploying, "Deployment", made.deployment)
    return made
