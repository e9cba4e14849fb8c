"""Reading answers from bytes."""

from __future__ import annotations

import pytest
from traffic_switch.contract import Color

from greenlight.rehearsal.traffic.answer import AnswerReader
from greenlight.rehearsal.traffic.outcome import RequestOutcome

BLUE = b"X-Environment: blue\r\nX-Version: 1.0.0\r\n"


def response(status: int = 200, headers: bytes = BLUE, body: bytes = b"hello") -> bytes:
    return b"HTTP/1.1 %d Reason\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, len(body), body)


def test_a_whole_answer_tells_its_color_version_and_status() -> None:
    reader = AnswerReader()

    assert reader.feed(response()) is RequestOutcome.ANSWERED
    assert (reader.color, reader.version, reader.status, reader.reusable) == (Color.BLUE, b"1.0.0", 200, True)


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (response(404), RequestOutcome.ANSWERED),
        (response(302), RequestOutcome.ANSWERED),
        (response(500), RequestOutcome.SERVER_ERROR),
        (response(503, headers=b""), RequestOutcome.SERVER_ERROR),
        (response(200, headers=b""), RequestOutcome.UNMARKED),
        (response(200, headers=b"X-Environment: purple\r\n"), RequestOutcome.UNMARKED),
        (b"HTTP/1.1 204 No Content\r\n" + BLUE + b"\r\n", RequestOutcome.ANSWERED),
        (b"SSH-2.0-OpenSSH\r\n", RequestOutcome.MALFORMED),
    ],
)
def test_an_answer_is_judged_as_its_user_would(data: bytes, outcome: RequestOutcome) -> None:
    assert AnswerReader().feed(data) is outcome


def test_an_answer_that_comes_byte_by_byte_ends_with_its_last_byte() -> None:
    reader = AnswerReader()
    data = response()

    outcomes = [reader.feed(bytes([byte])) for byte in data]

    assert outcomes == [None] * (len(data) - 1) + [RequestOutcome.ANSWERED]


def test_chunks_end_with_the_empty_chunk() -> None:
    reader = AnswerReader()

    assert reader.feed(b"HTTP/1.1 200 OK\r\n" + BLUE + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n") is None
    assert reader.feed(b"0\r\n\r\n") is RequestOutcome.ANSWERED


def test_an_interim_answer_only_announces_the_real_one() -> None:
    reader = AnswerReader()

    assert reader.feed(b"HTTP/1.1 100 Continue\r\n\r\n") is None
    assert reader.feed(response()) is RequestOutcome.ANSWERED


def test_the_second_answer_of_a_connection_inherits_nothing_from_the_first() -> None:
    reader = AnswerReader()
    reader.feed(response())

    reader.begin()

    assert reader.feed(response(headers=b"")) is RequestOutcome.UNMARKED
    assert (reader.color, reader.version) == (None, b"")


def test_a_server_that_says_close_gets_no_second_request() -> None:
    reader = AnswerReader()

    assert reader.feed(response(headers=BLUE + b"Connection: close\r\n")) is RequestOutcome.ANSWERED
    assert not reader.reusable


@pytest.mark.parametrize(
    ("data", "cleanly", "outcome"),
    [
        (b"", True, RequestOutcome.RESET),
        (b"", False, RequestOutcome.RESET),
        (b"HTTP/1.1 200 OK\r\nX-Env", True, RequestOutcome.RESET),
        (response()[:-1], True, RequestOutcome.TRUNCATED),
        (response()[:-1], False, RequestOutcome.TRUNCATED),
        (b"HTTP/1.1 200 OK\r\n" + BLUE + b"\r\nto the end", True, RequestOutcome.ANSWERED),
        (b"HTTP/1.1 200 OK\r\n" + BLUE + b"\r\nto the end", False, RequestOutcome.TRUNCATED),
        (b"HTTP/1.1 502 Bad\r\n\r\nto the end", True, RequestOutcome.SERVER_ERROR),
    ],
)
def test_a_connection_that_ends_early_ends_its_answer(data: bytes, cleanly: bool, outcome: RequestOutcome) -> None:
    reader = AnswerReader()
    assert reader.feed(data) is None

    assert reader.closed(cleanly=cleanly) is outcome


@pytest.mark.parametrize(
    ("expected", "location", "outcome"),
    [
        ("https://shop.example.com", b"https://shop.example.com:443/a", RequestOutcome.REDIRECTED),
        ("https://shop.example.com", b"http://shop.example.com/a", RequestOutcome.UNMARKED),
        ("https://shop.example.com", b"https://elsewhere.example.com/", RequestOutcome.UNMARKED),
        ("", b"https://shop.example.com:443/a", RequestOutcome.UNMARKED),
    ],
)
def test_only_a_redirect_that_is_expected_is_no_failure(
    expected: str, location: bytes, outcome: RequestOutcome
) -> None:
    redirect = response(302, headers=b"Location: " + location + b"\r\n")

    assert AnswerReader(expected).feed(redirect) is outcome
    assert outcome.failed is (outcome is RequestOutcome.UNMARKED)


def test_a_redirect_of_the_application_is_an_answer() -> None:
    redirect = response(302, headers=BLUE + b"Location: https://shop.example.com/cart\r\n")

    assert AnswerReader("https://shop.example.com").feed(redirect) is RequestOutcome.ANSWERED
