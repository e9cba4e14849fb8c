"""What Step Functions says of text that is not JSON: the words of its parser, Jackson, as far as they are recorded.

Recorded in localstack, test_sfn_api.snapshot.json and test_sfn_api_validation.snapshot.json.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


@dataclass(frozen=True)
class NotJson:
    """What is wrong, and after which character it showed."""

    message: str
    position: int


def problem(text: str) -> NotJson | None:
    """What keeps a text from being JSON, or None."""
    if not text.strip():
        return NotJson("", 0)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return _described(text, error)
    return None


def _described(text: str, error: json.JSONDecodeError) -> NotJson:
    at = error.pos
    word = _WORD.match(text, at)
    if at >= len(text):
        return NotJson("Unexpected end-of-input", at)
    if error.msg.startswith("Expecting property name"):
        return NotJson(f"{_unexpected(text[at])}: was expecting double-quote to start field name", at + 1)
    if word:
        return NotJson(f"Unrecognized token '{word[0]}': was expecting {_VALUES}", word.end())
    if error.msg.startswith("Expecting value"):
        return NotJson(f"{_unexpected(text[at])}: expected a valid value {_VALUES}", at + 1)
    return NotJson(f"{_unexpected(text[at])}: {error.msg}", at + 1)


def _unexpected(character: str) -> str:
    return f"Unexpected character ('{character}' (code {ord(character)}))"
