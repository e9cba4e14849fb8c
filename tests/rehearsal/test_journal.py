"""The journal's conditional writes, against a table: what memory cannot prove."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import boto3
import pytest
from traffic_switch.contract import JOURNAL_KEY, Color
from traffic_switch.errors import LockHeldError, LockLostError
from traffic_switch.journal import Answer, Before
from traffic_switch.model import Live, Mode, Switch, Weights
from traffic_switch.ports.dynamodb_journal import DynamoJournal
from traffic_switch.verdict import passed

from greenlight.journal_view import JournalView
from greenlight.rehearsal.account import REGION
from tests.rehearsal.local_cloud import started

pytestmark = pytest.mark.rehearsal

BLUE_LIVE = Live(Color.BLUE, "1", Weights(100, 0))
_numbers = count()


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with started(tmp_path_factory.mktemp("journal"), "iam") as cloud:
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        dynamodb = session.resource("dynamodb", endpoint_url=cloud.endpoint)
        yield dynamodb.create_table(
            TableName="journal",
            KeySchema=[{"AttributeName": JOURNAL_KEY, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": JOURNAL_KEY, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )


@pytest.fixture
def journal(table: Any) -> DynamoJournal:
    return DynamoJournal(table)


@pytest.fixture
def service() -> str:
    """A service of its own for each test, which share the table."""
    return f"shop-{next(_numbers)}"


def switch(service: str, number: int = 1, mode: Mode = Mode.RELEASE, undoes: str = "") -> Switch:
    return Switch(f"{service}-s{number}", service, mode, Color.GREEN, "2", undoes)


def test_of_many_switches_at_once_one_gets_the_lock(journal: DynamoJournal, service: str) -> None:
    def take(number: int) -> bool:
        try:
            journal.lock(switch(service, number), "release", now=1000, deadline=2000)
        except LockHeldError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(16)))

    assert sum(taken) == 1


def test_the_holder_may_take_its_lock_again(journal: DynamoJournal, service: str) -> None:
    for _ in range(2):
        journal.lock(switch(service), "release", now=1000, deadline=2000)

    journal.require_lock(switch(service))


def test_a_lock_is_free_after_its_deadline_and_lost_to_its_holder(journal: DynamoJournal, service: str) -> None:
    journal.lock(switch(service, 1), "release", now=1000, deadline=2000)

    journal.lock(switch(service, 2), "release", now=2001, deadline=3000)

    with pytest.raises(LockLostError, match=rf"held by {service}-s2, not by {service}-s1"):
        journal.require_lock(switch(service, 1))


def test_a_restore_takes_the_lock_of_the_switch_that_it_undoes(journal: DynamoJournal, service: str) -> None:
    journal.lock(switch(service, 1), "release", now=1000, deadline=2000)

    journal.lock(switch(service, 2, Mode.RESTORE, undoes=f"{service}-s1"), "restore", now=1001, deadline=2001)


def test_only_the_holder_can_free_a_lock(journal: DynamoJournal, service: str) -> None:
    journal.lock(switch(service, 1), "release", now=1000, deadline=2000)

    journal.unlock(switch(service, 2))

    journal.require_lock(switch(service, 1))


def test_a_refusal_names_the_holder_and_what_it_is_doing(journal: DynamoJournal, service: str) -> None:
    journal.lock(switch(service, 1), "release green 2", now=1000, deadline=2000)

    with pytest.raises(LockHeldError, match=rf"{service}-s1 \(release green 2\)"):
        journal.lock(switch(service, 2), "release", now=1001, deadline=2001)


def test_what_was_there_before_is_kept_from_the_first_look(journal: DynamoJournal, service: str) -> None:
    run = switch(service)
    journal.open(run, {}, 1000)
    journal.remember_before(run.id, Before(Weights(100, 0), BLUE_LIVE))

    kept = journal.remember_before(run.id, Before(Weights(0, 100), None))

    record = journal.record(run.id)
    assert record is not None
    assert kept == record.before == Before(Weights(100, 0), BLUE_LIVE)


def test_no_rule_and_nothing_live_are_remembered_too(journal: DynamoJournal, service: str) -> None:
    run = switch(service)
    journal.open(run, {}, 1000)

    assert journal.remember_before(run.id, Before(None, None)) == Before(None, None)


def test_the_answer_to_cloudformation_is_decided_once(journal: DynamoJournal, service: str) -> None:
    run = switch(service)
    journal.open(run, {"ResponseURL": "https://secret"}, 1000)
    journal.decide_answer(run.id, Answer("SUCCESS", "live", {"ActiveColor": "green"}))

    assert journal.decide_answer(run.id, Answer("FAILED", "late")).status == "SUCCESS"


def test_the_response_url_is_forgotten_once_answered(journal: DynamoJournal, service: str) -> None:
    run = switch(service)
    journal.open(run, {"ResponseURL": "https://secret"}, 1000)

    journal.forget_request(run.id)

    record = journal.record(run.id)
    assert record is not None
    assert record.request is None


def test_a_look_that_runs_twice_is_in_the_trace_once(journal: DynamoJournal, table: Any, service: str) -> None:
    run = switch(service)
    journal.open(run, {}, 1000)
    for at in (1001.0, 1002.0):
        journal.note(run.id, "gate", 1, passed("healthy"), at)

    view = JournalView(table).switch(run.id)
    assert view is not None
    assert view.phases == {"gate": 1001.0}


def test_a_restore_is_not_the_newest_release(journal: DynamoJournal, service: str) -> None:
    journal.open(switch(service, 1), {}, 1000)

    journal.open(switch(service, 2, Mode.RESTORE, undoes=f"{service}-s1"), {}, 1001)

    assert journal.last_request(service) == f"{service}-s1"


def test_what_is_live_is_remembered_and_forgotten(journal: DynamoJournal, service: str) -> None:
    journal.remember_live(service, BLUE_LIVE)
    assert journal.live(service) == BLUE_LIVE

    journal.remember_live(service, None)
    assert journal.live(service) is None


def test_an_operators_wish_to_abort_reaches_the_switch(journal: DynamoJournal, table: Any, service: str) -> None:
    run = switch(service)
    journal.open(run, {}, 1000)

    JournalView(table).ask_to_abort(run.id, "asked by ann")

    record = journal.record(run.id)
    assert record is not None
    assert record.abort == "asked by ann"
