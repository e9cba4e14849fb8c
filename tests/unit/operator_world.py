"""What an operator's commands work on: a cdk.json, what is deployed, and a deploy that does as it is told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from greenlight_cdk.names import PRODUCTION, Names
from host_age.judgment import DAY_SECONDS, Host
from traffic_switch.asking import Properties
from traffic_switch.contract import Color
from traffic_switch.image import KnownImage
from traffic_switch.journal import Before, Lock, Record
from traffic_switch.model import Live, Mode, Outcome, RuleLook, State, Switch, Target, Weights
from version_guard.sighting import Sighting

from greenlight import cli
from greenlight.commands import (
    abort,
    deploy,
    deploying,
    history,
    record,
    release,
    releasing,
    renew_host,
    repair,
    rollback,
    rotate_preview,
    status,
)
from greenlight.scene import Scene
from greenlight.switch_view import SwitchView
from greenlight.templates import Asked
from tests.unit.fake_deployment import FakeDeployment

BLUE = Live(Color.BLUE, "1.0.0", Weights(100, 0))
GREEN = Live(Color.GREEN, "2.0.0", Weights(0, 100))
CONTEXT = {"services": {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0", "source": "services/shop"}}}
TARGETS = {color: (Target("i-1", 3000, State.HEALTHY),) for color in Color}
COMMANDS = (abort, deploy, history, record, release, renew_host, repair, rollback, rotate_preview, status)


def digest_of(image: str) -> str:
    """A digest that says which image it is of."""
    return f"sha256:{sha256(image.encode()).hexdigest()}"


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


def asked_for(made: SwitchView, color: str = "", attempt: int = 1) -> SwitchView:
    """The switch as CloudFormation asked for it: its own color, or `keep`."""
    wanted = {"Color": color or made.switch.color, "Attempt": str(attempt)}
    return replace(made, properties=Properties("", json.dumps(wanted)))


@dataclass
class FakeJournal:
    """The switches, the newest first."""

    known: list[SwitchView] = field(default_factory=list)
    held: Lock | None = None
    aborted: dict[str, str] = field(default_factory=dict)
    now: Callable[[], Live | None] = lambda: None

    def live(self, service: str) -> Live | None:
        return self.now()

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
    pushed_again: Mapping[str, str] = field(default_factory=dict)
    """The image that each tag is on that was moved."""
    known: Mapping[str, KnownImage] = field(default_factory=dict)
    gone: Sequence[str] = ()
    running: Mapping[Color, str] = field(default_factory=lambda: {Color.BLUE: "1.0.0", Color.GREEN: "2.0.0"})
    used: Sequence[int] = (1,)
    stack: Asked | None = None
    repaired: Callable[[], None] | None = None
    names: Names = PRODUCTION
    repairs: list[str] = field(default_factory=list)
    templates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What was deployed last, by stack."""
    rotations: Sequence[Mapping[str, Any]] = ()
    """What the functions answer that rotate."""
    refuses: Exception | None = None
    """What every look ends in."""
    hosts: Host | Exception | None = field(default_factory=lambda: Host("i-1", time.time() - 40 * DAY_SECONDS))
    renewed: str = "never"
    without: Sequence[str] = ()
    """Services that nobody has deployed yet."""
    has_journal: bool = True

    def scene(self, service: object) -> Scene:
        if self.refuses:
            raise self.refuses
        return replace(self.now, lock=self.journal.held)

    def __post_init__(self) -> None:
        self.journal.now = lambda: self.now.live

    def asked(self, service: str) -> Asked | None:
        return self.stack

    def has(self, service: str) -> bool:
        return service not in self.without

    def attempts(self, service: str) -> Iterable[int]:
        return self.used

    def versions(self, service: str, compute: str) -> Mapping[Color, str]:
        return self.running

    def template(self, stack: str) -> Mapping[str, Any]:
        return self.templates.get(stack, {})

    def sighting(self, service: str, version: str, owner: Names) -> Sighting:
        tagged = digest_of(self.pushed_again.get(version, version)) if version in self.images else ""
        return Sighting(version, tagged, self.known.get(version), is_kept=version not in self.gone)

    def host(self) -> Host | None:
        if isinstance(self.hosts, Exception):
            raise self.hosts
        return self.hosts

    def host_renewed_at(self) -> str:
        return self.renewed

    def rotate_preview(self) -> Iterable[Mapping[str, Any]]:
        return self.rotations

    def preview_headers(self, service: str, color: Color) -> Mapping[str, str]:
        return {"to": f"{service} {color}"}

    def start_repair(self, service: str, request_id: str, reason: str) -> str:
        self.repairs.append(reason)
        if self.repaired:
            self.repaired()
        return "repair-1"


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


def green_is_live(desk: Desk) -> None:
    """Release 2.0.0 was the last one that ended well."""
    desk.deployed.now = scene(GREEN)
    desk.deployed.journal.known = [switch(1, GREEN, BLUE)]


def alone(command: list[str]) -> list[str]:
    """The stacks that are deployed, and no others."""
    assert "--exclusively" in command
    return [word for word in command if word.startswith("Greenlight")]
