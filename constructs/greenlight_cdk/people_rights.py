"""What each kind of person may do: viewer, releaser, approver, breaker. docs/access.md says it in sentences.

Pure data, without the CDK: the stack's policies are made of it, and so is docs/doctor-policy.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Person = Literal["Viewer", "Releaser", "Approver", "Breaker"]
PEOPLE: tuple[Person, ...] = get_args(Person)


@dataclass(frozen=True)
class Allowance:
    """Actions on resources, under conditions; `sid` says in one word what they are for."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def statement(self) -> dict[str, Any]:
        """The statement as IAM reads it."""
        condition = {"Condition": dict(self.conditions)} if self.conditions else {}
        resource = self.resources[0] if len(self.resources) == 1 else list(self.resources)
        return {"Sid": self.sid, "Effect": "Allow", "Action": list(self.actions), "Resource": resource, **condition}


@dataclass(frozen=True)
class Grounds:
    """ARNs, or patterns of them, that people's rights end at.

    `bootstrap_roles` are those of the CDK that a person's own credentials take: the one that deploys and the one that
    uploads templates. `executions` are the state machine's. `reads_registry`: the doctor looks at what the whole
    registry is told, too. `connections`: those that lead a pipeline to its repository.
    """

    journal: str
    tables: tuple[str, ...]
    images: tuple[str, ...]
    preview_secrets: str
    bootstrap_version: str
    bootstrap_bucket: str
    service_roles: tuple[str, ...]
    pipeline: str
    bootstrap_roles: tuple[str, ...] = ()
    request_function: str = ""
    preview_functions: tuple[str, ...] = ()
    executions: str = ""
    release_stack: str = ""
    reads_registry: bool = False
    connections: tuple[str, ...] = ()


LOOK_AROUND = (
    "acm:DescribeCertificate",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListStackResources",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "cloudwatch:DescribeAlarms",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:GetServiceQuota",
    "sns:ListSubscriptionsByTopic",
)
"""What the doctor asks of the whole account: quotas, and whatever a deploy could collide with."""
READ_REGISTRY = ("ecr:DescribeRegistry", "ecr:GetRegistryScanningConfiguration", "ecr:GetSigningConfiguration")
"""Calls about the whole registry, which know no resources (service authorization reference)."""
READ_CONNECTION = ("codeconnections:GetConnection", "codestar-connections:GetConnection")
"""By both names of the service: IAM compares the prefix of the action with that of the ARN (Developer Tools console
guide, "Connections rename")."""
WATCH_PIPELINE = (
    "codepipeline:GetPipeline",
    "codepipeline:GetPipelineExecution",
    "codepipeline:ListActionExecutions",
)
"""What `greenlight pipeline status` reads; each takes one pipeline (service authorization reference)."""
WISH = {
    "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["switch#*"]},
    "ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "abort"]},
    "StringEqualsIfExists": {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]},
}
"""One attribute of the items of switches, and nothing of an item in the answer (DynamoDB guide, "Using IAM policy
conditions for fine-grained access control")."""


def doctor(grounds: Grounds) -> tuple[Allowance, ...]:
    """What `greenlight doctor` reads."""
    return (
        Allowance("LookAround", LOOK_AROUND, ("*",)),
        Allowance("ReadBootstrapVersion", ("ssm:GetParameter",), (grounds.bootstrap_version,)),
        Allowance("FindBootstrapBucket", ("s3:ListBucket",), (grounds.bootstrap_bucket,)),
        Allowance("FindServiceLinkedRoles", ("iam:GetRole",), grounds.service_roles),
        Allowance("ReadImages", ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"), grounds.images),
        *((Allowance("ReadRegistry", READ_REGISTRY, ("*",)),) if grounds.reads_registry else ()),
        *((Allowance("ReadConnection", READ_CONNECTION, grounds.connections),) if grounds.connections else ()),
        Allowance("FindPreviewSecret", ("secretsmanager:DescribeSecret",), (grounds.preview_secrets,)),
        Allowance("DescribeTables", ("dynamodb:DescribeTable",), grounds.tables),
        Allowance("ReadJournal", ("dynamodb:GetItem",), (grounds.journal,)),
    )


def viewer(grounds: Grounds) -> tuple[Allowance, ...]:
    """Looks: status, history, doctor, what a release would do, and where the pipeline stands.

    The requests, which can be answered, are closed, and so is the token of an approval (GetPipelineState).
    """
    return (
        *doctor(grounds),
        Allowance("ListSwitches", ("dynamodb:Scan",), (grounds.journal,)),
        Allowance("WatchPipeline", WATCH_PIPELINE, (grounds.pipeline,)),
    )


def releaser(grounds: Grounds) -> tuple[Allowance, ...]:
    """Releases and rolls back through the bootstrap's roles, whose own rights are the bootstrap's matter."""
    return (*viewer(grounds), Allowance("Deploy", ("sts:AssumeRole",), grounds.bootstrap_roles))


def approver(grounds: Grounds) -> tuple[Allowance, ...]:
    """Answers the pipeline's approval, for which it needs the approval's token (CodePipeline API, GetPipelineState)."""
    return (
        *viewer(grounds),
        Allowance("FindApproval", ("codepipeline:GetPipelineState",), (grounds.pipeline,)),
        Allowance("Approve", ("codepipeline:PutApprovalResult",), (f"{grounds.pipeline}/*",)),
    )


def breaker(grounds: Grounds) -> tuple[Allowance, ...]:
    """Stops a switch, gently or hard, repairs, and rotates (docs/operations.md, Stopping a switch, The preview)."""
    return (
        *viewer(grounds),
        Allowance("Abort", ("dynamodb:UpdateItem",), (grounds.journal,), WISH),
        Allowance("Repair", ("lambda:InvokeFunction",), (grounds.request_function,)),
        Allowance("RotatePreview", ("lambda:InvokeFunction",), grounds.preview_functions),
        Allowance("StopSwitch", ("states:StopExecution",), (grounds.executions,)),
        Allowance("CancelRelease", ("cloudformation:CancelUpdateStack",), (grounds.release_stack,)),
    )


RIGHTS: Mapping[Person, Callable[[Grounds], tuple[Allowance, ...]]] = {
    "Viewer": viewer,
    "Releaser": releaser,
    "Approver": approver,
    "Breaker": breaker,
}

EVERYWHERE = Grounds(
    journal="arn:aws:dynamodb:*:*:table/Greenlight*Data-Journal*",
    tables=("arn:aws:dynamodb:*:*:table/Greenlight*",),
    images=("arn:aws:ecr:*:*:repository/greenlight/*", "arn:aws:ecr:*:*:repository/greenlight-*/*"),
    preview_secrets="arn:aws:secretsmanager:*:*:secret:*PreviewSecret*",
    bootstrap_version="arn:aws:ssm:*:*:parameter/cdk-bootstrap/*",
    bootstrap_bucket="arn:aws:s3:::cdk-*",
    pipeline="arn:aws:codepipeline:*:*:Greenlight*Pipeline",
    service_roles=("arn:aws:iam::*:role/aws-service-role/*", "arn:aws:iam::*:role/AWSServiceRoleFor*"),
    reads_registry=True,
    connections=("arn:aws:codeconnections:*:*:connection/*", "arn:aws:codestar-connections:*:*:connection/*"),
)
"""Every stage of every account and region, for whoever looks before a stack is there."""


def document(allowances: Iterable[Allowance]) -> dict[str, Any]:
    """A policy as IAM reads it."""
    return {"Version": "2012-10-17", "Statement": [each.statement() for each in allowances]}
