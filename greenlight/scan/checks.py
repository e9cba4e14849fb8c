"""What is wrong with answers. Pure.

After the OWASP Secure Headers Project and the Web Security Testing Guide (configuration, error handling, session).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from traffic_switch.contract import ENVIRONMENT_HEADER, Color

from greenlight.scan.answers import Answer

MARK = "<script>greenlight</script>"
"""What no page may give back as it got it."""
STRANGER = "https://greenlight.invalid"
TRACES = re.compile(
    r"Traceback \(most recent call last\)|^\s+at .+\(?[\w./-]+:\d+:\d+\)?|node_modules/|Werkzeug Debugger"
    r"|Exception in thread|\bat [\w.$]+\([\w]+\.java:\d+\)",
    re.MULTILINE,
)
NUMBERED = re.compile(r"/?\d+\.\d+")
BALANCER = "awselb"
UNSAFE = ("'unsafe-inline'", "'unsafe-eval'")


@dataclass(frozen=True, order=True)
class Finding:
    """What is wrong; `name` is what `--accept` takes."""

    name: str
    said: str


def judge(answers: Iterable[Answer], *, encrypted: bool) -> list[Finding]:
    """Everything that is wrong with answers, each thing once."""
    found = (finding for answer in answers for finding in _of(answer, encrypted))
    return sorted({each.name: each for each in reversed(list(found))}.values())


def of_others(answers: Iterable[Answer], color: Color) -> list[str]:
    """The requests of which the color never said anything, each with who answered: what they try is untried."""
    return [
        f"{each.asked}: {_somebody(each)} answered with {each.status}, and not {color}"
        for each in answers
        if each.one(ENVIRONMENT_HEADER) != color
    ]


def _somebody(answer: Answer) -> str:
    if other := answer.one(ENVIRONMENT_HEADER):
        return other
    return "the load balancer" if answer.one("Server").startswith(BALANCER) else "nobody who says which color it is"


def _of(answer: Answer, encrypted: bool) -> Iterator[Finding]:
    for name, problem in (*_headers(answer, encrypted), *_cookies(answer, encrypted), *_page(answer)):
        yield Finding(name, f"{answer.asked} ({answer.status}): {problem}")


def _headers(answer: Answer, encrypted: bool) -> Iterator[tuple[str, str]]:
    """Of answers of the color: what the load balancer says by itself, to a request that it refuses, is its own."""
    if answer.one("Server").startswith(BALANCER):
        return
    if answer.one("X-Content-Type-Options").lower() != "nosniff":
        yield "content-type-options", "no X-Content-Type-Options: nosniff"
    if encrypted and not answer.one("Strict-Transport-Security"):
        yield "strict-transport-security", "no Strict-Transport-Security"
    if (allowed := answer.one("Access-Control-Allow-Origin")) in ("*", STRANGER, "null"):
        yield "cross-origin", f"Access-Control-Allow-Origin: {allowed}"
    if by := answer.one("X-Powered-By"):
        yield "software", f"X-Powered-By: {by}"
    elif NUMBERED.search(answer.one("Server")):
        yield "software", f"Server: {answer.one('Server')}"
    yield from _policy(answer, answer.one("Content-Security-Policy"))


def _policy(answer: Answer, policy: str) -> Iterator[tuple[str, str]]:
    if not policy:
        yield "content-security-policy", "no Content-Security-Policy"
    if any(each in _scripts(policy) for each in UNSAFE):
        yield "unsafe-scripts", f"Content-Security-Policy lets any script of a page run: {_scripts(policy)}"
    if "frame-ancestors" not in policy and not answer.one("X-Frame-Options"):
        yield "framing", "no frame-ancestors and no X-Frame-Options: any site may frame it"


def _scripts(policy: str) -> str:
    """What a policy says of scripts."""
    said = [each.strip() for each in policy.split(";")]
    for directive in ("script-src ", "default-src "):
        for each in said:
            if each.startswith(directive):
                return each
    return ""


def _cookies(answer: Answer, encrypted: bool) -> Iterator[tuple[str, str]]:
    for cookie in answer.all("Set-Cookie"):
        name, told = cookie.partition("=")[0], {each.strip().lower() for each in cookie.split(";")[1:]}
        missing = [each for each in ("HttpOnly", *(["Secure"] if encrypted else ())) if each.lower() not in told]
        if not any(each.startswith("samesite=") for each in told):
            missing.append("SameSite")
        if missing:
            yield "cookie", f"the cookie {name} is not {', '.join(missing)}"


def _page(answer: Answer) -> Iterator[tuple[str, str]]:
    if answer.status >= 500:
        yield "server-error", "a request that anybody can send makes it fail"
    if answer.status >= 400 and (trace := TRACES.search(answer.body)):
        yield "stack-trace", f"the page shows its code: {trace[0].strip()[:60]}"
    if MARK in answer.body and not answer.one("Content-Type").startswith(("text/plain", "application/json")):
        yield "reflection", "it gives back markup that came in the request"
    if answer.asked.startswith("TRACE ") and answer.status < 400:
        yield "trace", "TRACE is answered"
