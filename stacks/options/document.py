"""The text of cdk.json, or of another file of settings, as JSON in which nothing is said twice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from stacks.options.values import SettingsError


def parsed(text: str) -> Any:
    """Read JSON. Of a key that an object has twice, Python takes the last without a word: here it is refused.

    Raises:
        ValueError: the text is not JSON.
        SettingsError: it is JSON that cannot be meant so.
    """
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError as error:
        raise SettingsError(
            "got objects or lists that are too deep to read; allowed: settings as in cdk.json"
        ) from error


def of_flag(value: Any) -> Any:
    """What a flag of `-c` means that may be JSON; text that is none is left as it is.

    Raises:
        SettingsError: it is JSON that cannot be meant so.
    """
    try:
        return parsed(value) if isinstance(value, str) else value
    except ValueError:
        return value


def settings_below(key: str, body: Any) -> dict[str, Any]:
    """The settings that a document holds below a key; none where it has no such key.

    Raises:
        SettingsError: what is there is no object.
    """
    if not isinstance(body, dict):
        raise SettingsError(f"holds {_kind(body)}; allowed: an object, as in cdk.json")
    found = body.get(key, {})
    if not isinstance(found, dict):
        raise SettingsError(f"{key}: got {_kind(found)}; allowed: an object of settings by name")
    return found


def refuse_text(declared: Mapping[str, Any]) -> None:
    """Refuse objects that are written as text: `-c` has to, and a release could not write its facts into one.

    Raises:
        SettingsError: naming the key.
    """
    for key in ("services", "stages"):
        if isinstance(declared.get(key), str):
            raise SettingsError(
                f"{key}: got text; allowed: a JSON object of {key} by name, each with its own settings;"
                " text after -c alone"
            )


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise SettingsError(f"{key!r} is there twice in one object; allowed: once, or only the last would count")
        found[key] = value
    return found


def _kind(value: Any) -> str:
    return "null" if value is None else type(value).__name__
