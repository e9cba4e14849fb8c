from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatch
from typing import Any

import pytest
from greenlight_cdk.people_rights import EVERYWHERE, breaker
from traffic_switch.asking import Properties
from traffic_switch.contract import JOURNAL_KEY, Color
from traffic_switch.errors import JournalError
from traffic_switch.journal import Answer, Record
from traffic_switch.model import Live, Mode, Outcome, Switch, Weights
from traffic_switch.ports.dynamodb_journal import DynamoJournal
from traffic_switch.ports.journal_items import wire
from traffic_switch.ports.journal_table import JournalTable
from traffic_switch.verdict import passed

from greenlight.errors import ReleaseError
from greenlight.journal_view import JournalView
from greenlight.switch_view import mode, state
from tests.simulation.cloud import JOURNAL, Cloud

RELEASE = Switch("s1", "shop", Mode.RELEASE, Color.GREEN, "2.0.0")
RESTORE = Switch("s2", "shop", Mode.RESTORE, Color.GREEN, "2.0.0", "s1")
KEPT = Record(
    Switch("k1", "shop", Mode.RELEASE, Color.BLUE, "1.0.0"),
    5.0,
    properties=Properties("", '{"Color":"keep"}'),
    outcome=Outcome.UNCHANGED,
    answer=Answer("SUCCESS", "blue stays live"),
)


class Table:
    """The journal's table, as the switch and an operator see it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.client = cloud.client("operator", "dynamodb")
        self.journal = DynamoJournal(JournalTable(self.client, JOURNAL, cloud.kernel.sleep))
        self.view = JournalView(self.client, JOURNAL, cloud.kernel.sleep)

    def put(self, key: str, **attributes: Any) -> None:
        item = {JOURNAL_KEY: key, **attributes}
        self.client.put_item(TableName=JOURNAL, Item={name: wire(value) for name, value in item.items()})


@pytest.fixture
def table() -> Iterator[Table]:
    cloud = Cloud()
    yield Table(cloud)
    cloud.close()


def test_the_newest_switch_of_a_service_is_of_any_kind(table: Table) -> None:
    for number, kind in enumerate((Mode.RELEASE, Mode.RESTORE, Mode.REPAIR)):
        table.journal.register(Record(replace(RELEASE, id=kind.value, mode=kind), float(number)), None)

    newest = table.view.newest("shop")

    assert newest is not None
    assert newest.switch.mode is Mode.REPAIR


def test_another_services_switch_is_not_the_newest(table: Table) -> None:
    table.journal.register(Record(RELEASE, 1.0), None)

    assert table.view.newest("report") is None


def test_a_restore_leads_to_the_release_that_it_takes_back(table: Table) -> None:
    table.journal.register(Record(RELEASE, 1.0), None)
    table.journal.register(Record(RESTORE, 2.0), None)
    newest = table.view.newest("shop")

    assert newest is not None
    assert table.view.release_behind(newest).switch == RELEASE


def test_a_restore_of_a_forgotten_release_stands_for_itself(table: Table) -> None:
    table.journal.register(Record(RESTORE, 2.0), None)
    newest = table.view.newest("shop")

    assert newest is not None
    assert table.view.release_behind(newest) is newest


def test_phases_are_in_the_order_in_which_they_began(table: Table) -> None:
    table.journal.register(Record(RELEASE, 1.0), None)
    table.journal.note("s1", "gate", 1, passed("healthy"), 3.0)
    table.journal.begin("s1", "preflight", 2.0)

    seen = table.view.switch("s1")

    assert seen is not None
    assert list(seen.phases.items()) == [("preflight", 2.0), ("gate", 3.0)]
    assert (seen.phase, seen.said) == ("gate", "healthy")


def test_a_list_has_every_request_of_the_service_and_the_newest_first(table: Table) -> None:
    table.journal.register(Record(RELEASE, 1.0), None)
    table.journal.register(KEPT, None)
    table.journal.register(Record(replace(RELEASE, id="r1", service="report"), 3.0), None)
    table.journal.register(Record(replace(RELEASE, id="p1", mode=Mode.REPAIR), 4.0), None)

    assert [each.switch.id for each in table.view.switches("shop")] == ["k1", "p1", "s1"]


def test_a_list_says_what_was_live_before_each_switch(table: Table) -> None:
    live = {"color": "blue", "version": "1", "blue": 100, "green": 0}
    table.put("switch#s9", started_at=1, before={"weights": {"blue": 100, "green": 0}, "live": live})

    (found,) = table.view.switches("shop")

    assert found.before is not None
    assert found.before.live == Live(Color.BLUE, "1", Weights(100, 0))


def test_a_damaged_item_is_listed_and_called_damaged(table: Table) -> None:
    table.put("switch#broken", switch="{", started_at="soon", outcome="WHO KNOWS")

    (found,) = table.view.switches("shop")

    assert (found.switch.id, state(found, None)) == ("broken", "damaged: switch, started_at, outcome")


def test_a_trace_that_cannot_be_read_is_left_out(table: Table) -> None:
    table.put("switch#s9", **{"phase:gate": "soon", "phase:smoke": 7, "evidence": "{"})

    found = table.view.switch("s9")

    assert found is not None
    assert found.phases == {"smoke": 7.0}
    assert found.evidence == {"unreadable": "{"}


def test_a_damaged_memory_of_what_is_live_is_named(table: Table) -> None:
    table.put("live#shop", color="red")

    with pytest.raises(JournalError, match="live#shop is damaged"):
        table.view.live("shop")


def test_an_operators_wish_to_abort_reaches_the_switch(table: Table) -> None:
    table.journal.register(Record(RELEASE, 1.0), None)

    table.view.ask_to_abort("s1", "asked by ann")

    record = table.journal.record("s1")
    assert record is not None
    assert record.abort == "asked by ann"


def test_a_wish_to_abort_needs_no_more_than_the_breakers_policy(table: Table) -> None:
    """One request, about the keys, the attributes and the return values that the policy's conditions name."""
    table.journal.register(Record(RELEASE, 1.0), None)
    trace = table.cloud.kernel.trace
    trace.clear()
    table.view.ask_to_abort("s1", "asked by ann")
    ((_, _, call, (request, *_)),) = trace
    (abort,) = (each for each in breaker(EVERYWHERE) if each.sid == "Abort")
    condition = abort.conditions

    assert (call.replace(".", ":"),) == abort.actions
    (pattern,) = condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    assert fnmatch(request["Key"]["pk"]["S"], pattern)
    named = {*request["Key"], *request["ExpressionAttributeNames"].values()}
    assert named == set(condition["ForAllValues:StringEquals"]["dynamodb:Attributes"])
    assert request["ReturnValues"] in condition["StringEqualsIfExists"]["dynamodb:ReturnValues"]


