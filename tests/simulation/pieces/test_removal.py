"""Remove by itself: the rule goes for certain, or somebody is told that it did not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulation.faults import Fault, Kind
from tests.simulation.pieces.workbench import BLUE_LIVE, REMOVE, Workbench, asked

GONE = "the production rule of shop is gone"
STAYED = "the production rule of shop is still there: delete it by hand, then delete the stack again"


@pytest.fixture
def bench() -> Workbench:
    """Blue is live, and the removal s3 holds the lock."""
    bench = Workbench()
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.greenlight.site.write_rule(100, 0)
    bench.register(asked(REMOVE))
    bench.lock(REMOVE)
    return bench


def removed(bench: Workbench) -> Any:
    return bench.step("Remove", REMOVE)


def deletions(bench: Workbench) -> list[float]:
    return [time for time, _, call, _ in bench.cloud.kernel.trace if call == "elbv2.DeleteRule"]


def test_a_rule_that_is_removed_is_gone_and_nothing_is_live(bench: Workbench) -> None:
    told = removed(bench)
    item = bench.record(REMOVE)

    assert (told["verdict"], told["reason"]) == ("PASS", GONE)
    assert bench.greenlight.site.rule() is None
    assert (item["outcome"], item["reason"]) == ("REMOVED", GONE)
    assert bench.cloud.live("shop") is None
    assert bench.cloud.lock("shop") is None
    assert item["trace:remove:0001"]["reason"] == GONE


def test_a_removal_waits_until_no_write_can_be_on_its_way(bench: Workbench) -> None:
    removed(bench)

    assert 20 < bench.cloud.kernel.time < 25
    assert len(deletions(bench)) == 1


def test_a_rule_that_is_made_meanwhile_is_removed_too(bench: Workbench) -> None:
    bench.cloud.kernel.at(10.0, lambda: bench.greenlight.site.write_rule(0, 100))
    removed(bench)
    first, second = deletions(bench)

    assert second - first > bench.greenlight.policy.write_settle_seconds
    assert bench.greenlight.site.rule() is None


def test_where_there_is_no_rule_nothing_is_deleted(bench: Workbench) -> None:
    bench.greenlight.site.cloud.elbv2.delete_rule({"RuleArn": (bench.greenlight.site.rule() or {})["RuleArn"]})

    assert removed(bench)["verdict"] == "PASS"
    assert deletions(bench) == []


def test_a_rule_that_somebody_deletes_at_that_moment_is_gone_too(bench: Workbench) -> None:
    def deletes(_actor: str, call: str, _number: int) -> None:
        if call == "elbv2.DeleteRule" and (rule := bench.greenlight.site.rule()):
            bench.cloud.elbv2.delete_rule({"RuleArn": rule["RuleArn"]})

    bench.cloud.before_call = deletes

    assert removed(bench)["verdict"] == "PASS"


def test_a_rule_that_somebody_makes_again_fails_the_removal_and_is_a_page(bench: Workbench) -> None:
    def remakes(call: str, _parameters: object) -> None:
        if call == "elbv2.DeleteRule":
            bench.cloud.kernel.at(0.01, lambda: bench.greenlight.site.write_rule(100, 0))

    bench.cloud.after_event.append(remakes)
    told = removed(bench)
    item = bench.record(REMOVE)
    (page,) = bench.cloud.pages

    assert (told["verdict"], told["reason"]) == ("FAIL", STAYED)
    assert (item["outcome"], item["reason"]) == ("HELD", STAYED)
    assert (page.subject, page.message) == ("PAGE: Greenlight shop: remove HELD", STAYED)
    answer = json.loads(item["answer"])
    assert (answer["status"], answer["data"]["ActiveColor"]) == ("FAILED", "none")
    assert bench.cloud.live("shop") is not None


def test_a_removal_without_the_lock_deletes_nothing(bench: Workbench) -> None:
    bench.lock(REMOVE, epoch=8)
    told = removed(bench)

    assert (told["verdict"], told["reason"]) == (
        "LOST",
        "the lock of shop was taken from s3 while it deleted the rule",
    )
    assert deletions(bench) == []


def test_a_removal_that_loses_the_lock_while_it_waits_deletes_nothing_more(bench: Workbench) -> None:
    bench.cloud.kernel.at(10.0, lambda: bench.lock(REMOVE, epoch=8))
    bench.cloud.kernel.at(11.0, lambda: bench.greenlight.site.write_rule(0, 100))
    told = removed(bench)

    assert told["verdict"] == "LOST"
    assert len(deletions(bench)) == 1
    assert bench.greenlight.site.rule() is not None


def test_a_deletion_that_aws_does_not_take_is_an_error(bench: Workbench) -> None:
    bench.cloud.faults.addressed["Remove", "elbv2.DeleteRule", 1] = Fault(Kind.DENIED)

    assert bench.invoke("Remove", REMOVE).error == "AwsCallError"
    assert "outcome" not in bench.record(REMOVE)


def test_a_rule_that_became_another_resources_since_the_request_stays(bench: Workbench) -> None:
    bench.greenlight.tamper("live#shop", {**BLUE_LIVE, "resource": "stack/Other/1/ShopRelease"})
    told = removed(bench)
    item = bench.record(REMOVE)

    assert (told["verdict"], item["outcome"], deletions(bench)) == ("PASS", "UNCHANGED", [])
    assert json.loads(item["answer"])["status"] == "SUCCESS"
    assert bench.cloud.live("shop") is not None
    assert bench.cloud.lock("shop") is None


def test_where_another_resources_switch_died_a_removal_that_leaves_its_rule_alone_is_a_page(bench: Workbench) -> None:
    bench.greenlight.tamper("live#shop", {**BLUE_LIVE, "resource": "stack/Other/1/ShopRelease"})
    bench.lock(REMOVE, debt="s1")
    told = bench.step("Remove", REMOVE, hold={"epoch": 7, "debt": "s1"})

    assert (told["verdict"], bench.record(REMOVE)["outcome"], deletions(bench)) == ("FAIL", "HELD", [])
    assert "run `greenlight repair`" in bench.cloud.pages[0].message


def anothers(bench: Workbench) -> None:
    """A release of another resource has become live since the removal was asked for."""
    bench.amend(REMOVE, resource="stack/Own")
    bench.greenlight.tamper("live#shop", {**BLUE_LIVE, "resource": "stack/Other"})


LEFT = "the production rule of shop is another resource's by now, and stays"


def test_a_rule_that_is_anothers_by_now_stays(bench: Workbench) -> None:
    anothers(bench)
    told = removed(bench)
    item = bench.record(REMOVE)
    answer = json.loads(item["answer"])

    assert (told["verdict"], told["reason"]) == ("PASS", LEFT)
    assert (item["outcome"], item["reason"]) == ("UNCHANGED", LEFT)
    assert answer == {"status": "SUCCESS", "reason": LEFT, "data": {"ActiveColor": "blue", "Outcome": "UNCHANGED"}}
    assert deletions(bench) == []
    assert bench.cloud.topics.published == []


def test_a_rule_that_is_anothers_and_was_left_half_moved_is_a_page(bench: Workbench) -> None:
    anothers(bench)
    bench.lock(REMOVE, debt="dead")
    told = bench.step("Remove", REMOVE, hold={"epoch": 7, "debt": "dead"})
    reason = f"{LEFT}; the switch dead died while it moved traffic: run `greenlight repair`"

    assert (told["verdict"], told["reason"]) == ("FAIL", reason)
    assert [page.message for page in bench.cloud.pages] == [reason]
    assert deletions(bench) == []


def test_a_removal_that_fails_answers_what_people_read(bench: Workbench) -> None:
    def remakes(call: str, _parameters: object) -> None:
        if call == "elbv2.DeleteRule":
            bench.cloud.kernel.at(0.01, lambda: bench.greenlight.site.write_rule(100, 0))

    bench.cloud.after_event.append(remakes)
    removed(bench)

    assert json.loads(bench.record(REMOVE)["answer"])["reason"] == STAYED
