"""Which image each color is told to run, by what the guard answers, and what it refuses of tags that moved."""

from __future__ import annotations

import pytest
from traffic_switch.contract import Color
from traffic_switch.errors import JournalAwayError, JournalError
from traffic_switch.image import KnownImage

from tests.unit.version_guard_world import SWITCH, FakeGuardWorld, digest_of, event, failing, upgrade

CREATED = event("Create", wanted="1.0.0 1.0.0")
GREEN_CHANGES = event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0")
NOTHING_CHANGES = event("Update", wanted="1.0.0 1.0.0", before="1.0.0 1.0.0")
OF_1, OF_2 = digest_of("1.0.0"), digest_of("2.0.0")
AGAIN = digest_of("pushed again")


def known(*versions: str) -> dict[str, KnownImage]:
    return {version: KnownImage(digest_of(version), 900.0) for version in versions}


def test_each_color_is_told_the_digest_of_its_version() -> None:
    world = FakeGuardWorld()

    world.serve(GREEN_CHANGES)

    assert world.data == {
        "BlueImage": f"@{OF_1}",
        "GreenImage": f"@{OF_2}",
        "BlueNamedImage": f":1.0.0@{OF_1}",
        "GreenNamedImage": f":2.0.0@{OF_2}",
    }


def test_what_a_version_is_is_remembered_when_it_is_first_deployed() -> None:
    world = FakeGuardWorld(memory={})

    world.serve(CREATED)

    assert world.memory == {"1.0.0": KnownImage(OF_1, 1_000.0)}


def test_a_color_that_does_not_change_keeps_its_image_though_the_tag_moved() -> None:
    world = FakeGuardWorld(pushed_again={"1.0.0": "pushed again"})

    assert world.serve(GREEN_CHANGES)[0] == "SUCCESS"
    assert world.data["BlueImage"] == f"@{OF_1}"


def test_a_tag_that_moved_is_refused_with_both_digests_and_what_to_do() -> None:
    world = FakeGuardWorld(pushed_again={"2.0.0": "pushed again"}, memory=known("1.0.0", "2.0.0"))

    status, reason = world.serve(GREEN_CHANGES)

    assert status == "FAILED"
    assert reason == (
        f"shop: the tag '2.0.0' is on {AGAIN}, but 2.0.0 was first deployed on 1970-01-01 00:15:00 UTC as {OF_2}."
        " Somebody deleted the tag and pushed it again. Push what you want to run under a new version, or deploy with"
        " -c recorded_images=true to run what it was"
    )


def test_every_version_whose_tag_moved_is_named_but_not_those_whose_tags_stayed() -> None:
    world = FakeGuardWorld(
        weights=(0, 0), tags=["3", "2", "1"], pushed_again={"3": "another"}, memory=known("1", "2", "3"), gone=[]
    )

    _, reason = world.serve(event("Update", wanted="2 3", before="1 1"))

    assert reason.startswith("shop: the tag '3' is on ")
    assert "'2'" not in reason


def test_a_moved_tag_of_which_no_time_is_known_is_told_without_one() -> None:
    world = FakeGuardWorld(pushed_again={"2.0.0": "pushed again"}, memory={"2.0.0": KnownImage(OF_2)})

    assert f"but 2.0.0 was first deployed as {OF_2}" in world.serve(event("Create", wanted="2.0.0 2.0.0"))[1]


def test_a_tag_that_was_taken_off_is_refused_too() -> None:
    world = FakeGuardWorld(tags=["1.0.0"], memory=known("1.0.0", "2.0.0"))

    _, reason = world.serve(GREEN_CHANGES)

    assert f"nothing has the tag '2.0.0', but 2.0.0 was first deployed on 1970-01-01 00:15:00 UTC as {OF_2}" in reason
    assert "Somebody deleted the tag. Push what you want to run under a new version" in reason


