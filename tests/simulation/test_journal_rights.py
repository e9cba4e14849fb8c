"""Each right on the journal is needed: without it something that people do would fail. None is missing, since every
story and every piece is played with these rights and no others.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from greenlight_cdk.journal_rights import ACTIONS, REQUEST_RIGHTS, RIGHTS
from traffic_switch.errors import JournalAwayError

from tests.simulation import refusals
from tests.simulation.cloud import JOURNAL, Cloud
from tests.simulation.cloudformation.deployments import RELEASE as RELEASE_STACK
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.functions import Function
from tests.simulation.installation import Installation
from tests.simulation.machine import Machine
from tests.simulation.pieces.asking import enter, event, sent
from tests.simulation.pieces.workbench import BACK_TO_BLUE, RELEASE, Workbench, asked
from tests.simulation.stories.catalog import STORIES
from tests.simulation.stories.scenario import HORIZON_SECONDS, REST_SECONDS
from tests.simulation.stories.strikes import stop
from tests.simulation.test_client import ONCE

Right = tuple[str, str, str]
"""A function, what it may do, and with which kind of items."""

GIVEN = {
    (name, ACTIONS[action], kind)
    for name, rights in (*RIGHTS.items(), *REQUEST_RIGHTS.items())
    for action, kinds in rights.items()
    for kind in kinds.split()
}


def used(cloud: Cloud) -> Iterator[Right]:
    """The rights that the functions made use of."""
    for _, process, call, said in cloud.kernel.trace:
        name = process.partition("#")[0]
        if call.startswith("dynamodb.") and name in RIGHTS:
            action = f"dynamodb:{call.partition('.')[2]}"
            yield from ((name, act, key.partition("#")[0]) for act, key in refusals.parts(call, action, said[0]))


def told(story: str, stopped_at: float = 0.0) -> Iterator[Right]:
    """A story, perhaps with an execution that is stopped in it."""
    cloud = Cloud()
    greenlight = Installation(cloud, services=STORIES[story].services)
    cloud.kernel.sleep(REST_SECONDS)
    STORIES[story].play(greenlight)
    if stopped_at:
        cloud.kernel.at(stopped_at, lambda: stop(greenlight))
    cloud.run(until=HORIZON_SECONDS)
    yield from used(cloud)
    cloud.close()
    cloud.forget()


def paid_for_the_first() -> Iterator[Right]:
    """The very first release died with the traffic on it, and the next one takes it back."""
    bench = Workbench()
    bench.greenlight.site.write_rule(0, 100)
    bench.register(asked(RELEASE), asked(BACK_TO_BLUE))
    bench.amend(RELEASE, begun=int(EPOCH), before={"weights": {}, "live": {}}, shifted_at=int(EPOCH))
    bench.lock(BACK_TO_BLUE, debt=RELEASE.id)
    bench.cloud.kernel.trace.clear()
    bench.step("Pay", BACK_TO_BLUE, hold={"epoch": 7, "debt": RELEASE.id})
    yield from used(bench.cloud)


def overtaken() -> Iterator[Right]:
    """A request comes before the one that it replaces has begun."""
    bench = Workbench()
    stack = bench.greenlight.stacks.add(RELEASE_STACK)
    enter(bench, "CREATE_IN_PROGRESS")
    bench.register(asked(RELEASE))
    bench.greenlight.tamper(f"newest#{stack.id}/ShopRelease", {"switch_id": RELEASE.id, "reversed": []})
    bench.cloud.kernel.trace.clear()
    sent(bench, event(bench, "Create"))
    yield from used(bench.cloud)


def test_every_right_is_made_use_of() -> None:
    made = {right for story in STORIES for right in told(story)}
    made |= {*told("release", stopped_at=8.0), *told("first", stopped_at=30.0), *paid_for_the_first(), *overtaken()}

    assert made - GIVEN == set()
    assert GIVEN - made == set()


@pytest.mark.parametrize(
    ("key", "codes"), [("switch#s1", []), ("lock#shop", ["AccessDeniedException"]), ("", ["AccessDeniedException"])]
)
def test_an_item_of_another_kind_is_denied(key: str, codes: list[str]) -> None:
    cloud, said = Cloud(), list[str]()

    def run(_event: object, machine: Machine) -> None:
        try:
            machine.client("dynamodb", ONCE).get_item(TableName=JOURNAL, Key={"pk": {"S": key or "live#shop"}})
        except ClientError as error:
            said.append(error.response["Error"]["Code"])

    grants = frozenset({"dynamodb:GetItem"})
    cloud.functions.add(Function("f", run, grants=grants, keys={"dynamodb:GetItem": ("switch#*",)}))
    cloud.functions.invoke("f", {})

    assert said == codes


@pytest.mark.parametrize("name", ["Gate", "Smoke", "Bake", "Respond", "Preflight", "Drift"])
def test_who_only_looks_writes_neither_what_is_live_nor_a_lock(name: str) -> None:
    written = {kind for given, action, kind in GIVEN if given == name and not action.endswith("GetItem")}

    assert written <= {"switch", "drift", "request"}


def test_who_may_answer_cloudformation_are_two() -> None:
    assert {name for name, action, kind in GIVEN if kind == "request" and action.endswith("GetItem")} == {
        "Respond",
        "Settle",
    }


def test_what_is_live_is_written_by_those_who_end_a_switch() -> None:
    writers = {name for name, action, kind in GIVEN if kind == "live" and not action.endswith("GetItem")}

    assert writers == {"Pay", "Done", "Rollback", "Remove", "Repair", "Settle"}


def test_a_right_that_is_taken_away_is_missed() -> None:
    bench = Workbench()
    bench.register(asked(RELEASE))
    function = bench.cloud.functions._functions["Lock"]
    keys = {**function.keys, "dynamodb:PutItem": ("live#*",)}
    bench.cloud.functions.add(
        Function("Lock", function.run, function.timeout, function.environment, function.grants, keys)
    )

    assert bench.invoke("Lock", RELEASE).error == JournalAwayError.__name__
