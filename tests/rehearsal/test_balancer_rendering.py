"""A snapshot becomes Envoy's files: what a change rewrites, and what each part says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from greenlight.rehearsal.balancer.clusters import cluster, status_ranges
from greenlight.rehearsal.balancer.matching import UnsupportedConditionError, match, pattern
from greenlight.rehearsal.balancer.routing import route_configuration
from greenlight.rehearsal.balancer.snapshot import (
    Condition,
    Endpoint,
    FixedResponse,
    Forward,
    HealthCheck,
    Listener,
    Redirect,
    Rule,
    Snapshot,
    TargetGroup,
    TlsFiles,
)
from greenlight.rehearsal.balancer.xds import CLUSTERS, LISTENERS, Folder, render

CHECK = HealthCheck("/health", 1, 0.5, 2, 3, "200")
BLUE, GREEN = "targetgroup/blue/1", "targetgroup/green/2"
FOLDER = Folder(Path("/run/envoy"))


def group(name: str, *endpoints: Endpoint, **changed: Any) -> TargetGroup:
    return TargetGroup(name, CHECK, endpoints, **changed)


def listener(*rules: Rule) -> Listener:
    return Listener("arn:aws:l/1", "app/shop/1", "HTTP", 80, 18080, rules)


def rule(action: Any, *conditions: Condition) -> Rule:
    return Rule("arn:aws:r/1", "100", conditions, action)


def weighted(blue: int, green: int) -> Snapshot:
    forward = Forward(((BLUE, blue), (GREEN, green)))
    endpoint = Endpoint("i-1", 3000, "127.0.0.1", 13000, 13000)
    return Snapshot((listener(rule(forward)),), (group(BLUE, endpoint), group(GREEN)))


def route(action: Any, *conditions: Condition) -> dict[str, Any]:
    configuration = route_configuration(listener(rule(action, *conditions)))
    first: dict[str, Any] = configuration["virtual_hosts"][0]["routes"][0]
    return first


def changed(before: Snapshot, after: Snapshot) -> set[str]:
    old, new = render(before, FOLDER), render(after, FOLDER)
    return {name for name in {*old, *new} if old.get(name) != new.get(name)}


def test_a_changed_weight_rewrites_the_routes_alone() -> None:
    assert changed(weighted(100, 0), weighted(0, 100)) == {"routes-1.json"}


def test_a_registered_target_rewrites_the_endpoints_of_its_group_alone() -> None:
    before = weighted(100, 0)
    target = Endpoint("i-1", 3001, "127.0.0.1", 13001, 13001)

    after = replace(before, target_groups=(before.target_groups[0], group(GREEN, target)))

    assert changed(before, after) == {"endpoints-2.json"}


def test_what_is_named_is_written_before_what_names_it() -> None:
    assert list(render(weighted(1, 1), FOLDER)) == [
        "endpoints-1.json",
        "endpoints-2.json",
        CLUSTERS,
        "routes-1.json",
        LISTENERS,
    ]


def test_weights_reach_envoy_as_they_are() -> None:
    clusters = route(Forward(((BLUE, 90), (GREEN, 10))))["route"]["weighted_clusters"]["clusters"]

    assert clusters == [{"name": BLUE, "weight": 90}, {"name": GREEN, "weight": 10}]


def test_all_weights_zero_is_a_503() -> None:
    assert route(Forward(((BLUE, 0), (GREEN, 0))))["direct_response"] == {"status": 503}


def test_nothing_is_retried() -> None:
    assert "retry_policy" not in route(Forward(((BLUE, 1),)))["route"]


def test_a_fixed_response_keeps_its_body_and_type() -> None:
    found = route(FixedResponse(503, "text/plain", "no color is live"))

    assert found["direct_response"] == {"status": 503, "body": {"inline_string": "no color is live"}}
    assert found["response_headers_to_add"][0]["header"] == {"key": "content-type", "value": "text/plain"}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (
            Redirect(301, protocol="HTTPS", port="443"),
            {
                "response_code": "MOVED_PERMANENTLY",
                "strip_query": False,
                "scheme_redirect": "https",
                "port_redirect": 443,
            },
        ),
        (
            Redirect(302, host="example.org", query=""),
            {"response_code": "FOUND", "strip_query": True, "host_redirect": "example.org"},
        ),
    ],
)
def test_a_redirect_changes_only_what_it_names(action: Redirect, expected: dict[str, Any]) -> None:
    assert route(action)["redirect"] == expected


def test_plain_http_and_tls_share_one_port_and_have_rules_of_their_own() -> None:
    closed = rule(FixedResponse(503))
    tls = replace(
        listener(closed), arn="arn:aws:l/2", protocol="HTTPS", port=443, tls=TlsFiles("/run/chain", "/run/key")
    )

    (shared,) = render(Snapshot((listener(closed), tls)), FOLDER)[LISTENERS]["resources"]

    plain, secure = shared["filter_chains"]
    assert [chain["filter_chain_match"]["transport_protocol"] for chain in (plain, secure)] == ["raw_buffer", "tls"]
    assert "transport_socket" not in plain
    routes = [chain["filters"][0]["typed_config"]["rds"]["route_config_name"] for chain in (plain, secure)]
    assert routes == ["arn:aws:l/1", "arn:aws:l/2"]


def test_a_listener_that_comes_beside_another_leaves_that_ones_chain_as_it_was() -> None:
    plain = listener(rule(FixedResponse(503)))
    tls = replace(plain, arn="arn:aws:l/2", protocol="HTTPS", tls=TlsFiles("/run/chain", "/run/key"))

    (alone,), (shared,) = (
        render(Snapshot(listeners), FOLDER)[LISTENERS]["resources"] for listeners in ((plain,), (plain, tls))
    )

    assert shared["filter_chains"][0] == alone["filter_chains"][0]
    assert {**shared, "filter_chains": []} == {**alone, "filter_chains": []}


def test_a_redirect_may_keep_the_path_behind_a_new_one() -> None:
    rewrite = route(Redirect(301, path="/old/#{path}"))["redirect"]["regex_rewrite"]

    assert re.sub(rewrite["pattern"]["regex"], rewrite["substitution"], "/cart/1") == "/old/cart/1"


@pytest.mark.parametrize(
    ("value", "text", "matches"),
    [
        ("/*", "/", True),
        ("/*", "/cart/1", True),
        ("/api/?", "/api/1", True),
        ("/api/?", "/api/12", False),
        ("/a.b", "/aXb", False),
        ("/cart", "/cart/1", False),
    ],
)
def test_a_value_matches_the_whole_text_with_wildcards(value: str, text: str, matches: bool) -> None:
    assert bool(re.fullmatch(pattern([value]), text)) is matches


def test_several_values_are_alternatives() -> None:
    assert all(re.fullmatch(pattern(["/a", "/b*"]), text) for text in ("/a", "/b", "/bc"))


def test_headers_and_hosts_are_compared_without_regard_to_case() -> None:
    header = Condition("http-header", ("Blue-*",), "X-Greenlight-Preview")
    host = Condition("host-header", ("*.Example.org",))

    matchers = match([header, host])["headers"]

    assert [each["name"] for each in matchers] == ["x-greenlight-preview", ":authority"]
    expressions = [each["string_match"]["safe_regex"]["regex"] for each in matchers]
    assert re.fullmatch(expressions[0], "bLUE-secret")
    assert re.fullmatch(expressions[1], "shop.example.ORG:8080")


def test_conditions_of_several_kinds_must_all_hold() -> None:
    found = match([Condition("path-pattern", ("/a",)), Condition("http-request-method", ("GET",))])

    assert re.fullmatch(found["safe_regex"]["regex"], "/a")
    assert found["headers"][0]["name"] == ":method"


def test_a_condition_that_cannot_be_told_is_named_with_those_that_can() -> None:
    with pytest.raises(UnsupportedConditionError, match="Condition field 'cookie' must be one of"):
        match([Condition("cookie", ("a",))])


@pytest.mark.parametrize(
    ("matcher", "ranges"),
    [("200", [(200, 200)]), ("200,204", [(200, 200), (204, 204)]), ("200-299, 404", [(200, 299), (404, 404)])],
)
def test_a_matcher_is_codes_and_ranges(matcher: str, ranges: list[tuple[int, int]]) -> None:
    assert status_ranges(matcher) == ranges


def test_every_code_outside_the_matcher_only_counts_towards_the_threshold() -> None:
    checked = cluster(group(BLUE), endpoints={}, events_path="/e")["health_checks"][0]["http_health_check"]

    assert checked["expected_statuses"] == [{"start": 200, "end": 201}]
    assert checked["retriable_statuses"] == [{"start": 100, "end": 200}, {"start": 201, "end": 600}]


def test_the_check_keeps_its_pace_without_traffic() -> None:
    check = cluster(group(BLUE), endpoints={}, events_path="/e")["health_checks"][0]

    assert check["interval"] == check["no_traffic_interval"] == check["no_traffic_healthy_interval"] == "1s"