def test_a_wish_to_abort_makes_no_item_of_its_own(table: Table) -> None:
    with pytest.raises(ReleaseError, match="no item switch#ghost"):
        table.view.ask_to_abort("ghost", "asked by ann")

    assert table.view.switch("ghost") is None


def test_a_deploy_that_named_no_color_is_called_keep(table: Table) -> None:
    table.journal.register(KEPT, None)

    assert [mode(each) for each in table.view.switches("shop")] == ["keep"]


def test_the_first_release_by_keep_is_a_release() -> None:
    assert mode(replace(KEPT, begun=6.0, outcome=Outcome.DONE)) == "release"


@pytest.mark.parametrize(
    ("record", "word"),
    [
        (Record(RELEASE, 1.0), "not begun"),
        (Record(RELEASE, 1.0, begun=2.0), "not settled"),
        (Record(RELEASE, 1.0, begun=2.0, outcome=Outcome.HELD), "HELD"),
        (Record(RELEASE, 1.0, outcome=Outcome.DONE, damage=("before",)), "DONE (damaged: before)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_state_of_a_switch_without_the_lock(record: Record, word: str) -> None:
    assert state(record, None) == word


def test_a_switch_is_running_while_it_has_the_lock(table: Table) -> None:
    table.journal.register(Record(RELEASE, 1.0), None)
    table.journal.acquire(RELEASE, "release", 1.0, 99.0)
    seen = table.view.switch("s1")

    assert seen is not None
    assert state(seen, table.view.lock("shop")) == "running"
