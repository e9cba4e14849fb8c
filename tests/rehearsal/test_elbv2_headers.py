"""Headers that a listener adds to responses.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html, Add response headers.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest

from greenlight.rehearsal.cloud.elbv2.attributes import LISTENER, added_headers
from tests.rehearsal.elbv2_calls import refusal
from tests.rehearsal.live_shop import fast_cloud
from tests.rehearsal.load_balancing import Shop

pytestmark = pytest.mark.rehearsal

HSTS = "routing.http.response.strict_transport_security.header_value"
NAME = "Strict-Transport-Security"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with fast_cloud(tmp_path_factory.mktemp("cloud"), "iam", "elbv2") as cloud:
        shop = Shop(cloud)
        yield shop
        shop.delete()


def _set(shop: Shop, key: str, value: str) -> None:
    shop.elb.modify_listener_attributes(ListenerArn=shop.listener, Attributes=[{"Key": key, "Value": value}])


def _headers(shop: Shop) -> http.client.HTTPMessage:
    connection = http.client.HTTPConnection(shop.host, shop.port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().headers
    finally:
        connection.close()


def test_a_header_that_was_asked_for_is_added_until_it_is_taken_away(shop: Shop) -> None:
    before = _headers(shop)[NAME]
    _set(shop, HSTS, "max-age=31536000")
    meanwhile = _headers(shop)[NAME]
    _set(shop, HSTS, "")

    assert (before, meanwhile, _headers(shop)[NAME]) == (None, "max-age=31536000", None)


def test_an_attribute_that_no_listener_has_is_refused(shop: Shop) -> None:
    said = refusal(lambda: _set(shop, "routing.http.response.hsts", "1"))

    assert said == ("ValidationError", "Listener attribute key 'routing.http.response.hsts' is not recognized")


def test_only_response_headers_are_added() -> None:
    set_to_something = [{"Key": key, "Value": "true"} for key in LISTENER]

    assert len(added_headers(set_to_something)) == 10
    assert ("strict-transport-security", "true") in added_headers(set_to_something)
