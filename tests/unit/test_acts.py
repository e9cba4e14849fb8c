"""The acts can fail: each claim is held against what would disprove it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from traffic_switch.contract import Color
from traffic_switch.model import Live, Mode, Switch, Weights

from greenlight.journal_view import SwitchView
from greenlight.rehearsal.acts.act import Seen
from greenlight.rehearsal.acts.repertoire import REPERTOIRE
from greenlight.rehearsal.promises import Snapshot, broken
from greenlight.rehearsal.stage import Outcome
from greenlight.rehearsal.traffic.outcome import Outcome as Ending
from greenlight.rehearsal.traffic.record import Record
from greenlight.rehearsal.versions import Cast

BLUE = Live(Color.BLUE, "1", Weights(100, 0))
GREEN = Live(Color.GREEN, "2", Weights(0, 100))
ACTS = {act.name: act for act in REPERTOIRE}


def record(color: Color = Color.BLUE, ending: Ending = Ending.ANSWERED) -> Record:
    return Record(1.0, 0.01, color, ending)


VIEW = SwitchView(
    switch=Switch("s1", "shop", Mode.RELEASE, Color.GREEN, "2"),
    started_at=0.0,
    phases={"gate": 1.0},
    phase="done",
    said="",
    outcome="DONE",
    reason="",
    shifted_at=1.0,
    evidence=None,
)
RELEASED = Seen(Outcome(0, ""), VIEW, "UPDATE_COMPLETE", BLUE, GREEN, [record(), record(Color.GREEN)], [])
REFUSED = replace(
    RELEASED,
    outcome=Outcome(1, ""),
    stack_status="UPDATE_ROLLBACK_COMPLETE",
    after=BLUE,
    records=[record()],
    switch=replace(VIEW, outcome="UNCHANGED"),
)
ROLLED_BACK = replace(
    REFUSED,
    records=[record(Color.GREEN, Ending.SERVER_ERROR)],
    switch=replace(VIEW, outcome="ROLLED_BACK", reason="Bake failed: errors", evidence={"why": "errors"}),
)


@pytest.mark.parametrize(
    ("name", "seen"),
    [("release", RELEASED), ("undo", RELEASED), ("unhealthy", REFUSED), ("errors", ROLLED_BACK)],
)
def test_an_act_without_a_flaw_has_no_complaint(name: str, seen: Seen) -> None:
    assert list(ACTS[name].complaints(seen)) == []


@pytest.mark.parametrize(
    ("name", "seen", "complaint"),
    [
        ("release", replace(RELEASED, outcome=Outcome(1, "", "no image")), "the deploy failed: no image"),
        ("release", replace(RELEASED, stack_status="UPDATE_FAILED"), "wanted UPDATE_COMPLETE"),
        ("release", replace(RELEASED, after=BLUE), "blue 1 is still live"),
        ("undo", replace(RELEASED, records=[record(ending=Ending.RESET)]), "1 requests failed, wanted 0"),
        ("unhealthy", replace(REFUSED, outcome=Outcome(0, "")), "the deploy succeeded"),
        ("unhealthy", replace(REFUSED, after=GREEN), "green 2 is live, wanted blue 1"),
        ("unhealthy", replace(REFUSED, records=[record(Color.GREEN)]), "the idle color answered 1 requests"),
        ("unhealthy", replace(REFUSED, switch=replace(VIEW, phases={"gate": 1, "smoke": 2})), "the gate did not"),
        ("unhealthy", replace(REFUSED, switch=None), "no switch was started"),
        ("errors", replace(ROLLED_BACK, switch=replace(VIEW, outcome="HELD")), "wanted ROLLED_BACK"),
        ("errors", replace(ROLLED_BACK, records=[record()]), "the broken version never had traffic"),
        (
            "errors",
            replace(ROLLED_BACK, switch=replace(VIEW, outcome="ROLLED_BACK", reason="Bake failed")),
            "no evidence was kept",
        ),
    ],
)
def test_each_flaw_is_a_complaint(name: str, seen: Seen, complaint: str) -> None:
    assert any(complaint in each for each in ACTS[name].complaints(seen))


def test_each_act_begins_where_the_one_before_ended() -> None:
    live = Color.BLUE
    for act in REPERTOIRE:
        assert act.starts_on is live
        live = act.new_color or live


def test_broken_versions_are_made_of_the_one_that_replaces_the_live_one() -> None:
    assert Cast("1", "2").faults == {"1": [], "2": [], "2-unhealthy": ["unhealthy"], "2-errors": ["errors"]}


KEPT = Snapshot(BLUE, BLUE.weights, "arn:rule", "", {"r1": 1}, {Color.BLUE: frozenset({7}), Color.GREEN: frozenset()})


def test_what_is_as_it_was_breaks_no_promise() -> None:
    assert list(broken(KEPT, KEPT)) == []


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (replace(KEPT, lock_owner="s1"), "the lock is still held by s1"),
        (replace(KEPT, weights=Weights(50, 50)), "the journal remembers blue 100, green 0"),
        (replace(KEPT, rule_arn="arn:other"), "deleted and created again"),
        (replace(KEPT, answers={"r1": 1, "r2": 0}), "got 0 answers to its request r2"),
        (replace(KEPT, answers={"r1": 2}), "got 2 answers to its request r1"),
        (replace(KEPT, processes={Color.BLUE: frozenset({8}), Color.GREEN: frozenset()}), "was restarted"),
    ],
)
def test_each_broken_promise_is_named(after: Snapshot, words: str) -> None:
    assert any(words in each for each in broken(KEPT, after))