@pytest.mark.parametrize("tags", [["2.0.0", "1.0.0"], ["1.0.0"]], ids=["moved", "taken off"])
def test_the_image_that_a_version_was_runs_if_that_is_asked_for(tags: list[str]) -> None:
    world = FakeGuardWorld(tags=tags, pushed_again={"2.0.0": "pushed again"}, memory=known("1.0.0", "2.0.0"))
    change = event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0", recorded="true")

    assert world.serve(change)[0] == "SUCCESS"
    assert world.data["GreenImage"] == f"@{OF_2}"
    assert world.marked["live-green"] == f":2.0.0@{OF_2}"


@pytest.mark.parametrize("recorded", ["true", "false"])
def test_an_image_that_is_gone_is_refused_whatever_is_asked_for(recorded: str) -> None:
    world = FakeGuardWorld(
        pushed_again={"2.0.0": "pushed again"}, memory=known("1.0.0", "2.0.0"), gone=[digest_of("2.0.0")]
    )
    change = event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0", recorded=recorded)

    status, reason = world.serve(change)

    assert status == "FAILED"
    assert f"as {OF_2}, which is not in the repository greenlight/shop any more" in reason
    assert "it has expired, or somebody deleted it. Push it again, or what you want to run under a new" in reason
    assert "recorded_images" not in reason


def test_what_is_refused_is_not_remembered() -> None:
    world = FakeGuardWorld(tags=["1.0.0"])

    world.serve(GREEN_CHANGES)

    assert set(world.memory) == {"1.0.0"}


def test_an_upgrade_leaves_colors_that_do_not_change_with_their_tags() -> None:
    world = FakeGuardWorld(memory={})

    assert world.serve(upgrade(NOTHING_CHANGES))[0] == "SUCCESS"
    assert world.data["BlueImage"] == world.data["BlueNamedImage"] == ":1.0.0"
    assert world.data["GreenImage"] == world.data["GreenNamedImage"] == ":1.0.0"


def test_an_upgrade_remembers_what_the_tags_named() -> None:
    world = FakeGuardWorld(memory={})

    world.serve(upgrade(NOTHING_CHANGES))

    assert world.memory == {"1.0.0": KnownImage(OF_1, 1_000.0, frozenset(Color))}


def test_an_upgrade_changes_no_live_color_and_disturbs_no_switch() -> None:
    world = FakeGuardWorld(weights=(50, 50), lock=SWITCH, memory={}, tags=[])

    assert world.serve(upgrade(NOTHING_CHANGES))[0] == "SUCCESS"
    assert world.memory["1.0.0"] == KnownImage("", 1_000.0, frozenset(Color))


def test_a_color_keeps_its_tag_until_its_version_changes() -> None:
    world = FakeGuardWorld(memory={})
    world.serve(upgrade(NOTHING_CHANGES))
    world.answers.clear()

    world.serve(GREEN_CHANGES)

    assert world.data["BlueImage"] == ":1.0.0"
    assert world.data["GreenImage"] == f"@{OF_2}"


def test_a_color_that_comes_back_to_a_version_runs_it_by_digest() -> None:
    world = FakeGuardWorld(memory={"1.0.0": KnownImage(OF_1, 900.0, frozenset(Color)), **known("2.0.0")})

    world.serve(event("Update", wanted="1.0.0 1.0.0", before="1.0.0 2.0.0"))

    assert world.data["GreenImage"] == f"@{OF_1}"
    assert world.data["BlueImage"] == ":1.0.0"
    assert world.memory["1.0.0"].by_tag == {Color.BLUE}


def test_a_live_color_of_which_nothing_is_remembered_may_not_change_its_image() -> None:
    world = FakeGuardWorld(memory={})

    status, reason = world.serve(GREEN_CHANGES)

    assert status == "FAILED"
    assert reason == (
        "shop: blue is live with version 1.0.0, and the journal has no item image#shop#1.0.0, which would say what"
        " image that is: this deployment could change it under its users. Restore that item, or pass -c"
        " allow_live_change=true, which starts what the tag names now"
    )


def test_a_version_that_was_named_by_its_digest_never_goes_back_to_its_tag() -> None:
    world = FakeGuardWorld()

    status, reason = world.serve(upgrade(NOTHING_CHANGES))

    assert status == "FAILED"
    assert "the journal's item image#shop#1.0.0 names it by a digest, but the stack by its tag" in reason
    assert "Delete that item, or pass" in reason
    assert world.memory["1.0.0"].by_tag == frozenset()


