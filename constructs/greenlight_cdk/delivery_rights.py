"""What each kind of machine that delivers may do: push, plan, release; for GitHub's roles and for the pipeline's.

Pure data, without the CDK. A person who types the same commands has `people_rights`; a machine never runs the doctor,
and its rights are narrower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from greenlight_cdk.people_rights import Allowance

Duty = Literal["Push", "Plan", "Release"]
DUTIES: tuple[Duty, ...] = get_args(Duty)

BOOTSTRAP_ROLES = ("deploy", "file-publishing")
"""What `cdk deploy` takes with its caller's credentials (CDK guide, "Bootstrapping"). No container image is an asset
here, and nothing is looked up; CloudFormation alone takes the role that makes resources."""


PUSHES = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)


@dataclass(frozen=True)
class DeliveryGrounds:
    """ARNs, or patterns of them, that a machine's rights end at.

    `repositories` are the services' own; `stacks` are the stage's; `bootstrap_roles` are those of `BOOTSTRAP_ROLES`.
    `signing_profiles` sign what is pushed, `build_caches` are the repositories of what builds keep, and
    `caches` those of base images, where there are any.
    """

    journal: str
    repositories: tuple[str, ...]
    stacks: tuple[str, ...]
    bootstrap_roles: tuple[str, ...]
    signing_profiles: tuple[str, ...] = ()
    build_caches: tuple[str, ...] = ()
    caches: tuple[str, ...] = ()


def push(grounds: DeliveryGrounds) -> tuple[Allowance, ...]:
    """Pushes images, one tag once, and can look whether one is there (ECR user guide, "IAM permissions for pushing").

    What follows a digest reads it: `docker buildx imagetools` joins the platforms of an image.
    """
    return (
        Allowance("SignIn", ("ecr:GetAuthorizationToken",), ("*",)),
        Allowance("PushImages", PUSHES, grounds.repositories),
        *_signs(grounds),
        *_pulls_through(grounds),
    )


def push_and_keep(grounds: DeliveryGrounds) -> tuple[Allowance, ...]:
    """Pushes, and keeps what it built for the next build, which takes that for its own: nobody else may write it.

    A cache is read and written as an image is.
    """
    kept = [Allowance("KeepBuilds", PUSHES, grounds.build_caches)] if grounds.build_caches else []
    return (*push(grounds), *kept)


def plan(grounds: DeliveryGrounds) -> tuple[Allowance, ...]:
    """Reads what is live, what is deployed, and whether a version has an image: facts and `cdk diff`.

    It takes none of the bootstrap's roles: `cdk diff --no-change-set` reads templates with the caller's own
    credentials then. The bootstrap's lookup role would read the whole account.
    """
    return (
        *_facts(grounds),
        Allowance("ReadImages", ("ecr:BatchGetImage",), grounds.repositories),
        Allowance(
            "ReadRules", ("elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetHealth"), ("*",)
        ),
    )


def record(grounds: DeliveryGrounds) -> tuple[Allowance, ...]:
    """Reads what is live and which releases made it: `greenlight record`."""
    return (*_facts(grounds), _switches(grounds))


def plan_and_record(grounds: DeliveryGrounds) -> tuple[Allowance, ...]:
    """Reads for both: GitHub has one role for them."""
    return (*plan(grounds), _switches(grounds))


def release(grounds: DeliveryGrounds) -> tuple[Allowance, ...]:
    """Does what was planned, through the bootstrap's roles, whose own rights are the bootstrap's matter."""
    return (*plan_and_record(grounds), Allowance("Deploy", ("sts:AssumeRole",), grounds.bootstrap_roles))


def _signs(grounds: DeliveryGrounds) -> Iterator[Allowance]:
    """ECR signs with the rights of whoever pushes (ECR user guide, "Managed signing", Prerequisites)."""
    if grounds.signing_profiles:
        yield Allowance("SignImages", ("signer:SignPayload",), grounds.signing_profiles)


def _pulls_through(grounds: DeliveryGrounds) -> Iterator[Allowance]:
    """The first pull of a base image makes its repository (ECR user guide, "IAM permissions required to sync")."""
    if grounds.caches:
        yield Allowance(
            "PullBaseImages",
            (
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:BatchImportUpstreamImage",
                "ecr:CreateRepository",
                "ecr:GetDownloadUrlForLayer",
            ),
            grounds.caches,
        )


def _facts(grounds: DeliveryGrounds) -> tuple[Allowance, ...]:
    return (
        Allowance("ReadStacks", ("cloudformation:DescribeStacks", "cloudformation:GetTemplate"), grounds.stacks),
        Allowance("ReadJournal", ("dynamodb:GetItem",), (grounds.journal,)),
    )


def _switches(grounds: DeliveryGrounds) -> Allowance:
    return Allowance("ListSwitches", ("dynamodb:Scan",), (grounds.journal,))


DELIVERY_RIGHTS: Mapping[Duty, Callable[[DeliveryGrounds], tuple[Allowance, ...]]] = {
    "Push": push_and_keep,
    "Plan": plan_and_record,
    "Release": release,
}
"""What GitHub's roles may do."""
