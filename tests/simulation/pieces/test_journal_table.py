"""The journal's port: a table that does not answer, or is in conflict."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from traffic_switch.errors import JournalAwayError
from traffic_switch.ports.journal_table import ABSENT, ConditionFailedError, Write

from tests.simulation.errors import AwsError
from tests.simulation.faults import Fault, Kind, Outage
from tests.simulation.pieces.journal import DONE, HOLD, journal
from tests.simulation.pieces.workbench import RELEASE, Workbench


@pytest.mark.parametrize(
    ("name", "given"), [("record", ("s1",)), ("mark", (HOLD, 5.0)), ("begin", ("s1", "bake", 5.0))]
)
def test_a_table_that_does_not_answer_is_one_error_with_the_cause(held: Workbench, name: str, given: Any) -> None:
    now = held.cloud.kernel.time
    held.cloud.faults.outages.append(Outage("dynamodb", now, now + 100))

    with pytest.raises(JournalAwayError, match=r"^the journal did not take the call: \w+: .+"):
        journal(held, name, *given)


def conflicts(bench: Workbench, times: int) -> list[float]:
    """Let so many transactions meet another one; return when each was tried."""
    real, tried = bench.cloud.dynamodb.transact_write_items, list[float]()

    def meets(request: dict[str, Any]) -> dict[str, Any]:
        tried.append(bench.cloud.kernel.time)
        if len(tried) > times:
            answer: dict[str, Any] = real(request)
            return answer
        reasons = [{"Code": "TransactionConflict"}, *[{"Code": "None"}] * (len(request["TransactItems"]) - 1)]
        raise AwsError("TransactionCanceledException", "Transaction cancelled", CancellationReasons=reasons)

    bench.cloud.dynamodb.transact_write_items = meets  # type: ignore[method-assign]
    return tried


def test_a_transaction_that_meets_another_is_tried_again_after_a_pause_that_grows(held: Workbench) -> None:
    tried = conflicts(held, 5)
    journal(held, "mark", HOLD, 50.0)
    pauses = [later - earlier for earlier, later in pairwise(tried)]

    assert held.record(RELEASE)["shifted_at"] == 50
    assert pauses == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5], abs=0.07)


def test_six_conflicts_in_a_row_are_an_error(held: Workbench) -> None:
    tried = conflicts(held, 100)

    with pytest.raises(JournalAwayError, match="TransactionCanceledException"):
        journal(held, "mark", HOLD, 50.0)
    assert len(tried) == 6


def test_a_transaction_whose_reply_is_lost_is_sent_again_as_the_same(held: Workbench) -> None:
    held.cloud.faults.addressed["Shift", "dynamodb.TransactWriteItems", 1] = Fault(Kind.LOST_REPLY, attempts=1)
    journal(held, "close", HOLD, DONE)

    assert held.record(RELEASE)["outcome"] == "DONE"


def test_a_transaction_that_is_cancelled_for_no_reason_is_an_error(held: Workbench) -> None:
    def cancels(request: dict[str, Any]) -> dict[str, Any]:
        raise AwsError("TransactionCanceledException", "Transaction cancelled")

    held.cloud.dynamodb.transact_write_items = cancels  # type: ignore[method-assign]

    with pytest.raises(JournalAwayError, match="TransactionCanceledException"):
        journal(held, "mark", HOLD, 50.0)


def table(bench: Workbench, name: str, *writes: Write) -> Any:
    """Call a method of the table itself."""
    return bench.run(lambda world: getattr(world.journal._table, name)(*writes))


def test_an_update_sets_and_removes_at_once_and_tells_what_it_has_set(held: Workbench) -> None:
    held.amend(RELEASE, undone="s8", paid="s9")
    told = table(held, "update", Write("switch#s1", set={"abort": "now"}, remove=["undone", "paid"]))

    assert told == {"abort": {"S": "now"}}
    assert {"undone", "paid", "abort"} & set(held.record(RELEASE)) == {"abort"}


def test_an_update_that_only_removes_has_nothing_to_tell(held: Workbench) -> None:
    assert table(held, "update", Write("switch#s1", remove=["request"])) == {}


def test_a_condition_that_does_not_hold_is_told_with_every_item_of_the_write(held: Workbench) -> None:
    nobody = {"owner": ABSENT}
    lock, switch = Write("lock#shop", only_if=nobody), Write("switch#s1", set={"abort": "now"})

    with pytest.raises(ConditionFailedError, match=r"^lock#shop, switch#s1$"):
        table(held, "transact", lock, switch)
    with pytest.raises(ConditionFailedError, match=r"^lock#shop$"):
        table(held, "update", Write("lock#shop", set={"reason": "mine"}, only_if=nobody))
