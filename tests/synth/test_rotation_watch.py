"""People hear when a rotation fails, with and without a preview for people."""

from __future__ import annotations

from typing import Any

import pytest

from tests.synth.conftest import Synthesize
from tests.synth.templates import resources

STACK = "GreenlightSwitch"


@pytest.mark.parametrize(("flags", "functions"), [({}, 1), ({"preview_cidrs": "203.0.113.0/24"}, 2)])
def test_people_hear_when_two_of_three_looks_fail(
    synthesize: Synthesize, flags: dict[str, Any], functions: int
) -> None:
    template = synthesize(**flags)[STACK]
    topic = next(iter(resources(template, "SNS::Topic")))
    alarms = [each for name, each in resources(template, "CloudWatch::Alarm").items() if name.startswith("Rotation")]

    assert len(alarms) == functions
    assert len({str(each["Properties"]["Dimensions"]) for each in alarms}) == functions
    for each in alarms:
        found = each["Properties"]
        assert (found["MetricName"], found["EvaluationPeriods"], found["DatapointsToAlarm"]) == ("Errors", 3, 2)
        assert found["AlarmActions"] == [{"Ref": topic}]
