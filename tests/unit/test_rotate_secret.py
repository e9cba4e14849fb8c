"""`greenlight rotate-secret`: one step at a time, and no value in anything that it says."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from traffic_switch.contract import Color

from greenlight.commands import rotate_secret as command
from greenlight.errors import RotationError
from greenlight.secret_rotation.secret import ServiceSecret
from greenlight.secret_rotation.steps import Created, Step
from tests.unit.operator_world import CONTEXT, Desk, seated

OLD = "o" * 64
LONG_AGO, LATER = 1_000_000.0, 2_000_000.0


@dataclass
class SecretsManager:
    """One secret, whose versions have ids and times; a second write of the same id is refused, as AWS does."""

    versions: list[tuple[str, str, float]] = field(default_factory=lambda: [("made", OLD, LONG_AGO)])
    time: float = LATER

    def get_secret_value(self, SecretId: str, VersionStage: str) -> dict[str, Any]:  # noqa: N803
        name, text, at = self.versions[-1]
        return {"VersionId": name, "SecretString": text, "CreatedDate": datetime.fromtimestamp(at, UTC)}

    def put_secret_value(self, SecretId: str, ClientRequestToken: str, SecretString: str) -> None:  # noqa: N803
        if any(name == ClientRequestToken and text != SecretString for name, text, _ in self.versions):
            raise ClientError({"Error": {"Code": "ResourceExistsException", "Message": ""}}, "PutSecretValue")
        self.versions.append((ClientRequestToken, SecretString, self.time))

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _ in self.versions]


@dataclass
class Site:
    """Where the command is typed, with the secret and when each color was created."""

    desk: Desk
    manager: SecretsManager
    created: dict[Color, float | None]

    def type(self, *words: str, answers: str | None = None) -> tuple[int, str]:
        code, said = self.desk.type("rotate-secret", *words, answers=answers)
        assert not any(part in said for text in self.manager.texts for part in text.split(","))
        return code, said

    def release_to_both(self) -> None:
        self.created = dict.fromkeys(Color, self.manager.versions[-1][2] + 1)
        self.manager.time += 100


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    desk = seated(tmp_path, monkeypatch)
    declare(desk, {"SESSION_SECRETS": {}})
    made = Site(desk, SecretsManager(), dict.fromkeys(Color, LONG_AGO + 1))

    class FakeCreation:
        def __init__(self, *_: object) -> None: ...

        def of_both(self) -> dict[Color, Created]:
            return {color: Created(color, "1.0.0", made.created[color]) for color in Color}

    class FakeStack:
        def __init__(self, *_: object) -> None: ...

        def output(self, key: str) -> str:
            return f"arn:{key}"

    monkeypatch.setattr(command, "Deployed", desk.deployed_at)
    monkeypatch.setattr(command, "DeployedStack", FakeStack)
    monkeypatch.setattr(command, "Creation", FakeCreation)
    monkeypatch.setattr(command, "ServiceSecret", lambda arn, length: of(made.manager, arn, length))
    return made


def of(manager: SecretsManager, arn: str = "arn", length: int = 64) -> ServiceSecret:
    client: Any = manager
    return ServiceSecret(arn, length, client)


def declare(desk: Desk, secrets: dict[str, Any]) -> None:
    context = {**CONTEXT, "services": {"shop": {**CONTEXT["services"]["shop"], "secrets": secrets}}}
    (desk.folder / "cdk.json").write_text(json.dumps({"context": context}))


def test_three_steps_with_releases_in_between_are_a_whole_rotation(site: Site) -> None:
    for _ in range(3):
        code, said = site.type("--yes", "--overlap-hours", "0")
        assert code == 0, said
        site.release_to_both()

    new = site.manager.texts[-1]
    assert site.manager.texts == [OLD, f"{OLD},{new}", f"{new},{OLD}", new]
    assert (len(new), new.isalnum(), new != OLD) == (64, True, True)


def test_a_step_is_refused_until_both_colors_were_created_anew(site: Site) -> None:
    site.type("--yes")
    site.created[Color.GREEN] = LATER + 1

    code, said = site.type("--yes")

    assert code == 1
    assert "nothing was changed: blue 1.0.0 may have been created before the last step: release to each" in said
    assert len(site.manager.versions) == 2


def test_the_old_value_is_kept_for_25_hours_unless_told_otherwise(site: Site) -> None:
    for _ in range(2):
        site.type("--yes")
        site.release_to_both()
    site.created = dict.fromkeys(Color, 4_000_000_000.0)

    code, said = site.type("--yes")

    assert code == 1
    assert "sessions that the old value signed may live until" in said
    assert len(site.manager.versions) == 3


def test_status_changes_nothing_and_says_what_is_next(site: Site) -> None:
    code, said = site.type("--status")

    assert code == 0
    assert "SESSION_SECRETS of shop\n1 value, no step of a rotation, at 1970-01-12T13:46:40Z" in said
    assert "  blue 1.0.0: created after 1970-01-12T13:46:41Z, knows it" in said
    assert "next: append a new value" in said
    assert len(site.manager.versions) == 1


def test_status_ends_well_where_a_step_has_to_wait(site: Site) -> None:
    site.type("--yes")

    code, said = site.type("--status")

    assert code == 0
    assert "2 values, the last step: appended" in said
    assert "  blue 1.0.0: created after 1970-01-12T13:46:41Z, may not know it yet" in said
    assert "not yet: blue 1.0.0 may have been created" in said


def test_without_a_yes_nothing_is_written(site: Site) -> None:
    code, _ = site.type(answers="n\n")

    assert code == 1
    assert len(site.manager.versions) == 1


def test_a_secret_has_to_be_named_where_there_are_several(site: Site) -> None:
    declare(site.desk, {"SESSION_SECRETS": {}, "API_KEYS": {}})

    code, said = site.type("--status")

    assert code == 1
    assert "--name: got nothing; the secrets of shop are SESSION_SECRETS, API_KEYS" in said
    assert site.type("--status", "--name", "API_KEYS")[0] == 0


def test_a_secret_that_is_not_declared_is_refused(site: Site) -> None:
    assert "--name: got NOPE; the secrets of shop are SESSION_SECRETS" in site.type("--name", "NOPE")[1]


def test_the_same_step_taken_by_two_people_at_once_is_one_and_the_other_is_told() -> None:
    manager = SecretsManager()
    first, second = of(manager), of(manager)
    value = first.value()

    first.take(Step.APPENDED, value)
    with pytest.raises(RotationError, match="somebody else took this step at the same time"):
        second.take(Step.APPENDED, value)

    assert len(manager.versions) == 2
