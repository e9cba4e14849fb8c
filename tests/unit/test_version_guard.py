"""What the guard lets pass and what it refuses, and what CloudFormation hears of it, in a world without AWS."""

from __future__ import annotations

from traffic_switch.contract import Color

from tests.unit.version_guard_world import FakeGuardWorld, digest_of, event, failing, remembered

GREEN_CHANGES = event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0")
BLUE_CHANGES = event("Update", wanted="2.0.0 1.0.0", before="1.0.0 1.0.0")


def test_a_change_of_the_live_color_is_refused_with_what_to_do_instead() -> None:
    status, reason = FakeGuardWorld().serve(BLUE_CHANGES)

    assert status == "FAILED"
    assert reason == (
        "shop: blue is live with version 1.0.0, and this deployment would change it to 2.0.0 under its users."
        " Keep blue_version=1.0.0: deploy 2.0.0 to green and switch to it, or pass -c allow_live_change=true"
    )


def test_a_change_of_the_idle_color_passes() -> None:
    assert FakeGuardWorld().serve(GREEN_CHANGES)[0] == "SUCCESS"


def test_where_both_colors_have_users_neither_may_change() -> None:
    status, reason = FakeGuardWorld(weights=(90, 10)).serve(GREEN_CHANGES)

    assert status == "FAILED"
    assert "green is live" in reason
    assert "run `greenlight repair` first" in reason


def test_where_nothing_was_ever_live_everything_may_change() -> None:
    world = FakeGuardWorld(weights=(0, 0))

    assert world.serve(event("Update", wanted="2.0.0 2.0.0", before="1.0.0 1.0.0"))[0] == "SUCCESS"


def test_where_no_rule_sends_users_anywhere_the_journal_says_what_is_live() -> None:
    world = FakeGuardWorld(weights=(0, 0), live=remembered(Color.GREEN))

    status, reason = world.serve(GREEN_CHANGES)

    assert status == "FAILED"
    assert "green is live by the journal, though no rule sends it traffic" in reason
    assert "run `greenlight repair`" in reason


def test_the_other_color_may_change_while_the_rule_is_missing() -> None:
    world = FakeGuardWorld(weights=(0, 0), live=remembered(Color.BLUE))

    assert world.serve(GREEN_CHANGES)[0] == "SUCCESS"


def test_an_old_answer_of_the_load_balancer_right_after_a_switch_does_not_deceive_it() -> None:
    world = FakeGuardWorld(weights=(100, 0), live=remembered(Color.GREEN))

    def catch_up() -> None:
        if world.around.clock >= 1_005.0:
            world.weights = (0, 100)

    world.looks = {"weights": catch_up}

    assert world.serve(GREEN_CHANGES)[0] == "FAILED"


def test_a_color_that_a_failed_switch_left_without_users_can_be_repaired() -> None:
    world = FakeGuardWorld(weights=(0, 100), live=remembered(Color.BLUE))

    assert world.serve(BLUE_CHANGES)[0] == "SUCCESS"


def test_a_change_of_the_live_color_passes_when_it_is_asked_for_by_name() -> None:
    change = event("Update", wanted="2.0.0 1.0.0", before="1.0.0 1.0.0", allow="true")

    assert FakeGuardWorld().serve(change)[0] == "SUCCESS"


def test_a_change_that_is_asked_for_by_name_needs_no_word_of_a_damaged_journal() -> None:
    change = event("Update", wanted="2.0.0 1.0.0", before="1.0.0 1.0.0", allow="true")
    world = FakeGuardWorld(looks={"live": failing(RuntimeError("the item live#shop is damaged"))})

    assert world.serve(change)[0] == "SUCCESS"


def test_a_version_without_an_image_is_refused_with_the_versions_there_are() -> None:
    world = FakeGuardWorld(tags=["5", "4", "3", "2", "1", "0"], memory={})

    status, reason = world.serve(event("Create", wanted="1 9.9.9"))

    assert status == "FAILED"
    assert reason == (
        "shop: there is no image '9.9.9' in the repository greenlight/shop; the newest there are 5, 4, 3, 2, 1."
        " Push the image first, or declare a version that is there"
    )


def test_an_empty_repository_is_called_that() -> None:
    _, reason = FakeGuardWorld(tags=[], memory={}).serve(event("Create", wanted="1.0.0 1.0.0"))

    assert "there is no image '1.0.0' in the repository greenlight/shop; the repository is empty" in reason


def test_an_image_that_was_deleted_under_an_unchanged_color_stops_nothing() -> None:
    assert FakeGuardWorld(tags=["2.0.0"]).serve(GREEN_CHANGES)[0] == "SUCCESS"


def test_what_passes_is_marked_as_running() -> None:
    world = FakeGuardWorld()

    world.serve(event("Create", wanted="1.0.0 2.0.0"))

    assert world.marked == {
        "live-blue": f":1.0.0@{digest_of('1.0.0')}",
        "live-green": f":2.0.0@{digest_of('2.0.0')}",
    }


def test_what_is_refused_is_not_marked() -> None:
    world = FakeGuardWorld()

    world.serve(BLUE_CHANGES)

    assert world.marked == {}


def test_colors_that_are_created_anew_pass_though_the_rule_outlived_them() -> None:
    assert FakeGuardWorld().serve(event("Create", wanted="1.0.0 1.0.0"))[0] == "SUCCESS"


def test_a_deletion_passes() -> None:
    assert FakeGuardWorld(tags=[]).serve(event("Delete", wanted="1.0.0 1.0.0"))[0] == "SUCCESS"
