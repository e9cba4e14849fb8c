"""The act of people with accounts who shop through many switches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from traffic_switch.contract import Color

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.flags import RELEASE, UNDO
from greenlight.rehearsal.acts.judging import no_request_failed, nothing_new_is_live, succeeded
from greenlight.rehearsal.acts.performance import Performance
from greenlight.rehearsal.shoppers.browser import Browser
from greenlight.rehearsal.shoppers.crowd import address, products_of
from greenlight.rehearsal.shoppers.judgment import Shopping, complaints_about
from greenlight.rehearsal.shoppers.process import Shoppers, ShoppersOrder
from greenlight.rehearsal.shoppers.shop_tables import ShopTables
from greenlight.rehearsal.traffic.paths import SHOP_SOURCE
from greenlight.rehearsal.traffic.place import place
from greenlight.rehearsal.traffic.record import RequestRecord
from stacks.options.table import table_output

SHOPPERS = "shoppers"
PEOPLE = 200
ROUNDS = 5
"""Each is a release and its undo: ten switches."""
STOCK = 100_000
LOAD_SHARE = 0.05
"""Of the usual load, which looks and does not buy: people with accounts take more of the machine."""
ENTRANCES = ("/register", "/login", "/api/account", "/api/session")
TOO_EARLY = 429
STEPS = tuple(f"{scene}-{number}" for number in range(1, ROUNDS + 1) for scene in ("release", "undo"))


@contextmanager
def shopping(performance: Performance, people: int) -> Iterator[None]:
    """People with accounts are in the shop during the block; then their books are compared with the tables.

    Raises:
        RehearsalError: they could not come in, or the shop has no tables for them.
    """
    stage, order = performance.stage, performance.order
    assert order is not None
    connect = performance.lookout.address()
    tables = ShopTables(
        {each.variable: performance.lookout.outputs("Data")[table_output(each.name)] for each in stage.service.tables}
    )
    tables.stock_up(products_of(Browser(place(order.url, connect, order.authority), address(0))), STOCK)
    before = tables.look()
    wanted = ShoppersOrder(order.url, connect, order.authority, stage.place.record(f"{SHOPPERS}-{people}"), people)
    log = stage.place.logs / f"{SHOPPERS}-{people}.log"
    with Shoppers(wanted, log, stage.processes, lambda words: _tell(performance, words)) as crowd:
        yield
        stage.progress.note("everybody looks back")
        ledgers, performance.more_records[SHOPPERS] = crowd.stop()
    performance.shopping = Shopping(ledgers, before, tables.look(), people)
    stage.progress.note(performance.shopping.summary)


def _tell(performance: Performance, words: str) -> None:
    performance.look()
    performance.stage.progress.note(words)


def _back_and_forth(performance: Performance) -> None:
    with shopping(performance, PEOPLE):
        for step in STEPS:
            performance.run(step, performance.deployment(step.partition("-")[0]))


def all_is_in_order(seen: Seen) -> Complaints:
    """Whatever the switches did, the people did not notice, and their books are right."""
    if seen.shopping is None:
        yield "nobody went shopping"
        return
    yield from complaints_about(seen.shopping)
    records = seen.more_records.get(SHOPPERS, ())
    yield from _no_answer_was_bad(records)
    for color in Color:
        if not any(record.color is color and _is_order(record) for record in records):
            yield f"nobody ordered anything of {color}, so nothing was proved"


def _no_answer_was_bad(records: Sequence[RequestRecord]) -> Complaints:
    bad = Counter(f"{each.request}: {each.outcome} {each.status}" for each in records if is_bad(each))
    if bad:
        worst = ", ".join(f"{count} times {what}" for what, count in bad.most_common(3))
        yield f"{sum(bad.values())} requests of shoppers failed or were refused, wanted 0: {worst}"


def is_bad(record: RequestRecord) -> bool:
    """Being asked to come back in a moment is none of it, at the entrance."""
    path = (record.request or "").partition(" ")[2]
    too_early = record.status == TOO_EARLY and path in ENTRANCES
    return record.outcome.failed or (record.status >= 400 and not too_early)


def _is_order(record: RequestRecord) -> bool:
    return record.request in ("POST /checkout", "POST /api/orders")


def _are_served(seen: Seen) -> Complaints:
    yield from succeeded(seen, *STEPS)
    ended = [switch.outcome for switch in seen.switches]
    if ended != ["DONE"] * len(STEPS):
        yield f"the switches ended as {ended}, wanted DONE {len(STEPS)} times"
    yield from nothing_new_is_live(seen)
    yield from no_request_failed(seen)
    yield from all_is_in_order(seen)


SHOPPING = (
    Act(
        name=SHOPPERS,
        claim="200 people with accounts shop through ten switches: no login, no cart and no order is lost or doubled.",
        scenes=("undo",),
        leaves="undo",
        flags={"release": RELEASE, "undo": UNDO},
        perform=_back_and_forth,
        complaints=_are_served,
        source=SHOP_SOURCE,
        load_share=LOAD_SHARE,
    ),
)
