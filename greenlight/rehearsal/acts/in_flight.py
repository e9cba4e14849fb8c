"""The act of long requests: slow answers and slow uploads, while the traffic leaves the color that took them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from traffic_switch.contract import Color

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.flags import declared, first
from greenlight.rehearsal.acts.judging import no_request_failed, nothing_new_is_live, succeeded
from greenlight.rehearsal.acts.performance import Performance
from greenlight.rehearsal.traffic.paths import SHOP_SOURCE
from greenlight.rehearsal.traffic.profile import Profile, RequestKind, write_profile
from greenlight.rehearsal.traffic.record import RequestRecord
from stacks.settings import ServiceSettings

LONG = "long-requests"
LONG_SECONDS = 10.0
"""How long the slow version takes (`runner/faults/slow.mjs`), and how long an upload is on its way."""
UPLOAD = RequestKind(
    "PUT", "/api/cart/items/enamel-mug", 1, f'{{"quantity": 1{" " * 800}}}', shopper=True, body_seconds=LONG_SECONDS
)
RATE = 4.0
LEAD_SECONDS = 2.0
TIMEOUT_SECONDS, GRACE_SECONDS = 40.0, 15.0
SPREAD_SECONDS = 1.0
"""How far from the write of the rule a request must have begun and ended, to be one that was under way."""
FEWEST = 3
"""So many of each kind must have been under way, or nothing was proved. With two a second, about sixteen are."""
SLOWLY = declared(Color.GREEN, first, lambda cast: cast.slow, attempt=91)
BACK = declared(Color.BLUE, first, lambda cast: cast.slow, attempt=91)


def long_requests(service: ServiceSettings) -> Profile:
    """A slow page, and the shop's upload where the service has that path of the shop."""
    slow = RequestKind("GET", f"{service.probe_path}?slow", 1)
    return Profile((slow, UPLOAD) if service.source == SHOP_SOURCE else (slow,))


def _leave_under_way(performance: Performance) -> None:
    """The slow version becomes live; then, while people wait for it, the traffic goes back."""
    performance.deploy("slow")
    profile = performance.stage.place.profile(LONG)
    write_profile(long_requests(performance.stage.service), profile)
    patience = {"timeout_seconds": TIMEOUT_SECONDS, "grace_seconds": GRACE_SECONDS}
    with performance.more_load(LONG, profile=str(profile), rate=RATE, connections=10, **patience):
        performance.pause(LEAD_SECONDS)
        performance.deploy("back")


def _are_finished(seen: Seen) -> Complaints:
    yield from succeeded(seen, "slow", "back")
    yield from _both_done(seen)
    records = seen.more_records.get(LONG, ())
    if not records:
        yield "no long request was recorded"
    if failed := sum(record.outcome.failed or record.status >= 400 for record in records):
        yield f"{failed} long requests failed, wanted 0"
    yield from _by_who_took_them(seen, records)


def _both_done(seen: Seen) -> Complaints:
    """Two switches, both done, and no other user noticed."""
    ended = [switch.outcome for switch in seen.switches]
    if ended != ["DONE", "DONE"]:
        yield f"the switches ended as {ended}, wanted DONE, and DONE again"
    yield from nothing_new_is_live(seen)
    yield from no_request_failed(seen)


def _by_who_took_them(seen: Seen, records: Sequence[RequestRecord]) -> Complaints:
    moved_at = seen.switch.shifted_at if seen.switch else None
    if moved_at is None:
        yield "the traffic was never moved back"
        return
    under_way = list(_under_way(records, moved_at))
    for kind in sorted({record.request or "" for record in records}):
        mine = [record for record in under_way if record.request == kind]
        if len(mine) < FEWEST:
            yield f"{len(mine)} requests {kind} were under way when the traffic moved, wanted {FEWEST} at least"
    if strays := sum(record.color is not Color.GREEN for record in under_way):
        yield f"{strays} of {len(under_way)} requests that green had taken were not finished by green"


def _under_way(records: Sequence[RequestRecord], moved_at: float) -> Iterator[RequestRecord]:
    for record in records:
        if record.due_at < moved_at - SPREAD_SECONDS and record.completed_at > moved_at + SPREAD_SECONDS:
            yield record


IN_FLIGHT = (
    Act(
        name="in-flight",
        claim="Requests and uploads that take 10 seconds are finished by the color that took them, and none fails.",
        scenes=("undo",),
        leaves="",
        flags={"slow": SLOWLY, "back": BACK},
        perform=_leave_under_way,
        complaints=_are_finished,
    ),
)
