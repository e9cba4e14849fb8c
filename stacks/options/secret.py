"""Settings of the random values that a service keeps to itself, below `services.<name>.secrets`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenlight_cdk.identifiers import pascal
from pydantic import Field

from stacks.options.document import of_flag
from stacks.options.refusal import unknown, validated
from stacks.options.values import Integer, Options, SettingsError
from stacks.options.variable import VariableName


class SecretSettings(Options):
    """One secret, which Secrets Manager makes up, and which only the service's containers are told."""

    variable: VariableName = Field(
        description="Environment variable that holds the value: its key under `secrets`. A changed name is another"
        " secret."
    )
    length: Integer = Field(
        default=64,
        ge=48,
        le=512,
        description="Letters and digits of the value that is made at first. A changed length makes no new value.",
    )


def secret_id(service: str, variable: str) -> str:
    """Return the name that templates know a secret by: the shop's `SESSION_SECRETS` is `ShopSessionSecrets`."""
    return f"{pascal(service)}{pascal(variable.lower().replace('_', '-'))}"


def secrets_of(service: str, said: Any) -> tuple[SecretSettings, ...]:
    """Read the secrets of a service by their variables.

    Raises:
        SettingsError: naming the first key or value that is not allowed.
    """
    key, described = f"services.{service}.secrets", of_flag(said)
    if not isinstance(described, Mapping) or not all(isinstance(each, Mapping) for each in described.values()):
        raise SettingsError(
            f"{key}: got {said!r}; allowed: a JSON object of secrets by variable, each with its own settings, {{}} for"
            " none"
        )
    return tuple(_secret(key, variable, body) for variable, body in described.items())


def _secret(key: str, variable: str, body: Mapping[str, Any]) -> SecretSettings:
    fields = [field for field in SecretSettings.model_fields if field != "variable"]
    for field, value in body.items():
        if field not in fields:
            raise unknown(f"{key}.{variable}.{field}", value, [f"{key}.{variable}.{each}" for each in fields])
    keys = {each: f"{key}.{variable}.{each}" for each in fields}
    return validated(SecretSettings, {**body, "variable": variable}, {**keys, "variable": key}.__getitem__)
