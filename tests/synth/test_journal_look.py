"""What the functions beside the switch may see of its journal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.synth.compute import custom, listed, statements
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, resources

GUARD, COLORS = "VersionGuardFunction", "ColorsFunction"
IMAGES = "image#shop#*"
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query", "dynamodb:Scan"}


def template_of(synthesize: Synthesize, compute: str) -> Template:
    stacks = synthesize() if compute == "ec2" else synthesize(compute=compute)
    return stacks["GreenlightEc2Host" if compute == "ec2" else "GreenlightFargate"]


def look(template: Template, function: str) -> dict[str, Any]:
    """The statement that lets a function read the journal, but for the items of images."""
    (found,) = (each for each in journal_statements(template, function) if IMAGES not in json.dumps(each))
    return found


def journal_statements(template: Template, function: str) -> list[dict[str, Any]]:
    """Every statement of a function about the journal."""
    return [
        statement
        for each in resources(template, "IAM::Policy").values()
        if any(f"{function}Role" in held["Ref"] for held in each["Properties"]["Roles"])
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
        if "dynamodb:" in json.dumps(statement["Action"])
    ]


@pytest.mark.parametrize(
    ("compute", "function", "keys"),
    [
        ("ec2", GUARD, ["lock#shop", "live#shop"]),
        ("fargate", GUARD, ["lock#shop", "live#shop"]),
        ("ec2", COLORS, ["lock#shop"]),
    ],
)
def test_only_the_items_that_say_what_is_live_can_be_read(
    synthesize: Synthesize, compute: str, function: str, keys: list[str]
) -> None:
    statement = look(template_of(synthesize, compute), function)

    assert statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"] == keys
    assert "Journal" in json.dumps(statement["Resource"])
    assert "*" not in json.dumps(statement["Resource"])


def test_the_journal_is_read_and_never_written_by_what_changes_the_host(synthesize: Synthesize) -> None:
    assert not WRITES & set(statements(template_of(synthesize, "ec2"), f"{COLORS}Role"))


@pytest.mark.parametrize("compute", ["ec2", "fargate"])
def test_the_guard_writes_what_versions_are_and_nothing_else(synthesize: Synthesize, compute: str) -> None:
    writing = [
        each
        for each in journal_statements(template_of(synthesize, compute), GUARD)
        if WRITES & set(listed(each["Action"]))
    ]

    assert [each["Action"] for each in writing] == [["dynamodb:GetItem", "dynamodb:UpdateItem"]]
    assert [each["Condition"] for each in writing] == [{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [IMAGES]}}]
    assert "*" not in json.dumps([each["Resource"] for each in writing])


@pytest.mark.parametrize(("compute", "function"), [("ec2", GUARD), ("fargate", GUARD), ("ec2", COLORS)])
def test_the_journals_name_is_in_the_environment(synthesize: Synthesize, compute: str, function: str) -> None:
    (body,) = (
        each["Properties"]
        for name, each in resources(template_of(synthesize, compute), "Lambda::Function").items()
        if name.startswith(function)
    )

    assert "Journal" in json.dumps(body["Environment"]["Variables"]["GREENLIGHT_JOURNAL"])


def test_each_color_of_the_host_names_the_listener_that_its_users_come_by(synthesize: Synthesize) -> None:
    template = template_of(synthesize, "ec2")

    listeners = [each["Properties"]["ListenerArn"] for each in custom(template, "Custom::GreenlightHostColor").values()]

    assert listeners[0] == listeners[1]
    assert "Listener" in json.dumps(listeners[0])
