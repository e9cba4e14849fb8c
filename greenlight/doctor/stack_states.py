"""The states in which CloudFormation takes no update of a stack, or none yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from greenlight.doctor.finding import Finding, one_or, problem, warning

ABSENT = ""
"""The status of a stack that is not there."""


def judge_stacks(statuses: Mapping[str, str]) -> tuple[Finding, ...]:
    """Judge each stack's status (CloudFormation user guide, stack status codes)."""
    findings = [finding for stack, status in statuses.items() for finding in _judge(stack, status)]
    there = sum(status != ABSENT for status in statuses.values())
    return one_or(findings, f"{there} of {len(statuses)} are deployed, none is in the way")


def _judge(stack: str, status: str) -> Iterator[Finding]:
    if status == "UPDATE_ROLLBACK_FAILED":
        yield problem(
            f"{stack} is in {status}: it takes no update",
            f"repair what its events name, then `npx cdk rollback {stack}`",
        )
    elif status in ("UPDATE_FAILED", "CREATE_FAILED"):
        yield problem(
            f"{stack} is in {status}: a deploy without rollback failed, and the next one would ask to take it back",
            f"`npx cdk rollback {stack}`",
        )
    elif status in ("ROLLBACK_FAILED", "DELETE_FAILED"):
        yield problem(
            f"{stack} is in {status}: it takes no update",
            "see in its events what could not be deleted (deletion protection?), and repair that;"
            f" then `npx cdk destroy {stack}`",
        )
    elif status == "REVIEW_IN_PROGRESS":
        yield warning(
            f"{stack} is in REVIEW_IN_PROGRESS: a change set was made for it, and never executed",
            f"`npx cdk deploy {stack}` goes on; `aws cloudformation delete-stack --stack-name {stack}` clears it",
        )
    elif status.endswith("_IN_PROGRESS"):
        yield problem(f"{stack} is in {status}: an operation is under way", "wait until it has ended")
    elif status == "ROLLBACK_COMPLETE":
        yield warning(f"{stack} is in {status}: its creation failed", "the next deploy deletes it and creates it again")
