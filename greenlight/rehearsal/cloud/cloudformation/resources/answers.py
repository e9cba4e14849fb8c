"""Calling the local cloud's own actions in process, and reading what they answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Action = Callable[[dict[str, Any]], tuple[int, dict[str, str], Any]]


class ActionError(Exception):
    """An action refused: CloudFormation fails the resource with its message."""


def query(action: Action, parameters: Mapping[str, Any]) -> str:
    """Call an action of the query protocol (EC2, ELBv2) and return its XML; parameters without a value are left out."""
    given = {name: [str(value)] for name, value in parameters.items() if value is not None}
    return _body(*action(given))


def json_call(action: Action, request: Mapping[str, Any]) -> Any:
    """Call an action of a JSON protocol and return what it answered."""
    return json.loads(_body(*action(dict(request))) or "{}")


def element(xml: str, name: str) -> str:
    """Return the text of the first element of that name, or nothing."""
    match = re.search(rf"<{name}>(.*?)</{name}>", xml, re.DOTALL)
    return match[1] if match else ""


def _body(status: int, _headers: Mapping[str, str], body: Any) -> str:
    text = body.decode() if isinstance(body, bytes) else str(body)
    if status >= 400:
        raise ActionError(" ".join(re.sub(r"<[^>]+>", " ", text).split()))
    return text
