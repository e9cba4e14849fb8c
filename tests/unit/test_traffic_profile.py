"""What virtual users ask for, and the bytes they send."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlight.rehearsal.traffic.profile import SHOP, Profile, ProfileError, RequestKind, load_profile, single
from greenlight.rehearsal.traffic.wire import Sendable, Shopper, visits


@given(st.lists(st.integers(1, 20), min_size=1, max_size=6))
def test_a_round_holds_each_kind_as_often_as_its_share(shares: list[int]) -> None:
    kinds = tuple(RequestKind("GET", f"/{number}", share) for number, share in enumerate(shares))

    assert Counter(Profile(kinds).sequence()) == {kind: kind.share for kind in kinds}


def test_a_rare_kind_is_not_sent_in_a_burst() -> None:
    common, rare = RequestKind("GET", "/", 8), RequestKind("GET", "/rare", 2)

    places = [place for place, kind in enumerate(Profile((common, rare)).sequence()) if kind is rare]

    assert places[1] - places[0] == 5


def test_the_shops_visitors_look_more_than_they_buy() -> None:
    kinds = SHOP.sequence()

    assert {"GET /", "GET /api/products", "GET /products/enamel-mug"} <= {kind.name for kind in kinds}
    assert sum(kind.method != "GET" for kind in kinds) / len(kinds) <= 0.02


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ({"method": "GET", "path": "/", "share": 0}, "share of GET / must be 1 or more, got 0"),
        ({"method": "GET", "path": "cart", "share": 1}, "path must start with /.* got 'cart'"),
        ({"method": "GET", "path": "/a\r\nX: y", "share": 1}, "path must start with /"),
        (
            {"method": "PUT", "path": "/", "share": 1, "body_seconds": 1.0},
            "body_seconds must be 0 or more, and 0 without a",
        ),
        ({"method": "GET /", "path": "/", "share": 1}, "method must be a word such as GET, got 'GET /'"),
    ],
)
def test_a_kind_that_cannot_be_sent_is_refused(kind: dict[str, object], problem: str) -> None:
    with pytest.raises(ProfileError, match=problem):
        RequestKind(**kind)  # type: ignore[arg-type]


def test_a_profile_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    file.write_text(json.dumps([{"method": "GET", "path": "/reports", "share": 1}]))

    assert load_profile(file) == single("/reports")


@pytest.mark.parametrize("text", ["{", "[]", '[{"path": "/"}]', "7"])
def test_a_file_that_is_no_profile_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "profile.json"
    file.write_text(text)

    with pytest.raises(ProfileError):
        load_profile(file)


def test_a_request_names_its_host_and_path() -> None:
    wire = Sendable(RequestKind("GET", "/x", 1), "127.0.0.1:80").wire()

    assert wire.startswith(b"GET /x HTTP/1.1\r\nHost: 127.0.0.1:80\r\n")


def test_a_body_comes_with_its_length_and_type() -> None:
    wire = Sendable(RequestKind("POST", "/cart", 1, body='{"product": 1}'), "h").wire()

    assert b"Content-Type: application/json\r\nContent-Length: 14\r\n" in wire
    assert wire.endswith(b'\r\n\r\n{"product": 1}')


def test_a_shopper_sends_back_the_cookies_that_were_set() -> None:
    shopper = Shopper()
    shopper.keep(b"session=one; Path=/; HttpOnly")
    shopper.keep(b"theme=dark")
    shopper.keep(b"session=two; Path=/")

    wire = Sendable(RequestKind("GET", "/cart", 1), "h").wire(shopper.cookie)

    assert wire.endswith(b"\r\nCookie: session=two; theme=dark\r\n\r\n")


def test_each_shopper_takes_a_turn_and_others_carry_no_cookie() -> None:
    profile = Profile((RequestKind("GET", "/", 1), RequestKind("GET", "/cart", 1, shopper=True)))
    following = visits(profile, "h", shoppers=2)

    people = [shopper for _, shopper in (following() for _ in range(8)) if shopper]

    assert len(people) == 4
    assert people[0] is people[2] is not people[1]


def test_each_shopper_both_writes_and_reads() -> None:
    read, write = RequestKind("GET", "/cart", 1, shopper=True), RequestKind("PUT", "/cart", 1, shopper=True)
    following = visits(Profile((read, write)), "h", shoppers=2)

    sent = {(request.name, id(shopper)) for request, shopper in (following() for _ in range(8))}

    assert len(sent) == 4
