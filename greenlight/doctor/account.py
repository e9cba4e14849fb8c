"""Whose account a deploy would go to, and whether it was bootstrapped for the CDK."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from greenlight.doctor.finding import Finding, ok, problem

LEAST_BOOTSTRAP = 6
"""What the templates ask for: aws-cdk-lib's DefaultStackSynthesizer puts it into each stack's CheckBootstrapVersion."""


@dataclass(frozen=True)
class Identity:
    """What STS says of the credentials."""

    account: str
    arn: str
    region: str

    @property
    def environment(self) -> str:
        """As the CDK CLI writes account and region."""
        return f"aws://{self.account}/{self.region}"


@dataclass(frozen=True)
class Bootstrap:
    """What `cdk bootstrap` left: the version in its parameter, and its bucket for assets. None: there is none."""

    version: str | None
    bucket: str
    bucket_exists: bool


def judge_identity(identity: Identity) -> tuple[Finding, ...]:
    """Say where a deploy would go: the commonest mistake is the wrong account."""
    return (ok(f"{identity.arn} in account {identity.account}, region {identity.region}"),)


def judge_bootstrap(found: Bootstrap, identity: Identity) -> Iterator[Finding]:
    """Judge what every deploy needs first (CDK guide, Bootstrapping)."""
    again = f"`npx cdk bootstrap {identity.environment}`"
    if found.version is None:
        yield problem(f"account {identity.account} was never bootstrapped in {identity.region}", again)
        return
    if not found.version.isdigit() or int(found.version) < LEAST_BOOTSTRAP:
        yield problem(f"bootstrapped at version {found.version}, which is below {LEAST_BOOTSTRAP}", again)
        return
    if not found.bucket_exists:
        yield problem(
            f"bootstrapped at version {found.version}, but its bucket {found.bucket} is gone",
            f"delete the stack CDKToolkit, then {again}",
        )
        return
    yield ok(f"version {found.version}, {LEAST_BOOTSTRAP} or more is needed")