def test_what_an_earlier_greenlight_declares_is_not_remembered() -> None:
    world = FakeGuardWorld(memory={})
    wanted = {name: value for name, value in CREATED["ResourceProperties"].items() if name != "RecordedImages"}

    assert world.serve({**CREATED, "ResourceProperties": wanted})[0] == "SUCCESS"
    assert world.memory == {}


def test_an_upgrade_that_is_tried_again_leaves_the_colors_with_their_tags() -> None:
    world = FakeGuardWorld(memory={"1.0.0": KnownImage(OF_1, 900.0, frozenset(Color))})

    assert world.serve(upgrade(NOTHING_CHANGES))[0] == "SUCCESS"
    assert world.data["BlueImage"] == ":1.0.0"


def test_a_rollback_gives_each_color_the_image_that_it_had() -> None:
    world = FakeGuardWorld(
        rolling_back=True,
        pushed_again={"1.0.0": "pushed again"},
        memory={"1.0.0": KnownImage(OF_1, 900.0, frozenset({Color.BLUE}))},
    )

    assert world.serve(event("Update", wanted="1.0.0 1.0.0", before="1.0.0 2.0.0"))[0] == "SUCCESS"
    assert world.data["BlueImage"] == ":1.0.0"
    assert world.data["GreenImage"] == f"@{OF_1}"


def test_a_rollback_to_a_forgotten_version_takes_what_its_tag_names() -> None:
    world = FakeGuardWorld(rolling_back=True, memory={})

    world.serve(event("Update", wanted="1.0.0 1.0.0", before="1.0.0 2.0.0"))

    assert world.data["BlueImage"] == f"@{OF_1}"


def test_a_rollback_to_a_forgotten_version_goes_on_without_the_registry() -> None:
    world = FakeGuardWorld(rolling_back=True, memory={}, looks={"images": failing(RuntimeError("ECR is away"))})

    assert world.serve(event("Update", wanted="1.0.0 1.0.0", before="1.0.0 2.0.0"))[0] == "SUCCESS"
    assert world.data["BlueImage"] == ":1.0.0"


def test_a_rollback_waits_for_a_journal_that_is_away_for_a_while() -> None:
    world = FakeGuardWorld(rolling_back=True)

    def away() -> None:
        if world.around.clock < 1_100.0:
            raise JournalAwayError("the journal did not take the call")

    world.looks = {"memory": away}

    assert world.serve(event("Update", wanted="1.0.0 1.0.0", before="1.0.0 2.0.0"))[0] == "SUCCESS"


@pytest.mark.parametrize("error", [JournalAwayError("DynamoDB is away"), JournalError("the item is damaged")])
def test_a_rollback_that_cannot_know_what_ran_touches_nothing_and_says_how_to_go_on(error: Exception) -> None:
    world = FakeGuardWorld(rolling_back=True, looks={"memory": failing(error)})

    status, reason = world.serve(event("Update", wanted="1.0.0 1.0.0", before="1.0.0 2.0.0"))

    assert status == "FAILED"
    assert f"no container was touched: {error}. When it can be" in reason
    assert "aws cloudformation continue-update-rollback --stack-name arn:stack" in reason


def test_a_rollback_to_an_earlier_greenlight_needs_no_memory() -> None:
    world = FakeGuardWorld(rolling_back=True, looks={"memory": failing(JournalAwayError("DynamoDB is away"))})
    change = event("Update", wanted="1.0.0 1.0.0", before="1.0.0 2.0.0")
    wanted = {name: value for name, value in change["ResourceProperties"].items() if name != "RecordedImages"}

    assert world.serve({**change, "ResourceProperties": wanted})[0] == "SUCCESS"


def test_a_deployment_that_runs_twice_answers_the_same() -> None:
    world = FakeGuardWorld(memory={})
    world.serve(upgrade(GREEN_CHANGES))
    first, memory = world.data, dict(world.memory)
    world.answers.clear()

    world.serve(upgrade(GREEN_CHANGES))

    assert (world.data, world.memory) == (first, memory)
