"""What is recorded of the settings with each deploy, so that the next one can be held against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stacks.options.values import Fixed, Options
from stacks.settings import ServiceSettings, Settings


def recorded(settings: Settings) -> dict[str, str]:
    """Return the settings that cannot change at any time, by their keys as an operator writes them.

    The port that serves can change, and is recorded since it decides whether the certificate may go; the stage, since
    the way out of a refusal names it.
    """
    values = dict(_texts(settings, ""))
    if settings.stage:
        values["stage"] = settings.stage
    values["production_port"] = "443" if settings.serves_https else "80"
    for service in settings.services:
        values.update(_texts(service, f"services.{service.name}."))
    return values


def fixed_settings() -> set[str]:
    """Name every setting that says of itself that it cannot change at any time."""
    return {name for model in (Settings, ServiceSettings) for name, _ in _fixed(model)}


def _texts(options: Options, prefix: str) -> Iterator[tuple[str, str]]:
    for name, _ in _fixed(type(options)):
        value = getattr(options, name)
        yield f"{prefix}{name}", "" if value is None else str(value)


def _fixed(model: type[Options]) -> Iterator[tuple[str, Any]]:
    """Yield the fields whose metadata say `Fixed`, with what they say."""
    for name, field in model.model_fields.items():
        for item in field.metadata:
            if isinstance(item, Fixed):
                yield name, item
