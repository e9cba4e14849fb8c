"""What CloudFormation says of templates and parameters that are wrong in themselves."""

from __future__ import annotations

from json import JSONDecodeError, loads
from typing import Any

import pytest

from greenlight.rehearsal.cloud.cloudformation.parameters import problems
from greenlight.rehearsal.cloud.cloudformation.templates import not_well_formed, problem

TOPIC = {"Type": "AWS::SNS::Topic"}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ({"Resources": {"A": TOPIC}}, None),
        ({"Resources": {}}, "Template format error: At least one Resources member must be defined."),
        ("text", "Template format error: unsupported structure."),
        ({"Resources": {"A": []}}, "Template format error: Any Resources member must be an object."),
        (
            {"Resources": {"A": {"Properties": {}}}},
            "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
        ),
        ({"Resources": {"A": {**TOPIC, "Invalid": 1}}}, "Invalid template resource property 'Invalid'"),
        ({"Resources": {"A-b": TOPIC}}, "Template format error: Resource name A-b is non alphanumeric."),
        (
            {"Resources": {"A": TOPIC}, "Outputs": {"O": {"Value": None}}},
            "[/Outputs/O/Value] 'null' values are not allowed in templates",
        ),
        (
            {"Resources": {"A": TOPIC}, "Outputs": {"O": None}},
            "Template format error: Every Outputs member must contain a Value object",
        ),
        (
            {"Resources": {"A": {**TOPIC, "Properties": {"Tags": [None]}}}},
            "[/Resources/A/Properties/Tags/0] 'null' values are not allowed in templates",
        ),
        ({"Resources": {"A": TOPIC}, "Foo": 1}, "Invalid template property or properties [Foo]"),
        (
            {"Resources": {"A": TOPIC}, "Parameters": {"P": {"Type": "Strin"}}},
            "Template format error: Unrecognized parameter type: Strin",
        ),
        (
            {"Resources": {"A": TOPIC}, "AWSTemplateFormatVersion": "2011"},
            "Template format error: unsupported value for AWSTemplateFormatVersion.",
        ),
    ],
)
def test_a_template_is_refused_for_what_is_wrong_first(template: Any, said: str | None) -> None:
    assert problem(template) == said


@pytest.mark.parametrize("kind", ["AWS::SSM::Parameter::Value<String>", "List<AWS::EC2::Subnet::Id>", "Number"])
def test_every_type_of_parameter_is_known(kind: str) -> None:
    assert problem({"Resources": {"A": TOPIC}, "Parameters": {"P": {"Type": kind}}}) is None


def test_a_text_that_is_no_json_is_refused_with_its_place() -> None:
    with pytest.raises(JSONDecodeError) as error:
        loads('{"a"')

    assert not_well_formed('{"a"', error.value) == "Template format error: JSON not well-formed. (line 1, column 5)"


@pytest.mark.parametrize(
    ("parameter", "entry", "said"),
    [
        ({"Type": "String"}, None, "Parameters: [P] must have values"),
        ({"Type": "String", "Default": "a"}, None, None),
        ({"Type": "String", "AllowedValues": ["a", "b"]}, {"Value": "c"}, "Parameter 'P' must be one of AllowedValues"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, {"Value": "b, a"}, None),
        ({"Type": "Number", "MinValue": 3}, {"Value": "1"}, "Parameter 'P' must be a number not less than 3"),
        ({"Type": "Number"}, {"Value": "x"}, "Parameter 'P' must be a number"),
        ({"Type": "String", "AllowedPattern": "x+"}, {"Value": "y"}, "Parameter 'P' must match pattern x+"),
        ({"Type": "String", "MaxLength": "2"}, {"Value": "abc"}, "Parameter 'P' must contain at most 2 characters"),
        (
            {"Type": "String", "MinLength": 4, "ConstraintDescription": "four letters"},
            {"Value": "abc"},
            "Parameter P failed to satisfy constraint: four letters",
        ),
        (
            {"Type": "String"},
            {"UsePreviousValue": True},
            "Invalid input for parameter key P. Cannot specify usePreviousValue as true for a parameter key not in the"
            " previous template",
        ),
    ],
)
def test_a_parameter_must_be_what_the_template_allows(
    parameter: dict[str, Any], entry: dict[str, Any] | None, said: str | None
) -> None:
    given = [] if entry is None else [{"Key": "P", **entry}]

    assert next(problems({"P": parameter}, given, {}), None) == said


def test_a_parameter_that_the_template_does_not_have_is_refused() -> None:
    assert list(problems({}, [{"Key": "Z", "Value": "1"}], {})) == ["Parameters: [Z] do not exist in the template"]
