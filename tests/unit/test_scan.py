"""What a scan of a color calls wrong, and what it leaves alone."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from traffic_switch.contract import PREVIEW_HEADER, Color

from greenlight.commands import scan as command
from greenlight.deployed_stack import DeployedStack
from greenlight.errors import NotDeployedError, ReleaseError
from greenlight.project import CHECKOUT
from greenlight.scan import tls
from greenlight.scan.answers import Answer
from greenlight.scan.checks import MARK, Finding, judge, of_others
from greenlight.scan.tls import DAY_SECONDS, Handshakes
from greenlight.scan.way_in import preview_headers
from tests.unit.operator_world import BLUE, Desk, scene, seated

GOOD = {
    "X-Environment": "green",
    "X-Version": "2.0.0",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
}
REDIRECT = Answer("GET /", 301, (("Location", "https://shop.example.com:443/"),))
NOW = 1_800_000_000.0


def answer(status: int = 200, body: str = "", asked: str = "GET /", **changed: str | None) -> Answer:
    """A good answer, but for what is changed; `_` in a header's name is a hyphen."""
    headers: dict[str, str | None] = {**GOOD, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return Answer(asked, status, [(name, value) for name, value in headers.items() if value is not None], body)


def names(*answers: Answer, encrypted: bool = True) -> list[str]:
    return [each.name for each in judge(answers, encrypted=encrypted)]


@pytest.mark.parametrize(
    "good",
    [
        answer(),
        answer(404, "Not found", Content_Type="text/html"),
        answer(Server="nginx"),
        answer(Set_Cookie="cart=1; Path=/; HttpOnly; Secure; SameSite=Lax"),
        answer(Access_Control_Allow_Origin="https://shop.example.com"),
        answer(400, f'{{"error": "no product {MARK}"}}', Content_Type="application/json"),
        answer(200, "we serve visitors at 10:30:45 every day"),
        Answer("GET /", 400, (("Server", "awselb/2.0"),), "<html>400 Bad Request</html>"),
        answer(405, asked="TRACE /"),
    ],
)
def test_what_is_as_it_should_be_is_left_alone(good: Answer) -> None:
    assert names(good) == []


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        (answer(X_Content_Type_Options=None), "content-type-options"),
        (answer(Content_Security_Policy=None, X_Frame_Options="DENY"), "content-security-policy"),
        (
            answer(Content_Security_Policy="default-src 'self' 'unsafe-inline'; frame-ancestors 'none'"),
            "unsafe-scripts",
        ),
        (answer(Content_Security_Policy="default-src 'none'"), "framing"),
        (answer(Strict_Transport_Security=None), "strict-transport-security"),
        (answer(Server="Werkzeug/3.1.2 Python/3.12.1"), "software"),
        (answer(X_Powered_By="Express"), "software"),
        (answer(Access_Control_Allow_Origin="*"), "cross-origin"),
        (answer(Access_Control_Allow_Origin="https://greenlight.invalid"), "cross-origin"),
        (answer(Set_Cookie="cart=1; Path=/"), "cookie"),
        (answer(502), "server-error"),
        (answer(400, "URIError: Failed to decode\n    at decode (/app/node_modules/x.js:1:2)"), "stack-trace"),
        (answer(404, "Traceback (most recent call last):\n  File"), "stack-trace"),
        (answer(404, f"<p>no page {MARK}</p>", Content_Type="text/html"), "reflection"),
        (answer(200, asked="TRACE /"), "trace"),
    ],
)
def test_what_is_wrong_is_found_and_nothing_else(bad: Answer, name: str) -> None:
    assert names(bad) == [name]


def test_without_tls_neither_header_nor_cookie_has_to_speak_of_it() -> None:
    plain = answer(Strict_Transport_Security=None, Set_Cookie="cart=1; HttpOnly; SameSite=Lax")

    assert names(plain, encrypted=False) == []


def test_each_thing_is_said_once_with_the_first_request_that_showed_it() -> None:
    found = judge([answer(X_Powered_By="Express"), answer(asked="GET /x", X_Powered_By="Express")], encrypted=True)

    assert found == [Finding("software", "GET / (200): X-Powered-By: Express")]


