"""The commands that look: status, history, and abort, which looks before it asks."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from host_age.judgment import DAY_SECONDS, Host
from traffic_switch.contract import Color
from traffic_switch.journal import Lock
from traffic_switch.model import Live, Mode, Outcome, Weights

from tests.unit.operator_world import BLUE, GREEN, Desk, digest_of, scene, seated, switch

HELD = Lock("s2", 1, reason="release green 2.0.0", since=1000.0, deadline=float("inf"))
RUNNING = replace(switch(2, GREEN, BLUE, None), phase="bake", said="1 of 20 looks")
STRANGE = Live(Color.GREEN, "[/x]", Weights(0, 100))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("COLUMNS", "200")
    return seated(tmp_path, monkeypatch)


def test_status_shows_what_is_live_and_how_the_newest_release_went(desk: Desk) -> None:
    desk.deployed.journal.known = [switch(1, BLUE, None, reason="all well")]

    code, said = desk.type("status")

    assert code == 0
    assert "shop: blue 1.0.0 is live" in said
    assert "release blue 1.0.0, 1970-01-01T00:16:41Z: DONE" in said
    assert "all well" in said


@pytest.mark.parametrize(("scheme", "is_told"), [("http", True), ("https", False)])
def test_status_says_what_plain_http_gives_away(desk: Desk, scheme: str, is_told: bool) -> None:
    desk.deployed.front_door_url = f"{scheme}://front.door"

    said = desk.type("status")[1]

    assert ("anybody on the way can read" in said) is is_told


def test_status_shows_the_first_digits_of_what_is_live(desk: Desk) -> None:
    desk.deployed.now = scene(replace(BLUE, digest=digest_of("1.0.0")))

    _, said = desk.type("status")

    assert f"shop: blue 1.0.0 ({digest_of('1.0.0')[7:19]}) is live" in said


@pytest.mark.parametrize("digest", ["", digest_of("1.0.0")])
def test_status_and_history_as_json_have_the_whole_digest(desk: Desk, digest: str) -> None:
    desk.deployed.now = scene(replace(BLUE, digest=digest))
    desk.deployed.journal.known = [replace(switch(1, BLUE, None), digest=digest)]

    (status,) = json.loads(desk.type("status", "--json")[1])["services"]
    (history,) = json.loads(desk.type("history", "--json")[1])["switches"]

    assert status["live"]["digest"] == status["newest_switch"]["digest"] == history["digest"] == (digest or None)


@pytest.mark.parametrize(
    ("host", "said"),
    [
        (Host("i-1", time.time() - 3 * DAY_SECONDS), "the host i-1 is 3 days old\n"),
        (
            Host("i-1", time.time() - 30 * DAY_SECONDS),
            "the host i-1 is 30 days old; it is due: `greenlight renew-host`\n",
        ),
        (None, "the host is gone: `greenlight renew-host` starts another one\n"),
        (
            ClientError({"Error": {"Code": "UnauthorizedOperation"}}, "DescribeInstances"),
            "the host could not be read: AWS denied what DescribeInstances needs\n",
        ),
    ],
)
def test_status_tells_how_old_the_host_is(desk: Desk, host: Host | Exception | None, said: str) -> None:
    desk.deployed.hosts = host

    assert said in desk.type("status")[1]


def test_status_as_json_has_the_hosts_age(desk: Desk) -> None:
    found = json.loads(desk.type("status", "--json")[1])["host"]

    assert (found["instance_id"], found["age_days"], found["max_age_days"], found["due"]) == ("i-1", 40, 30, True)


def test_status_as_json_has_the_drift_and_what_to_do(desk: Desk) -> None:
    desk.deployed.now = scene(BLUE, Weights(50, 50))

    (shop,) = json.loads(desk.type("status", "--json")[1])["services"]

    assert shop["drifted"] is True
    assert "`greenlight repair`" in shop["drift"]


def test_a_rule_that_a_running_switch_has_moved_is_no_drift(desk: Desk) -> None:
    desk.deployed.now = scene(BLUE, Weights(0, 100))
    desk.deployed.journal.held, desk.deployed.journal.known = HELD, [RUNNING]

    (shop,) = json.loads(desk.type("status", "--json")[1])["services"]

    assert shop["drifted"] is False
    assert (shop["running_switch"], shop["newest_switch"]["outcome"]) == ("s2", "running")


def test_a_release_that_was_taken_back_is_shown_with_what_took_it_back(desk: Desk) -> None:
    restore = replace(RUNNING, switch=replace(RUNNING.switch, id="s3", mode=Mode.RESTORE, undoes="s2"))
    desk.deployed.journal.known = [restore, replace(RUNNING, outcome=Outcome.HELD)]

    (shop,) = json.loads(desk.type("status", "--json")[1])["services"]

    assert (shop["newest_switch"]["id"], shop["newest_switch"]["outcome"]) == ("s2", "HELD")
    assert shop["taken_back_by"]["id"] == "s3"


def test_a_version_in_brackets_is_shown_as_it_is(desk: Desk) -> None:
    desk.deployed.now = scene(STRANGE)
    desk.deployed.journal.known = [switch(1, STRANGE, BLUE, reason="wrong version [bold]\x1b[31m")]

    code, said = desk.type("status")

    assert code == 0
    assert "shop: green [/x] is live" in said
    assert "wrong version [bold]�[31m" in said


def test_a_damaged_journal_is_shown_as_damaged(desk: Desk) -> None:
    damaged = replace(switch(1, BLUE, None, None), damage=("outcome",))
    desk.deployed.now = scene(None, Weights(100, 0), damage="the journal's item live#shop is damaged")
    desk.deployed.journal.known = [damaged]
    desk.deployed.journal.held = Lock("", None)

    code, said = desk.type("status")

    assert code == 0
    assert "what is live is damaged in the journal" in said
    assert "the journal's item live#shop is damaged" in said
    assert "damaged: outcome" in said
    assert "damaged: the lock's item names no owner" in said


def test_history_has_one_line_for_each_switch(desk: Desk) -> None:
    kept = replace(switch(2, BLUE, None, Outcome.UNCHANGED), reason="blue stays\nlive")
    desk.deployed.journal.known = [kept, switch(1, BLUE, None, reason="all well")]

    code, said = desk.type("history")

    assert code == 0
    assert said.splitlines() == [
        "1970-01-01T00:16:42Z  release  blue 1.0.0                  UNCHANGED    blue stays live",
        "1970-01-01T00:16:41Z  release  blue 1.0.0                  DONE         all well",
    ]


def test_history_ends_at_its_limit(desk: Desk) -> None:
    desk.deployed.journal.known = [switch(number, BLUE, None) for number in (3, 2, 1)]

    code, said = desk.type("history", "--limit", "2", "--json")

    assert code == 0
    assert [each["id"] for each in json.loads(said)["switches"]] == ["s3", "s2"]


def test_history_says_what_was_taken_back_by_another_switch(desk: Desk) -> None:
    desk.deployed.journal.known = [switch(1, BLUE, None, undone="s9"), switch(0, GREEN, BLUE, undone="s0")]

    first, second = desk.type("history")[1].splitlines()

    assert "(taken back by s9)" in first
    assert "taken back" not in second


def test_a_switch_without_a_moment_is_listed_all_the_same(desk: Desk) -> None:
    desk.deployed.journal.known = [replace(switch(1, BLUE, None), started_at=float("inf"))]

    assert "at an unknown time" in desk.type("history")[1]


def test_an_empty_history_says_so(desk: Desk) -> None:
    assert desk.type("history") == (0, "the journal knows of no switch of shop\n")


def test_abort_asks_the_running_release(desk: Desk) -> None:
    desk.deployed.journal.held, desk.deployed.journal.known = HELD, [RUNNING]

    code, _ = desk.type("abort", "--reason", "wrong version")

    assert (code, desk.deployed.journal.aborted) == (0, {"s2": "wrong version"})


def test_an_owner_that_somebody_wrote_into_the_lock_reaches_the_terminal_as_plain_text(desk: Desk) -> None:
    owner = "s2\x1b[2J"
    desk.deployed.journal.held = replace(HELD, owner=owner)

    code, said = desk.type("abort")

    assert (code, list(desk.deployed.journal.aborted)) == (0, [owner])
    assert said == "the switch s2�[2J of shop will take itself back at its next look\n"


@pytest.mark.parametrize(
    ("lock", "mode", "said"),
    [
        (None, Mode.RELEASE, "no switch of shop is running"),
        (replace(HELD, deadline=1.0), Mode.RELEASE, "has not been settled"),
        (replace(HELD, owner=""), Mode.RELEASE, "the lock's item is damaged"),
        (HELD, Mode.REPAIR, "is a repair, which ends by itself"),
    ],
    ids=["none", "dead", "damaged", "repair"],
)
def test_what_cannot_be_aborted_is_not_asked(lock: Lock | None, mode: Mode, said: str, desk: Desk) -> None:
    desk.deployed.journal.held = lock
    desk.deployed.journal.known = [replace(RUNNING, switch=replace(RUNNING.switch, mode=mode))]

    code, printed = desk.type("abort")

    assert code == 1
    assert said in printed
    assert desk.deployed.journal.aborted == {}


@pytest.mark.parametrize("command", ["abort", "history", "repair", "rollback"])
def test_a_service_that_there_is_not_is_named_with_those_that_there_are(command: str, desk: Desk) -> None:
    code, said = desk.type(command, "--service", "cart")

    assert code == 1
    assert "there is no service 'cart'; the services are shop" in said
