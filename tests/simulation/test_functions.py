"""Lambda as its developer guide documents it: results, failures, timeouts, events and queues."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulation.cloud import Cloud
from tests.simulation.deliveries import Delivery
from tests.simulation.faults import Fault, Kind
from tests.simulation.functions import Function
from tests.simulation.machine import Machine


def failing(times: int, seen: list[float]) -> Callable[[Any, Machine], str]:
    """A function that fails so often and then works; it writes down when it was called."""

    def run(_event: Any, machine: Machine) -> str:
        seen.append(machine.monotonic() - 1000)
        if len(seen) <= times:
            raise ValueError("not yet")
        return "done"

    return run


def slow(said: list[str]) -> Callable[[Any, Machine], None]:
    """A function that takes ten seconds and then says so."""

    def run(_event: Any, machine: Machine) -> None:
        machine.sleep(10)
        said.append("went on")

    return run


def at_once(cloud: Cloud, run: Callable[[Any, Machine], Any], **more: Any) -> None:
    cloud.functions.cold_start = (0.0, 0.0)
    cloud.functions.add(Function("f", run, **more))


def test_a_function_gets_its_event_and_gives_its_result(cloud: Cloud) -> None:
    at_once(cloud, lambda event, _: {"got": event["x"]})
    assert cloud.functions.invoke("f", {"x": 1}).result == {"got": 1}


def test_events_and_results_are_json(cloud: Cloud) -> None:
    at_once(cloud, lambda event, _: (1, 2))
    assert cloud.functions.invoke("f", {}).result == [1, 2]


def test_a_result_that_is_no_json_is_an_error(cloud: Cloud) -> None:
    at_once(cloud, lambda event, _: object())
    assert cloud.functions.invoke("f", {}).error == "TypeError"


def test_an_exception_becomes_an_error_with_its_class_and_message(cloud: Cloud) -> None:
    at_once(cloud, failing(1, []))
    invocation = cloud.functions.invoke("f", {})
    assert invocation.error == "ValueError"
    assert json.loads(invocation.cause)["errorMessage"] == "not yet"


def test_a_function_that_takes_too_long_is_killed_in_the_middle(cloud: Cloud) -> None:
    said: list[str] = []
    at_once(cloud, slow(said), timeout=3)
    invocation = cloud.functions.invoke("f", {})
    assert (invocation.error, cloud.kernel.time, said) == ("Sandbox.Timedout", 3.0, [])
    assert "timed out after 3.00 seconds" in json.loads(invocation.cause)["errorMessage"]


def test_a_function_goes_on_after_its_caller_was_stopped(cloud: Cloud) -> None:
    said: list[str] = []
    at_once(cloud, slow(said))
    caller = cloud.kernel.spawn("execution", lambda: cloud.functions.invoke("f", {}))
    cloud.kernel.at(2, lambda: cloud.kernel.kill(caller))
    cloud.run()
    assert said == ["went on"]


@pytest.mark.parametrize(
    ("kind", "error", "ran"),
    [
        (Kind.THROTTLED, "Lambda.TooManyRequestsException", False),
        (Kind.FAILED, "Lambda.ServiceException", False),
        (Kind.LOST_REQUEST, "Lambda.ClientExecutionTimeoutException", False),
        (Kind.UNREACHABLE, "Lambda.SdkClientException", False),
        (Kind.LOST_REPLY, "Lambda.ClientExecutionTimeoutException", True),
        (Kind.KILLED_BEFORE, "Runtime.ExitError", False),
        (Kind.KILLED_AFTER, "Runtime.ExitError", True),
    ],
)
def test_an_invocation_can_fail_before_and_after_it_ran(cloud: Cloud, kind: Kind, error: str, ran: bool) -> None:
    seen: list[float] = []
    at_once(cloud, failing(0, seen))
    cloud.faults.numbered[1] = Fault(kind)
    assert cloud.functions.invoke("f", {}).error == error
    assert (len(seen) == 1) is ran


def test_a_caller_may_give_up_while_the_function_still_runs(cloud: Cloud) -> None:
    said: list[str] = []
    at_once(cloud, slow(said))
    cloud.faults.numbered[1] = Fault(Kind.LOST_REPLY, seconds=4)
    assert cloud.functions.invoke("f", {}).error == "Lambda.ClientExecutionTimeoutException"
    assert (cloud.kernel.time, said) == (4.0, [])
    cloud.run()
    assert said == ["went on"]


def test_a_failed_event_is_tried_twice_more(cloud: Cloud) -> None:
    seen: list[float] = []
    at_once(cloud, failing(2, seen))
    cloud.invoke_async("f", {})
    cloud.run()
    assert seen == [0.0, 60.0, 180.0]


def test_an_event_that_failed_three_times_goes_to_the_failure_queue(cloud: Cloud) -> None:
    at_once(cloud, failing(9, []))
    records: list[dict[str, Any]] = []
    cloud.deliveries["f"] = Delivery("f", on_failure=records.append)
    cloud.invoke_async("f", {"RequestType": "Create"})
    cloud.run()
    assert records[0]["requestPayload"] == {"RequestType": "Create"}
    assert records[0]["requestContext"]["condition"] == "RetriesExhausted"


def test_an_event_that_grew_too_old_is_not_tried_again(cloud: Cloud) -> None:
    seen: list[float] = []
    at_once(cloud, failing(9, seen))
    records: list[dict[str, Any]] = []
    cloud.deliveries["f"] = Delivery("f", on_failure=records.append, max_age=100)
    cloud.invoke_async("f", {})
    cloud.run()
    assert (len(seen), records[0]["requestContext"]["condition"]) == (2, "EventAgeExceeded")


def test_an_event_may_be_delivered_twice(cloud: Cloud) -> None:
    seen: list[float] = []
    at_once(cloud, failing(0, seen))
    cloud.faults.numbered[1] = Fault(Kind.TWICE, seconds=5)
    cloud.invoke_async("f", {})
    cloud.run()
    assert seen == [0.0, 5.0]


def test_an_event_may_come_late_and_behind_a_later_one(cloud: Cloud) -> None:
    seen: list[int] = []
    at_once(cloud, lambda event, _: seen.append(event))
    cloud.faults.numbered[1] = Fault(Kind.SLOW, seconds=600)
    cloud.invoke_async("f", 1)
    cloud.invoke_async("f", 2)
    cloud.run()
    assert seen == [2, 1]


def test_a_queue_delivers_again_until_it_works(cloud: Cloud) -> None:
    seen: list[float] = []
    at_once(cloud, failing(3, seen))
    queue = cloud.add_queue("settle", "f", visibility_seconds=100)
    queue.send({"detail": 1})
    cloud.run()
    assert (seen, queue.waiting) == ([0.0, 100.0, 200.0, 300.0], 0)


def test_a_queue_hands_over_the_body_and_how_often_it_came(cloud: Cloud) -> None:
    seen: list[tuple[str, str]] = []

    def run(event: Any, _: Machine) -> None:
        record = event["Records"][0]
        seen.append((record["body"], record["attributes"]["ApproximateReceiveCount"]))

    at_once(cloud, run)
    cloud.add_queue("settle", "f").send({"detail": 1})
    cloud.run()
    assert seen == [('{"detail": 1}', "1")]


def test_what_a_queue_cannot_deliver_is_in_its_dead_letters(cloud: Cloud) -> None:
    at_once(cloud, failing(9, []))
    queue = cloud.add_queue("settle", "f", max_receives=2)
    queue.send("body")
    cloud.run()
    assert queue.dead == ["body"]
