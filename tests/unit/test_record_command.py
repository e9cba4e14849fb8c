"""`greenlight record`: what is live, written into cdk.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from traffic_switch.contract import RELEASE_RESOURCE_TYPE, Color
from traffic_switch.journal import Lock

from greenlight.switch_view import SwitchView
from tests.unit.operator_world import BLUE, CONTEXT, GREEN, Desk, asked_for, scene, seated, switch


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Green 2.0.0 is live and was never recorded."""
    made = seated(tmp_path, monkeypatch)
    made.deployed.now = scene(GREEN)
    made.deployed.journal.known = [asked_for(switch(1, GREEN, BLUE), attempt=2)]
    return made


def test_what_is_live_is_written_as_a_release_writes_it(desk: Desk) -> None:
    code, said = desk.type("record")

    assert code == 0
    assert said.startswith("shop: green 2.0.0 is live, and written into cdk.json: green_version 2.0.0, ")
    assert desk.declared == {
        **CONTEXT["services"]["shop"],
        "green_version": "2.0.0",
        "active_color": "green",
        "attempt": 2,
    }


def test_done_twice_it_changes_nothing_and_says_so(desk: Desk) -> None:
    desk.type("record")
    file = desk.folder / "cdk.json"
    before = (file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino)

    code, said = desk.type("record")

    assert (code, said) == (0, "shop: green 2.0.0 is live, and already recorded\n")
    assert (file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino) == before


def test_while_a_switch_runs_nothing_is_written(desk: Desk) -> None:
    desk.deployed.journal.held = Lock("s7", 1, reason="release blue 3.0.0", since=1000.0)

    code, said = desk.type("record")

    assert code == 1
    assert "the switch s7 (release blue 3.0.0) " in said
    assert "Nothing was changed" in said
    assert desk.declared == CONTEXT["services"]["shop"]


def test_a_switch_that_begins_while_the_journal_is_read_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def switches(service: str) -> list[SwitchView]:
        desk.deployed.journal.held = Lock("s7", 1, reason="release blue 3.0.0", since=1000.0)
        return desk.deployed.journal.known

    monkeypatch.setattr(desk.deployed.journal, "switches", switches)

    code, said = desk.type("record")

    assert (code, desk.declared) == (1, CONTEXT["services"]["shop"])
    assert "the switch s7 (release blue 3.0.0) " in said


def test_a_switch_that_ends_while_the_journal_is_read_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def switches(service: str) -> list[SwitchView]:
        desk.deployed.now = scene(BLUE)
        return desk.deployed.journal.known

    monkeypatch.setattr(desk.deployed.journal, "switches", switches)

    code, said = desk.type("record")

    assert (code, desk.declared) == (1, CONTEXT["services"]["shop"])
    assert "shop: what is live changed meanwhile. Nothing was written" in said


def test_a_version_that_the_live_color_does_not_run_is_not_recorded(desk: Desk) -> None:
    desk.deployed.running = {Color.BLUE: "1.0.0", Color.GREEN: "2.1.0"}

    code, said = desk.type("record")

    assert (code, desk.declared) == (1, CONTEXT["services"]["shop"])
    assert "green was deployed with 2.1.0 since, past the switch" in said


def test_an_empty_journal_is_refused(desk: Desk) -> None:
    desk.deployed.now = scene(None)

    code, said = desk.type("record")

    assert (code, desk.declared) == (1, CONTEXT["services"]["shop"])
    assert "the journal is empty: nothing is live, so there is nothing to record" in said


def test_a_service_that_is_not_live_yet_is_left_as_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    report = {"blue_version": "1.1.0", "green_version": "1.1.0", "paths": ["/report/*"], "priority": 120}
    services = {**CONTEXT["services"], "report": {**report, "blue_port": 3002, "green_port": 3003}}
    (desk.folder / "cdk.json").write_text(json.dumps({"context": {"services": services}}))
    journal = desk.deployed.journal
    monkeypatch.setattr(journal, "live", lambda service: GREEN if service == "shop" else None)

    code, said = desk.type("record")

    assert (code, said.splitlines()[-1]) == (0, "report: nothing is live, so cdk.json is left as it is")
    assert desk.declared["green_version"] == "2.0.0"


def test_a_cdk_json_that_lacks_a_deployed_service_is_refused(desk: Desk) -> None:
    admin = {"Type": RELEASE_RESOURCE_TYPE, "Properties": {"Service": "admin"}}
    desk.deployed.templates = {"GreenlightRelease": {"Resources": {"Admin": admin}}}

    code, said = desk.type("record")

    assert (code, desk.declared) == (1, CONTEXT["services"]["shop"])
    assert "cdk.json has no service 'admin', which is deployed" in said


