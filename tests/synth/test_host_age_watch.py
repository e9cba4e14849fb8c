"""The daily look at the age of the host: what it may do, when it runs, and who hears when it cannot."""

from __future__ import annotations

import pytest

from tests.synth.compute import statements
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, resources

STACK = "GreenlightSwitch"


@pytest.fixture
def switch(synthesize: Synthesize) -> Template:
    return synthesize(host_max_age_days="14")[STACK]


def test_it_knows_whose_host_it_looks_at_and_how_old_that_may_be(switch: Template) -> None:
    (function,) = (
        each["Properties"]
        for each in resources(switch, "Lambda::Function").values()
        if each["Properties"]["Handler"] == "host_age.handler.handle"
    )

    found = function["Environment"]["Variables"]
    assert (found["GREENLIGHT_HOST_STACK"], found["GREENLIGHT_HOST_MAX_AGE_DAYS"]) == ("GreenlightEc2Host", "14")


def test_it_may_look_at_instances_tell_people_and_nothing_else(switch: Template) -> None:
    allowed = statements(switch, "HostAgeLookRole")

    assert set(allowed) == {"ec2:DescribeInstances", "sns:Publish", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert [action for action, resource in allowed.items() if resource == "*"] == ["ec2:DescribeInstances"]


def test_it_looks_once_a_day_and_people_hear_when_it_cannot(switch: Template) -> None:
    (rule,) = (each for name, each in resources(switch, "Events::Rule").items() if name.startswith("HostAge"))
    (alarm,) = (each for name, each in resources(switch, "CloudWatch::Alarm").items() if name.startswith("HostAge"))

    assert rule["Properties"]["ScheduleExpression"] == "rate(1 day)"
    assert (alarm["Properties"]["MetricName"], alarm["Properties"]["Period"]) == ("Errors", 86_400)
    assert alarm["Properties"]["AlarmActions"]


def test_fargate_has_no_host_to_look_at(synthesize: Synthesize) -> None:
    assert not [name for name in synthesize(compute="fargate")[STACK]["Resources"] if name.startswith("HostAge")]
