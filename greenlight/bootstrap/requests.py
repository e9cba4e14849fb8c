"""The requests that CloudFormation makes for one resource, as IAM sees them: action, resource, what conditions ask.

What a resource will be called is foreseen as CloudFormation names it (see `places`); the random end does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from greenlight.bootstrap.calls import CUSTOM, calls, prefix
from greenlight.bootstrap.places import EVERYWHERE, LINKED_BY, PASSED_TO

Properties = Mapping[str, Any]

RANDOM = "1A2B3C4D5E6F"
LOGICAL_FIRST = ("AWS::SecretsManager::Secret", "AWS::StepFunctions::StateMachine", "AWS::WAFv2::WebACL")
"""Types whose resources are named by the logical id alone."""
SHORT = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup")
NAMES = {
    "AWS::Backup::BackupPlan": ("backup-plan:{}", "BackupPlanId"),
    "AWS::Backup::BackupSelection": ("backup-plan:{}", "BackupPlanId"),
    "AWS::Backup::BackupVault": ("backup-vault:{}", "BackupVaultName"),
    "AWS::CloudWatch::Alarm": ("alarm:{}", "AlarmName"),
    "AWS::DynamoDB::Table": ("table/{}", "TableName"),
    "AWS::ECR::Repository": ("repository/{}", "RepositoryName"),
    "AWS::ECS::Cluster": ("cluster/{}", "ClusterName"),
    "AWS::ECS::Service": ("service/{}", "ServiceName"),
    "AWS::ECS::TaskDefinition": ("task-definition/{}:1", "Family"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("loadbalancer/app/{}/1", "Name"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("targetgroup/{}/1", "Name"),
    "AWS::Events::Rule": ("rule/{}", "Name"),
    "AWS::IAM::InstanceProfile": ("instance-profile/{}", "InstanceProfileName"),
    "AWS::IAM::ManagedPolicy": ("policy/{}", "ManagedPolicyName"),
    "AWS::IAM::OIDCProvider": ("oidc-provider/{}", "Url"),
    "AWS::IAM::Role": ("role/{}", "RoleName"),
    "AWS::KMS::Key": ("key/{}", ""),
    "AWS::Lambda::EventSourceMapping": ("event-source-mapping:{}", ""),
    "AWS::Lambda::Function": ("function:{}", "FunctionName"),
    "AWS::Logs::LogGroup": ("log-group:{}", "LogGroupName"),
    "AWS::S3::Bucket": ("{}", "BucketName"),
    "AWS::SNS::Topic": ("{}", "TopicName"),
    "AWS::SQS::Queue": ("{}", "QueueName"),
    "AWS::SSM::Document": ("document/{}", "Name"),
    "AWS::SSM::Parameter": ("parameter{}", "Name"),
    "AWS::SecretsManager::Secret": ("secret:{}", "Name"),
    "AWS::StepFunctions::StateMachine": ("stateMachine:{}", "StateMachineName"),
    "AWS::WAFv2::WebACL": ("regional/webacl/{}/1", "Name"),
}
"""How an ARN ends, and the property by which a template can choose the name itself."""
PARENTS = {
    "AWS::ElasticLoadBalancingV2::Listener": "LoadBalancerArn",
    "AWS::ElasticLoadBalancingV2::ListenerRule": "ListenerArn",
    "AWS::Lambda::EventInvokeConfig": "FunctionName",
    "AWS::Lambda::Permission": "FunctionName",
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::Subscription": "TopicArn",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::WAFv2::LoggingConfiguration": "ResourceArn",
    "AWS::WAFv2::WebACLAssociation": "WebACLArn",
}
"""What is a part of another resource, and the property that names that one."""


@dataclass(frozen=True)
class Asked:
    """One request: whom it is about, and the values of condition keys."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Resource:
    """One resource of a template, with its properties as they are resolved, where it is made."""

    type: str
    logical_id: str
    stack: str
    properties: Properties
    region: str
    account: str

    def asked(self, operation: str) -> Iterator[Asked]:
        """The requests of an operation, its own first: create, update or delete. What was written is read, too."""
        own = f":{operation.capitalize()}"
        for action in sorted(calls(self.type, operation, "read"), key=lambda action: (own not in action, action)):
            yield from self._requests(action)

    @property
    def name(self) -> str:
        """What it is called, or will be."""
        chosen = self.properties.get(NAMES.get(self.type, ("", ""))[1])
        if isinstance(chosen, str):
            return chosen.removeprefix("https://")
        if self.type in LOGICAL_FIRST:
            return f"{self.logical_id}-{RANDOM}"
        if self.type in SHORT:
            return short_name(self.stack, self.logical_id)
        made = f"{self.stack}-{self.logical_id}-{RANDOM}"
        return made.lower() if self.type == "AWS::S3::Bucket" else made

    def _requests(self, action: str) -> Iterator[Asked]:
        match action:
            case "iam:PassRole":
                yield from self._passed()
            case "iam:CreateServiceLinkedRole":
                service = f"{LINKED_BY[self.type]}.amazonaws.com"
                role = self._arn("iam", f"role/aws-service-role/{service}/AWSServiceRole")
                yield Asked(action, role, {"iam:awsservicename": service})
            case "s3:GetObject" if self.type == "AWS::Lambda::Function":
                code = self.properties.get("Code", {})
                yield Asked(action, f"arn:aws:s3:::{code.get('S3Bucket')}/{code.get('S3Key')}")
            case _ if any(fnmatchcase(action, pattern) for pattern in EVERYWHERE):
                yield Asked(action, "*", self._tags())
            case _ if action.startswith("iam:") and self.type in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
                yield from self._of_roles(action)
            case _ if action.partition(":")[0] == prefix(self.type) or self.type.startswith(CUSTOM):
                yield from (Asked(action, arn, self._tags()) for arn in self._own())

    def _of_roles(self, action: str) -> Iterator[Asked]:
        """A policy is put into roles; one that is managed is a resource too."""
        if "RolePolicy" in action:
            for role in self.properties.get("Roles") or ():
                yield Asked(action, self._arn("iam", f"role/{role}"), {"role": role})
        elif self.type == "AWS::IAM::ManagedPolicy":
            yield Asked(action, self._own()[0])

    def _passed(self) -> Iterator[Asked]:
        service, *keys = PASSED_TO.get(self.type, ("",))
        for key in keys:
            for given in _listed(_at(self.properties, key)):
                role = given if given.startswith("arn:") else self._arn("iam", f"role/{given}")
                yield Asked("iam:PassRole", role, {"iam:passedtoservice": f"{service}.amazonaws.com"})

    def _tags(self) -> Mapping[str, str]:
        """What CloudFormation tags resources with, and the boundary that a role is given."""
        bound = self.properties.get("PermissionsBoundary")
        tags = {"aws:resourcetag/aws:cloudformation:stack-name": self.stack}
        return {**tags, "iam:permissionsboundary": bound} if isinstance(bound, str) else tags

    def _own(self) -> Sequence[str]:
        service = prefix(self.type) if not self.type.startswith(CUSTOM) else "lambda"
        if self.type.startswith(CUSTOM):
            return [str(self.properties.get("ServiceToken"))]
        if self.type in PARENTS:
            return [self._parents(service, each) for each in _listed(self.properties.get(PARENTS[self.type]))]
        return [self._arn(service, NAMES[self.type][0].format(self.name))] if self.type in NAMES else ["*"]

    def _parents(self, service: str, named: str) -> str:
        """The ARN of a resource that a property names by ARN, URL or name."""
        if self.type == "AWS::ElasticLoadBalancingV2::ListenerRule":
            return f"{named.replace(':listener/', ':listener-rule/')}/1"
        if self.type == "AWS::ElasticLoadBalancingV2::Listener":
            return f"{named.replace(':loadbalancer/', ':listener/')}/1"
        kind = "function:" if service == "lambda" else ""
        return named if named.startswith("arn:") else self._arn(service, f"{kind}{named.rpartition('/')[2]}")

    def _arn(self, service: str, end: str) -> str:
        region = "" if service in ("iam", "s3") else self.region
        return f"arn:aws:{service}:{region}:{'' if service == 's3' else self.account}:{end}"


def short_name(stack: str, logical_id: str, random: str = RANDOM) -> str:
    """How CloudFormation names what may have 32 characters."""
    return f"{stack[:5]}-{logical_id[:5]}-{random}"


def _at(properties: Mapping[str, Any], key: str) -> Any:
    """A property, or one within it: `Outer.Inner`."""
    outer, _, inner = key.partition(".")
    return _at(properties.get(outer) or {}, inner) if inner else properties.get(outer)


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
