"""A rehearsal with its people: a viewer, a releaser, an approver and a breaker, each with a role that was deployed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner
from greenlight_cdk.people_rights import PEOPLE, Person
from rich.console import Console
from traffic_switch.contract import Color
from traffic_switch.model import Live, Weights

from greenlight.cli import commands
from greenlight.deployed import Deployed
from greenlight.project import CHECKOUT
from greenlight.rehearsal.account import ACCOUNT
from greenlight.rehearsal.acts.flags import RELEASE, declared, first, second
from greenlight.rehearsal.acts.performance import ours
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.stage import CommandOutcome, Stage
from greenlight.rehearsal.versions import Cast
from tests.rehearsal.people import DEEDS, Places, Scene, being, noting, session_of

OPERATOR = f"arn:aws:iam::{ACCOUNT}:user/operator"
ROW = re.compile(r"^\| (?P<words>[^|]+) \| (?P<cells>(?:yes|no) \| (?:yes|no) \| (?:yes|no) \| (?:yes|no)) \|$", re.M)
APPROVES = "approve in the pipeline"
BACK = declared(Color.BLUE, first, second, 2, patient=True)
"""The way back, in a bake that leaves time to abort it."""


def sentences() -> list[tuple[str, Person, bool]]:
    """The cells of docs/access.md: what is done, by whom, and whether that may be."""
    page = (CHECKOUT / "docs" / "access.md").read_text()
    return [
        (found["words"], person, cell == "yes")
        for found in ROW.finditer(page)
        for person, cell in zip(PEOPLE, found["cells"].split(" | "), strict=True)
    ]


SENTENCES = sentences()
TRIED = [each for each in SENTENCES if each[0] != APPROVES]


@dataclass(frozen=True)
class Town:
    """The rehearsal with its people."""

    stage: Stage
    scene: Scene
    places: Places
    roles: Mapping[Person, str]

    def does(self, person: Person, words: str, without: tuple[str, str] | None = None) -> None:
        """Have somebody do something. Raises DeniedError."""
        with being(session_of(self.roles[person], without=without)):
            DEEDS[words](self.scene, self.places)

    def types(self, person: Person, *words: str) -> str:
        """What one of our commands says that somebody types."""
        with being(session_of(self.roles[person])):
            return CliRunner().invoke(commands, list(words)).output

    def releases(
        self,
        version: str,
        assembly: str,
        without: tuple[str, str] | None = None,
        look: Callable[[], None] = lambda: None,
    ) -> CommandOutcome:
        """`greenlight release`, typed by a releaser; `look` is called meanwhile."""
        self.stage.await_assembly(assembly)
        environment = {**self.stage.environment, **session_of(self.roles["Releaser"], without=without)}
        options = ["--yes", "--app", str(self.stage.place.assembly(assembly))]
        return replace(self.stage, environment=environment).run(ours("release", version, *options), assembly, look)

    def resources(self, person: Person, sid: str) -> list[str]:
        """What a statement of somebody's policy is about, as it was deployed."""
        iam = boto3.client("iam")
        arn = self.scene.output("Access", f"{person}PolicyArn")
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document: Any = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        (found,) = (each["Resource"] for each in document["Statement"] if each["Sid"] == sid)
        return [found] if isinstance(found, str) else found

    def asked_for(self, person: Person) -> Mapping[str, set[str]]:
        """What each deed that somebody may do asks AWS for."""
        found = {}
        for words, who, may in TRIED:
            if may and who == person:
                with noting() as asked:
                    self.does(person, words)
                found[words] = asked
        return found


@dataclass(frozen=True)
class Work:
    """A day of releaser and breaker: how commands ended, and what was live and served after each."""

    without: Sequence[CommandOutcome]
    released: CommandOutcome
    live: Live | None
    abort: str
    aborted: CommandOutcome
    kept: Live | None
    repaired: str
    weights: Weights | None


def work(town: Town) -> Work:
    """Release without each of the bootstrap's roles, release, abort a way back, repair what somebody broke."""
    roles = town.resources("Releaser", "Deploy")
    without = [town.releases("2.0.0", "release", ("sts:AssumeRole", role)) for role in roles]
    released, live = town.releases("2.0.0", "release"), Deployed().journal.live("shop")
    said: list[str] = []
    aborted = town.releases("1.0.0", "back", look=lambda: _abort(town, said))
    kept = Deployed().journal.live("shop")
    _break_the_rule(town)
    repaired = town.types("Breaker", "repair", "--yes")
    weights = Deployed().scene(town.stage.settings.services[0]).weights
    return Work(without, released, live, "".join(said), aborted, kept, repaired, weights)


def _abort(town: Town, said: list[str]) -> None:
    """Type `greenlight abort` once, as soon as there is something to abort."""
    lock = Deployed().journal.lock("shop")
    if not said and lock and lock.owner:
        said.append(town.types("Breaker", "abort", "--reason", "drill"))


def _break_the_rule(town: Town) -> None:
    """Half of the users to the idle color, by the operator's own hand."""
    elbv2: Any = boto3.client("elbv2")
    (rule,) = elbv2.describe_rules(RuleArns=[town.places.rule])["Rules"]
    groups: Any = rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
    half = [{**group, "Weight": 50} for group in groups]
    elbv2.modify_rule(RuleArn=town.places.rule, Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": half}}])


@contextmanager
def settled(folder: Path) -> Iterator[Town]:
    """A town as long as the block lasts, with the first version live on blue."""
    trusted = {f"access_{person.lower()}s": [OPERATOR] for person in PEOPLE}
    order = Order(
        compute="ec2",
        acts=[],
        cast=Cast("1.0.0", "2.0.0"),
        load=Load(200, 50),
        place=Place(folder),
        config=ConfigFile(Path("access.json"), {"access": True, **trusted}),
        more_flags={"release": RELEASE, "back": BACK},
    )
    with (
        Progress(Console(quiet=True)) as progress,
        opened(order, progress) as stage,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.chdir(stage.place.project.folder)
        scene = Scene(stage.place.project.folder)
        roles = {person: scene.output("Access", f"{person}RoleArn") for person in PEOPLE}
        yield Town(stage, scene, Places.of(scene), roles)
