"""Conditions of a rule by query string and by source IP, and values that are too long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from greenlight.rehearsal.balancer.matching import match
from greenlight.rehearsal.balancer.snapshot import Condition
from greenlight.rehearsal.cloud.elbv2.conditions import condition, from_template
from tests.rehearsal.elbv2_calls import OK, refusal
from tests.rehearsal.live_shop import fast_cloud
from tests.rehearsal.load_balancing import Shop
from tests.rehearsal.local_cloud import LocalCloud, eventually

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with fast_cloud(tmp_path_factory.mktemp("cloud"), "iam", "elbv2") as cloud:
        yield cloud


def test_a_query_string_leads_to_its_rule(shop: Shop) -> None:
    pairs = [{"Key": "version", "Value": "v?"}, {"Value": "*beta*"}]
    rule = shop.add_rule(1, OK, [{"Field": "query-string", "QueryStringConfig": {"Values": pairs}}])

    shown = shop.elb.describe_rules(RuleArns=[rule])["Rules"][0]["Conditions"][0]
    assert shown["QueryStringConfig"] == {"Values": pairs}
    assert eventually(lambda: shop.get("/?version=v2")[2] == "matched")
    for path in ("/any?a=b&VERSION=V1&c=d", "/?channel=a-beta-b"):
        assert shop.get(path)[2] == "matched", path
    for path in ("/", "/version=v1", "/?version=v10", "/?versions=v1", "/?a=version=v1x"):
        assert shop.get(path)[2] != "matched", path


def test_a_source_is_this_machine_or_nobody(shop: Shop) -> None:
    def source(*ranges: str) -> list[dict[str, Any]]:
        return [{"Field": "source-ip", "SourceIpConfig": {"Values": list(ranges)}}]

    shop.add_rule(1, OK, source("10.0.0.0/8"))
    assert shop.get()[2] != "matched"
    shop.add_rule(2, OK, source("10.0.0.0/8", "127.0.0.0/8"))
    assert eventually(lambda: shop.get()[2] == "matched")
    assert refusal(lambda: shop.add_rule(3, OK, source("10.0.0.1")))[0] == "ValidationError"


def test_a_value_of_a_condition_has_a_longest_length(shop: Shop) -> None:
    code, message = refusal(lambda: shop.add_rule(1, OK, [{"Field": "path-pattern", "Values": ["/" + "a" * 128]}]))

    assert (code, message) == ("ValidationError", "The 'path-pattern' value is too long; the limit is '128'")


def test_a_template_names_a_query_as_the_api_does() -> None:
    pairs = [{"Key": "color", "Value": "blue"}, {"Value": "green"}]

    record = from_template({"Field": "query-string", "Values": pairs})

    assert record == {"Field": "query-string", "Values": [], "QueryStringConfig": {"Values": pairs}}
    assert condition(record).values == ("color=blue", "=green")


def test_wildcards_of_a_query_stay_within_its_pair() -> None:
    (matcher,) = match([Condition("query-string", ("a=1*2",))])["headers"]
    expression = matcher["string_match"]["safe_regex"]["regex"]

    assert re.fullmatch(expression, "/?a=1x2")
    assert not re.fullmatch(expression, "/?a=1&b=2")