@pytest.mark.parametrize(
    ("found", "plain", "wrong"),
    [
        (Handshakes((), ("TLSv1",), NOW + 60 * DAY_SECONDS), REDIRECT, []),
        (Handshakes((), (), NOW + 60 * DAY_SECONDS), None, []),
        (Handshakes(("TLSv1_1",), (), NOW + 60 * DAY_SECONDS), REDIRECT, ["old-tls"]),
        (Handshakes((), (), NOW + 13 * DAY_SECONDS), REDIRECT, ["certificate"]),
        (Handshakes((), (), NOW + 60 * DAY_SECONDS), Answer("GET /", 200), ["plain-http"]),
        (
            Handshakes((), (), NOW + 60 * DAY_SECONDS),
            Answer("GET /", 301, (("Location", "http://a/"),)),
            ["plain-http"],
        ),
    ],
)
def test_tls_is_judged(found: Handshakes, plain: Answer | None, wrong: list[str]) -> None:
    assert [each.name for each in tls.judge(found, plain, NOW)] == wrong


@dataclass
class FakeAsker:
    """A color that answers as it is told; what was asked is remembered."""

    url: str = "http://front.door"
    headers: Mapping[str, str] = field(default_factory=dict)
    answers: Answer = field(default_factory=lambda: answer(Strict_Transport_Security=None))
    asked: list[str] = field(default_factory=list)
    is_encrypted: bool = False
    is_closed: bool = False
    firewall: str = ""

    def leading(self, url: str, headers: Mapping[str, str]) -> FakeAsker:
        if self.is_encrypted and url.startswith("http://"):
            return FakeAsker(url, is_closed=True)
        self.headers = headers
        return self

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        self.asked.append(f"{method} {path}")
        if self.is_closed:
            raise ReleaseError(f"{self.url} gave no answer. Nothing was scanned")
        if self.firewall and self.firewall in path:
            return Answer(f"{method} {path}", 403, (("Server", "awselb/2.0"),), "<h1>403 Forbidden</h1>")
        status = 405 if method == "TRACE" else self.answers.status
        return Answer(f"{method} {path}", status, self.answers.headers, self.answers.body)


@pytest.fixture
def asker() -> FakeAsker:
    return FakeAsker()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asker: FakeAsker) -> Desk:
    made = seated(tmp_path, monkeypatch)
    made.deployed.now = scene(BLUE)
    monkeypatch.setattr(command, "Deployed", made.deployed_at)
    monkeypatch.setattr(command, "Asker", asker.leading)
    return made


def test_the_idle_color_is_scanned(desk: Desk, asker: FakeAsker) -> None:
    code, said = desk.type("scan", "--accept", "encryption")

    assert code == 0
    assert asker.headers == {"to": "shop green"}
    assert "shop: green with version 2.0.0, at http://front.door" in said
    assert len(asker.asked) == 8


def test_what_the_load_balancer_answered_for_the_color_is_said(desk: Desk, asker: FakeAsker) -> None:
    asker.firewall = "?q="
    code, said = desk.type("scan", "--accept", "encryption")

    assert code == 0
    (line,) = (each for each in said.splitlines() if "not looked at" in each)
    assert "?q=" in line
    assert line.endswith("the load balancer answered with 403, and not green")
    assert said.endswith("nothing else is wrong with what was looked at\n")


def test_what_the_color_answered_is_all_looked_at(desk: Desk) -> None:
    _, said = desk.type("scan", "--accept", "encryption")

    assert "not looked at" not in said
    assert said.endswith("nothing else is wrong\n")


def test_an_error_page_that_says_no_color_is_judged_all_the_same() -> None:
    nameless = answer(500, "Traceback (most recent call last):", X_Environment=None)

    assert names(nameless) == ["server-error", "stack-trace"]
    assert of_others([nameless], Color.GREEN) == [
        "GET /: nobody who says which color it is answered with 500, and not green"
    ]


def test_an_answer_of_the_other_color_is_said() -> None:
    assert of_others([answer(), answer(X_Environment="blue")], Color.GREEN) == [
        "GET /: blue answered with 200, and not green"
    ]


