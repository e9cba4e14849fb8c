"""MetricDataQueries: what they ask for, and over which periods."""

from __future__ import annotations

from greenlight.rehearsal.cloud.cloudwatch.alarms import look
from greenlight.rehearsal.cloud.cloudwatch.queries import (
    Metric,
    answer,
    last_complete,
    parse,
    period_of,
    request_window,
)
from greenlight.rehearsal.cloud.cloudwatch.series import Series, Window

METRIC = {"Namespace": "AWS/ApplicationELB", "MetricName": "RequestCount", "Dimensions": [{"Name": "LB", "Value": "1"}]}
STAT = {"Metric": METRIC, "Period": "60", "Stat": "Sum"}


def test_a_template_s_strings_are_read_as_numbers_and_truths() -> None:
    (query,) = parse([{"Id": "m1", "MetricStat": STAT, "ReturnData": "false"}])

    assert query.source == Metric("AWS/ApplicationELB", "RequestCount", (("LB", "1"),), "Sum", 60)
    assert (query.label, query.wanted) == ("RequestCount", False)


def test_a_query_comes_out_as_it_went_in() -> None:
    queries = [
        {"Id": "e", "Expression": "m * 2", "Label": "twice", "ReturnData": True},
        {"Id": "m", "MetricStat": {**STAT, "Period": 60}, "ReturnData": False},
    ]

    assert [query.as_aws() for query in parse(queries)] == queries


def test_an_expression_may_come_before_the_metric_it_names() -> None:
    queries = parse([{"Id": "e", "Expression": "m * 2"}, {"Id": "m", "MetricStat": STAT}])

    found = answer(queries, lambda period: Window(0, 60, period), lambda metric, window: Series({0: 4}))

    assert period_of(queries) == 60
    assert found["e"].values == {0: 8}


def test_a_request_begins_at_a_period_and_ends_before_its_end() -> None:
    assert list(request_window(61, 180, 60).times) == [60, 120]
    assert list(request_window(0.5, 2.5, 1).times) == [0, 1, 2]


def test_the_running_period_is_not_looked_at() -> None:
    assert list(last_complete(179.9, 60, 2).times) == [0, 60]


def test_a_percentile_of_few_samples_changes_nothing_where_the_alarm_says_so() -> None:
    alarm = {
        "Namespace": "N",
        "MetricName": "M",
        "Dimensions": [],
        "ExtendedStatistic": "p95",
        "Period": 1,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "StateValue": "OK",
        "EvaluateLowSampleCountPercentile": "ignore",
    }

    def slow(metric: Metric, window: Window) -> Series:
        return Series(dict.fromkeys(window.times, 9.0))

    assert look(alarm, 10, slow, lambda metric, now: 199) is None
    judgment = look(alarm, 10, slow, lambda metric, now: 200)
    assert judgment is not None
    assert judgment.state == "ALARM"
