from __future__ import annotations

from typing import Any

import pytest
from traffic_switch.asking import Ask, answerable
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


def test_an_event_without_a_color_asks_to_keep_what_is_live() -> None:
    wanted = {"Service": "shop", "BlueVersion": "1", "GreenVersion": "2"}
    ask = Ask.from_event({**EVENT, "ResourceProperties": wanted}, ["shop"])

    assert (ask.color, ask.version) == ("keep", "1")


def test_a_color_without_a_version_of_its_own_comes_with_that_colors() -> None:
    wanted = {"Service": "shop", "Color": "green", "BlueVersion": "1", "GreenVersion": "2"}

    assert Ask.from_event({**EVENT, "ResourceProperties": wanted}, ["shop"]).version == "2"


def test_a_release_without_any_version_has_none() -> None:
    assert Ask.from_event({**EVENT, "ResourceProperties": {"Service": "shop"}}, ["shop"]).version == ""


def test_refusals_are_told_word_for_word() -> None:
    with pytest.raises(RequestError) as nameless:
        Ask.from_event({**EVENT, "ResourceProperties": {}}, ("shop", "report"))
    with pytest.raises(RequestError) as bare:
        Ask.from_event({name: value for name, value in EVENT.items() if name != "ResourceProperties"}, ["shop"])
    with pytest.raises(RequestError) as nobody:
        answerable({"StackId": "arn"})

    assert str(nameless.value) == "there is no service ''; the services are shop, report"
    assert str(bare.value) == "the event has no ResourceProperties"
    assert (
        str(nobody.value) == "the event has no ResponseURL, no RequestId, no LogicalResourceId: nobody can be answered"
    )
