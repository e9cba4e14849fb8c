"""The question to a person: whether what was planned is to be released."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns

from greenlight_cdk.identifiers import pascal

LONGEST_VALUE = 1000
"""Characters of a value of an action's configuration (CodePipeline API, ActionDeclaration)."""


@dataclass(frozen=True)
class Approval:
    """How long people have."""

    hours: int


def approve_action(
    approval: Approval, *, services: Iterable[str], link: str, topic: sns.ITopic, role: iam.IRole, run_order: int
) -> actions.ManualApprovalAction:
    """Say the version, the color and what is live of each service, and lead to the commit."""
    return actions.ManualApprovalAction(
        action_name="Approve",
        additional_information=question(list(services)),
        external_entity_link=link,
        notification_topic=topic,
        timeout=Duration.hours(approval.hours),
        role=role,
        run_order=run_order,
    )


def namespace(service: str) -> str:
    """Under which name later actions find what a service's plan handed on."""
    return f"Plan{pascal(service)}"


def planned(service: str, variable: str) -> str:
    """What a service's plan handed on, as CodePipeline fills it in."""
    return f"#{{{namespace(service)}.{variable}}}"


def question(services: Sequence[str]) -> str:
    """All of each service, or, of too many for that, their versions alone, or where both are to be read."""
    commit = f"commit #{{{namespace(services[0])}.COMMIT}}"
    versions = (f"{service} {planned(service, 'VERSION')}" for service in services)
    said = ("; ".join([*each, commit]) for each in (map(_planned, services), versions))
    elsewhere = f"{len(services)} services, each as the log of its action Plan says; {commit}"
    return next((each for each in said if len(each) <= LONGEST_VALUE), elsewhere)


def _planned(service: str) -> str:
    version, color, live = (planned(service, each) for each in ("VERSION", "COLOR", "LIVE"))
    return f"{service} {version} to {color}, live is {live}"