@pytest.mark.parametrize("key", ["green_version", "shop.green_version"])
def test_a_key_that_overrides_what_is_live_is_refused_by_its_name(desk: Desk, key: str) -> None:
    text = json.dumps({"context": {**CONTEXT, key: "1.1.0"}})
    (desk.folder / "cdk.json").write_text(text)

    code, said = desk.type("record")

    assert (code, len(said.splitlines())) == (1, 1)
    assert f"has {key!r} beside `services`, which overrides that" in said
    assert (desk.folder / "cdk.json").read_text() == text


@pytest.mark.parametrize(
    ("text", "words"),
    [('{"context": ', "is not JSON"), ('{"context": {}}', "services: missing")],
    ids=["broken", "bare"],
)
def test_a_cdk_json_that_makes_no_sense_is_one_line_and_stays(desk: Desk, text: str, words: str) -> None:
    (desk.folder / "cdk.json").write_text(text)

    code, said = desk.type("record")

    assert (code, len(said.splitlines())) == (1, 1)
    assert words in said
    assert (desk.folder / "cdk.json").read_text() == text


def test_a_cdk_json_that_is_read_only_is_one_line_with_what_to_write(desk: Desk) -> None:
    (desk.folder / "cdk.json").chmod(0o444)

    code, said = desk.type("record")

    assert (code, len(said.splitlines())) == (1, 1)
    assert "what is live is known, but " in said
    assert 'it is read-only. Write this yourself, or the next deploy undoes it: services.shop: {"green_version"' in said


def test_for_other_programs_it_says_what_was_written(desk: Desk) -> None:
    facts = {"green_version": "2.0.0", "active_color": "green", "attempt": 2, "blue_version": "1.0.0"}
    live = {"color": "green", "version": "2.0.0"}

    first, second = (json.loads(desk.type("record", "--json")[1]) for _ in range(2))

    shop = {"service": "shop", "live": live, "written": facts}
    assert first == {"stage": None, "services": [shop], "written": {}}
    assert second["services"][0]["written"] == {}


def test_at_a_stage_it_is_written_below_the_stage(desk: Desk) -> None:
    staging = {"vpc_cidr": "10.21.0.0/16", **CONTEXT}
    (desk.folder / "cdk.json").write_text(json.dumps({"context": {**CONTEXT, "stages": {"staging": staging}}}))

    code, _ = desk.type("record", "--stage", "staging")

    context = json.loads((desk.folder / "cdk.json").read_text())["context"]
    assert (code, context["stages"]["staging"]["services"]["shop"]["green_version"]) == (0, "2.0.0")
    assert desk.declared == CONTEXT["services"]["shop"]


def test_where_nothing_is_live_a_pipeline_goes_on(desk: Desk) -> None:
    desk.deployed.now = scene(None)

    code, said = desk.type("record", "--if-any")

    assert (code, said) == (0, "shop: nothing is live, so cdk.json is left as it is\n")
    assert desk.declared == CONTEXT["services"]["shop"]


RENEWED = "2026-11-22T10:55Z"


def host(desk: Desk) -> object:
    """When cdk.json says that the host was renewed."""
    return json.loads((desk.folder / "cdk.json").read_text())["context"].get("host_renewed_at")


def test_a_renewal_that_nobody_committed_is_written_down_too(desk: Desk) -> None:
    desk.deployed.renewed = RENEWED

    code, said = desk.type("record")

    assert (code, host(desk)) == (0, RENEWED)
    assert said.splitlines()[-1] == f"the host was renewed, and written into cdk.json: host_renewed_at {RENEWED}"
    assert desk.type("record")[1] == "shop: green 2.0.0 is live, and already recorded\n"


def test_a_host_that_was_never_renewed_is_not_written(desk: Desk) -> None:
    desk.type("record")

    assert host(desk) is None


def test_fargate_has_no_host_to_write_down(desk: Desk) -> None:
    (desk.folder / "cdk.json").write_text(json.dumps({"context": {**CONTEXT, "compute": "fargate"}}))
    desk.deployed.renewed = RENEWED
    desk.type("record")

    assert host(desk) is None


def test_for_other_programs_it_says_what_was_written_of_the_host(desk: Desk) -> None:
    desk.deployed.renewed = RENEWED

    assert json.loads(desk.type("record", "--json")[1])["written"] == {"host_renewed_at": RENEWED}
