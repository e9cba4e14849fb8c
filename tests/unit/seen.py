"""What acts are judged by, made up: each of these is flawless, and a test spoils one thing about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from traffic_switch.contract import Color
from traffic_switch.model import Live, Weights

from greenlight.rehearsal.acts.act import Seen
from greenlight.rehearsal.acts.performance import Step
from greenlight.rehearsal.acts.service_secret import CHANGED, RELEASES, ROTATIONS, TOO_SOON
from greenlight.rehearsal.acts.shoppers import PEOPLE, STEPS
from greenlight.rehearsal.acts.upkeep import EDITED
from greenlight.rehearsal.journal import JournalSeen, SwitchSeen
from greenlight.rehearsal.shoppers.judgment import Shopping
from greenlight.rehearsal.shoppers.ledger import Ledger
from greenlight.rehearsal.shoppers.shop_tables import TablesSeen
from greenlight.rehearsal.snapshot import Message, Snapshot
from greenlight.rehearsal.stage import CommandOutcome
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.record import RequestRecord
from greenlight.rehearsal.versions import DELIVERED

BLUE = Live(Color.BLUE, "1", Weights(100, 0))
GREEN = Live(Color.GREEN, "2", Weights(0, 100))
KEPT = Snapshot(
    live=BLUE,
    weights=BLUE.weights,
    rule_arn="arn:rule",
    lock_owner="",
    answers={"r1": 1},
    processes={Color.BLUE: frozenset({7}), Color.GREEN: frozenset({8})},
)
LIVE_ANEW = replace(KEPT, processes={Color.BLUE: frozenset({17}), Color.GREEN: frozenset({8})})
IDLE_ANEW = replace(KEPT, processes={Color.BLUE: frozenset({7}), Color.GREEN: frozenset({18})})
ELSEWHERE = replace(KEPT, processes={Color.BLUE: frozenset({17}), Color.GREEN: frozenset({18})})
GONE = replace(KEPT, live=None, weights=None, rule_arn="")
THROUGH = replace(KEPT, live=GREEN, weights=GREEN.weights)
DRIFTED = replace(KEPT, weights=EDITED)
GOOD, BAD = CommandOutcome(0, "✅ GreenlightData\n✅ GreenlightEdge (no changes)"), CommandOutcome(1, "", "refused")


def record(
    color: Color | None = Color.BLUE, at: float = 1.0, ending: RequestOutcome = RequestOutcome.ANSWERED
) -> RequestRecord:
    """One request that was answered at a moment."""
    return RequestRecord(at, 0.01, color, ending)


def long_request(
    due_at: float, kind: str = "GET /?slow", color: Color = Color.GREEN, status: int = 200
) -> RequestRecord:
    """A request that took ten seconds."""
    return RequestRecord(due_at + 10.0, 10.0, color, RequestOutcome.ANSWERED, status, None, kind)


def bought(color: Color, at: float = 15.0, status: int = 303, request: str = "POST /checkout") -> RequestRecord:
    """What somebody with an account asked for."""
    return RequestRecord(at, 0.1, color, RequestOutcome.ANSWERED, status, None, request)


def shopping(people: int) -> Shopping:
    """So many people of whom each bought two mugs, and still has one in the cart."""
    names = [f"shopper-{number}@example.com" for number in range(people)]
    ledgers = [
        Ledger(
            email=name,
            cart={"mug": 1},
            sent={"k1": {"mug": 2}},
            placed={"k1": {"mug": 2}},
            repeated=1,
            logins=1,
            shown_cart={"mug": 1},
            shown_orders=["k1"],
            stayed=True,
        )
        for name in names
    ]
    before = TablesSeen({"older@example.com": {"k0": {"mug": 7}}}, {}, {"mug": 1000})
    orders = {**before.orders, **{name: {"k1": {"mug": 2}} for name in names}}
    after = TablesSeen(orders, {name: {"mug": 1} for name in names}, {"mug": 1000 - 2 * people})
    return Shopping(ledgers, before, after, people)


def switch(mode: str, outcome: str, name: str = "s1", reason: str = "", **more: Any) -> SwitchSeen:
    """One switch that ended."""
    phases = {"preflight": 1.0, "gate": 2.0}
    return SwitchSeen(name, mode, "green", "2", phases=phases, outcome=outcome, reason=reason, answer="x", **more)


def step(outcome: CommandOutcome = GOOD, after: Snapshot = KEPT, before: Snapshot = KEPT) -> Step:
    """One thing that was done."""
    return Step(outcome, before, after)


def with_other(*broken: SwitchSeen, of: Snapshot = KEPT, live: Live = BLUE) -> Snapshot:
    """What is seen when the journal of the other service has these switches, oldest first."""
    return replace(of, others={"report": JournalSeen(broken, live, "")})


def failed_in_release(said: str) -> CommandOutcome:
    """A run of the pipeline that ended in its stage Release, whose log says why."""
    return CommandOutcome(1, f"Release Failed\n{said}", "Release: Build terminated with state: FAILED")


def seen(steps: dict[str, Step], switches: Iterable[SwitchSeen], **more: Any) -> Seen:
    """An act after which blue is live as before, and blue answered everything."""
    facts = {"messages": (), "stack_status": "UPDATE_ROLLBACK_COMPLETE", "before": BLUE, "after": BLUE}
    return Seen(steps=steps, switches=tuple(switches), **{**facts, "records": [record()], **more})


RELEASED: dict[str, Any] = {"stack_status": "UPDATE_COMPLETE", "after": GREEN, "records": [record(Color.GREEN)]}
FORGED = Message("PAGE: Greenlight: a forged execution was refused", "nobody asked for it")
BOTH = [record(Color.GREEN), record(at=9.0)]
"""Green had traffic, and blue has it again."""
ASKED = Message("APPROVAL NEEDED", f"shop {DELIVERED} to green, live is blue 1")
UNRECORDED = step(CommandOutcome(1, "", "nothing was recorded"))
BAKED = switch("release", "ROLLED_BACK", reason="Bake failed: errors", shifted_at=1.0, has_evidence=True)
BAKED_AGAIN = replace(BAKED, id="s9")
HAS_GREEN = replace(KEPT, live=GREEN, weights=GREEN.weights)

FLAWLESS: dict[str, Seen] = {
    "pipeline": seen(
        {"run": step(), "recorded": step(CommandOutcome(0, f"green {DELIVERED}")), "rights": step()},
        [switch("release", "DONE")],
        messages=(ASKED,),
        **{**RELEASED, "after": replace(GREEN, version=DELIVERED)},
    ),
    "pipeline-refused": seen(
        {"run": step(failed_in_release("Gate failed:\n 500")), "recorded": UNRECORDED},
        [switch("release", "UNCHANGED", reason="Gate failed: 500"), switch("restore", "UNCHANGED", "s2")],
    ),
    "pipeline-denied": seen(
        {"run": step(failed_in_release("AWS denied ecr:BatchGetImage on")), "recorded": UNRECORDED},
        [],
        stack_status="UPDATE_COMPLETE",
    ),
    "release": seen({"release": step()}, [switch("release", "DONE")], **RELEASED),
    "undo": seen({"rollback": step()}, [switch("release", "DONE")], **RELEASED),
    "unhealthy": seen({"unhealthy": step(BAD)}, [switch("release", "UNCHANGED"), switch("restore", "UNCHANGED", "s2")]),
    "errors": seen(
        {"errors": step(BAD)},
        [BAKED, switch("restore", "UNCHANGED", "s2")],
        records=[record(Color.GREEN, ending=RequestOutcome.SERVER_ERROR), record(at=9.0)],
    ),
    "intruder": seen({who: step() for who in ("page", "neighbor", "service", "principal")}, [], messages=(FORGED,)),
    "unrelated-deploy": seen({"unrelated": step()}, [], stack_status="UPDATE_COMPLETE"),
    "stale-deploy": seen({"stale": step(CommandOutcome(1, "blue is live with version 1,\n and this"))}, []),
    "drift": seen(
        {
            "edited": step(after=DRIFTED),
            "unrelated": step(after=DRIFTED),
            "drifted": step(BAD, DRIFTED),
            "repair": step(),
        },
        [switch("release", "UNCHANGED", reason=f"the rule has {EDITED}"), switch("repair", "REPAIRED", "s3")],
        messages=(Message("PAGE: drift", ""),),
    ),
    "renew-host": seen({"renewed": step(after=ELSEWHERE)}, [], compute_status="UPDATE_COMPLETE"),
    "in-flight": seen(
        {"slow": step(), "back": step()},
        [switch("release", "DONE"), switch("release", "DONE", "s2", shifted_at=20.0)],
        more_records={"long-requests": [long_request(due_at) for due_at in (12.0, 15.0, 18.0)]},
    ),
    "two-services": seen(
        {
            "both-services": step(BAD, with_other(BAKED), with_other()),
            "one-service": step(GOOD, with_other(BAKED, of=HAS_GREEN), with_other(BAKED)),
            "broken-service": step(BAD, with_other(BAKED, BAKED_AGAIN, of=HAS_GREEN), with_other(BAKED, of=HAS_GREEN)),
        },
        [switch("release", "DONE"), switch("restore", "ROLLED_BACK", "s2"), switch("release", "DONE", "s3")],
        after=GREEN,
        more_records={"users-of-the-other": [record(ending=RequestOutcome.SERVER_ERROR), record(at=9.0)]},
    ),
    "one-way": seen(
        {"one-way": step(BAD, THROUGH), "without-a-word": step(BAD, THROUGH), "by-a-word": step()},
        [switch("release", "HELD"), switch("restore", "UNCHANGED", "s2"), switch("release", "DONE", "s3")],
        messages=(Message("PAGE: held", "run `greenlight rollback --undo-one-way`"),),
        records=[record(Color.GREEN, ending=RequestOutcome.SERVER_ERROR), record(at=9.0)],
    ),
    "shoppers": seen(
        {name: step() for name in STEPS},
        [switch("release", "DONE", f"s{number}") for number in range(len(STEPS))],
        shopping=shopping(PEOPLE),
        more_records={"shoppers": [bought(Color.BLUE), bought(Color.GREEN)]},
    ),
    "secret-rotated": seen(
        {name: step() for name in (*ROTATIONS, *RELEASES, CHANGED)} | {TOO_SOON: step(BAD)},
        [switch("release", "DONE", f"s{number}") for number in range(len(RELEASES))],
        shopping=shopping(24),
        more_records={"shoppers": [bought(Color.BLUE), bought(Color.GREEN)]},
    ),
    "restart": seen(
        {"killed": step(after=LIVE_ANEW)}, [], records=[record(None, 1.0, RequestOutcome.RESET), record(at=9.0)]
    ),
    "restart-idle": seen({"killed": step(after=IDLE_ANEW)}, []),
    "https": seen(
        {name: step() for name in ("certificate", "secure-release", "http-again", "no-certificate")},
        [switch("repair", "REPAIRED"), switch("release", "DONE", "s2"), switch("repair", "REPAIRED", "s3")],
        records=[record(), record(ending=RequestOutcome.REDIRECTED)],
        more_records={"port-443": [record(Color.GREEN)]},
        stack_status="UPDATE_COMPLETE",
        after=GREEN,
    ),
    "retry": seen(
        {"abort": step(), "aborted": step(BAD), "retried": step()},
        [switch("release", "ROLLED_BACK"), switch("restore", "UNCHANGED", "s2"), switch("release", "DONE", "s3")],
        **RELEASED,
    ),
    "rotation": seen(
        {"rotated": step(), "rotate": step(CommandOutcome(0, "rotated: shop-blue, shop-green\n")), "undo": step()},
        [switch("release", "DONE"), switch("release", "DONE", "s2")],
        stack_status="UPDATE_COMPLETE",
    ),
    "killed": seen(
        {"killed-in-shift": step(BAD), "killed-in-bake": step(BAD)},
        [
            switch("release", "UNCHANGED", reason="stopped in Shift"),
            switch("restore", "UNCHANGED", "s2"),
            switch("release", "ROLLED_BACK", "s3", "stopped in Bake"),
            switch("restore", "UNCHANGED", "s4"),
        ],
    ),
    "cancelled": seen(
        {"cancelled": step(BAD)},
        [switch("release", "TAKEN_OVER"), switch("restore", "ROLLED_BACK", "s2")],
        records=BOTH,
    ),
    "two-at-once": seen(
        {"rival": step(BAD), "repair-meanwhile": step(BAD), "first-of-two": step()},
        [switch("release", "DONE"), switch("repair", "UNCHANGED", "s2")],
        **RELEASED,
    ),
    "deleted": seen(
        {"removed": step(after=GONE), "destroyed": step(), "deleted": step(BAD, GONE)},
        [
            switch("remove", "REMOVED"),
            switch("release", "TAKEN_OVER", "s2"),
            switch("remove", "REMOVED", "s3"),
        ],
        stack_status="",
        after=None,
        records=[record(Color.GREEN), record(None, 9.0, RequestOutcome.SERVER_ERROR)],
    ),
}
"""For each act, what is seen when it goes as claimed."""
