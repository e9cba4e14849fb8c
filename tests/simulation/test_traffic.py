from __future__ import annotations

from collections import Counter
from urllib.request import Request

import pytest
from traffic_switch.contract import PREVIEW_HEADER
from traffic_switch.surroundings import HttpReply

from tests.simulation.cloud import Cloud
from tests.simulation.people import Operator
from tests.simulation.site import HOST, SECRET_VALUE, Site


def ask(cloud: Cloud, path: str = "/", **headers: str) -> HttpReply:
    return cloud.web.exchange(Request(f"http://{HOST}{path}", headers=headers))[0]


def preview(cloud: Cloud, color: str, secret: str = SECRET_VALUE) -> HttpReply:
    return ask(cloud, **{PREVIEW_HEADER: f"shop-{color}-{secret}"})


def test_the_front_door_answers_as_the_live_color(cloud: Cloud, site: Site) -> None:
    reply = ask(cloud)
    assert (reply.status, reply.headers["x-environment"], reply.headers["x-version"]) == (200, "blue", "v1")


def test_the_preview_header_leads_to_its_color(cloud: Cloud, site: Site) -> None:
    assert preview(cloud, "green").headers["x-version"] == "v2"


def test_a_wrong_secret_leads_nowhere_special(cloud: Cloud, site: Site) -> None:
    assert preview(cloud, "green", "guess").headers["x-environment"] == "blue"


def test_without_a_production_rule_the_default_answers(cloud: Cloud, site: Site) -> None:
    Operator(site).delete_rule()
    assert ask(cloud).status == 503


def test_weights_share_the_requests(cloud: Cloud, site: Site) -> None:
    site.write_rule(25, 75)
    seen = Counter(ask(cloud).headers["x-environment"] for _ in range(1000))
    assert 200 < seen["blue"] < 300


def test_what_is_down_gets_a_502_from_the_load_balancer(cloud: Cloud, site: Site) -> None:
    site.change("blue", up=False)
    assert ask(cloud).status == 502


def test_a_group_without_targets_gets_a_503(cloud: Cloud, site: Site) -> None:
    cloud.elbv2.groups[site.group("blue")].targets.clear()
    assert ask(cloud).status == 503


def test_a_share_of_the_requests_can_fail(cloud: Cloud, site: Site) -> None:
    site.change("blue", fails=0.2)
    failed = sum(ask(cloud).status == 500 for _ in range(1000))
    assert 150 < failed < 250


def test_a_color_can_answer_as_another_version(cloud: Cloud, site: Site) -> None:
    site.change("blue", version="v0", color="green")
    assert (ask(cloud).headers["x-version"], ask(cloud).headers["x-environment"]) == ("v0", "green")


def test_an_unknown_host_is_an_error_of_the_network(cloud: Cloud, site: Site) -> None:
    with pytest.raises(OSError, match="no such host"):
        cloud.web.exchange(Request("http://nowhere.example/"))
