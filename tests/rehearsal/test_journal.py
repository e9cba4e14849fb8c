"""The journal's transactions against a table of the local cloud, and what an operator reads of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
from traffic_switch.contract import JOURNAL_KEY, Color
from traffic_switch.errors import LockLostError
from traffic_switch.journal import Answer, Before, Closing, Lock, Record
from traffic_switch.model import Live, Mode, Outcome, Switch, Weights
from traffic_switch.ports.dynamodb_journal import DynamoJournal
from traffic_switch.ports.journal_table import JournalTable
from traffic_switch.verdict import passed

from greenlight.journal_view import JournalView
from greenlight.switch_view import state
from tests.rehearsal.local_cloud import started

pytestmark = pytest.mark.rehearsal

TABLE, REQUESTS = "journal", "requests"
BLUE_LIVE = Live(Color.BLUE, "1", Weights(100, 0))
GREEN_LIVE = Live(Color.GREEN, "2", Weights(0, 100))
GOOD = Answer("SUCCESS", "live", {"ActiveColor": "green"})
_numbers = count()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with started(tmp_path_factory.mktemp("journal"), "iam") as cloud:
        dynamodb = cloud.client("dynamodb", max_pool_connections=20)
        for name in (TABLE, REQUESTS):
            dynamodb.create_table(
                TableName=name,
                KeySchema=[{"AttributeName": JOURNAL_KEY, "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": JOURNAL_KEY, "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        yield dynamodb


@pytest.fixture
def journal(client: Any) -> DynamoJournal:
    return DynamoJournal(JournalTable(client, TABLE, time.sleep, REQUESTS))


@pytest.fixture
def view(client: Any) -> JournalView:
    return JournalView(client, TABLE)


@pytest.fixture
def service() -> str:
    """A service of its own for each test, which share the table."""
    return f"shop-{next(_numbers)}"


def switch(service: str, number: int = 1, mode: Mode = Mode.RELEASE, undoes: str = "") -> Switch:
    return Switch(f"{service}-s{number}", service, mode, Color.GREEN, "2", undoes)


def recorded(journal: DynamoJournal, asked: Switch, at: float = 1000.0) -> Record:
    record = Record(asked, at, resource=f"stack/{asked.service}", request={"ResponseURL": "https://secret"})
    newest = journal.newest(record.resource)
    assert journal.register(record, newest)
    return record


def locked(journal: DynamoJournal, asked: Switch) -> Lock:
    recorded(journal, asked)
    return journal.acquire(asked, "release green 2", now=1000, deadline=2000)


def test_of_many_switches_at_once_one_gets_the_lock(journal: DynamoJournal, service: str) -> None:
    switches = [switch(service, number) for number in range(16)]
    for asked in switches:
        journal.register(Record(asked, 1000.0), None)

    def take(asked: Switch) -> bool:
        return journal.acquire(asked, "release", now=1000, deadline=2000).owner == asked.id

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, switches)) == 1


def test_of_many_requests_at_once_each_is_recorded_once(journal: DynamoJournal, service: str) -> None:
    def register(_: int) -> bool:
        return journal.register(Record(switch(service), 1000.0), None)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(register, range(16))) == 1


def test_the_holder_may_take_its_lock_again(journal: DynamoJournal, service: str) -> None:
    first = locked(journal, switch(service))

    again = journal.acquire(switch(service), "release green 2", now=1001, deadline=2001)

    assert (again.owner, again.epoch) == (first.owner, first.epoch)


def test_a_retaken_lock_is_lost_to_its_older_epoch(journal: DynamoJournal, service: str) -> None:
    asked = switch(service)
    old = locked(journal, asked).hold(service, 1000)
    new = journal.retake(asked, 1001).hold(service, 1001)

    assert (journal.holds(old), journal.holds(new)) == (False, True)
    with pytest.raises(LockLostError):
        journal.mark(old, 1002)


def test_a_lock_that_is_taken_over_leaves_a_debt_when_traffic_had_moved(journal: DynamoJournal, service: str) -> None:
    first, second = switch(service, 1), switch(service, 2, Mode.RESTORE, f"{service}-s1")
    journal.mark(locked(journal, first).hold(service, 1000), 1001)
    journal.register(Record(second, 1002.0), None)
    held = journal.lock(service)
    assert held is not None
    assert held.epoch is not None

    journal.take_over(second, "restore", held, journal.record(first.id), now=1003, deadline=2003)

    taken, ended = journal.lock(service), journal.record(first.id)
    assert taken is not None
    assert ended is not None
    assert (taken.owner, taken.epoch, taken.debt) == (second.id, held.epoch + 1, first.id)
    assert ended.outcome is Outcome.TAKEN_OVER


def test_what_was_there_before_is_kept_from_the_first_look(journal: DynamoJournal, service: str) -> None:
    run = switch(service)
    recorded(journal, run)
    journal.remember_before(run.id, Before(Weights(100, 0), BLUE_LIVE))

    kept = journal.remember_before(run.id, Before(Weights(0, 100), None))

    record = journal.record(run.id)
    assert record is not None
    assert kept == record.before == Before(Weights(100, 0), BLUE_LIVE)


def test_no_rule_and_nothing_live_are_remembered_too(journal: DynamoJournal, service: str) -> None:
    run = switch(service)
    recorded(journal, run)

    assert journal.remember_before(run.id, Before(None, None)) == Before(None, None)


def test_a_switch_is_closed_in_one_transaction(journal: DynamoJournal, service: str) -> None:
    run = switch(service)
    hold = locked(journal, run).hold(service, 1000)

    journal.close(hold, Closing(Outcome.DONE, "live", GOOD, changes_live=True, live=GREEN_LIVE))

    record = journal.record(run.id)
    assert record is not None
    assert (record.outcome, record.answer) == (Outcome.DONE, GOOD)
    assert journal.live(service) == GREEN_LIVE
    assert journal.lock(service) is None


def test_a_switch_that_lost_its_lock_closes_nothing(journal: DynamoJournal, service: str) -> None:
    run = switch(service)
    hold = locked(journal, run).hold(service, 1000)
    journal.retake(run, 1001)

    with pytest.raises(LockLostError):
        journal.close(hold, Closing(Outcome.DONE, "live", GOOD, changes_live=True, live=GREEN_LIVE))

    assert journal.live(service) is None


def test_the_response_url_is_forgotten_once_answered(journal: DynamoJournal, service: str) -> None:
    run = switch(service)
    recorded(journal, run)

    kept = journal.request(run.id)
    journal.forget_request(run.id)

    record = journal.record(run.id)
    assert kept == {"ResponseURL": "https://secret"}
    assert journal.request(run.id) is None
    assert record is not None
    assert record.request is None


def test_a_look_that_runs_twice_is_in_the_trace_once(journal: DynamoJournal, view: JournalView, service: str) -> None:
    run = switch(service)
    recorded(journal, run)
    for at in (1001.0, 1002.0):
        journal.note(run.id, "gate", 1, passed("healthy"), at)

    seen = view.switch(run.id)
    assert seen is not None
    assert seen.phases == {"gate": 1001.0}


def test_an_operator_sees_the_newest_request_of_any_kind(
    journal: DynamoJournal, view: JournalView, service: str
) -> None:
    first = recorded(journal, switch(service, 1))
    recorded(journal, switch(service, 2, Mode.RESTORE, first.switch.id), 1001)

    newest = view.newest(service)

    assert newest is not None
    assert newest.switch.id == f"{service}-s2"
    assert view.release_behind(newest).switch == first.switch


def test_an_operator_sees_all_switches_of_a_service(journal: DynamoJournal, view: JournalView, service: str) -> None:
    run = switch(service)
    hold = locked(journal, run).hold(service, 1000)
    journal.close(hold, Closing(Outcome.DONE, "live", GOOD, changes_live=True, live=GREEN_LIVE))
    recorded(journal, switch(service, 2), 1001)

    listed = view.switches(service)

    assert [(each.switch.id, state(each, None)) for each in listed] == [
        (f"{service}-s2", "not begun"),
        (f"{service}-s1", "DONE"),
    ]


def test_an_operators_wish_to_abort_reaches_the_switch(journal: DynamoJournal, view: JournalView, service: str) -> None:
    run = switch(service)
    recorded(journal, run)

    view.ask_to_abort(run.id, "asked by ann")

    record = journal.record(run.id)
    assert record is not None
    assert record.abort == "asked by ann"
