"""A front door that has become HTTPS: how its production rule comes to the new listener."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from traffic_switch.model import Hold
from traffic_switch.rule_writing import Fate, tidy

from tests.simulation.installation import BRIEF
from tests.simulation.people import Operator
from tests.simulation.pieces.asking import BLUE_PROPERTIES, PROPERTIES, answered, event, sent
from tests.simulation.pieces.workbench import (
    BLUE_LIVE,
    GREEN_LIVE,
    REMOVE,
    REPAIR,
    Workbench,
    asked,
    new_installation,
)
from tests.simulation.site import HOST, HTTPS, LISTENER

HOLD = Hold("s4", "shop", 7)


@pytest.fixture
def bench() -> Workbench:
    """Blue is live on port 80, the edge and the switch know of port 443, and the repair s4 holds the lock."""
    return ready(Workbench())


def ready(bench: Workbench) -> Workbench:
    """Let blue be live on port 80, the edge and the switch know of port 443, and the repair hold the lock."""
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.greenlight.site.write_rule(100, 0)
    bench.greenlight.become_https()
    bench.register(asked(REPAIR, request=None))
    bench.lock(REPAIR)
    return bench


def listeners(bench: Workbench) -> list[str]:
    """Those that have a production rule."""
    return [*bench.greenlight.site.rules()]


def test_the_rule_comes_to_the_new_listener_and_leaves_the_old_one(bench: Workbench) -> None:
    told = bench.step("Repair", REPAIR)

    assert listeners(bench) == [HTTPS]
    assert told["reason"].endswith("moves it at its end, or `greenlight repair` does")


def test_users_of_the_old_listener_are_served_until_they_are_redirected(bench: Workbench) -> None:
    followed = []
    bench.cloud.after_event.append(lambda *_: followed.append(bench.greenlight.site.followed_weights()))
    bench.step("Repair", REPAIR)

    assert followed
    assert all(weights == {"blue": 1.0} for weights in followed)


def test_the_rule_moves_though_another_color_went_live_since_the_repair_was_asked_for(bench: Workbench) -> None:
    bench.greenlight.tamper("live#shop", GREEN_LIVE)
    Operator(bench.greenlight.site).set_weights(0, 100)
    told = bench.step("Repair", REPAIR)

    assert (told["verdict"], listeners(bench)) == ("PASS", [HTTPS])
    assert bench.greenlight.site.rule_weights() == {"blue": 0, "green": 100}


def test_the_old_listener_keeps_its_rule_when_the_new_one_does_not_serve(bench: Workbench) -> None:
    del bench.cloud.web.front_doors[f"https://{HOST}"]
    told = bench.step("Repair", REPAIR)

    assert listeners(bench) == [HTTPS, LISTENER]
    assert told["verdict"] == "FAIL"
    assert told["reason"].startswith("the new listener does not serve, so the one before keeps its rule: ")


def test_a_rule_that_somebody_puts_back_on_the_old_listener_is_told(bench: Workbench) -> None:
    site = bench.greenlight.site

    def put_back(call: str, _parameters: object) -> None:
        if call == "elbv2.DeleteRule":
            site.write_rule_on(LISTENER, 50, 50)

    bench.cloud.after_event.append(put_back)
    told = bench.step("Repair", REPAIR)

    assert (told["verdict"], told["reason"]) == (
        "FAIL",
        "the listener that served before still has a production rule: the production rule has blue 100, green 0",
    )


def test_a_repair_waits_for_the_new_listener_as_long_as_the_settings_say() -> None:
    bench = ready(Workbench(new_installation(replace(BRIEF, confirm_deadline_seconds=420, write_settle_seconds=60))))
    front_doors = bench.cloud.web.front_doors
    del front_doors[f"https://{HOST}"]
    bench.cloud.kernel.at(400.0, lambda: front_doors.update({f"https://{HOST}": HTTPS}))

    assert bench.step("Repair", REPAIR)["verdict"] == "PASS"
    assert listeners(bench) == [HTTPS]


def test_what_was_left_behind_goes_with_the_next_repair(bench: Workbench) -> None:
    door = bench.cloud.web.front_doors.pop(f"https://{HOST}")
    bench.step("Repair", REPAIR)
    bench.cloud.web.front_doors[f"https://{HOST}"] = door
    told = bench.step("Repair", REPAIR)

    assert listeners(bench) == [HTTPS]
    assert "still has a production rule as well" in told["reason"]


def test_a_move_that_loses_the_lock_as_it_ends_is_not_called_done(bench: Workbench) -> None:
    bench.cloud.after_event.append(lambda call, _: bench.lock(REPAIR, epoch=8) if call == "elbv2.DeleteRule" else None)
    told = bench.step("Repair", REPAIR)

    assert (told["verdict"], told["reason"]) == (
        "LOST",
        "the lock of shop was taken from s4 while it moved the rule",
    )


def tidied(bench: Workbench) -> Fate:
    return bench.run(lambda world: tidy(world, world.services["shop"], HOLD), "Repair")


def test_a_rule_that_is_listed_late_is_waited_for(bench: Workbench) -> None:
    bench.cloud.kernel.at(5.0, lambda: bench.greenlight.site.write_rule_on(HTTPS, 100, 0))

    assert tidied(bench) is Fate.OK
    assert listeners(bench) == [HTTPS]


def test_a_rule_that_is_listed_at_once_keeps_nobody_waiting(bench: Workbench) -> None:
    bench.greenlight.site.write_rule_on(HTTPS, 100, 0)
    before = bench.cloud.kernel.time
    tidied(bench)

    assert bench.cloud.kernel.time - before < 5


def test_a_listener_that_a_person_added_on_another_port_is_none_of_ours(bench: Workbench) -> None:
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}
    theirs = bench.cloud.elbv2.add_listener(f"{LISTENER[:-1]}f", 8443, [fixed])
    bench.greenlight.site.write_rule_on(theirs.arn, 50, 50)
    told = bench.step("Repair", REPAIR)

    assert (told["verdict"], listeners(bench)) == ("PASS", [HTTPS])
    assert theirs.with_priority("100")


def test_the_only_rule_is_never_deleted(bench: Workbench) -> None:
    site = bench.greenlight.site

    assert tidied(bench) is Fate.FOREIGN
    assert [*site.rules()] == [LISTENER]


def test_an_old_look_at_the_new_listener_is_taken_again(bench: Workbench) -> None:
    bench.greenlight.site.write_rule_on(HTTPS, 100, 0)
    bench.cloud.kernel.sleep(5.0)
    bench.cloud.elbv2.stale_next(10.0)

    assert bench.run(lambda world: tidy(world, world.services["shop"], HOLD), "Repair") is Fate.OK
    assert listeners(bench) == [HTTPS]


def test_a_rule_that_is_deleted_on_the_new_listener_meanwhile_is_told(bench: Workbench) -> None:
    site = bench.greenlight.site
    site.write_rule_on(HTTPS, 100, 0)

    def deletes(call: str, _parameters: object) -> None:
        if call == "elbv2.DeleteRule" and HTTPS in site.rules():
            bench.cloud.elbv2.delete_rule({"RuleArn": site.rules()[HTTPS]["RuleArn"]})

    bench.cloud.after_event.append(deletes)

    assert bench.run(lambda world: tidy(world, world.services["shop"], HOLD), "Repair") is Fate.FOREIGN


def test_every_rule_that_the_old_listener_has_for_the_service_goes(bench: Workbench) -> None:
    elbv2, old = bench.cloud.elbv2, bench.cloud.elbv2.listeners[LISTENER]
    rule = old.with_priority("100") or {}
    elbv2.create_rule({"ListenerArn": LISTENER, "Priority": 50, **{k: rule[k] for k in ("Conditions", "Actions")}})
    bench.greenlight.site.write_rule_on(HTTPS, 100, 0)

    assert bench.run(lambda world: tidy(world, world.services["shop"], HOLD), "Repair") is Fate.OK
    assert (old.with_priority("50"), listeners(bench)) == (None, [HTTPS])


def test_a_lock_that_is_lost_deletes_nothing(bench: Workbench) -> None:
    site = bench.greenlight.site
    site.write_rule_on(HTTPS, 100, 0)
    bench.lock(REMOVE, epoch=8)

    assert tidied(bench) is Fate.LOST
    assert listeners(bench) == [HTTPS, LISTENER]


def test_a_repair_that_loses_the_lock_as_it_deletes_is_not_called_repaired(bench: Workbench) -> None:
    bench.cloud.after_event.append(lambda call, _: bench.lock(REPAIR, epoch=8) if call == "elbv2.DeleteRule" else None)
    told = bench.step("Repair", REPAIR)

    assert (told["verdict"], told["reason"]) == ("LOST", "the lock of shop was taken from s4 while it moved the rule")
    assert "outcome" not in bench.record(REPAIR)


def test_a_removal_deletes_the_rules_of_both_listeners(bench: Workbench) -> None:
    bench.greenlight.site.write_rule_on(HTTPS, 100, 0)
    bench.register(asked(REMOVE))
    bench.lock(REMOVE)
    bench.step("Remove", REMOVE)

    assert listeners(bench) == []


def test_a_hand_edit_of_the_rule_on_the_old_listener_is_written_over_by_nobody_but_a_repair(bench: Workbench) -> None:
    Operator(bench.greenlight.site).set_weights(50, 50)
    bench.step("Repair", REPAIR)

    assert listeners(bench) == [HTTPS]
    assert bench.greenlight.site.rule_weights() == {"blue": 100, "green": 0}


def test_a_deploy_that_asks_for_nothing_new_moves_the_rule(asking: Workbench) -> None:
    asking.greenlight.become_https()
    sent(asking, event(asking, ResourceProperties={**PROPERTIES, "Color": "keep"}))
    switch = json.loads((asking.cloud.switch_item("r1") or {})["switch"])

    assert (switch["mode"], switch["color"], switch["version"]) == ("repair", "blue", "v1")
    assert asking.cloud.kernel.time < 5


def test_a_deploy_moves_no_rule_with_weights_that_somebody_changed(asking: Workbench) -> None:
    asking.greenlight.become_https()
    Operator(asking.greenlight.site).set_weights(50, 50)

    answer = answered(asking, event(asking, ResourceProperties={**PROPERTIES, "Color": "keep"}))

    assert answer["Reason"].startswith("blue with version v1 stays live. the production rule has blue 50, green 50")


@pytest.mark.parametrize("wanted", [PROPERTIES, BLUE_PROPERTIES])
def test_a_request_for_a_color_is_kept_waiting_by_no_rule_that_another_switch_may_be_moving(
    asking: Workbench, wanted: dict[str, str]
) -> None:
    sent(asking, event(asking, ResourceProperties=wanted))

    assert "elbv2.DescribeRules" not in asking.asked_for


def test_a_release_of_a_new_version_is_kept_waiting_by_no_rule_on_another_listener(asking: Workbench) -> None:
    asking.greenlight.become_https()
    sent(asking, event(asking))

    assert "elbv2.DescribeRules" not in asking.asked_for
