"""AWS::SecretsManager::Secret: its Ref is its ARN, and a generated value has only the characters asked for.

The library's handler gives the name, which no least-privilege policy allows to read, and puts any character into a
generated value: `*` and `?` would be wildcards in a listener rule.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import Created, Properties
from greenlight.rehearsal.cloud.requirement import require

TYPE = "AWS::SecretsManager::Secret"


def install() -> None:
    """Translate between the ARN that templates see and the name that the handlers work with."""
    require(secretsmanager, "_resolve", "_get_random_password")
    require(provisioners, "_RESOURCE_HANDLERS")
    handlers = provisioners._RESOURCE_HANDLERS
    library = handlers[TYPE]
    handlers[TYPE] = {
        **library,
        "create": _named_by_arn(_generating(library["create"])),
        "update": _named_by_arn(_by_name(library["update"])),
        "delete": _by_name(library["delete"]),
    }


def _generating(create: Callable[..., Created]) -> Callable[..., Created]:
    """Generate a plain value as the API would; a value inside a JSON template is left to the library."""

    def created(logical_id: str, properties: Properties, stack: str) -> Created:
        wanted = properties.get("GenerateSecretString")
        if not wanted or "SecretStringTemplate" in wanted:
            return create(logical_id, properties, stack)
        given = {name: value for name, value in properties.items() if name != "GenerateSecretString"}
        return create(logical_id, {**given, "SecretString": _random(wanted)}, stack)

    return created


def _random(wanted: Properties) -> str:
    request = {name: value == "true" if value in ("true", "false") else value for name, value in wanted.items()}
    request["PasswordLength"] = int(wanted.get("PasswordLength", 32))
    _, _, body = secretsmanager._get_random_password(request)
    return str(json.loads(body)["RandomPassword"])


def _named_by_arn(handler: Callable[..., Created]) -> Callable[..., Created]:
    def answered(*arguments: Any) -> Created:
        _, attributes = handler(*arguments)
        return str(attributes["Arn"]), attributes

    return answered


def _by_name(handler: Callable[..., Any]) -> Callable[..., Any]:
    def asked(arn: str, *arguments: Any) -> Any:
        name, _ = secretsmanager._resolve(arn)
        return handler(name or arn, *arguments)

    return asked
