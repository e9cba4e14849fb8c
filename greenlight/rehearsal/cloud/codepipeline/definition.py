"""A pipeline as it was deployed: stages, actions, variables, and which pushes start it.

docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """The type of an action."""

    category: str
    owner: str
    provider: str
    version: str

    @classmethod
    def of(cls, given: Properties) -> Kind:
        """Read an ActionTypeId."""
        return cls(given["Category"], given["Owner"], given["Provider"], str(given["Version"]))

    def __str__(self) -> str:
        return "/".join((self.category, self.owner, self.provider, self.version))


@dataclass(frozen=True)
class Action:
    """One action of a stage. `timeout_minutes` is None for the provider's own."""

    name: str
    kind: Kind
    configuration: Mapping[str, str]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    namespace: str
    run_order: int
    role_arn: str
    timeout_minutes: float | None

    @classmethod
    def of(cls, given: Properties) -> Action:
        """Read an ActionDeclaration of a template."""
        timeout = given.get("TimeoutInMinutes")
        return cls(
            name=given["Name"],
            kind=Kind.of(given["ActionTypeId"]),
            configuration={name: str(value) for name, value in (given.get("Configuration") or {}).items()},
            inputs=_names(given.get("InputArtifacts")),
            outputs=_names(given.get("OutputArtifacts")),
            namespace=given.get("Namespace", ""),
            run_order=int(given.get("RunOrder", 1)),
            role_arn=given.get("RoleArn", ""),
            timeout_minutes=None if timeout is None else float(timeout),
        )


@dataclass(frozen=True)
class Stage:
    """Actions that run one after the other by their run orders, and together within one.

    `retry` is FAILED_ACTIONS or ALL_ACTIONS when the stage is tried once more after a failure, else empty.
    """

    name: str
    actions: tuple[Action, ...]
    retry: str = ""

    @classmethod
    def of(cls, given: Properties) -> Stage:
        """Read a StageDeclaration of a template."""
        failure = given.get("OnFailure") or {}
        mode = (failure.get("RetryConfiguration") or {}).get("RetryMode", "FAILED_ACTIONS")
        actions = tuple(Action.of(each) for each in given["Actions"])
        return cls(given["Name"], actions, mode if failure.get("Result") == "RETRY" else "")

    def groups(self) -> Iterator[list[Action]]:
        """Actions that run together."""
        ordered = sorted(self.actions, key=lambda action: action.run_order)
        for _, group in groupby(ordered, key=lambda action: action.run_order):
            yield list(group)

    def action(self, name: str) -> Action | None:
        """Find an action by its name."""
        return next((each for each in self.actions if each.name == name), None)


@dataclass(frozen=True)
class Definition:
    """One version of a pipeline; `given` are the properties of its resource."""

    name: str
    arn: str
    version: int
    role_arn: str
    bucket: str
    stages: tuple[Stage, ...]
    variables: Mapping[str, str | None]
    given: Properties = field(repr=False)

    @classmethod
    def of(cls, name: str, arn: str, version: int, given: Properties) -> Definition:
        """Read the properties of an AWS::CodePipeline::Pipeline."""
        return cls(
            name=name,
            arn=arn,
            version=version,
            role_arn=given["RoleArn"],
            bucket=given["ArtifactStore"]["Location"],
            stages=tuple(Stage.of(each) for each in given["Stages"]),
            variables={each["Name"]: each.get("DefaultValue") for each in given.get("Variables") or ()},
            given=given,
        )

    def stage(self, name: str) -> Stage | None:
        """Find a stage by its name."""
        return next((each for each in self.stages if each.name == name), None)


def _names(artifacts: Any) -> tuple[str, ...]:
    return tuple(each["Name"] for each in artifacts or ())
