"""AWS::IAM::OIDCProvider: one for each address in an account. A record only: tokens are believed unsigned."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import AccountScopedDict, get_account_id

from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import (
    Created,
    Properties,
    ResourceType,
    register,
)

TYPE = "AWS::IAM::OIDCProvider"
_providers: Any = AccountScopedDict()


def install() -> None:
    """Add the type."""
    register(ResourceType(TYPE, _create, _delete, _update, ("Url",)))


def _create(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    name = properties["Url"].removeprefix("https://")
    arn = f"arn:aws:iam::{get_account_id()}:oidc-provider/{name}"
    if arn in _providers:
        raise ActionError(f"Provider with url https://{name} already exists.")
    _providers[arn] = dict(properties)
    return arn, {"Arn": arn}


def _update(arn: str, _old: Properties, new: Properties) -> Created:
    _providers[arn] = dict(new)
    return arn, {"Arn": arn}


def _delete(arn: str, _properties: Properties) -> None:
    _providers.pop(arn, None)
