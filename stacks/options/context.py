"""What the CDK context holds for us: settings, the services, and the flags that change one service's declared state."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stacks.options.document import of_flag
from stacks.options.refusal import unknown
from stacks.options.values import SettingsError

DECLARED_STATE = ("active_color", "blue_version", "green_version", "attempt", "one_way", "undo_one_way")
"""What a flag without a service's name may set; it means the only service, or the first."""
CDK_KEYS = frozenset({"cli-telemetry", "acknowledged-issue-numbers", "cdk-migrate"})
"""The CDK's own keys without a colon; all others (`@aws-cdk/core:…`, `aws:cdk:…`, cached look-ups) have one."""


@dataclass(frozen=True, slots=True)
class RawService:
    """One service as the context describes it, and for each value the key it came from."""

    values: Mapping[str, Any]
    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RawSettings:
    """The context, sorted but not yet validated."""

    values: Mapping[str, Any]
    services: tuple[RawService, ...]


def sort_context(context: Mapping[str, Any], settings: Collection[str], service_fields: Collection[str]) -> RawSettings:
    """Separate our keys from the CDK's, and apply the flags to the services they name.

    Raises:
        SettingsError: on a key that nobody knows, and on two flags that contradict each other.
    """
    ours = {key: value for key, value in context.items() if ":" not in key and key not in CDK_KEYS}
    services = _services(ours.pop("services", None))
    flags = {key: value for key, value in ours.items() if key in DECLARED_STATE or "." in key}
    plain = {key: value for key, value in ours.items() if key not in flags}
    named = [f"{name}.{field}" for name in services for field in service_fields]
    for key, value in plain.items():
        if key not in settings:
            raise unknown(key, value, [*settings, *DECLARED_STATE, *named])
    changes = _by_service(flags, list(services), service_fields)
    return RawSettings(plain, tuple(_service(name, services[name], changes[name], service_fields) for name in services))


def said_beside(context: Mapping[str, Any], service: str) -> Iterator[tuple[str, str, Any]]:
    """What is said of a service beside `services`, which wins: each field, the key that says it, and the value."""
    services = context.get("services")
    first = next(iter(services), "") if isinstance(services, dict) else ""
    for key, value in context.items():
        name, _, field = key.rpartition(".")
        if (name or first) == service and (name or field in DECLARED_STATE):
            yield field, key, value


def _services(value: Any) -> dict[str, Mapping[str, Any]]:
    """Return the services by name, in the order they are written."""
    described = of_flag(value)
    if isinstance(described, dict) and described and all(isinstance(each, dict) for each in described.values()):
        return described
    got = "missing" if value is None else f"got {value!r}"
    raise SettingsError(f"services: {got}; allowed: a JSON object of services by name, at least one, as in cdk.json")


def _by_service(
    flags: Mapping[str, Any], services: list[str], service_fields: Collection[str]
) -> dict[str, dict[str, tuple[str, Any]]]:
    """Return for each service the fields that flags set, with the flag's key and value."""
    found: dict[str, dict[str, tuple[str, Any]]] = {name: {} for name in services}
    for key, value in flags.items():
        service, _, field = key.rpartition(".")
        service = service or services[0]
        if service not in found or field not in service_fields:
            raise unknown(key, value, [f"{name}.{each}" for name in services for each in service_fields])
        other_key, other = found[service].get(field, (key, value))
        if other != value:
            raise SettingsError(f"{key}: got {value!r}, but {other_key} says {other!r}; allowed: one of the two")
        found[service][field] = (key, value)
    return found


def _service(
    name: str, described: Mapping[str, Any], flags: Mapping[str, tuple[str, Any]], service_fields: Collection[str]
) -> RawService:
    for field, value in described.items():
        if field not in service_fields:
            raise unknown(f"services.{name}.{field}", value, [f"services.{name}.{each}" for each in service_fields])
    values = {
        "source": f"services/{name}",
        **described,
        **{field: value for field, (_, value) in flags.items()},
        "name": name,
    }
    keys = {field: f"services.{name}.{field}" for field in service_fields} | {
        field: key for field, (key, _) in flags.items()
    }
    return RawService(values, keys | {"name": "services"})
