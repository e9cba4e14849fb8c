from __future__ import annotations

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
        (Reply(200, "blue", "2", 5.0), "was answered by blue"),
        (Reply(200, "green", "1", 5.0), "was answered by version 1"),
        (Reply(200, "", "", 5.0), "unnamed environment"),
    ],
)
def test_one_wrong_reply_fails_and_is_described(reply: Reply, words: str) -> None:
    judgment = smoke.judge([GOOD, reply], Color.GREEN, "2")

    assert judgment.verdict is Verdict.FAIL
    assert words in judgment.reason
    assert "request 2 of 2" in judgment.reason
