"""Condition expressions as the DynamoDB guide documents them (Comparison operator and function reference)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.dynamodb.conditions import condition
from tests.simulation.dynamodb.language import Scope
from tests.simulation.errors import AwsError

ITEM: dict[str, dict[str, Any]] = {
    "pk": {"S": "a"},
    "owner": {"S": "me"},
    "epoch": {"N": "3"},
    "before": {"M": {"weights": {"M": {"blue": {"N": "100"}}}, "pieces": {"L": [{"S": "x"}]}}},
    "nothing": {"NULL": True},
    "tags": {"SS": ["a", "b"]},
}
NAMES = {"#owner": "owner", "#before": "before"}
VALUES: dict[str, dict[str, Any]] = {
    ":me": {"S": "me"},
    ":you": {"S": "you"},
    ":three": {"N": "3.0"},
    ":ten": {"N": "10"},
    ":text": {"S": "3"},
    ":m": {"S": "m"},
    ":b": {"S": "b"},
    ":ba": {"SS": ["b", "a"]},
    ":type": {"S": "N"},
}


def holds(text: str, item: Any = ITEM) -> bool:
    return condition("ConditionExpression", text).holds(item, Scope(NAMES, VALUES))


@pytest.mark.parametrize(
    "text",
    [
        "attribute_exists(pk)",
        "attribute_not_exists(answer)",
        "attribute_exists(nothing)",
        "#owner = :me",
        "#owner <> :you",
        "epoch = :three",
        "epoch < :ten",
        "epoch <= :three",
        "epoch >= :three AND NOT epoch > :three",
        "#owner IN (:you, :me)",
        "epoch BETWEEN :three AND :ten",
        "begins_with(#owner, :m)",
        "contains(tags, :b)",
        "contains(#owner, :m)",
        "tags = :ba",
        "attribute_type(epoch, :type)",
        "size(tags) < :three",
        "#before.weights.blue > :ten",
        "attribute_exists(#before.pieces[0])",
        "attribute_not_exists(#before.pieces[1])",
        "attribute_not_exists(pk) OR #owner = :me",
        "NOT (attribute_not_exists(pk) OR #owner = :you)",
        "attribute_not_exists(pk) AND #owner = :you OR epoch = :three",
        "#owner = :me and epoch = :three",
    ],
)
def test_it_holds(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "#owner = :you",
        "#owner <> :me",
        "epoch = :text",
        "epoch < :text",
        "#owner IN (:you, :text)",
        "attribute_exists(#before.weights.green)",
        "contains(tags, :you)",
        "attribute_not_exists(pk) AND (#owner = :you OR epoch = :three)",
    ],
)
def test_it_does_not_hold(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize("sign", ["=", "<", "<=", ">", ">="])
def test_what_is_missing_compares_to_nothing(sign: str) -> None:
    assert not holds(f"answer {sign} :me")


def test_what_is_missing_is_unequal_to_everything() -> None:
    assert holds("answer <> :me")
    assert holds("NOT answer = :me")


def test_numbers_are_compared_as_numbers() -> None:
    assert holds("epoch < :ten")
    assert not holds("epoch > :ten")


@pytest.mark.parametrize("word", ["owner", "before", "OWNER", "Status", "name", "data"])
def test_a_reserved_word_has_to_be_aliased(word: str) -> None:
    with pytest.raises(AwsError, match="reserved keyword"):
        condition("ConditionExpression", f"attribute_exists({word})")


@pytest.mark.parametrize(
    "text",
    ["", "epoch =", "epoch == :ten", "attribute_exists(pk", "pk :me", "epoch = :ten AND", "a = :ten)", "(a = :b"],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(AwsError, match="Invalid ConditionExpression"):
        condition("ConditionExpression", text)
