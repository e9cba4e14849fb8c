"""What is asked of CloudWatch, and what is made of its answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from traffic_switch.judging.looks import Period
from traffic_switch.model import Alarm
from traffic_switch.ports.metrics import Metrics

MINUTE = 1_750_000_020


class Recorded:
    """A CloudWatch client that answers from figures by query id and time, `page` figures at a time."""

    def __init__(self, figures: Mapping[str, Mapping[int, float]], page: int = 1_000) -> None:
        self.figures, self.page = figures, page
        self.calls: list[dict[str, Any]] = []
        self.states: dict[str, str] = {}

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        self.calls.append(request)
        begin = int(request.get("NextToken", 0))
        results = []
        for query in request["MetricDataQueries"]:
            found = sorted(self.figures.get(query["Id"], {}).items(), reverse=True)[begin : begin + self.page]
            times = [datetime.fromtimestamp(at, UTC) for at, _ in found]
            results.append({"Id": query["Id"], "Timestamps": times, "Values": [value for _, value in found]})
        more = any(len(values) > begin + self.page for values in self.figures.values())
        return {"MetricDataResults": results, **({"NextToken": str(begin + self.page)} if more else {})}

    def describe_alarms(self, **request: Any) -> dict[str, Any]:
        self.calls.append(request)
        known = [name for name in request["AlarmNames"] if name in self.states]
        states = [{"AlarmName": name, "StateValue": self.states[name]} for name in known]
        return {"MetricAlarms": states[:1], "CompositeAlarms": states[1:]}


def periods(figures: Mapping[str, Mapping[int, float]], until: float = MINUTE + 60.0) -> tuple[Period, ...]:
    return Metrics(Recorded(figures)).periods("app/shop/1", "tg/green", MINUTE + 30.0, until, 60, 500)  # type: ignore[arg-type]


def only(**figures: float) -> Period:
    (found,) = periods({name: {MINUTE: value} for name, value in figures.items()})
    return found


def test_everything_is_asked_in_one_call_for_whole_periods() -> None:
    client = Recorded({"requests": {MINUTE: 10}})

    Metrics(client).periods("app/shop/1", "tg/green", MINUTE + 30.0, MINUTE + 119.0, 60, 250)  # type: ignore[arg-type]

    (call,) = client.calls
    assert (call["StartTime"].timestamp(), call["EndTime"].timestamp()) == (MINUTE, MINUTE + 60)
    asked = {query["Id"]: query["MetricStat"] for query in call["MetricDataQueries"]}
    assert asked["within"]["Stat"] == "PR(:0.25)"
    assert asked["timed"]["Stat"] == "SampleCount"
    assert {key: stat["Metric"]["MetricName"] for key, stat in asked.items()} == {
        "requests": "RequestCount",
        "ok": "HTTPCode_Target_2XX_Count",
        "redirected": "HTTPCode_Target_3XX_Count",
        "refused": "HTTPCode_Target_4XX_Count",
        "broken": "HTTPCode_Target_5XX_Count",
        "unreached": "TargetConnectionErrorCount",
        "timed": "TargetResponseTime",
        "within": "TargetResponseTime",
        "p90": "TargetResponseTime",
        "p75": "TargetResponseTime",
        "p50": "TargetResponseTime",
        "lost": "HTTPCode_ELB_5XX_Count",
    }
    assert call["StartTime"].tzinfo is call["EndTime"].tzinfo is UTC
    assert {stat["Period"] for stat in asked.values()} == {60}
    assert asked["requests"]["Metric"]["Dimensions"] == [
        {"Name": "LoadBalancer", "Value": "app/shop/1"},
        {"Name": "TargetGroup", "Value": "tg/green"},
    ]
    assert asked["lost"]["Metric"]["Dimensions"] == [{"Name": "LoadBalancer", "Value": "app/shop/1"}]


def test_a_time_without_a_complete_period_asks_nothing() -> None:
    client = Recorded({})

    assert Metrics(client).periods("a", "b", MINUTE + 30.0, MINUTE + 59.0, 60, 500) == ()  # type: ignore[arg-type]
    assert client.calls == []


def test_periods_come_in_their_order_and_only_those_with_requests() -> None:
    figures = {"requests": {MINUTE + 60: 7, MINUTE: 5}, "broken": {MINUTE: 1, MINUTE + 120: 9}}

    assert [(period.start, period.requests, period.failed) for period in periods(figures)] == [
        (MINUTE, 5, 1),
        (MINUTE + 60, 7, 0),
    ]


def test_a_figure_that_comes_on_a_later_page_counts_as_well() -> None:
    figures = {"requests": {MINUTE: 5, MINUTE + 60: 7}}
    client = Recorded(figures, page=1)

    found = Metrics(client).periods("a", "b", MINUTE + 0.0, MINUTE + 120.0, 60, 500)  # type: ignore[arg-type]

    assert [period.requests for period in found] == [5, 7]
    assert len(client.calls) == 2


def test_what_the_load_balancer_had_to_answer_itself_counts_as_failed() -> None:
    assert only(requests=100, ok=80, redirected=5, refused=5, broken=4, lost=6).failed == 10
    assert only(requests=100, ok=90, unreached=10).failed == 10


def test_a_client_that_left_and_a_gap_in_a_metric_are_no_failures() -> None:
    assert only(requests=100, ok=90).failed == 0
    assert only(requests=100, lost=3).failed == 3


def test_errors_that_the_load_balancer_gave_for_other_groups_are_not_this_one_s() -> None:
    assert only(requests=100, ok=100, lost=50).failed == 0


def test_never_more_fail_than_came() -> None:
    assert only(requests=5, broken=9).failed == 5


@pytest.mark.parametrize(
    ("figures", "slow"),
    [
        ({"within": 93.5}, 13),
        ({"within": 100}, 0),
        ({"within": 0}, 200),
        ({"within": 93.5, "p50": 9.0}, 13),
        ({}, 0),
        ({"p90": 0.4, "p75": 0.3, "p50": 0.2}, 0),
        ({"p90": 0.5}, 0),
        ({"p90": 0.6, "p75": 0.3, "p50": 0.2}, 20),
        ({"p90": 0.9, "p75": 0.6, "p50": 0.2}, 50),
        ({"p90": 0.9, "p75": 0.8, "p50": 0.6}, 100),
    ],
)
def test_slow_requests_are_counted_by_rank_or_from_below_by_percentiles(figures: dict[str, float], slow: int) -> None:
    found = only(requests=210, timed=200, **figures)

    assert (found.timed, found.slow) == (200, slow)


def test_an_alarm_that_cloudwatch_does_not_know_is_missing() -> None:
    client = Recorded({})
    client.states = {"a": "OK", "all": "ALARM"}

    assert Metrics(client).alarms(["a", "b", "all"]) == (  # type: ignore[arg-type]
        Alarm("a", "OK"),
        Alarm("b", "MISSING"),
        Alarm("all", "ALARM"),
    )
    assert client.calls[0]["AlarmTypes"] == ["MetricAlarm", "CompositeAlarm"]


def test_more_than_a_hundred_alarms_take_more_than_one_call() -> None:
    client = Recorded({})
    client.states = {f"a{number}": "OK" for number in range(201)}

    found = Metrics(client).alarms(list(client.states))  # type: ignore[arg-type]

    assert {alarm.state for alarm in found} == {"OK"}
    assert [len(call["AlarmNames"]) for call in client.calls] == [100, 100, 1]
    assert {call["MaxRecords"] for call in client.calls} == {100}


def test_no_alarms_ask_nothing() -> None:
    client = Recorded({})

    assert Metrics(client).alarms([]) == ()  # type: ignore[arg-type]
    assert client.calls == []


def test_an_answer_that_leaves_kinds_of_alarms_out_knows_none_of_them() -> None:
    class Silent(Recorded):
        def describe_alarms(self, **request: Any) -> dict[str, Any]:
            return {}

    assert Metrics(Silent({})).alarms(["a"]) == (Alarm("a", "MISSING"),)  # type: ignore[arg-type]
