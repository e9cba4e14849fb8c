"""What a deploy relies on besides: the preview secret, deletion protection, and people who are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from greenlight.doctor.finding import Finding, ok, one_or, problem, warning

EDGE_ANEW = (
    "build the load balancer anew, while users get no answer: `npx cdk deploy GreenlightEdge -c"
    " deletion_protection=false`, `npx cdk destroy GreenlightEdge`, `npx cdk deploy --all`"
)
"""CloudFormation could not put another secret in its place: GreenlightSwitch imports its ARN, which would change."""
LATE_DAYS = 2
"""How late a rotation may be: it is tried every half hour."""
PENDING = "PendingConfirmation"


@dataclass(frozen=True)
class SecretLook:
    """What is to be seen of a secret without reading it: whether it is being deleted, and days since it changed."""

    is_deleted: bool
    age_days: float


def judge_secret(name: str, look: SecretLook | None, rotation_days: int) -> Finding:
    """Judge the preview secret, which every smoke test reads. `look` is None when it does not exist.

    It is rotated every `rotation_days` days, by itself; 0 is never.
    """
    if look is None:
        return problem(f"{name} does not exist any more: smoke tests cannot read it", EDGE_ANEW)
    if look.is_deleted:
        again = f"`aws secretsmanager restore-secret --secret-id {name}`"
        return problem(f"{name} is scheduled for deletion: smoke tests cannot read it", again)
    if rotation_days and look.age_days > rotation_days + LATE_DAYS:
        said = f"{name} has not changed for {look.age_days:.0f} days, and preview_rotation_days is {rotation_days}"
        return warning(said, "`greenlight rotate-preview`, or read in its function's log why it fails")
    return ok("there, and not scheduled for deletion")


def judge_protection(wanted: bool, protected: Mapping[str, bool]) -> tuple[Finding, ...]:
    """Compare the setting with what is deployed: who takes protection away in passing may not know it."""
    said = "is" if wanted else "is not"
    changes = [
        warning(
            f"{name} is {'' if now else 'not '}protected from deletion; deletion_protection is {str(wanted).lower()}:"
            f" the next deploy {'protects it' if wanted else 'takes that away'}",
            "" if wanted else "set deletion_protection to true, unless you are about to destroy it",
        )
        for name, now in protected.items()
        if now is not wanted
    ]
    return one_or(
        changes, f"what is deployed {said} protected, as the settings say" if protected else "nothing is deployed"
    )


def judge_listeners(email: str | None, subscriptions: Mapping[str, str] | None) -> Iterator[Finding]:
    """Judge who is mailed. `subscriptions` has the ARN of each address, None when there is no topic yet."""
    if email is None:
        yield ok("notify_email is not set: nobody is mailed when a switch needs a person")
    elif subscriptions is None or email not in subscriptions:
        yield ok(f"the next deploy subscribes {email}")
    elif subscriptions[email] == PENDING:
        yield warning(f"{email} has not confirmed the subscription: nobody is mailed", "confirm the mail that SNS sent")
    else:
        yield ok(f"{email} is mailed")


def judge_tools(pinned: str, installed: str | None) -> Iterable[Finding]:
    """Judge the CDK CLI: another version may not read what the library writes (decision 0009)."""
    if installed is None:
        return (problem("the CDK CLI is not installed", "`make setup`"),)
    if installed != pinned:
        return (problem(f"the CDK CLI is {installed}, and package.json pins {pinned}", "`make setup`"),)
    return (ok(f"CDK CLI {installed}"),)


def judge_settings(refused: Iterable[tuple[str, str]]) -> tuple[Finding, ...]:
    """Say before a deploy what its first stack would say: that a setting cannot change any more."""
    found = [problem(said, f"keep what is deployed, or {instead}") for said, instead in refused]
    return one_or(found, "nothing changes that cannot")
