"""AWS::SecretsManager::Secret: its Ref is its ARN, as on AWS; the library's handler gives its name.

A least-privilege policy names the ARN, so a function that may read the secret on AWS would be denied it here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.adapters.cloudformation.resource_type import Created
from greenlight.rehearsal.cloud.requirement import require

TYPE = "AWS::SecretsManager::Secret"


def install() -> None:
    """Translate between the ARN that templates see and the name that the handlers work with."""
    require(secretsmanager, "_resolve")
    require(provisioners, "_RESOURCE_HANDLERS")
    handlers = provisioners._RESOURCE_HANDLERS
    library = handlers[TYPE]
    handlers[TYPE] = {
        **library,
        "create": _named_by_arn(library["create"]),
        "update": _named_by_arn(_by_name(library["update"])),
        "delete": _by_name(library["delete"]),
    }


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
