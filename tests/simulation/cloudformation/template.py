"""What a template declares: custom resources, and resources of CloudFormation's own that take time and may fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

REGION, ACCOUNT = "eu-central-1", "123456789012"
LONGEST_SECONDS = 3600.0
"""How long CloudFormation waits for an answer when the resource says nothing else (ServiceTimeout)."""

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class CustomResource:
    """A resource behind a Lambda function. `timeout` is its ServiceTimeout in seconds; `after` what it depends on."""

    type: str
    function: str
    properties: Properties
    timeout: float = LONGEST_SECONDS
    after: tuple[str, ...] = ()

    @property
    def sent(self) -> Properties:
        """The properties as CloudFormation sends them, in which every value is text."""
        declared = {"ServiceToken": function_arn(self.function), "ServiceTimeout": int(self.timeout), **self.properties}
        return {name: as_text(value) for name, value in declared.items()}


@dataclass(frozen=True)
class OwnResource:
    """A resource that CloudFormation itself makes: an ECS service, a security group.

    It takes `seconds`, and then `apply` gets its properties; with `fails` set it fails with that reason. Going back to
    it never fails.
    """

    properties: Properties
    seconds: float = 1.0
    fails: str = ""
    apply: Callable[[Properties], object] = field(default=lambda _: None, compare=False)
    after: tuple[str, ...] = ()

    @property
    def sent(self) -> Properties:
        """What decides whether the resource has changed."""
        return self.properties


Resource = CustomResource | OwnResource
Template = Mapping[str, Resource]
"""Resources by their logical ids."""


def function_arn(name: str) -> str:
    """The ServiceToken of a function."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def as_text(value: Any) -> Any:
    """A property as CloudFormation sends it: numbers and booleans become text, lists and objects stay."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return {name: as_text(item) for name, item in value.items()}
    return [as_text(item) for item in value] if isinstance(value, list) else str(value)
