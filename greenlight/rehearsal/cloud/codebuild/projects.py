"""AWS::CodeBuild::Project: what of it is played, and that its role trusts CodeBuild.

docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codebuild-project.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import codebuild
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import Created, Properties
from greenlight.rehearsal.cloud.codebuild.principal import PRINCIPAL
from greenlight.rehearsal.cloud.iam.principals import may_assume
from greenlight.rehearsal.cloud.requirement import require

TYPE = "AWS::CodeBuild::Project"
SOURCES = ("CODEPIPELINE", "NO_SOURCE")
UNPLAYED = ("BuildBatchConfig", "FileSystemLocations", "SecondaryArtifacts", "SecondarySources", "Triggers")
"""Properties that change what a build does, and that the rehearsal does not play."""
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 2160


def install() -> None:
    """Check projects, and keep where they write their logs, which the library's handler ignores."""
    require(provisioners, "_RESOURCE_HANDLERS", "_pascal_to_camel")
    require(codebuild, "_projects")
    handlers = provisioners._RESOURCE_HANDLERS
    create, update = handlers[TYPE]["create"], handlers[TYPE]["update"]
    handlers[TYPE] = {**handlers[TYPE], "create": _checking(create, 1), "update": _checking(update, 2)}


def refusal(properties: Properties) -> str:
    """Say why a project cannot be made, or nothing."""
    for name in UNPLAYED:
        if properties.get(name):
            return f"the rehearsal does not play {name} of {TYPE}"
    source = (properties.get("Source") or {}).get("Type", "")
    if source not in SOURCES:
        return f"the rehearsal does not play the source type {source!r}: it plays {', '.join(SOURCES)}"
    minutes = int(properties.get("TimeoutInMinutes", 60))
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        return f"Invalid timeout: {minutes} must be between {SHORTEST_MINUTES} and {LONGEST_MINUTES} minutes"
    return ""


def _checking(handler: Callable[..., Created], position: int) -> Callable[..., Created]:
    """Wrap a handler; `position` is where the new properties are among its arguments."""

    def checked(*arguments: Any) -> Created:
        properties: Properties = arguments[position]
        if found := refusal(properties):
            raise ActionError(f"InvalidInputException: {found}")
        role = properties["ServiceRole"]
        name, attributes = handler(*arguments)
        record = codebuild._projects[name]
        record["logsConfig"] = provisioners._pascal_to_camel(properties.get("LogsConfig") or {})
        if not may_assume(role, PRINCIPAL, record["arn"]):
            codebuild._projects.pop(name) if position == 1 else None
            raise ActionError(
                f"InvalidInputException: CodeBuild is not authorized to perform: sts:AssumeRole on {role}"
            )
        return name, attributes

    return checked
