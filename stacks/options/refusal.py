"""From pydantic's findings to the one line that an operator reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from annotated_types import Ge, Gt, Le
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from stacks.options.values import Allowed, Options, SettingsError

Model = TypeVar("Model", bound=Options)


def validated(model: type[Model], values: Mapping[str, Any], key_of: Callable[[str], str]) -> Model:
    """Build a model from raw values; `key_of` names a field as the operator wrote it.

    Raises:
        SettingsError: naming the first value that is missing or not allowed.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        field = str(error.errors(include_url=False)[0]["loc"][0])
        got = f"got {values[field]!r}" if field in values else "missing"
        raise SettingsError(f"{key_of(field)}: {got}; allowed: {allowed(model.model_fields[field])}") from error


def unknown(key: str, value: Any, known: Iterable[str]) -> SettingsError:
    """Refuse a key that nobody described, with the nearest one that there is."""
    names = list(known)
    nearest = get_close_matches(key, names, n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]}?" if nearest else f"allowed: {', '.join(sorted(names))}"
    shown = key if key.isprintable() else repr(key)
    return SettingsError(f"unknown setting {shown} ({value!r}); {hint}")


def allowed(field: FieldInfo) -> str:
    """Say which values a setting takes: in its own words, or from its type and bounds."""
    for item in field.metadata:
        if isinstance(item, Allowed):
            return item.text
    kinds = {field.annotation, *get_args(field.annotation)}
    if bool in kinds:
        return "true or false"
    return f"{'a number' if float in kinds else 'an integer'}{_bounds(field)}"


def _bounds(field: FieldInfo) -> str:
    lowest = next((f"from {item.ge}" for item in field.metadata if isinstance(item, Ge)), "")
    above = next((f"above {item.gt}" for item in field.metadata if isinstance(item, Gt)), "")
    highest = next(item.le for item in field.metadata if isinstance(item, Le))
    return f" {lowest or above} {'to' if lowest else 'and up to'} {highest}"
