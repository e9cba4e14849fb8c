"""Permissions that a release would widen: shown, asked about, and never widened unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlight.commands import deploying
from greenlight.security_changes import security_changes
from tests.unit.fake_deployment import REFUSAL
from tests.unit.operator_world import GREEN, Desk, seated

HOST, SWITCH = "GreenlightEc2Host", "GreenlightSwitch"
RELEASE = ("release", "2.0.0", "--yes")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = seated(tmp_path, monkeypatch)
    made.becomes(GREEN)
    return made


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits at a terminal."""
    monkeypatch.setattr(deploying, "can_ask", lambda: True)


def approvals(desk: Desk) -> list[str]:
    """What each `cdk deploy` was started with."""
    return [command[command.index("--require-approval") + 1] for command in desk.deployment.deploys]


def test_a_release_that_widens_nothing_asks_nothing(desk: Desk) -> None:
    code, said = desk.type(*RELEASE)

    assert (code, approvals(desk)) == (0, ["broadening"])
    assert "widen" not in said


def test_without_a_terminal_nothing_is_widened(desk: Desk) -> None:
    desk.deployment.widened = [SWITCH]

    code, said = desk.type(*RELEASE)

    assert (code, approvals(desk)) == (1, ["broadening"])
    assert "│ + │ *        │ Allow  │ s3:PutObject │" in said
    assert said.splitlines()[-1] == (
        f"Error: {SWITCH} would widen permissions, which needs somebody's consent. Nothing of it was"
        " deployed, traffic has not moved, and cdk.json is unchanged. Type the command at a terminal, or add"
        " --allow-security-changes"
    )
    assert "active_color" not in desk.declared


@pytest.mark.usefixtures("person")
def test_each_stack_is_deployed_by_itself_once_it_is_allowed(desk: Desk) -> None:
    desk.deployment.widened = [SWITCH, HOST]

    code, said = desk.type(*RELEASE, answers="y\ny\n")

    assert (code, approvals(desk)) == (0, ["broadening", "never", "broadening", "never", "broadening"])
    for number, stack in ((1, SWITCH), (3, HOST)):
        assert stack in desk.deployment.deploys[number]
        assert "--exclusively" in desk.deployment.deploys[number]
    assert said.splitlines()[-1] == "shop 2.0.0 is live on green"


@pytest.mark.parametrize("answers", ["n\n", ""], ids=["no", "none"])
@pytest.mark.usefixtures("person")
def test_what_a_person_does_not_allow_is_not_deployed(desk: Desk, answers: str) -> None:
    desk.deployment.widened = [SWITCH]

    code, said = desk.type(*RELEASE, answers=answers)

    assert (code, approvals(desk)) == (1, ["broadening"])
    assert "Nothing of it was deployed" in said


def test_whoever_allows_it_beforehand_is_not_asked(desk: Desk) -> None:
    desk.deployment.widened = [SWITCH]

    code, _ = desk.type(*RELEASE, "--allow-security-changes")

    assert (code, approvals(desk)) == (0, ["never"])


@pytest.mark.usefixtures("person")
def test_a_stack_that_was_allowed_and_fails_ends_the_release(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    endings = iter([(1, REFUSAL.format(stack=SWITCH)), (1, "failed")])

    def deploy(*_: object) -> deploying.Ended:
        code, output = next(endings)
        return deploying.Ended(code, "the stack failed", output)

    monkeypatch.setattr(deploying, "_deploy", deploy)

    code, said = desk.type(*RELEASE, answers="y\n")

    assert code == 1
    assert "shop 2.0.0 is not live on green: the stack failed" in said


def test_tables_without_the_refusal_are_no_refusal() -> None:
    assert security_changes(REFUSAL.format(stack=SWITCH).replace("not attached", "attached")) == {}


def test_what_a_policy_holds_reaches_the_terminal_as_plain_text() -> None:
    (tables,) = security_changes(REFUSAL.format(stack=SWITCH).replace("s3:PutObject", "s3:\x1b[2J")).values()

    assert "│ + │ *        │ Allow  │ s3:�[2J │" in tables


def test_every_stack_that_is_refused_at_once_is_shown() -> None:
    both = REFUSAL.format(stack=SWITCH) + REFUSAL.format(stack=HOST)

    assert list(security_changes(both)) == [SWITCH, HOST]
