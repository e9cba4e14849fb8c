"""What is known to be wrong with packages, as osv.dev says: one database for those of Python and of npm.

Whatever is not answered is an error: an audit that could not look has found nothing, and must not look like good news.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from typing import Any

from greenlight.delivery.locks import Package
from greenlight.errors import ReleaseError
from greenlight.wording import printable

URL = "https://api.osv.dev/v1/querybatch"
BATCH = 1000
"""The most queries that one request may have (osv.dev, POST /v1/querybatch)."""
PAGES = 20
SECONDS, PAUSES = 30, (2.0, 10.0)

Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def known(packages: Sequence[Package], ask: Ask | None = None) -> dict[Package, set[str]]:
    """The ids of what is known of each package, and none for those of which nothing is.

    Raises:
        ReleaseError: the database could not be asked, or did not answer for every package.
    """
    found: dict[Package, set[str]] = {}
    waiting: list[tuple[Package, str]] = [(package, "") for package in packages]
    for _ in range(PAGES):
        if not waiting:
            return found
        batch, waiting = waiting[:BATCH], waiting[BATCH:]
        for (package, _page), result in zip(batch, _results(batch, ask or asked), strict=True):
            found.setdefault(package, set()).update(each["id"] for each in result.get("vulns", ()))
            if page := result.get("next_page_token"):
                waiting.append((package, page))
    raise ReleaseError(f"nothing was audited to the end: the database still had more after {PAGES} answers. Try again")


def _results(batch: Sequence[tuple[Package, str]], ask: Ask) -> list[Mapping[str, Any]]:
    answer = ask({"queries": [_query(package, page) for package, page in batch]})
    results = answer.get("results")
    if not isinstance(results, list) or len(results) != len(batch):
        count = len(results) if isinstance(results, list) else "no"
        raise ReleaseError(f"nothing was audited: {len(batch)} packages were asked for, and {count} answers came")
    return [_result(each) for each in results]


def _result(answer: Any) -> Mapping[str, Any]:
    """The answer about one package; without anything known it is an empty object."""
    if not isinstance(answer, dict) or set(answer) - {"vulns", "next_page_token"}:
        raise ReleaseError(f"nothing was audited: {printable(answer)} came for a package; allowed: vulns. Try again")
    return answer


def _query(package: Package, page: str) -> dict[str, Any]:
    named = {"package": {"name": package.name, "ecosystem": package.ecosystem}, "version": package.version}
    return {**named, **({"page_token": page} if page else {})}


def asked(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Ask the database, and again when it does not answer.

    Raises:
        ReleaseError: it never did.
    """
    for pause in (*PAUSES, None):
        try:
            return _answer(body)
        except (OSError, ValueError, HTTPException) as error:
            if pause is None:
                raise ReleaseError(
                    f"nothing was audited: {URL} could not be asked: {printable(error)}. Try again, or let this machine"
                    " reach it; without an answer no commit is delivered"
                ) from error
            time.sleep(pause)
    raise AssertionError("unreachable")


def _answer(body: Mapping[str, Any]) -> Mapping[str, Any]:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(URL, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        told = json.load(answer)
    if not isinstance(told, dict):
        raise ValueError("the answer is no JSON object")
    return told