def test_a_closed_port_80_loses_no_finding(desk: Desk, asker: FakeAsker, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.deployed.front_door_url = asker.url = "https://front.door"
    asker.is_encrypted, asker.answers = True, answer(X_Powered_By="Express")
    monkeypatch.setattr(tls, "shaken", lambda _url: Handshakes(("TLSv1",), (), time.time() + 60 * DAY_SECONDS))
    code, said = desk.type("scan")

    assert code == 1
    assert "not looked at: where port 80 leads, since it gives no answer" in said
    assert "wrong are software, old-tls; allowed: nothing" in " ".join(said.split())


def test_what_is_wrong_ends_with_1_and_its_names(desk: Desk, asker: FakeAsker) -> None:
    asker.answers = answer(Strict_Transport_Security=None, X_Powered_By="Express")
    code, said = desk.type("scan")

    assert code == 1
    assert "WRONG software: GET / (200): X-Powered-By: Express" in said
    assert "wrong are software, encryption; allowed: nothing" in " ".join(said.split())


def test_what_is_accepted_is_said_and_is_no_failure(desk: Desk, asker: FakeAsker) -> None:
    asker.answers = answer(Strict_Transport_Security=None, X_Powered_By="Express")
    code, said = desk.type("scan", "--accept", "software", "--accept", "encryption")

    assert code == 0
    assert "accepted software: " in said


def test_an_answer_of_another_color_is_not_scanned(desk: Desk, asker: FakeAsker) -> None:
    code, said = desk.type("scan", "--color", "blue")

    assert code == 1
    assert "the preview of blue was answered by green, with 200. Nothing was scanned" in " ".join(said.split())
    assert len(asker.asked) == 1


def test_before_the_first_release_the_color_has_to_be_named(desk: Desk) -> None:
    desk.deployed.now = scene(None)
    code, said = desk.type("scan")

    assert code == 1
    assert "name it with --color" in said


class Shaken:
    """A connection that was agreed on, with its certificate."""

    def __enter__(self) -> Shaken:
        return self

    def __exit__(self, *_: object) -> None: ...

    def getpeercert(self) -> dict[str, str]:
        return {"notAfter": "Nov 22 00:00:00 2027 GMT"}


def test_an_old_version_that_nobody_answers_is_not_called_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def connected(_host: str, _port: int, context: ssl.SSLContext) -> Shaken:
        if context.maximum_version in tls.OLD:
            raise TimeoutError("timed out")
        return Shaken()

    monkeypatch.setattr(tls, "_connected", connected)
    found = tls.shaken("https://door")

    assert (found.old, found.untried) == ((), ("TLSv1", "TLSv1_1"))


class Edge(DeployedStack):
    """The stack of the edge, which is asked for two outputs."""

    def __init__(self) -> None:
        super().__init__("GreenlightEdge")

    def output(self, key: str) -> str:
        return {"ShopGreenTargetGroupArn": "arn:green", "ListenerArn": "arn:listener"}[key]


class Rules:
    """The load balancer's rules."""

    def __init__(self, *rules: Mapping[str, Any]) -> None:
        self.rules = rules

    def get_paginator(self, _operation: str) -> Rules:
        return self

    def paginate(self, **asked: str) -> list[dict[str, Any]]:
        assert asked == {"ListenerArn": "arn:listener"}
        return [{"Rules": [each]} for each in self.rules]


def rule(value: str, *groups: str, header: str = PREVIEW_HEADER) -> dict[str, Any]:
    return {
        "Conditions": [{"HttpHeaderConfig": {"HttpHeaderName": header, "Values": [value, "old"]}}],
        "Actions": [{"ForwardConfig": {"TargetGroups": [{"TargetGroupArn": each} for each in groups]}}],
    }


def test_the_way_in_is_the_rule_that_leads_to_the_color_alone() -> None:
    rules = Rules(
        rule("both", "arn:blue", "arn:green"),
        rule("other", "arn:blue"),
        rule("stranger", "arn:green", header="X-Other"),
        rule("right", "arn:green"),
    )

    found = preview_headers(rules, Edge(), "shop", Color.GREEN)

    assert found == {PREVIEW_HEADER: "right"}


def test_without_such_a_rule_it_is_said_what_to_deploy() -> None:
    with pytest.raises(NotDeployedError, match="no preview rule leads to green of shop"):
        preview_headers(Rules(rule("other", "arn:blue")), Edge(), "shop", Color.GREEN)


def test_the_names_that_can_be_accepted_are_on_the_page() -> None:
    source = "".join((CHECKOUT / "greenlight" / each).read_text() for each in ("scan/checks.py", "scan/tls.py"))
    page = (CHECKOUT / "docs" / "operations.md").read_text()
    found = set(re.findall(r'yield "([a-z-]+)"|Finding\("([a-z-]+)"', source))
    assert [name for pair in found for name in pair if name and f"`{name}`" not in page] == []
