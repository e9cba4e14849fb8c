from __future__ import annotations

import json
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.request import Request

import pytest
from traffic_switch.surroundings import HttpReply, Surroundings

from tests.simulation.cloud import Cloud
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Fault, Kind
from tests.simulation.functions import Function
from tests.simulation.line import Caller
from tests.simulation.machine import Machine
from tests.simulation.site import HOST, Site
from tests.simulation.web import ANSWER_HOST

DOOR = Request(f"http://{HOST}/")


def answer(**changes: Any) -> Request:
    body = json.dumps({"Status": "SUCCESS", **changes}).encode()
    return Request(f"https://{ANSWER_HOST}/request-1", data=body, method="PUT", headers={"Content-Type": ""})


def running(cloud: Cloud, body: Callable[[Machine], Any]) -> Any:
    results: list[Any] = []
    cloud.functions.add(Function("f", lambda _, machine: results.append(body(machine)), timeout=1000))
    invocation = cloud.functions.invoke("f", {})
    assert invocation.error == "", invocation.cause
    return results[0]


def machine(cloud: Cloud, skew: float = 0.0) -> Machine:
    return Machine(cloud, Caller("test"), {}, skew)


def test_a_machine_is_what_the_handlers_ask_for(cloud: Cloud) -> None:
    surroundings: Surroundings = machine(cloud)
    assert surroundings.environment == {}


def test_clocks_of_machines_differ_by_up_to_a_second(cloud: Cloud) -> None:
    offsets = [running(cloud, lambda m: m.now() - EPOCH - cloud.kernel.time) for _ in range(50)]
    assert -1 <= min(offsets) < -0.5
    assert 0.5 < max(offsets) <= 1


def test_a_wall_clock_can_jump_while_the_monotonic_one_does_not(cloud: Cloud) -> None:
    ours = machine(cloud)
    before = ours.now(), ours.monotonic()
    ours.skew += 3600
    assert (ours.now() - before[0], ours.monotonic() - before[1]) == (3600, 0)


def test_a_fetch_takes_as_long_as_the_application(cloud: Cloud, site: Site) -> None:
    site.change("blue", seconds=0.7)
    began = cloud.kernel.time
    assert machine(cloud).fetch(DOOR, 5.0).status == 200
    assert cloud.kernel.time - began == pytest.approx(0.7)


def test_a_fetch_that_outlasts_its_timeout_is_a_timeout(cloud: Cloud, site: Site) -> None:
    site.change("blue", seconds=7.0)
    began = cloud.kernel.time
    with pytest.raises(TimeoutError):
        machine(cloud).fetch(DOOR, 5.0)
    assert cloud.kernel.time - began == pytest.approx(5.0)


def test_a_spread_starts_each_call_when_it_is_due_and_keeps_their_order(cloud: Cloud, site: Site) -> None:
    ours = machine(cloud)

    def call(number: int) -> Callable[[], tuple[int, float]]:
        return lambda: (number, round(cloud.kernel.time, 3))

    assert ours.spread([(n * 0.5, call(n)) for n in range(3)]) == [(0, 0.0), (1, 0.5), (2, 1.0)]


def test_the_calls_of_a_spread_do_not_wait_for_each_other(cloud: Cloud, site: Site) -> None:
    site.change("blue", seconds=2.0)
    ours = machine(cloud)

    def timed() -> float:
        began = ours.monotonic()
        ours.fetch(DOOR, 5.0)
        return ours.monotonic() - began

    assert ours.spread([(0.1 * n, timed) for n in range(5)]) == pytest.approx([2.0] * 5)
    assert cloud.kernel.time == pytest.approx(2.4)


def test_a_spread_is_one_call_for_faults_and_all_of_its_requests_meet_it(cloud: Cloud, site: Site) -> None:
    cloud.faults.numbered[2] = Fault(Kind.THROTTLED)
    statuses = running(cloud, lambda m: [r.status for r in m.spread([(0, lambda: m.fetch(DOOR, 5.0))] * 3)])
    assert (statuses, cloud.calls) == ([503] * 3, 2)


def test_a_stream_yields_each_result_when_its_call_has_ended(cloud: Cloud, site: Site) -> None:
    ours = machine(cloud)

    def call(seconds: float) -> Callable[[], float]:
        def takes() -> float:
            ours.sleep(seconds)
            return seconds

        return takes

    found = [(seconds, round(cloud.kernel.time, 3)) for seconds in ours.stream([(0.0, call(2.0)), (0.5, call(0.1))])]
    assert found == [(0.1, 0.6), (2.0, 2.0)]


def test_a_stream_that_is_closed_starts_no_further_call(cloud: Cloud, site: Site) -> None:
    ours, started = machine(cloud), list[float]()
    for _ in ours.stream([(0.5 * number, lambda: started.append(cloud.kernel.time)) for number in range(5)]):
        break
    cloud.kernel.sleep(10)
    assert started == [0.0]


def test_an_answer_to_cloudformation_is_counted_by_its_request(cloud: Cloud) -> None:
    heard: list[str] = []
    cloud.web.on_answer = lambda request_id, body: heard.append(body["Status"])
    for _ in range(2):
        machine(cloud).fetch(answer(), 10.0)
    assert ([body["Status"] for body in cloud.answers["request-1"]], heard) == (["SUCCESS"] * 2, ["SUCCESS"] * 2)


def test_an_answer_with_a_content_type_is_not_what_was_signed(cloud: Cloud) -> None:
    request = Request(f"https://{ANSWER_HOST}/request-1", data=b"{}", method="PUT")
    assert machine(cloud).fetch(request, 10.0).status == 403
    assert cloud.answers == {}


def test_an_answer_that_is_too_long_fails_the_request(cloud: Cloud) -> None:
    machine(cloud).fetch(answer(Reason="x" * 5000), 10.0)
    assert cloud.answers["request-1"][0] == {"Status": "FAILED", "Reason": "Response is too long"}


@pytest.mark.parametrize(
    ("kind", "error", "arrived"),
    [
        (Kind.UNREACHABLE, OSError, False),
        (Kind.LOST_REQUEST, TimeoutError, False),
        (Kind.LOST_REPLY, TimeoutError, True),
        (Kind.RESET, HTTPException, True),
    ],
)
def test_a_put_can_be_lost_on_either_way(cloud: Cloud, kind: Kind, error: type[Exception], arrived: bool) -> None:
    cloud.faults.numbered[2] = Fault(kind)

    def body(m: Machine) -> bool:
        with pytest.raises(error):
            m.fetch(answer(), 10.0)
        return True

    assert running(cloud, body)
    assert bool(cloud.answers) is arrived


def test_a_put_can_be_refused(cloud: Cloud) -> None:
    cloud.faults.numbered[2] = Fault(Kind.THROTTLED)
    reply: HttpReply = running(cloud, lambda m: m.fetch(answer(), 10.0))
    assert (reply.status, cloud.answers) == (503, {})
