from __future__ import annotations

from typing import Any

import pytest
from traffic_switch.asking import Ask
from traffic_switch.errors import RequestError

EVENT: dict[str, Any] = {
    "RequestType": "Update",
    "ResponseURL": "https://answers.example/1",
    "StackId": "arn:stack",
    "RequestId": "r1",
    "LogicalResourceId": "Shop",
    "PhysicalResourceId": "greenlight-release-shop",
    "ResourceProperties": {
        "ServiceToken": "t",
        "ServiceTimeout": "60",
        "Service": "shop",
        "Color": "green",
        "Version": "2",
    },
    "OldResourceProperties": {"ServiceToken": "t0", "Service": "shop", "Color": "blue", "Version": "1"},
}


def asked(**changes: Any) -> Ask:
    return Ask.from_event({**EVENT, **changes}, ["shop"])


def with_properties(**changes: Any) -> dict[str, Any]:
    return {"ResourceProperties": {**EVENT["ResourceProperties"], **changes}}


def test_an_event_says_what_is_asked_for_and_by_whom() -> None:
    ask = asked()

    assert (ask.id, ask.kind, ask.service, ask.color, ask.version) == ("r1", "Update", "shop", "green", "2")
    assert ask.resource == "arn:stack/Shop"


def test_how_a_request_is_made_is_not_part_of_what_it_asks_for() -> None:
    assert asked().properties.new == '{"Color":"green","Service":"shop","Version":"2"}'
    assert asked().properties.old == '{"Color":"blue","Service":"shop","Version":"1"}'


def test_the_order_of_properties_means_nothing() -> None:
    shuffled = dict(reversed(EVENT["ResourceProperties"].items()))

    assert asked(ResourceProperties=shuffled).properties == asked().properties


def test_a_creation_had_nothing_before() -> None:
    created = {key: value for key, value in EVENT.items() if key != "OldResourceProperties"} | {"RequestType": "Create"}

    assert Ask.from_event(created, ["shop"]).properties.old == ""


def test_keep_comes_with_the_version_of_blue_for_a_first_release() -> None:
    kept = {"Service": "shop", "Color": "keep", "BlueVersion": "1", "GreenVersion": "2"}

    assert asked(ResourceProperties=kept).version == "1"


@pytest.mark.parametrize("missing", ["ResponseURL", "StackId", "RequestId", "LogicalResourceId"])
def test_an_event_that_nobody_can_be_answered_for_names_what_is_missing(missing: str) -> None:
    event = {key: value for key, value in EVENT.items() if key != missing}

    with pytest.raises(RequestError, match=missing):
        Ask.from_event(event, ["shop"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"RequestType": "Destroy"}, "RequestType is 'Destroy'; allowed are Create, Update and Delete"),
        ({"ResourceProperties": None}, "no ResourceProperties"),
        (with_properties(Service="report"), "there is no service 'report'; the services are shop"),
        (with_properties(Color="teal"), "Color is 'teal'; allowed are blue, green and keep"),
    ],
)
def test_what_there_is_not_is_refused_with_what_is_allowed(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        asked(**changes)


def test_a_deletion_needs_no_valid_color() -> None:
    assert asked(RequestType="Delete", **with_properties(Color="teal")).kind == "Delete"


def test_the_request_keeps_what_an_answer_repeats_and_no_properties() -> None:
    assert set(asked().request) == {
        "ResponseURL",
        "StackId",
        "RequestId",
        "LogicalResourceId",
        "PhysicalResourceId",
        "RequestType",
    }
