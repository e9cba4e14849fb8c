from __future__ import annotations

import json
from pathlib import Path

import pytest
from traffic_switch.asl import DEFINITION, expand
from traffic_switch.config import Policy

from tests.synth.conftest import Synthesize
from tests.synth.switch import CALLED, DUTIES, function, logical_id
from tests.synth.templates import Template, only, properties, resources, text

HANDLERS = Path(__file__).parents[2] / "lambda" / "traffic_switch" / "handlers"
MACHINE = "SwitchStatesMachine953181F6"
FUNCTIONS = {
    "SwitchLockFunction6DFCC49B",
    "SwitchPreflightFunction446B5C14",
    "SwitchGateFunctionBBE39D4E",
    "SwitchSmokeFunctionC1315B1E",
    "SwitchShiftFunction2699344C",
    "SwitchBakeFunctionA78105B2",
    "SwitchDoneFunction9B47DC5D",
    "SwitchRemoveFunction30377E64",
    "SwitchRollbackFunction10551BC9",
    "SwitchRespondFunction7E7BDD5F",
    "SwitchSettleFunctionD99C67A5",
    "SwitchRequestFunction180C6DE6",
}
"""As they were first deployed; another id would replace a function under a switch that is running."""


@pytest.fixture
def switch(synthesize: Synthesize) -> Template:
    return synthesize()["GreenlightSwitch"]


def test_the_machine_and_its_functions_keep_their_logical_ids(switch: Template) -> None:
    assert list(resources(switch, "StepFunctions::StateMachine")) == [MACHINE]
    assert set(resources(switch, "Lambda::Function")) >= FUNCTIONS


def test_every_function_that_the_machine_names_has_a_duty() -> None:
    assert set(DUTIES) >= CALLED


def test_nothing_but_request_settle_and_drift_runs_outside_the_machine() -> None:
    assert set(DUTIES) - CALLED == {"Request", "Settle", "Drift"}


@pytest.mark.parametrize("name", sorted(DUTIES))
def test_every_duty_has_a_handler(name: str) -> None:
    assert (HANDLERS / f"{name.lower()}.py").is_file()


def test_every_name_in_the_definition_stands_for_a_function(switch: Template) -> None:
    substitutions = only(switch, "StepFunctions::StateMachine")["DefinitionSubstitutions"]

    assert substitutions == {
        f"{name}FunctionArn": {"Fn::GetAtt": [logical_id(switch, "Lambda::Function", f"Switch{name}Function"), "Arn"]}
        for name in CALLED
    }


def test_the_machine_runs_the_expanded_file_with_the_deadline_of_the_settings(synthesize: Synthesize) -> None:
    template = synthesize(switch_deadline_seconds=2900)["GreenlightSwitch"]

    definition = only(template, "StepFunctions::StateMachine")["DefinitionString"]
    assert json.loads(definition) == json.loads(expand(DEFINITION.read_text(), 2900))


def test_the_machine_may_invoke_the_functions_it_calls_and_no_other(switch: Template) -> None:
    (policy,) = (
        each["Properties"] for key, each in resources(switch, "IAM::Policy").items() if "StatesMachineRole" in key
    )

    (invoked,) = (
        each["Resource"] for each in policy["PolicyDocument"]["Statement"] if each["Action"] == "lambda:InvokeFunction"
    )
    assert {each["Fn::GetAtt"][0] for each in invoked} == {
        logical_id(switch, "Lambda::Function", f"Switch{name}Function") for name in CALLED
    }


@pytest.mark.parametrize("name", sorted(CALLED))
def test_no_state_times_out_before_its_function(name: str) -> None:
    """Its retry would run beside the first one."""
    states = json.loads(expand(DEFINITION.read_text(), 3000))["States"].values()

    allowed = [
        state["TimeoutSeconds"]
        for state in states
        if state["Type"] == "Task" and state["Arguments"]["FunctionName"] == f"${{{name}FunctionArn}}"
    ]
    assert allowed
    assert min(allowed) >= DUTIES[name].timeout_seconds


