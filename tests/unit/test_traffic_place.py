"""Where a load goes: the name is said to the service, and looked up nowhere."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from greenlight.rehearsal.traffic.place import PlaceError, place

HERE = "127.0.0.1:18080"


def test_without_an_address_the_load_goes_where_the_url_says() -> None:
    found = place("http://127.0.0.1:8080/")

    assert (found.address, found.host_header, found.tls) == (("127.0.0.1", 8080), "127.0.0.1:8080", None)


def test_a_domain_is_said_but_not_connected_to() -> None:
    found = place("https://shop.example.com", HERE)

    assert (found.address, found.name, found.host_header) == (("127.0.0.1", 18080), *2 * ("shop.example.com",))
    assert found.tls is not None
    assert found.tls.verify_mode is ssl.CERT_REQUIRED
    assert found.tls.check_hostname


@pytest.mark.parametrize(
    ("url", "other"), [("http://a.example", "https://a.example"), ("https://a.example", "http://a.example")]
)
def test_a_redirect_may_lead_to_the_other_scheme_of_the_same_host(url: str, other: str) -> None:
    assert place(url, HERE, redirects=True).redirects_to == other
    assert place(url, HERE).redirects_to == ""


@pytest.mark.parametrize(
    ("url", "connect", "words"),
    [
        ("ftp://a.example", "", "must be http://host:port or https://host:port"),
        ("http://a.example/cart", "", "without a path"),
        ("http://a.example", "18080", "must be host:port, got '18080'"),
    ],
)
def test_what_is_no_place_is_refused(url: str, connect: str, words: str) -> None:
    with pytest.raises(PlaceError, match=words):
        place(url, connect)


def test_an_authority_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match=r"cannot trust .*gone\.pem: No such file"):
        place("https://a.example", HERE, tmp_path / "gone.pem")
