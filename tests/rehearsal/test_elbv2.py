"""Elastic Load Balancing as its users see it: real requests through Envoy, while the API changes the rules."""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.rehearsal.live_shop import fast_cloud
from tests.rehearsal.load_balancing import Load, Shop
from tests.rehearsal.local_cloud import LocalCloud, eventually

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with fast_cloud(tmp_path_factory.mktemp("cloud"), "iam", "elbv2", "cloudwatch") as cloud:
        yield cloud


@pytest.mark.parametrize(("weights", "expected"), [((90, 10), 40), ((50, 50), 200), ((0, 7), 400)])
def test_traffic_follows_the_weights(live: Shop, weights: tuple[int, int], expected: int) -> None:
    live.shift(*weights)
    eventually(lambda: live.get()[1] == "green")

    found = Counter(live.get()[1] for _ in range(400))

    assert abs(found["green"] - expected) <= 40


def test_a_shift_under_load_fails_no_request_and_drops_no_connection(live: Shop) -> None:
    with Load(live, users=6) as load:
        for weights in [(0, 100), (100, 0)] * 5:
            live.shift(*weights)
            time.sleep(0.1)

    assert load.failures == []
    assert set(load.colors) == {"blue", "green"}


def test_a_shift_is_in_effect_within_50_ms(live: Shop) -> None:
    taken = []
    for color, weights in [("green", (0, 100)), ("blue", (100, 0))] * 4:
        live.shift(*weights)
        before = time.monotonic()
        while live.get()[1] != color:
            pass
        taken.append(time.monotonic() - before)

    assert statistics.median(taken) < 0.05


def test_a_header_leads_to_the_idle_color(live: Shop) -> None:
    live.add_rule(
        10,
        [{"Type": "forward", "TargetGroupArn": live.green.arn}],
        [{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Preview", "Values": ["green-*", "g"]}}],
    )

    assert eventually(lambda: live.get(X_Preview="GREEN-secret")[1] == "green")
    assert live.get(X_Preview="g")[1] == "green"
    assert live.get(X_Preview="blue-secret")[1] == "blue"
    assert live.get()[1] == "blue"


def test_a_condition_may_have_as_many_values_as_long_as_elbv2_allows(live: Shop) -> None:
    values = [letter * 128 for letter in "abcde"]
    header = {"HttpHeaderName": "X-Long", "Values": values}
    live.add_rule(
        11,
        [{"Type": "forward", "TargetGroupArn": live.green.arn}],
        [{"Field": "http-header", "HttpHeaderConfig": header}],
    )

    assert eventually(lambda: live.get(X_Long=values[-1])[1] == "green")
    assert live.get(X_Long=values[0])[1] == "green"


def test_the_default_action_answers_what_no_rule_takes(live: Shop) -> None:
    live.elb.modify_rule(RuleArn=live.rule, Conditions=[{"Field": "path-pattern", "Values": ["/shop/*"]}])

    assert eventually(lambda: live.get("/shopping") == (503, "", "no rule"))
    assert live.get("/shop/cart?a=1")[:2] == (200, "blue")


def test_targets_learn_who_asked(live: Shop) -> None:
    headers = json.loads(live.get(X_Forwarded_For="10.0.0.9")[2])

    assert headers["x-forwarded-for"] == "10.0.0.9,127.0.0.1"
    assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("http", "80")
    assert not [name for name in headers if name.startswith("x-envoy")]


def test_without_targets_the_answer_is_503(shop: Shop) -> None:
    def answer() -> tuple[int, bool]:
        status, _, body = shop.get()
        return status, "503 Service Temporarily Unavailable" in body

    assert eventually(lambda: answer() == (503, True)), answer()


def test_weights_of_zero_are_a_503(live: Shop) -> None:
    live.shift(0, 0)

    assert eventually(lambda: live.get()[0] == 503)


def test_a_target_that_refuses_is_a_502(shop: Shop) -> None:
    shop.register(shop.blue, None)

    assert eventually(lambda: shop.get()[0] == 502)


def test_a_target_that_takes_too_long_is_a_504(live: Shop) -> None:
    live.elb.modify_load_balancer_attributes(
        LoadBalancerArn=live.arn, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "1"}]
    )

    assert eventually(lambda: live.get("/slow?seconds=3")[0] == 504)


def test_the_edge_shows_what_is_served(live: Shop) -> None:
    edge = live.cloud.control("edge")

    listener = next(each for each in edge["listeners"] if each["arn"] == live.listener)
    group = next(each for each in edge["target_groups"] if each["name"] == _tail(live.blue.arn))
    assert listener["url"] == f"http://{live.balancer['DNSName']}"
    assert listener["rules"][0]["action"]["weights"] == {_tail(live.blue.arn): 100, _tail(live.green.arn): 0}
    assert [each["state"] for each in group["targets"]] == ["healthy"]


def test_requests_become_metrics_with_aws_names(live: Shop) -> None:
    for _ in range(20):
        live.get("/?status=500")
    live.get()

    found = eventually(lambda: _metrics(live) if _metrics(live).get("requests") == 21 else None)

    assert found["errors"] == 20
    assert found["hosts"] == 1
    assert 0 < found["p95"] < 1
    assert "elb_errors" not in found


def _tail(arn: str) -> str:
    return arn.rpartition(":")[2].removeprefix("loadbalancer/")


def _metrics(shop: Shop) -> dict[str, float]:
    balancer = {"Name": "LoadBalancer", "Value": _tail(shop.arn)}
    pair = [balancer, {"Name": "TargetGroup", "Value": _tail(shop.blue.arn)}]
    wanted: list[tuple[str, str, str, list[dict[str, str]]]] = [
        ("requests", "RequestCount", "Sum", pair),
        ("errors", "HTTPCode_Target_5XX_Count", "Sum", pair),
        ("p95", "TargetResponseTime", "p95", pair),
        ("hosts", "HealthyHostCount", "Maximum", pair),
        ("elb_errors", "HTTPCode_ELB_5XX_Count", "Sum", [balancer]),
    ]
    queries: list[dict[str, Any]] = [
        {
            "Id": name,
            "MetricStat": {
                "Metric": {"Namespace": "AWS/ApplicationELB", "MetricName": metric, "Dimensions": dimensions},
                "Period": 3600,
                "Stat": statistic,
            },
        }
        for name, metric, statistic, dimensions in wanted
    ]
    now = datetime.now(UTC)
    found = shop.cloud.client("cloudwatch").get_metric_data(
        MetricDataQueries=queries, StartTime=now - timedelta(hours=2), EndTime=now + timedelta(hours=2)
    )
    return {each["Id"]: sum(each["Values"]) for each in found["MetricDataResults"] if each["Values"]}