@pytest.mark.parametrize("name", sorted(DUTIES))
def test_every_function_runs_as_long_and_as_large_as_its_duty_says(switch: Template, name: str) -> None:
    found = function(switch, name)

    assert (found["Timeout"], found["MemorySize"], found["Handler"]) == (
        DUTIES[name].timeout_seconds,
        DUTIES[name].memory_mib,
        f"traffic_switch.handlers.{name.lower()}.handle",
    )


def test_bake_has_the_memory_to_send_its_own_requests_in_time(switch: Template) -> None:
    assert function(switch, "Bake")["MemorySize"] == 1024


def test_every_policy_field_is_a_setting_that_reaches_the_functions(synthesize: Synthesize) -> None:
    template = synthesize(write_settle_seconds=7)["GreenlightSwitch"]

    policy = json.loads(function(template, "Shift")["Environment"]["Variables"]["GREENLIGHT_POLICY"])
    assert set(policy) == set(Policy.__dataclass_fields__)
    assert policy["write_settle_seconds"] == 7


def test_request_alone_is_told_the_machine(switch: Template) -> None:
    told = {name for name in DUTIES if MACHINE in text(function(switch, name)["Environment"])}

    assert told == {"Request"}


def test_operators_find_the_function_that_takes_requests(switch: Template) -> None:
    assert switch["Outputs"]["RequestFunctionName"]["Value"] == {"Ref": "SwitchRequestFunction180C6DE6"}


def test_the_custom_resource_asks_the_same_function(synthesize: Synthesize) -> None:
    (release,) = (each for each in synthesize()["GreenlightRelease"]["Resources"].values() if "Release" in each["Type"])

    assert "SwitchRequestFunction180C6DE6" in text(release["Properties"]["ServiceToken"])


def test_cloudformation_waits_for_a_release_as_long_as_the_settings_say(synthesize: Synthesize) -> None:
    template = synthesize(service_timeout_seconds=3400)["GreenlightRelease"]

    assert [
        each["Properties"]["ServiceTimeout"] for each in template["Resources"].values() if "Release" in each["Type"]
    ] == ["3400"]


def test_the_alarms_of_this_account_may_publish_to_the_topic(switch: Template) -> None:
    statements = only(switch, "SNS::TopicPolicy")["PolicyDocument"]["Statement"]

    assert [
        each["Condition"] for each in statements if each["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    ] == [{"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}]


def test_every_alarm_reaches_the_topic(switch: Template) -> None:
    (topic,) = resources(switch, "SNS::Topic")

    assert [alarm["AlarmActions"] for alarm in properties(switch, "CloudWatch::Alarm")] == [
        [{"Ref": topic}] for _ in properties(switch, "CloudWatch::Alarm")
    ]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({}, {}),
        ({"one_way": "2.0.0"}, {"OneWay": "true"}),
        ({"one_way": "1.0.0"}, {}),
        ({"undo_one_way": "3.0.0"}, {"UndoOneWay": "3.0.0"}),
        ({"one_way": "1.0.0", "undo_one_way": "3.0.0"}, {"UndoOneWay": "3.0.0"}),
        ({"one_way": "2.0.0", "undo_one_way": "3.0.0", "active_color": "null"}, {}),
    ],
)
def test_a_release_says_of_one_way_doors_what_counts_for_the_color_that_it_names(
    flags: dict[str, str], said: dict[str, str], synthesize: Synthesize
) -> None:
    declared = {
        "shop.green_version": "2.0.0",
        "shop.active_color": "green",
        **{f"shop.{k}": v for k, v in flags.items()},
    }
    release = next(
        each
        for each in synthesize(**declared)["GreenlightRelease"]["Resources"].values()
        if each["Type"] == "Custom::GreenlightRelease" and each["Properties"]["Service"] == "shop"
    )
    found = {name: value for name, value in release["Properties"].items() if "OneWay" in name}

    assert found == said
