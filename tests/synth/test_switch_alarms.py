"""The alarms that guard each color."""

from __future__ import annotations

from typing import Any

from greenlight_cdk.alarm_expressions import THRESHOLD

from greenlight.rehearsal.cloud.cloudwatch.alarms import check
from tests.synth.conftest import Synthesize
from tests.synth.templates import properties


def alarms(synthesize: Synthesize) -> list[dict[str, Any]]:
    found = properties(synthesize()["GreenlightSwitch"], "CloudWatch::Alarm")
    return [each for each in found if "a switch to this color" in str(each["AlarmDescription"])]


def test_each_color_has_two_alarms_on_two_of_three_periods(synthesize: Synthesize) -> None:
    found = alarms(synthesize)

    assert len(found) == 4
    for each in found:
        assert each["Threshold"] == THRESHOLD
        assert (each["EvaluationPeriods"], each["DatapointsToAlarm"]) == (3, 2)
        assert (each["ComparisonOperator"], each["TreatMissingData"]) == ("GreaterThanThreshold", "notBreaching")


def test_every_expression_can_be_rehearsed(synthesize: Synthesize) -> None:
    for each in alarms(synthesize):
        check(each)


def test_latency_is_told_by_the_percentile_rank_of_the_limit(synthesize: Synthesize) -> None:
    statistics = {
        query["MetricStat"]["Stat"] for each in alarms(synthesize) for query in each["Metrics"] if "MetricStat" in query
    }

    assert statistics == {"Sum", "SampleCount", "PR(:0.5)"}
