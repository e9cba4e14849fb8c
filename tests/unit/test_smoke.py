from __future__ import annotations

from dataclasses import replace

import pytest
from traffic_switch import smoke
from traffic_switch.contract import Color
from traffic_switch.model import Reply
from traffic_switch.verdict import Verdict

GOOD = Reply(200, "green", "2", 5.0)


def test_the_expected_color_and_version_pass() -> None:
    assert smoke.judge([GOOD, GOOD], Color.GREEN, "2").verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(0, "", "", 5.0, "ConnectionRefusedError"), "got no answer: ConnectionRefusedError"),
        (Reply(500, "green", "2", 5.0), "got status 500"),
        (Reply(404, "green", "2", 5.0), "got status 404"),
        (Reply(400, "green", "2", 5.0), "got status 400, wanted 200 to 399"),
        (Reply(199, "green", "2", 5.0), "got status 199"),
        (Reply(200, "blue", "2", 5.0), "was answered by blue"),
        (Reply(200, "green", "1", 5.0), "was answered by version 1"),
        (Reply(200, "", "", 5.0), "was answered by an unnamed environment, wanted green"),
        (Reply(200, "green", "", 5.0), "was answered by version unnamed, wanted 2"),
    ],
)
def test_one_wrong_reply_fails_and_is_described(reply: Reply, words: str) -> None:
    judgment = smoke.judge([GOOD, reply], Color.GREEN, "2")

    assert judgment.verdict is Verdict.FAIL
    assert words in judgment.reason
    assert "request 2 of 2" in judgment.reason


@pytest.mark.parametrize("status", [200, 204, 302, 399])
def test_every_success_passes(status: int) -> None:
    assert smoke.judge([replace(GOOD, status=status)], Color.GREEN, "2").verdict is Verdict.PASS


def test_no_version_is_demanded_where_none_is_known() -> None:
    judgment = smoke.judge([replace(GOOD, version="9")], Color.GREEN, "")

    assert (judgment.verdict, judgment.reason) == (Verdict.PASS, "1 smoke requests answered by green ")


def test_what_was_tested_is_named_by_its_digest() -> None:
    judgment = smoke.judge([GOOD], Color.GREEN, "2", f"sha256:{'a' * 64}")

    assert judgment.reason == "1 smoke requests answered by green 2, image aaaaaaaaaaaa"
